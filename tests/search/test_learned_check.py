"""The learned answerability check: kernel machine, known questions, matcher, and the file that they come in."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from assistant.records import SectionKey
from assistant.search.answerability import AnswerabilityCheck
from assistant.search.kernel import KernelMachine
from assistant.search.known_questions import NEIGHBOUR_FEATURES, KnownQuestions
from assistant.search.learned_check import LearnedCheck, read_check, shipped_check
from assistant.search.matching import Matcher, MatcherWeights, unit
from assistant.wiring import Parts
from tests.fakes import fake_weights

DIMENSION = 8
OPENING = SectionKey("opening", "dates")


def _vector(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float32)


def _machine(names: tuple[str, ...] = ("lexical",), dimension: int = 1) -> KernelMachine:
    width = len(names) + dimension
    return KernelMachine(
        names,
        np.zeros(len(names), dtype=np.float32),
        np.ones(len(names), dtype=np.float32),
        np.zeros((1, width), dtype=np.float32),
        _vector(2.0),
        gamma=0.5,
        bias=-1.0,
        direction_scale=1.0,
    )


def _member(seed: int) -> MatcherWeights:
    rng = np.random.default_rng(seed)

    def matrix(*shape: int) -> np.ndarray:
        return rng.standard_normal(shape).astype(np.float32)

    hidden = (matrix(3, 7 + 2), matrix(3))
    projections = (matrix(4, DIMENSION), matrix(4, DIMENSION), matrix(4, DIMENSION))
    return MatcherWeights(*projections, (matrix(2, DIMENSION), matrix(2)), hidden, (matrix(1, 3), matrix(1)), 10.0)


def _check() -> LearnedCheck:
    rng = np.random.default_rng(7)
    known = KnownQuestions(
        unit(rng.standard_normal((3, DIMENSION))),
        ("opening#dates", "opening#dates other#one", ""),
        np.array([True, False, False]),
    )
    centre = np.zeros(DIMENSION, dtype=np.float32)
    machine = _machine(NEIGHBOUR_FEATURES, DIMENSION)
    return LearnedCheck(machine, known, Matcher(centre, centre, (_member(1), _member(2))), _vector(1.0, 0.5, 0.1), 0.4)


def test_the_decision_is_the_kernel_sum() -> None:
    """f(x) = sum a exp(-gamma |x - s|^2) + bias, by hand: x = (1, 2), s = 0, gamma .5, a 2, bias -1."""
    expected = 2.0 * math.exp(-0.5 * (1.0 + 4.0)) - 1.0
    assert _machine().decision({"lexical": 1.0}, _vector(2.0)) == pytest.approx(expected)


class TestKnownQuestions:
    known = KnownQuestions(
        np.array([[1, 0], [0, 1], [0.6, 0.8]], dtype=np.float32),
        ("opening#dates", "opening#dates", "other#one"),
        np.array([True, False, False]),
    )

    def test_the_nearest_of_the_section_and_of_all_are_told_apart(self) -> None:
        """Of the section only its own questions count; of all, each."""
        found = self.known.features(_vector(0.6, 0.8), OPENING)
        assert found["near_answered_here"] == pytest.approx(0.6)
        assert found["near_unanswered_here"] == pytest.approx(0.8)
        assert found["near_unanswered"] == pytest.approx(1.0)
        assert found["here"] == pytest.approx(-0.2)
        assert set(found) == set(NEIGHBOUR_FEATURES)

    def test_a_known_question_does_not_find_itself_while_fitting(self) -> None:
        """What is marked does not exist, so that a question is judged as a new one."""
        found = self.known.features(_vector(0.6, 0.8), OPENING, np.array([False, False, True]))
        assert found["near_unanswered"] == pytest.approx(0.8)

    def test_a_section_without_known_questions_has_none_near(self) -> None:
        """An operator's own document has no known questions; nothing fails."""
        found = self.known.features(_vector(1.0, 0.0), SectionKey("new", "one"))
        assert found["near_answered_here"] == found["near_unanswered_here"] == 0.0


class TestMatcher:
    def test_a_section_of_which_nothing_is_stored_is_judged_too(self) -> None:
        """A document just dropped in has no stored questions; the matcher still gives a number."""
        query = unit(np.arange(DIMENSION, dtype=np.float32))
        sections = _check().matcher.on({}, {OPENING: np.eye(DIMENSION, dtype=np.float32)[:1]})
        assert math.isfinite(sections.logit(query, OPENING))
        assert math.isfinite(sections.logit(query, SectionKey("unknown", "one")))

    def test_a_stored_question_that_comes_nearer_changes_the_logit(self) -> None:
        """The matcher looks at the section's own stored questions."""
        query = unit(np.arange(DIMENSION, dtype=np.float32))
        far = _check().matcher.on({OPENING: -query[None, :]}, {}).logit(query, OPENING)
        near = _check().matcher.on({OPENING: query[None, :]}, {}).logit(query, OPENING)
        assert far != near


class TestFile:
    def test_what_is_written_is_read_again(self, tmp_path: Path) -> None:
        """Eight bits a number lose nothing that changes a verdict."""
        query = unit(np.arange(1, DIMENSION + 1, dtype=np.float32))
        check = _check().on({OPENING: query[None, :]}, {OPENING: -query[None, :]})
        check.save(tmp_path / "check.npz")
        again = read_check(tmp_path / "check.npz").on({OPENING: query[None, :]}, {OPENING: -query[None, :]})
        assert again.threshold == check.threshold
        assert again.probability({}, query, OPENING) == pytest.approx(check.probability({}, query, OPENING), abs=0.01)

    def test_the_shipped_check_fits_the_shipped_encoder(self) -> None:
        """384 numbers, a working point between 0 and 1, and both kinds of known questions."""
        check = shipped_check()
        assert check.dimension == 384
        assert 0.0 < check.threshold < 1.0
        assert 0.2 < float(check.known.answered.mean()) < 0.8


def test_with_another_encoder_the_regression_judges(tiny_parts: Parts) -> None:
    """Vectors of another length mean nothing to what was learned: the named features alone decide."""
    question = "Who co-chaired the summit?"
    query = tiny_parts.encoder.embed_query(question)
    assert len(query) != DIMENSION
    candidates = tiny_parts.ranker.rank(question, query)
    plain = AnswerabilityCheck(tiny_parts.catalogue, fake_weights().answerability)
    learned = AnswerabilityCheck(tiny_parts.catalogue, fake_weights().answerability, _check())
    assert learned.judge(question, query, candidates) == plain.judge(question, query, candidates)
