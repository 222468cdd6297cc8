"""The questions that weights are learned from: well formed, about sections that exist, and no test case among them."""

from __future__ import annotations

from pathlib import Path

import pytest
from rapidfuzz import fuzz, process

from assistant.reading.documents import load_corpus
from assistant.records import SectionKey
from assistant.search.catalogue import Catalogue
from evals.cases import load_cases
from evals.errors import CaseError
from evals.learning import load_learning
from evals.text import normalise

ROOT = Path(__file__).parent.parent.parent
# As for stored questions: word order put aside, of 100.
_NEARLY_THE_SAME = 90


def test_every_question_is_about_a_section_of_the_corpus() -> None:
    """A section that was renamed takes its questions along."""
    sections = set(Catalogue.of(load_corpus(ROOT / "corpus").documents).sections)
    strangers = {str(q.section) for q in load_learning() if q.section and q.section not in sections}
    assert not strangers


def test_no_test_case_is_learned_from() -> None:
    """What is measured on is never learned from, not even nearly word for word."""
    cases = [normalise(case.question) for case in load_cases(ROOT / "evals" / "cases") if case.part == "test"]
    learned = [normalise(question.text) for question in load_learning()]
    scores = process.cdist(learned, cases, scorer=fuzz.token_sort_ratio, score_cutoff=_NEARLY_THE_SAME)
    assert [learned[row] for row in scores.max(axis=1).nonzero()[0]] == []


def test_answered_and_unanswered_are_read_apart(tmp_path: Path) -> None:
    """The form of the files, with a question on another subject."""
    (tmp_path / "one.yaml").write_text(
        "- section: library#budget\n  answered: {en: [What did it cost?]}\n  unanswered: {fr: [Qui a payé ?]}\n"
        "- outside: {en: [Will it rain?]}\n",
        "utf-8",
    )
    found = load_learning(tmp_path)
    assert [(q.text, q.language, q.section, q.answered) for q in found] == [
        ("What did it cost?", "en", SectionKey("library", "budget"), True),
        ("Qui a payé ?", "fr", SectionKey("library", "budget"), False),
        ("Will it rain?", "en", None, False),
    ]


def test_a_file_of_another_form_says_what_is_wrong(tmp_path: Path) -> None:
    """The error names the file."""
    (tmp_path / "bad.yaml").write_text("- section: no-hash\n", "utf-8")
    with pytest.raises(CaseError, match=r"bad\.yaml"):
        load_learning(tmp_path)
