"""What cannot be served: readers get a page in their language, programs get JSON, and nobody learns what is inside."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.errors import SearchIndexError
from assistant.settings import Settings
from assistant.web.application import create_app
from assistant.web.failures import Failures
from assistant.web.wording import words
from tests.web.markup import assert_harmless
from tests.web.scripted import ScriptedParts

_READER = {"Accept": "text/html,application/xhtml+xml;q=0.9", "Accept-Language": "en-GB"}


@pytest.fixture(scope="module")
def client() -> TestClient:
    """The whole application on the scripted assistant."""
    return TestClient(create_app(ScriptedParts(), Settings()))


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("/nowhere", "en"),
        ("/nowhere?lang=fr", "fr"),
        ("/fr/about", "fr"),
        ("/en/../x", "en"),
        ("/d", "en"),
        ("/a/b/c", "en"),
    ],
)
def test_a_reader_who_goes_astray_gets_a_page(client: TestClient, path: str, language: str) -> None:
    """404, in the language of the address or of the browser, with a way to the question box, under the strict policy."""
    response = client.get(path, headers=_READER)
    assert response.status_code == 404
    assert f'<html lang="{language}">' in response.text and f'href="/{language}"' in response.text
    assert words(language)["missing_page"] in response.text  # type: ignore[arg-type]
    assert "default-src 'self'" in response.headers["content-security-policy"]
    assert response.headers["cache-control"] == "no-store"
    assert_harmless(response.text)


@pytest.mark.parametrize("path", ["/nowhere", "/api/nowhere", "/fr/gradio_api/upload", "/static/nothing.css"])
def test_a_program_gets_json_or_plain_text(client: TestClient, path: str) -> None:
    """No page where none is wanted, and below the interface's paths for nobody."""
    for accept in ("*/*", "application/json", *(["text/html"] if path != "/nowhere" else [])):
        response = client.get(path, headers={"Accept": accept})
        assert response.status_code == 404 and "<html" not in response.text


@pytest.mark.parametrize(
    ("fault", "status"), [(SearchIndexError("no index in /home/operator"), 503), (RuntimeError("secret"), 500)]
)
def test_a_fault_is_told_politely_and_without_its_cause(fault: Exception, status: int) -> None:
    """What failed stands in the log; the page says to come back."""
    app = FastAPI()
    Failures(around=False).install(app)

    def fail() -> None:
        raise fault

    app.add_api_route("/about", fail)
    failing = TestClient(app, raise_server_exceptions=False)
    page, told = failing.get("/about?lang=fr", headers=_READER), failing.get("/about")
    assert page.status_code == told.status_code == status
    assert words("fr")["unavailable_title"] in page.text and "error" in told.json()
    assert str(fault) not in page.text + told.text
    assert_harmless(page.text)
