"""The JSON object of an answer: the same keys always, nothing that JSON cannot hold."""

from __future__ import annotations

import json

import pytest

from assistant.answering.as_json import SCHEMA, answer_to_json
from assistant.answering.as_text import answer_to_text
from assistant.answering.chat import Assistant
from assistant.records import Answer

KEYS = {
    "schema", "id", "question", "language", "outcome", "text", "sentences", "citations", "conflicts", "closest",
    "evidence", "mode", "model", "withheld", "corpus_version", "elapsed_ms",
}  # fmt: skip
CITATION_KEYS = {
    "number", "quote", "start", "end", "passage_id", "passage", "language", "document_id", "title", "heading",
    "publisher", "date", "as_of", "page", "url", "sources",
}  # fmt: skip
QUESTIONS = {
    "answer": "How many billions did Emmanuel Macron announce?",
    "closest": "Combien de chaises avait le Grand Palais ?",
    "refusal": "What is the weather tomorrow?",
}


@pytest.fixture(params=QUESTIONS)
def answer(request: pytest.FixtureRequest, tiny_assistant: Assistant) -> Answer:
    """An answer of each outcome."""
    found = tiny_assistant.ask(QUESTIONS[request.param])
    assert found.outcome == request.param
    return found


def test_the_keys_are_those_of_the_schema(answer: Answer) -> None:
    """Whatever the outcome, every documented key is there."""
    found = answer_to_json(answer)
    assert found["schema"] == SCHEMA == 1
    assert set(found) >= KEYS
    for citation in (*found["citations"], *found["closest"]):
        assert set(citation) >= CITATION_KEYS


def test_it_survives_the_way_through_json(answer: Answer) -> None:
    """Written and read back it is the same object."""
    found = answer_to_json(answer)
    assert json.loads(json.dumps(found, ensure_ascii=False, allow_nan=False)) == found


def test_quotations_are_slices(answer: Answer) -> None:
    """passage[start:end] == quote in every citation and in everything shown as closest."""
    found = answer_to_json(answer)
    for citation in (*found["citations"], *found["closest"]):
        assert citation["passage"][citation["start"] : citation["end"]] == citation["quote"]


def test_each_outcome_carries_its_own_parts(answer: Answer) -> None:
    """An answer has sentences and citations; `closest` has passages only; a refusal has neither."""
    found = answer_to_json(answer)
    assert bool(found["sentences"]) == bool(found["citations"]) == (answer.outcome == "answer")
    assert bool(found["closest"]) == (answer.outcome == "closest")
    assert bool(found["conflicts"]) == (answer.outcome == "answer")
    assert bool(found["suggestions"]) == (answer.outcome == "refusal")
    assert found["text"]


def test_markers_in_the_text_are_the_citations(answer: Answer) -> None:
    """Every citation's marker stands in the text of an answer."""
    found = answer_to_json(answer)
    assert all(f"[{citation['number']}]" in found["text"] for citation in found["citations"])


def test_evidence_is_best_first_and_at_most_ten(answer: Answer) -> None:
    """What was retrieved is shown in falling score."""
    scores = [one["score"] for one in answer_to_json(answer)["evidence"]]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) <= 10


def test_the_callers_id_wins(answer: Answer) -> None:
    """`id` is the caller's where it gave one, even an empty one; the answer's own id stays beside it."""
    assert answer_to_json(answer, "mine")["id"] == "mine"
    assert answer_to_json(answer, "")["id"] == ""
    assert answer_to_json(answer)["id"] == answer_to_json(answer, "mine")["answer_id"] == answer.id


def test_the_same_question_gives_the_same_object(tiny_assistant: Assistant) -> None:
    """But for the time taken, nothing differs from one asking to the next."""
    for question in QUESTIONS.values():
        one, other = (answer_to_json(tiny_assistant.ask(question)) for _ in range(2))
        assert {**one, "elapsed_ms": 0} == {**other, "elapsed_ms": 0}


def test_the_terminal_shows_the_same_quotations(answer: Answer) -> None:
    """The plain text holds the sentences, the quotations with title, and the figures of a disagreement."""
    text = answer_to_text(answer)
    found = answer_to_json(answer)
    for citation in (*found["citations"], *found["closest"]):
        assert citation["quote"] in text
        assert citation["title"] in text
    for conflict in found["conflicts"]:
        assert all(figure["value"] in text and figure["source"] in text for figure in conflict["figures"])
    for suggestion in found["suggestions"]:
        assert suggestion in text
