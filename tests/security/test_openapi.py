"""The API is what it says that it is: schemathesis makes requests from its own description, valid and invalid ones."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings

from assistant.settings import Settings
from assistant.web.application import create_app
from tests.web.scripted import ListStore, ScriptedParts

SCHEMA = schemathesis.openapi.from_asgi("/api/openapi.json", create_app(ScriptedParts(), Settings(), ListStore()))


@pytest.mark.slow
@SCHEMA.parametrize()
@settings(
    max_examples=60,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_route_keeps_its_own_description(case: Any) -> None:
    """Status codes, content types and bodies are those of the description; no status of 500 and above but the polite 503."""
    case.call_and_validate()
