"""What the assistant promises for every question, on the doubles."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from assistant.answering.as_json import answer_to_json
from assistant.answering.as_text import answer_to_text
from assistant.answering.batch import answer_lines
from assistant.answering.chat import Assistant
from assistant.records import Answer, Citation, Passage, Quote, SectionKey, Sentence, Turn
from assistant.wiring import Parts
from tests.fakes import memory_parts, tiny_documents

PASSAGE = Passage("d#s/en", SectionKey("d", "s"), "en", 0, 12, "Two of them.", sentences=((0, 12),))


def test_an_answer_cannot_be_built_without_quotations() -> None:
    """The type itself refuses an answer without citations, and a refusal with any."""
    with pytest.raises(ValueError, match="needs sentences that each carry a citation"):
        Answer("q", "en", "answer", sentences=(Sentence("Two of them.", ()),))
    citation = Citation(1, Quote(PASSAGE, 0, 12), "Title", "Publisher")
    with pytest.raises(ValueError, match="cannot carry sentences"):
        Answer("q", "en", "refusal", sentences=(Sentence("Two of them.", (1,)),), citations=(citation,))
    with pytest.raises(ValueError, match="differ from the citations"):
        Answer("q", "en", "answer", sentences=(Sentence("Two of them.", (2,)),), citations=(citation,))


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (3, 3), (0, 13)])
def test_a_quote_lies_in_its_passage(start: int, end: int) -> None:
    """Offsets outside the passage, or nothing between them, make no quotation."""
    with pytest.raises(ValueError, match="does not lie in passage"):
        Quote(PASSAGE, start, end)


@pytest.mark.parametrize(
    ("question", "language", "said"),
    [
        ("Qui a coprésidé le sommet ?", "fr", "La France et l’Inde"),
        ("Who co-chaired the summit?", "en", "France and India"),
        ("quel est le budget de curent ai", "fr", "400 millions"),
    ],
)
def test_answers_in_the_questions_language(tiny_assistant: Assistant, question: str, language: str, said: str) -> None:
    """The sentence that answers is shown, in the language of the question."""
    answer = tiny_assistant.ask(question)
    assert (answer.outcome, answer.language) == ("answer", language)
    assert said in answer.text.replace("\u202f", " ")


def test_every_citation_is_a_slice_of_its_passage_and_document(tiny_parts: Parts) -> None:
    """passage[start:end] == quote, and the passage is a slice of the document's text."""
    for question in ("Qui a coprésidé le sommet ?", "What is Current AI?", "What were the themes of the summit?"):
        for one in answer_to_json(tiny_parts.assistant.ask(question))["citations"]:
            assert one["passage"][one["start"] : one["end"]] == one["quote"]
            passage = tiny_parts.catalogue.passage(one["passage_id"])
            document, _ = tiny_parts.catalogue.sections[passage.section]
            assert document.texts[passage.language][passage.start : passage.end] == one["passage"]


def test_a_list_is_shown_whole(tiny_assistant: Assistant) -> None:
    """Whoever asks for the themes gets every item with the sentence that introduces them."""
    text = tiny_assistant.ask("What were the themes of the summit?").text
    assert all(
        item in text for item in ("three themes", "public interest AI", "the future of work", "global governance")
    )


def test_a_disagreement_is_shown_with_every_figure(tiny_assistant: Assistant) -> None:
    """Where sources differ, each value comes with its source and date."""
    answer = tiny_assistant.ask("Que sont les 109 milliards d’euros ?")
    assert [(one.value.best("fr"), one.source) for one in answer.conflicts[0].figures] == [
        ("France 2", "BFM"),
        ("TF1", "AFP"),
    ]
    assert "BFM, 2025-02-10" in answer_to_text(answer)


def test_a_source_in_one_language_is_quoted_in_its_own(tiny_assistant: Assistant) -> None:
    """Asked in English for what stands in French only, the reader gets the French quotation."""
    answer = tiny_assistant.ask("Answer in English: quel pont était fermé pendant le sommet ?")
    assert (answer.outcome, answer.language) == ("answer", "en")
    assert answer.citations[0].quote.passage.language == "fr"


def test_an_embargo_holds_until_its_day(tmp_path: Path) -> None:
    """Before the day the document does not exist; on the day it answers."""
    documents = tiny_documents(tmp_path)
    before = memory_parts(documents, today=date(2098, 12, 31)).assistant.ask("How many guests at the secret banquet?")
    assert "300" not in json.dumps(answer_to_json(before))
    after = memory_parts(documents, today=date(2099, 1, 1)).assistant.ask("How many guests at the secret banquet?")
    assert "300 guests" in after.text


@pytest.mark.parametrize("question", ["", "   ", "\u0000\u0007", "🙂🙂", "?!", "\u200b"])
def test_nothing_to_read_is_a_polite_refusal(tiny_assistant: Assistant, question: str) -> None:
    """Empty, control characters, signs only: one sentence and example questions."""
    answer = tiny_assistant.ask(question, language="en")
    assert (answer.outcome, answer.language) == ("refusal", "en")
    assert answer.notice.startswith("I received no readable question")


def test_a_question_too_long_is_told_the_limit(tiny_assistant: Assistant) -> None:
    """A megabyte is turned away with its length and the limit."""
    answer = tiny_assistant.ask("x" * 1_000_000)
    assert answer.outcome == "refusal" and "1000000" in answer.notice and "1000" in answer.notice


def test_control_characters_change_nothing(tiny_assistant: Assistant) -> None:
    """Invisible characters in a question are dropped, not obeyed."""
    plain = tiny_assistant.ask("Who co-chaired the summit?")
    dirty = tiny_assistant.ask("Who\u0000 co-\u200bchaired\u202e the\r\nsummit?\u0007")
    assert dirty.text == plain.text


def test_streaming_ends_with_the_whole_answer(tiny_assistant: Assistant) -> None:
    """Each part has one sentence more, and the last one is what `ask` gives."""
    parts = list(tiny_assistant.stream("When was the summit held?"))
    assert [len(part.sentences) for part in parts] == list(range(1, len(parts) + 1))
    assert parts[-1].id == tiny_assistant.ask("When was the summit held?").id


def test_a_followup_takes_the_subject_of_the_question_before(tiny_assistant: Assistant) -> None:
    """ "And where?" after "When was the summit held?" is about the summit; alone it is about nothing."""
    answer = tiny_assistant.ask("And where?", [Turn("When was the summit held?")])
    assert answer.citations[0].quote.passage.section.document_id == "opening"
    assert tiny_assistant.ask("And where?").outcome != "answer"


def test_json_lines_go_on_after_a_bad_one(tiny_assistant: Assistant) -> None:
    """An unknown key and broken JSON are errors with their line; the other lines are answered."""
    lines = [
        '{"id": "a", "question": "Who co-chaired the summit?"}',
        "",
        '{"question": "x", "langage": "fr"}',
        "{",
        '{"question": "?"}',
    ]
    found = list(answer_lines(tiny_assistant, lines))
    assert [bad for _, bad in found] == [False, True, True, False]
    assert found[0][0]["id"] == "a" and found[0][0]["outcome"] == "answer"
    assert found[1][0]["line"] == 3 and "langage" in found[1][0]["error"]
    assert found[2][0]["line"] == 4
