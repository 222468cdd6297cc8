"""Fitting the matcher: what torch learns is what numpy answers with."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.search.catalogue import Catalogue
from assistant.search.entries import catalogue_entries
from assistant.search.matching import section_vectors
from evals.fit_data import Texts
from evals.fit_matching import Sections, fit_matcher
from tests.fakes import FakeEncoder, tiny_documents


@pytest.fixture
def texts(tmp_path: Path) -> Texts:
    catalogue, encoder = Catalogue.of(tiny_documents(tmp_path)), FakeEncoder()
    return Texts(catalogue, {one.text: encoder.embed_query(one.text) for one in catalogue_entries(catalogue)})


def test_the_same_rows_give_the_same_matcher(texts: Texts) -> None:
    """Fitting is repeatable: no seed, order or thread shows."""
    sections = Sections(texts)
    rows = list(sections.rows(texts, ())) * 16
    query = texts.vectors["Who co-chaired the summit?"]
    vectors = section_vectors(texts.catalogue, lambda one: texts.vectors[one.text])
    first, second = (fit_matcher(sections, rows, epochs=1).on(*vectors) for _ in range(2))
    for key in sections.keys:
        assert first.logit(query, key) == pytest.approx(second.logit(query, key), abs=1e-4)


def test_a_matcher_tells_its_sections_question_from_another_ones(texts: Texts) -> None:
    """Learned from pairs that match and pairs that do not, it says yes to matches and no to others, also from the arrays that are shipped."""
    sections = Sections(texts)
    own = list(sections.rows(texts, ()))
    number = {row.section for row in own}
    others = [
        type(row)(row.vector, other, 0, 1.0, row.place, -1) for row in own for other in number if other != row.section
    ]
    ready = fit_matcher(sections, [*own * 20, *others * 5], epochs=6).on(
        *section_vectors(texts.catalogue, lambda one: texts.vectors[one.text])
    )
    right, wrong = [], []
    for key, (_, section) in texts.catalogue.sections.items():
        for question in section.questions.get("en", ()):
            for candidate in sections.keys:
                found = right if candidate == key else wrong
                found.append(ready.logit(texts.vectors[question], candidate))
    assert np.mean(right) > 0 > np.mean(wrong)
