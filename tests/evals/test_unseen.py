"""Documents without stored questions: what is hidden, and what is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.reading.documents import load_corpus
from evals.errors import UsageError
from evals.unseen import THIRDS, cases_on, without_questions
from tests.evals.fakes import CORPUS, fake_system, sample_cases


def questions_of(corpus: Path) -> dict[str, int]:
    """How many questions each document has stored."""
    return {
        document.id: sum(len(asked) for section in document.sections for asked in section.questions.values())
        for document in load_corpus(corpus).documents
    }


def test_a_third_loses_its_questions_and_keeps_its_text(tmp_path: Path) -> None:
    """The first of two documents is the first third; its texts stay, the other document stays as it was."""
    view, hidden = without_questions(fake_system(tmp_path), 1)
    before, after = questions_of(CORPUS), questions_of(view.corpus_dir)
    assert hidden == {sorted(before)[0]}
    assert {name for name, count in after.items() if count < before[name]} == hidden
    assert all(after[name] == 0 for name in hidden)
    texts = [{one.id: one.texts for one in load_corpus(folder).documents} for folder in (CORPUS, view.corpus_dir)]
    assert texts[0] == texts[1]


def test_the_thirds_share_no_document_and_leave_none_out(tmp_path: Path) -> None:
    """Together they are the corpus."""
    hidden = [without_questions(fake_system(tmp_path), third)[1] for third in THIRDS]
    assert sum(len(one) for one in hidden) == len(frozenset().union(*hidden)) == len(questions_of(CORPUS))


def test_only_answerable_cases_on_these_documents_are_asked() -> None:
    """Every gold section is in them; none at all is an error that says what to do."""
    chosen = cases_on(sample_cases(), frozenset({"library"}))
    assert {case.document for case in chosen} == {"library"}
    assert all(case.answerable for case in chosen)
    with pytest.raises(UsageError, match="choose another --third"):
        cases_on(sample_cases(), frozenset({"harbour"}))
