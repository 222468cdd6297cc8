"""The API is what it says that it is: schemathesis makes requests from its own description, valid and invalid ones."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from assistant.settings import Settings
from tests.web.scripted import ListStore, ScriptedParts


@pytest.fixture(scope="module")
def described() -> Any:
    """The application's own description, with the application behind it."""
    from assistant.web.application import create_app

    return schemathesis.openapi.from_asgi("/api/openapi.json", create_app(ScriptedParts(), Settings(), ListStore()))


ROUTES = ("POST /api/ask", "POST /api/feedback", "GET /api/documents", "GET /api/health")


@pytest.mark.slow
@pytest.mark.parametrize("route", ROUTES)
def test_every_route_keeps_its_own_description(route: str, described: Any) -> None:
    """Status codes, content types and bodies are those of the description; no status of 500 and above."""
    method, path = route.split()

    @settings(
        max_examples=40,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=described[path][method].as_strategy())
    def keeps(case: Any) -> None:
        case.call_and_validate()

    keeps()


@pytest.mark.slow
def test_no_route_is_left_out(described: Any) -> None:
    """The routes of the description are those that are tried here."""
    operations = [found.ok() for found in described.get_all_operations()]
    assert {f"{one.method.upper()} {one.path}" for one in operations} == set(ROUTES)
