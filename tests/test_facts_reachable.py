"""Every fact of the fact sheets can be reached by questions that readers might ask and that are not stored."""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from pathlib import Path

import pytest

from assistant.reading.documents import load_corpus
from assistant.records import Document, Section, SectionKey
from assistant.wiring import Parts
from evals.cases import Case, load_cases

ROOT = Path(__file__).parents[1]
CORPUS, CASES = ROOT / "corpus", ROOT / "evals" / "cases"
# The facts of the summit's fact base whose sources are good enough to be told; the one of confidence `low` is left out.
TOLD_FACTS = 249
# Enough to tell an unlucky wording from a section that cannot be found.
QUESTIONS_FOR_A_SECTION = 4


def fact_sections() -> list[tuple[Document, Section]]:
    """The sections of the fact sheets."""
    sheets = [document for document in load_corpus(CORPUS).documents if document.kind == "fact-sheet"]
    return [(document, section) for document in sheets for section in document.sections]


def questions_by_section() -> dict[SectionKey, list[Case]]:
    """The dev questions by the section that they were written for; none leans on an earlier question."""
    written: dict[SectionKey, list[Case]] = defaultdict(list)
    for case in load_cases(CASES):
        if case.part == "dev" and case.answerable and not case.history:
            written[case.gold[0]].append(case)
    return written


def test_every_fact_is_told_in_25_to_40_sheets() -> None:
    """The sheets carry every fact of the fact base but the one that is too weak."""
    sections = fact_sections()
    assert len({fact for _, section in sections for fact in section.facts}) == TOLD_FACTS
    assert 25 <= len({document.id for document, _ in sections}) <= 40


@pytest.mark.slow
def test_every_fact_is_among_the_first_three(real_parts: Parts) -> None:
    """Most questions written for a fact's section find it among the first three, though none of them is stored."""
    stored = {
        question.casefold()
        for _, section in real_parts.catalogue.sections.values()
        for questions in section.questions.values()
        for question in questions
    }
    written = questions_by_section()
    lost: dict[str, list[str]] = {}
    for document, section in fact_sections():
        key = SectionKey(document.id, section.id)
        cases = list(islice(written[key], QUESTIONS_FOR_A_SECTION))
        assert cases, f"no question is written for {key}"
        assert not [case for case in cases if case.question.casefold() in stored]
        missed = [case.question for case in cases if not _finds(real_parts, key, case.question)]
        if 2 * len(missed) > len(cases):
            lost[str(key)] = missed
    assert lost == {}


def _finds(parts: Parts, key: SectionKey, question: str) -> bool:
    """Does the section stand among the first three for the question?"""
    ranked = parts.ranker.rank(question, parts.encoder.embed_query(question))
    return key in [candidate.section for candidate in ranked[:3]]
