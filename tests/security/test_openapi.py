"""The API is what it says that it is: schemathesis makes requests from its own description, valid and invalid ones."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings

from assistant.settings import Settings
from tests.web.scripted import ListStore, ScriptedParts


@pytest.fixture(scope="module")
def described() -> Any:
    """The application's own description, with the application behind it."""
    from assistant.web.application import create_app

    return schemathesis.openapi.from_asgi("/api/openapi.json", create_app(ScriptedParts(), Settings(), ListStore()))


SCHEMA = schemathesis.pytest.from_fixture("described")


@pytest.mark.slow
@SCHEMA.parametrize()
@settings(
    max_examples=40,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_route_keeps_its_own_description(case: Any) -> None:
    """Status codes, content types and bodies are those of the description; no status of 500 and above."""
    case.call_and_validate()
