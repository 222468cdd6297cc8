"""Which section a question asks for, learned from stored questions."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from assistant.records import SectionKey
from assistant.search.classifier import SectionClassifier, train_classifier
from tests.fakes import FakeEncoder

DATES, MONEY, PLACE = SectionKey("d", "dates"), SectionKey("d", "money"), SectionKey("e", "place")
STORED = {
    DATES: ["When was the summit?", "Which date?", "Quand ?", "On which day was the summit?"],
    MONEY: ["How many billions?", "What budget?", "Which amount of billions was announced?"],
    PLACE: ["Where was it?", "Which building?", "In which building and city was it?"],
}


def trained(*keys: SectionKey) -> SectionClassifier:
    labels = [key for key in keys for _ in STORED[key]]
    return train_classifier(labels, FakeEncoder().embed_queries([text for key in keys for text in STORED[key]]))


def best(classifier: SectionClassifier, question: str) -> SectionKey:
    logs = classifier.log_probabilities(FakeEncoder().embed_query(question))
    return max(logs, key=lambda key: logs[key])


@pytest.mark.parametrize(
    ("question", "expected"),
    [("the date of the summit", DATES), ("billions of budget", MONEY), ("which city and building", PLACE)],
)
def test_a_question_goes_to_the_section_whose_questions_it_resembles(question: str, expected: SectionKey) -> None:
    """Words shared with a section's stored questions lead to it."""
    assert best(trained(DATES, MONEY, PLACE), question) == expected


@pytest.mark.parametrize("keys", [(DATES, MONEY), (DATES, MONEY, PLACE)])
def test_probabilities_add_up_to_one(keys: tuple[SectionKey, ...]) -> None:
    """For any question the sections' probabilities are a distribution, with two sections as with more."""
    classifier = trained(*keys)
    for question in ("budget", "weather", "", "When was the summit?"):
        logs = classifier.log_probabilities(FakeEncoder().embed_query(question))
        assert set(logs) == set(keys)
        assert math.fsum(math.exp(one) for one in logs.values()) == pytest.approx(1, abs=1e-4)


def test_two_sections_are_told_apart() -> None:
    """The case that scikit-learn keeps in one row works in both directions."""
    classifier = trained(MONEY, DATES)
    assert best(classifier, "billions") == MONEY
    assert best(classifier, "date of the summit") == DATES


@pytest.mark.parametrize("keys", [(), (DATES,)])
def test_fewer_than_two_sections_are_nothing_to_learn(keys: tuple[SectionKey, ...]) -> None:
    """Without two sections the classifier knows none, and says so without failing."""
    classifier = trained(*keys)
    assert classifier.sections == ()
    assert classifier.log_probabilities(FakeEncoder().embed_query("anything")) == {}


def test_training_is_deterministic() -> None:
    """The same stored questions give the same weights, whatever their order."""
    one, other = trained(DATES, MONEY, PLACE), trained(PLACE, MONEY, DATES)
    assert one.sections == other.sections
    assert np.allclose(one.coefficients, other.coefficients, atol=1e-3)
    assert np.array_equal(one.coefficients, trained(DATES, MONEY, PLACE).coefficients)


@pytest.mark.parametrize("keys", [(), (DATES, MONEY, PLACE)])
def test_what_was_saved_is_what_is_loaded(tmp_path: Path, keys: tuple[SectionKey, ...]) -> None:
    """Saving and loading changes no score, also of a classifier that knows nothing."""
    classifier = trained(*keys)
    classifier.save(tmp_path)
    loaded = SectionClassifier.load(tmp_path)
    query = FakeEncoder().embed_query("billions of dates")
    assert loaded.sections == classifier.sections
    assert loaded.log_probabilities(query) == classifier.log_probabilities(query)
