"""Names that a question misspells, and what is made of them."""

from __future__ import annotations

import pytest

from assistant.answering.as_json import answer_to_json
from assistant.answering.as_text import answer_to_text
from assistant.reading.documents import load_corpus
from assistant.search.catalogue import Catalogue
from assistant.search.spelling import Correction, NameSpelling
from assistant.wiring import Parts
from tests.fakes import memory_parts, write_document

EN = (
    "# People\n\n## The envoy {#envoy}\n\nThe envoy of the summit was Anne Bouverot.\n\n"
    "## The speech {#speech}\n\nThe closing speech was given by JD Vance, with Ursula von der Leyen in the room.\n"
)


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    """Two sections with names, one of them stored with its question."""
    corpus = tmp_path_factory.mktemp("names") / "corpus"
    sections = [{"id": "envoy", "questions": {"en": ["Who was the envoy?"]}}, {"id": "speech"}]
    about = {"title": {"en": "People"}, "kind": "fact-sheet", "publisher": "Test desk", "sections": sections}
    write_document(corpus, "people", about, en=EN)
    return memory_parts(load_corpus(corpus).documents)


@pytest.mark.parametrize(
    ("question", "mended"),
    [
        ("Who is Bouverto?", "Who is Bouverot?"),
        ("who is bouverrot", "who is Bouverot"),
        ("What did Vence say?", "What did Vance say?"),
        ("Ursula von der Layen's speech", "Ursula von der Leyen's speech"),
    ],
)
def test_a_letter_or_two_are_mended(named: Parts, question: str, mended: str) -> None:
    """A name that differs by a letter, or by two where it is long, is written as the corpus writes it."""
    found = NameSpelling(named.catalogue).mend(question)
    assert found is not None and found.text == mended


@pytest.mark.parametrize(
    "question",
    ["Who is Bouverot?", "who was the envoys", "Was the summit closed?", "Anne", "", "Who is Bonaparte?", "Dance?"],
)
def test_what_is_known_or_far_stays(named: Parts, question: str) -> None:
    """Known words and their forms, short words, other words and other first letters are left alone."""
    assert NameSpelling(named.catalogue).mend(question) is None


def test_nothing_to_mend_with() -> None:
    """An empty corpus mends nothing."""
    assert NameSpelling(Catalogue.of(())).mend("Who is Bouverto?") is None


def test_the_correction_is_told_where_it_changes_the_result(named: Parts) -> None:
    """The mended question is answered, and the answer says in every form which name was searched for."""
    answer = named.assistant.ask("Vence?", language="en")
    assert (answer.outcome, answer.did_you_mean) == ("answer", ("Vance",))
    assert answer_to_json(answer)["did_you_mean"] == ["Vance"]
    assert answer_to_text(answer).startswith("Did you mean Vance?")


def test_a_correction_that_changes_nothing_is_not_told(named: Parts) -> None:
    """Where the question finds the same section by itself, nobody is corrected."""
    answer = named.assistant.ask("Who was the envoy of the summit, Bouverto?")
    assert (answer.outcome, answer.did_you_mean) == ("answer", ())


def test_corrections_name_both_spellings(named: Parts) -> None:
    """What was written stands beside the name."""
    found = NameSpelling(named.catalogue).mend("Bouverto and Vence")
    assert found is not None
    assert found.corrections == (Correction("Bouverto", "Bouverot"), Correction("Vence", "Vance"))
