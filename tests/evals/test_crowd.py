"""A corpus with many times the passages: how many there are, and what their vectors are."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from assistant.reading.documents import load_corpus
from assistant.reading.passages import split_document
from evals.crowd import measure_times
from evals.distractors import MARK, DistractorEncoder, crowded_view
from tests.evals.fakes import CORPUS, Oracle, sample_cases
from tests.fakes import CountingEncoder, FakeEncoder


def passages_in(corpus: Path) -> int:
    """How many passages a corpus folder gives."""
    return sum(len(split_document(document)) for document in load_corpus(corpus).documents)


def test_the_crowd_has_as_many_times_the_passages(tmp_path: Path) -> None:
    """Five times, to the one passage that makes both languages alike; every file is read."""
    corpus = crowded_view(tmp_path, CORPUS, 5) / "corpus"
    assert 0 <= passages_in(corpus) - 5 * passages_in(CORPUS) <= 1
    assert not load_corpus(corpus).skipped


def test_invented_passages_are_not_embedded_one_by_one() -> None:
    """They get unit vectors, the same again for the same text; real texts get the encoder's own."""
    inner = CountingEncoder(FakeEncoder())
    encoder = DistractorEncoder(inner)
    invented = [f"The town of {MARK}-{number} has a fair." for number in range(500)]
    rows = encoder.embed_passages([*invented, "The library opened."])
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)
    assert np.array_equal(rows[:500], encoder.embed_passages(invented))
    assert np.array_equal(rows[500], FakeEncoder().embed_passages(["The library opened."])[0])
    assert len(inner.texts) < 100


def test_both_are_asked_every_question() -> None:
    """The medians are of as many questions as were given."""
    documents = load_corpus(CORPUS).documents
    cases = [case for case in sample_cases() if not case.history and not case.page_language]
    times = measure_times(cases, Oracle(documents, cases), Oracle(documents, cases), len)
    assert times.questions == len(cases)
    assert times.ratio > 0
