"""Does the best section answer the question, is the question on the subject at all, or neither?

Two models over what the ranking saw and over how the question's words, names, numbers and kind agree with the best section:
a logistic regression for the subject, and for whether the section answers a kernel machine and a matcher, which also know
questions that are answered and questions that are not. Fitted by `python -m evals fit`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from assistant.records import Outcome, SectionKey
from assistant.search.asked import CHECKED, asked_kinds, missing_kinds
from assistant.search.catalogue import Catalogue
from assistant.search.encoder import Vector
from assistant.search.learned_check import LearnedCheck
from assistant.search.ranking import Candidate
from assistant.search.vocabulary import Vocabulary
from assistant.search.weights import AnswerabilityWeights

# A question so near to one that is stored for the section asks for the same: all 15 answerable `dev` and learning questions there
# find the right section, against 4 unanswerable ones.
_NEARLY_STORED = 0.99


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome with both probabilities: that the question is on the subject, and that the best section answers it.

    `answers_threshold` is the probability from which on the section answers.
    """

    outcome: Outcome
    on_subject: float
    answers: float
    features: Mapping[str, float]
    answers_threshold: float = 0.0


class AnswerabilityCheck:
    """Chooses between answer, closest and refusal."""

    def __init__(
        self, catalogue: Catalogue, weights: AnswerabilityWeights, learned: LearnedCheck | None = None
    ) -> None:
        """`learned` counts only for embeddings of the length that it was fitted on; else a regression stands in."""
        self._catalogue = catalogue
        self._weights = weights
        self._learned = learned

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The corpus' words by section."""
        return Vocabulary(self._catalogue)

    def judge(self, question: str, query: Vector, candidates: Sequence[Candidate]) -> Verdict:
        """The outcome for `question`, whose embedding is `query` and whose ranked sections are `candidates`."""
        if not candidates:
            return Verdict("refusal", 0.0, 0.0, {})
        features = self.features(question, candidates)
        on_subject = self._weights.on_subject.probability(features, query)
        answers, threshold = self._answers(features, query, candidates[0].section)
        if on_subject < self._weights.on_subject_threshold:
            outcome: Outcome = "refusal"
        else:
            stored = features["question"] >= _NEARLY_STORED
            outcome = "answer" if answers >= threshold or stored else "closest"
        return Verdict(outcome, on_subject, answers, features, threshold)

    def influences(self, verdict: Verdict, query: Vector, section: SectionKey) -> list[tuple[str, float, float]] | None:
        """Name, value and influence of what the verdict on `section` rests on; None where the regression judged."""
        if self._learned is None or self._learned.dimension != len(query):
            return None
        return self._learned.influences(verdict.features, query, section)

    def _answers(self, features: Mapping[str, float], query: Vector, section: SectionKey) -> tuple[float, float]:
        """The probability that the section answers, and the working point."""
        learned = self._learned
        if learned is None or learned.dimension != len(query):
            return self._weights.answers.probability(features, query), self._weights.answers_threshold
        return learned.probability(features, query, section), learned.threshold

    def features(self, question: str, candidates: Sequence[Candidate]) -> dict[str, float]:
        """Everything that both regressions look at, by name."""
        best = candidates[0]
        second = candidates[1] if len(candidates) > 1 else best
        key = best.section
        absent, strange = self.vocabulary.missing_names(question, key)
        kinds = asked_kinds(question)
        lacking = missing_kinds(question, self.vocabulary.text(key))
        probabilities = np.array([candidate.probability for candidate in candidates])
        return {
            "probability": best.probability,
            "margin": min(best.score - second.score, 10.0),
            "entropy": float(-(probabilities * np.log(np.maximum(probabilities, 1e-12))).sum()),
            "classifier": best.features["classifier"],
            "question": best.features["question"],
            "sentence_max": best.features["sentence_max"],
            "sentence_mean": best.features["sentence_mean"],
            "lexical": best.features["lexical"],
            "stored": best.features["stored"],
            "length": math.log1p(len(question.split())),
            **self.vocabulary.coverage(question, key),
            "missing_numbers": float(self.vocabulary.missing_numbers(question, key)),
            "absent_names": float(absent),
            "strange_names": float(strange),
            "lacking_kinds": float(len(lacking)),
            **{f"asks_{kind}": float(kind in kinds) for kind in (*CHECKED, "yesno")},
            **{
                f"lacks_{kind}": float(kind in lacking)
                for kind in ("age", "money", "number", "hour", "date", "why", "contact")
            },
        }
