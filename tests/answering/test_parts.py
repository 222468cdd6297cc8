"""Questions of two parts are answered from two sections, and others from one."""

from __future__ import annotations

import pytest

from assistant.answering.parts import second_section
from assistant.answering.quotes import compose
from assistant.wiring import Parts


def second(parts: Parts, question: str) -> str | None:
    ranked = parts.ranker.rank(question, parts.encoder.embed_query(question))
    found = second_section(question, ranked, parts.check.vocabulary)
    return str(found.section) if found else None


@pytest.mark.parametrize(
    "question",
    [
        "Compare the budget of Current AI and the billions of Emmanuel Macron",
        "Current AI versus Emmanuel Macron: how many billions?",
        "Who co-chaired the summit and how many million dollars has the foundation Current AI for open data?",
        "Combien de millions de dollars a la fondation Current AI, et qui, avec l’Inde, a coprésidé le sommet au Grand Palais ?",
    ],
)
def test_a_question_of_two_parts_has_a_second_section(tiny_parts: Parts, question: str) -> None:
    """Comparisons and joined questions find a section for what the first one leaves out."""
    assert second(tiny_parts, question) is not None


@pytest.mark.parametrize(
    "question",
    [
        "Who co-chaired the summit?",
        "What are the 109 billion euros?",
        "Who co-chaired the summit and when was the summit held?",
        "France and India co-chaired the summit",
    ],
)
def test_a_question_that_one_section_answers_has_none(tiny_parts: Parts, question: str) -> None:
    """One part, or two parts that stand in the same section: nothing is added."""
    assert second(tiny_parts, question) is None


def test_nothing_found_has_no_second_section(tiny_parts: Parts) -> None:
    """Without candidates, or with a single one, there is no other."""
    assert second_section("Compare x and y", (), tiny_parts.check.vocabulary) is None


def test_each_part_has_its_own_citations(tiny_parts: Parts) -> None:
    """Sentences of both sections are shown, numbered on, each with a quotation of its own section."""
    question = (
        "Compare the foundation Current AI (400 million dollars) and what Emmanuel Macron announced (109 billion euros)"
    )
    ranked = tiny_parts.ranker.rank(question, tiny_parts.encoder.embed_query(question))
    other = second_section(question, ranked, tiny_parts.check.vocabulary)
    assert other is not None
    found = compose(tiny_parts.catalogue, question, [ranked[0], other], "en")
    assert {str(one.quote.passage.section) for one in found.citations} == {"money#fund", "money#total"}
    assert [one.number for one in found.citations] == list(range(1, len(found.citations) + 1))
    assert {number for one in found.sentences for number in one.citations} == {one.number for one in found.citations}
