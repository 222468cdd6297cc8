"""The programming interface: questions, streams, documents, health, limits, and what it says of itself."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant.settings import Settings
from assistant.web.wording import words
from tests.web.scripted import (
    ENGLISH_QUESTION,
    ENGLISH_SENTENCES,
    FRENCH_QUESTION,
    FRENCH_SENTENCES,
    CountdownLimiter,
    ListStore,
    ScriptedParts,
)


@pytest.mark.parametrize(
    ("question", "language", "sentences"),
    [(FRENCH_QUESTION, "fr", FRENCH_SENTENCES), (ENGLISH_QUESTION, "en", ENGLISH_SENTENCES)],
)
def test_an_answer_comes_with_exact_quotations(
    client: TestClient, question: str, language: str, sentences: tuple[str, ...]
) -> None:
    answer = client.post("/api/ask", json={"question": question, "id": "mine"}).json()
    assert answer["id"] == "mine"
    assert (answer["schema"], answer["outcome"], answer["language"]) == (1, "answer", language)
    assert tuple(one["text"] for one in answer["sentences"]) == sentences
    for cited in answer["citations"]:
        assert cited["passage"][cited["start"] : cited["end"]] == cited["quote"]


def test_history_and_language_reach_the_assistant(client: TestClient, parts: ScriptedParts) -> None:
    body = {"question": "closest", "history": [{"question": "first"}, {"question": "second"}], "language": "en"}
    assert client.post("/api/ask", json=body).json()["outcome"] == "closest"
    assert parts.assistant.asked[-1] == ("closest", ("first", "second"), "en")


def test_an_event_stream_gives_each_sentence_once_and_then_the_whole_answer(client: TestClient) -> None:
    response = client.post("/api/ask", json={"question": FRENCH_QUESTION}, headers={"Accept": "text/event-stream"})
    assert response.headers["content-type"].startswith("text/event-stream")
    events = _events(response.text)
    assert [name for name, _ in events] == ["sentence"] * 3 + ["answer"]
    assert tuple(content["text"] for name, content in events if name == "sentence") == FRENCH_SENTENCES
    assert [content["index"] for name, content in events[:-1]] == [0, 1, 2]
    whole = client.post("/api/ask", json={"question": FRENCH_QUESTION}).json()
    assert events[-1][1] == whole


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ({}, "question"),
        ({"question": 1}, "question"),
        ({"question": "x", "colour": "red"}, "colour"),
        ({"question": "x", "language": "de"}, "language"),
        ({"question": "x", "history": ["y"]}, "history"),
    ],
)
def test_a_request_that_cannot_be_understood_says_which_key_is_wrong(
    client: TestClient, body: dict[str, object], complaint: str
) -> None:
    response = client.post("/api/ask", json=body)
    assert response.status_code == 422
    assert complaint in response.json()["error"]


def test_a_request_that_is_no_json_is_explained(client: TestClient) -> None:
    response = client.post("/api/ask", content=b"{", headers={"Content-Type": "application/json"})
    assert response.status_code == 422
    assert "error" in response.json()


def test_a_request_over_the_limit_is_turned_away_politely(client: TestClient) -> None:
    response = client.post("/api/ask", json={"question": "x" * 3_000_000})
    assert response.status_code == 413
    assert "too large" in response.json()["error"]


def test_a_request_of_unknown_length_is_turned_away(client: TestClient) -> None:
    response = client.post(
        "/api/ask", content=iter([b'{"question": "x"}']), headers={"Content-Type": "application/json"}
    )
    assert response.status_code == 411


def test_documents_lists_titles_languages_and_sections(client: TestClient) -> None:
    listed = client.get("/api/documents").json()
    (document,) = listed["documents"]
    assert document["id"] == "envoy-sheet"
    assert document["title"] == {"fr": "L’envoyée spéciale", "en": "The special envoy"}
    assert [section["id"] for section in document["sections"]] == ["envoy", "work", "place"]
    assert document["languages"] == ["en", "fr"]


def test_health_says_live_and_ready(client: TestClient) -> None:
    assert client.get("/api/health").json()["ready"] is True
    assert client.get("/api/health/live").json() == {"live": True}


def test_the_interface_describes_itself_without_another_host(client: TestClient) -> None:
    paths = client.get("/api/openapi.json").json()["paths"]
    assert {"/api/ask", "/api/documents", "/api/health", "/api/feedback"} <= set(paths)
    page = client.get("/api/docs")
    assert page.status_code == 200
    assert page.url.query == b"lang=fr"
    assert "POST /api/ask" in page.text
    assert "<script" not in page.text
    assert "src=" not in page.text
    assert client.get("/docs").status_code == client.get("/redoc").status_code == 404


def test_the_interface_is_described_in_both_languages(client: TestClient) -> None:
    """The page speaks its reader's language; the OpenAPI document says in English what the English page says."""
    french, english = (client.get(f"/api/docs?lang={language}").text for language in ("fr", "en"))
    described = client.get("/api/openapi.json").json()["paths"]
    assert "Poser une question" in french and "Qui a coprésidé le sommet" in french and "Ask a question" not in french
    for methods in described.values():
        for operation in methods.values():
            assert operation["summary"] in english
            for response in operation["responses"].values():
                assert response["description"].split("`")[0].strip() in english


def test_the_widget_names_its_frame_in_both_languages(client: TestClient) -> None:
    """The titles come from the wording; nothing is left to fill in."""
    script = client.get("/static/widget.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert words("fr")["widget_title"] in script.text and words("en")["widget_title"] in script.text
    assert "__TITLES__[" not in script.text


def test_feedback_is_kept_with_the_answers_id(client: TestClient, store: ListStore) -> None:
    answer = client.post("/api/ask", json={"question": FRENCH_QUESTION}).json()
    assert store.remembered[-1].id == answer["answer_id"]
    body = {"answer_id": answer["answer_id"], "verdict": "wrong", "text": "non"}
    assert client.post("/api/feedback", json=body).status_code == 204
    assert store.said[-1] == (answer["answer_id"], "wrong", "non")


@pytest.mark.parametrize("change", [{"verdict": "nice"}, {"answer_id": "../x"}, {"text": "x" * 5000}])
def test_feedback_that_is_none_is_refused(client: TestClient, change: dict[str, str]) -> None:
    body = {"answer_id": "0" * 20, "verdict": "right", "text": ""} | change
    assert client.post("/api/feedback", json=body).status_code == 422


def test_a_client_over_its_limit_is_told_how_long_to_wait() -> None:
    from assistant.web.application import create_app

    with TestClient(create_app(ScriptedParts(), Settings(), limiter=CountdownLimiter(1))) as limited:
        assert limited.post("/api/ask", json={"question": "x"}).status_code == 200
        refused = limited.post("/api/ask", json={"question": "x"})
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "60"


def _events(text: str) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for block in text.strip().split("\n\n"):
        name, data = block.split("\n", 1)
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found
