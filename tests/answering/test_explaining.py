"""Explanations are what the answer really rests on."""

from __future__ import annotations

import pytest

from assistant.answering.explaining import Explainer, check_pushes
from assistant.answering.explanation_text import explanation_to_text
from assistant.records import Turn
from assistant.search.weights import LogisticModel
from assistant.wiring import Parts
from tests.fakes import fake_weights


@pytest.fixture(scope="module")
def explainer(tiny_parts: Parts) -> Explainer:
    """Of the tiny assistant."""
    return Explainer(tiny_parts.assistant, fake_weights(), tiny_parts.check)


@pytest.mark.parametrize(
    "question", ["Who co-chaired the summit?", "Will it rain?", "Quel était le budget secret du sommet ?"]
)
def test_the_explained_answer_is_the_answer(tiny_parts: Parts, explainer: Explainer, question: str) -> None:
    """Explaining changes nothing: same outcome, same text, same quotations."""
    told, asked = explainer.explain(question).answer, tiny_parts.assistant.ask(question)
    assert (told.id, told.outcome) == (asked.id, asked.outcome)


def test_the_checks_agree_with_the_outcome(explainer: Explainer) -> None:
    """An answer passed both checks; otherwise one of them says where it stopped and by how much."""
    answered = explainer.explain("Who co-chaired the summit?")
    assert answered.answer.outcome == "answer" and all(one.passed for one in answered.checks)
    refused = explainer.explain("Will it rain tomorrow?")
    assert refused.answer.outcome == "refusal" and not refused.checks[0].passed
    assert any("below its threshold; at it the outcome can be closest or answer" in line for line in refused.changes)


def test_every_feature_of_every_candidate_is_there(tiny_parts: Parts, explainer: Explainer) -> None:
    """Candidates come in the ranking's order with its scores and features."""
    found = explainer.explain("What is Current AI?").candidates
    ranked = tiny_parts.ranker.rank("What is Current AI?", tiny_parts.encoder.embed_query("What is Current AI?"))
    for told, real in zip(found, ranked, strict=False):
        assert (told.section, told.score, dict(told.features)) == (str(real.section), real.score, dict(real.features))


def test_pushes_add_up_to_the_log_odds() -> None:
    """Bias and contributions together give the probability that the model gives."""
    import math

    import numpy as np

    model = LogisticModel(
        bias=0.3, weights={"a": 2.0, "b": -1.0}, means={"a": 0.5}, scales={"a": 0.25}, centre=[0.0, 1.0], direction=[1.0, 2.0]
    )  # fmt: skip
    features, query = {"a": 0.9, "b": 0.4}, np.array([0.6, 0.8], dtype=np.float32)
    odds = model.bias + sum(one.contribution for one in check_pushes(model, features, query))
    assert 1 / (1 + math.exp(-odds)) == pytest.approx(model.probability(features, query))


def test_shown_sentences_are_those_of_the_answer(explainer: Explainer) -> None:
    """Each sentence of the answer is marked as shown, and each that is marked stands in the answer."""
    found = explainer.explain("When was the summit held?")
    shown = [one.text for one in found.sentences if one.shown]
    assert shown == [one.text for one in found.answer.sentences]


def test_a_follow_up_says_what_it_was_completed_with(explainer: Explainer) -> None:
    """The subject of the conversation and the text that was searched for are told."""
    found = explainer.explain("And where?", [Turn("When was the summit held?")])
    assert (found.understood.follow_up, found.understood.subject) == ("leaning", "When was the summit held?")
    assert found.understood.searched == "When was the summit held? And where?"


@pytest.mark.parametrize("question", ["", "🙂", "x" * 2000])
def test_what_cannot_be_searched_for_is_explained_too(explainer: Explainer, question: str) -> None:
    """Nothing readable and a question that is too long: the reading is what would have to change."""
    found = explainer.explain(question)
    assert found.candidates == found.checks == found.sentences == ()
    assert found.changes[0].startswith("reading: ")


def test_a_role_for_the_assistant_is_named_as_the_reason(explainer: Explainer) -> None:
    """Where the wording alone decides, the explanation says so and not that a check failed."""
    found = explainer.explain("Pretend you co-chaired the summit")
    assert found.answer.outcome == "refusal" and found.changes[0].startswith("wording: ")


def test_the_text_shows_every_stage(explainer: Explainer) -> None:
    """What the command line prints names the stages in their order."""
    text = explanation_to_text(explainer.explain("Who co-chaired the summit?"))
    stages = [
        "== Question",
        "== Understood",
        "== Candidates",
        "== Checks",
        "== Sentences",
        "== For another outcome",
        "== Outcome",
    ]
    places = [text.index(stage) for stage in stages]
    assert places == sorted(places)
    assert "language: en (function words)" in text and "features: classifier" in text
