"""The staff page: closed without the token, and what it shows with it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from assistant.answering.explaining import Explainer
from assistant.errors import SettingsError
from assistant.settings import Settings
from assistant.web.options import WebOptions
from assistant.wiring import Parts
from tests.fakes import fake_weights

TOKEN = "a-word-for-staff-only"


@pytest.fixture(scope="module")
def staff(tiny_parts: Parts) -> Iterator[TestClient]:
    """The application of the tiny assistant, with a staff token."""
    from assistant.web.application import Operation, create_app

    explainer = Explainer(tiny_parts.assistant, fake_weights(), tiny_parts.check)
    operation = Operation(explain=lambda question, language: explainer.explain(question, language=language))
    with TestClient(create_app(tiny_parts, WebOptions(staff_token=TOKEN), operation=operation)) as opened:
        yield opened


def test_without_a_token_there_is_no_such_page(tiny_parts: Parts) -> None:
    """By default the address is unknown."""
    from assistant.web.application import Operation, create_app

    explainer = Explainer(tiny_parts.assistant, fake_weights(), tiny_parts.check)
    operation = Operation(explain=lambda question, language: explainer.explain(question, language=language))
    with TestClient(create_app(tiny_parts, Settings(), operation=operation)) as opened:
        assert opened.get("/staff/explain?q=x", auth=("staff", "")).status_code == 404


@pytest.mark.parametrize(
    "given", [None, ("staff", ""), ("staff", "wrong"), (TOKEN, ""), ("staff", TOKEN + "x"), ("é", "é")]
)
def test_only_the_token_opens(staff: TestClient, given: tuple[str, str] | None) -> None:
    """No name and no other password is let in, and the browser is told to ask for one."""
    response = (
        staff.get("/staff/explain?q=Who+co-chaired+the+summit", auth=given) if given else staff.get("/staff/explain")
    )
    assert response.status_code == 401 and response.headers["www-authenticate"].startswith("Basic")
    assert "Candidates" not in response.text


def test_the_stages_are_shown(staff: TestClient) -> None:
    """Language, candidates with their features, checks with thresholds, sentences, what would change; nothing is kept by caches."""
    response = staff.get(
        "/staff/explain", params={"q": "Who co-chaired the summit?", "lang": "en"}, auth=("staff", TOKEN)
    )
    assert response.status_code == 200 and response.headers["cache-control"] == "no-store"
    for word in (
        "language: en",
        "opening#dates",
        "sentence_max",
        "Threshold",
        "For another outcome",
        "Outcome: answer",
        "noindex",
    ):
        assert word in response.text


def test_the_page_speaks_both_languages(staff: TestClient) -> None:
    """Labels are in the language asked for, else in the browser's; what the command line prints too is marked as English."""
    asked = {"q": "Who co-chaired the summit?"}
    french = staff.get("/staff/explain", params=asked | {"lang": "fr"}, auth=("staff", TOKEN)).text
    english = staff.get("/staff/explain", params=asked, headers={"Accept-Language": "en"}, auth=("staff", TOKEN)).text
    assert '<html lang="fr">' in french and "Contrôles" in french and "Checks" not in french
    assert '<html lang="en">' in english and "Checks" in english and "Contrôles" not in english
    assert '<ul lang="en">' in french and "lang=en&amp;q=Who%20co-chaired" in french


def test_the_form_is_empty_without_a_question(staff: TestClient) -> None:
    """Opened by itself, the page only asks."""
    response = staff.get("/staff/explain", auth=("staff", TOKEN))
    assert response.status_code == 200 and "Candidates" not in response.text


def test_what_is_typed_is_escaped(staff: TestClient) -> None:
    """A question with markup is shown as it was typed."""
    page = staff.get("/staff/explain", params={"q": "<script>alert(1)</script> summit"}, auth=("staff", TOKEN)).text
    assert "<script>alert" not in page and "&lt;script&gt;" in page


def test_a_short_token_is_refused() -> None:
    """A token that could be guessed is an error that says the least length."""
    with pytest.raises(SettingsError, match="has 5 characters, the least is 16"):
        WebOptions(staff_token="short")
