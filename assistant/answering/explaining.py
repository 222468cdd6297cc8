"""Why is an answer as it is? Each stage with its numbers, from the very code that answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from assistant.answering.chat import Assistant, Trace
from assistant.answering.explanation import (
    CheckStage,
    Explanation,
    Push,
    RankedSection,
    ScoredSentence,
    UnderstoodStage,
)
from assistant.answering.quotes import passages_for
from assistant.answering.searching import Found
from assistant.answering.selection import all_choices, sentence_scores
from assistant.records import Answer, Language, Turn
from assistant.search.answerability import AnswerabilityCheck
from assistant.search.catalogue import Catalogue
from assistant.search.encoder import Vector
from assistant.search.ranking import Candidate
from assistant.search.weights import LearnedWeights, LogisticModel, RankingWeights

_MAX_CANDIDATES = 10
_MAX_PUSHES = 8


class Explainer:
    """Explains the answers of one assistant, whose weights are `weights` and whose check is `check`."""

    def __init__(self, assistant: Assistant, weights: LearnedWeights, check: AnswerabilityCheck) -> None:
        self._assistant = assistant
        self._weights = weights
        self._check = check

    def explain(self, question: str, history: Sequence[Turn] = (), language: Language | None = None) -> Explanation:
        """The stages of the answer that `Assistant.ask` gives for the same arguments."""
        trace = self._assistant.trace(question, history, language)
        catalogue = self._assistant.catalogue
        found = trace.reading.found if trace.reading else None
        checks = self._checks(found) if found else ()
        return Explanation(
            question=trace.question.text,
            understood=_understood(trace),
            candidates=self._ranked(catalogue, found.candidates, trace.question.language) if found else (),
            checks=checks,
            sentences=_sentences(catalogue, trace) if found else (),
            changes=_changes(trace, checks),
            answer=trace.answer,
        )

    def _ranked(
        self, catalogue: Catalogue, candidates: Sequence[Candidate], language: Language
    ) -> tuple[RankedSection, ...]:
        shown = candidates[:_MAX_CANDIDATES]
        usual = {
            name: sum(one.features[name] for one in shown) / len(shown) for name in (shown[0].features if shown else ())
        }
        return tuple(
            RankedSection(
                section=str(one.section),
                heading=catalogue.sections[one.section][1].headings.best(language),
                score=one.score,
                probability=one.probability,
                features=one.features,
                pushes=ranking_pushes(self._weights.ranking, one.features, usual),
            )
            for one in shown
        )

    def _checks(self, found: Found) -> tuple[CheckStage, ...]:
        verdict, weights, features = found.verdict, self._weights.answerability, found.verdict.features
        subject = check_pushes(weights.on_subject, features, found.vector)
        influences = (
            self._check.influences(verdict, found.vector, found.candidates[0].section) if found.candidates else None
        )
        answers = (
            check_pushes(weights.answers, features, found.vector)
            if influences is None
            else _strongest([Push(*influence) for influence in influences])
        )
        return (
            CheckStage("on the subject", verdict.on_subject, weights.on_subject_threshold, subject),
            CheckStage("the first section answers", verdict.answers, verdict.answers_threshold, answers),
        )


def ranking_pushes(
    weights: RankingWeights, features: Mapping[str, float], usual: Mapping[str, float]
) -> tuple[Push, ...]:
    """What each feature adds to a candidate's score against the `usual` values of the candidates, the strongest first."""
    mixture = weights.with_questions if features.get("stored") else weights.without_questions
    return _strongest(
        [
            Push(name, features[name], weight * (features[name] - usual[name]))
            for name, weight in mixture.items()
            if name in features
        ]
    )


def check_pushes(model: LogisticModel, features: Mapping[str, float], query: Vector) -> tuple[Push, ...]:
    """What each feature adds to the check's log-odds against an average question, the strongest first.

    `wording` is the share of the question's embedding.
    """
    if not features:
        return ()
    pushes = [
        Push(name, features[name], w * (features[name] - model.means.get(name, 0.0)) / model.scales.get(name, 1.0))
        for name, w in model.weights.items()
    ]
    return _strongest([*pushes, Push("wording", 1.0, _along_direction(model, query))])


def _along_direction(model: LogisticModel, query: Vector) -> float:
    """What the question's embedding adds: its centred direction against the model's."""
    if len(model.direction) != len(query):
        return 0.0
    moved = query - np.array(model.centre, dtype=np.float32)
    return float(moved @ np.array(model.direction, dtype=np.float32) / max(float(np.linalg.norm(moved)), 1e-9))


def _strongest(pushes: Sequence[Push]) -> tuple[Push, ...]:
    telling = [one for one in pushes if abs(one.contribution) >= 0.005]
    return tuple(sorted(telling, key=lambda one: (-abs(one.contribution), one.name))[:_MAX_PUSHES])


def _understood(trace: Trace) -> UnderstoodStage:
    question, reading = trace.question, trace.reading
    return UnderstoodStage(
        language=question.language,
        language_reason=question.language_reason,
        follow_up=reading.follow_up if reading else "alone",
        subject=reading.subject if reading else None,
        corrections=reading.corrections if reading else (),
        searched=reading.found.text if reading else "",
        rewritten=reading.rewritten if reading else None,
    )


def _sentences(catalogue: Catalogue, trace: Trace) -> tuple[ScoredSentence, ...]:
    """Every sentence of the sections that the answer quotes, or of the first section where it quotes none."""
    assert trace.reading is not None
    found, language = trace.reading.found, trace.question.language
    quoted = {one.quote.passage.section for one in trace.answer.citations}
    chosen = [one for one in found.candidates if one.section in quoted] or list(found.candidates[:1])
    scored: list[ScoredSentence] = []
    for candidate in chosen:
        choices = all_choices(passages_for(catalogue, candidate.section, language))
        scores = sentence_scores(trace.reading.bare.text, choices, candidate.sentences) if choices else {}
        scored += [ScoredSentence(one.text, scores[one.id], _is_shown(one.text, trace.answer)) for one in choices]
    return tuple(scored)


def _is_shown(text: str, answer: Answer) -> bool:
    return any(text in one.text for one in answer.sentences)


def _changes(trace: Trace, checks: Sequence[CheckStage]) -> tuple[str, ...]:
    """One line for each stage that would have to come out otherwise."""
    if trace.reading is None:
        return (f"reading: {trace.answer.notice}",)
    candidates = trace.reading.found.candidates
    if not candidates:
        return ("corpus: no document may be shown",)
    if trace.answer.outcome != trace.reading.found.verdict.outcome:
        return ("wording: the question speaks to the assistant itself, which is refused whatever the checks say",)
    subject, answers = checks
    lines = [_change(subject, "refusal", "closest or answer"), _change(answers, "closest", "answer")]
    if len(candidates) > 1:
        gap = candidates[0].score - candidates[1].score
        lines.append(f"ranking: for {candidates[1].section} to come first, its score must rise by {gap:.2f}")
    return tuple(lines)


def _change(check: CheckStage, below: str, above: str) -> str:
    distance = abs(check.probability - check.threshold)
    if check.passed:
        return f"check “{check.name}”: {distance:.3f} above its threshold; below it the outcome is {below}"
    return f"check “{check.name}”: {distance:.3f} below its threshold; at it the outcome can be {above}"
