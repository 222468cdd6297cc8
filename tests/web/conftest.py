"""The application on the scripted assistant, spoken to without a socket."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from assistant.settings import Settings
from tests.web.scripted import ListStore, ScriptedParts

# As `assistant.serving` does before Gradio is imported.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"


@pytest.fixture(scope="session")
def parts() -> ScriptedParts:
    """The scripted assistant."""
    return ScriptedParts()


@pytest.fixture(scope="session")
def store() -> ListStore:
    """What the application keeps."""
    return ListStore()


@pytest.fixture(scope="session")
def client(parts: ScriptedParts, store: ListStore) -> Iterator[TestClient]:
    """A client of the whole application."""
    from assistant.web.application import create_app

    with TestClient(create_app(parts, Settings(), store), base_url="http://testserver") as opened:
        yield opened
