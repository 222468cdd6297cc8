"""The learned numbers of ranking and answerability, read from a file that `python -m evals fit` writes.

They are few, the same for every corpus, and fitted on stored questions (each left out together with its counterpart in
the other language) and on the `dev` cases, never on `test`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property
from importlib import resources

import numpy as np
from pydantic import BaseModel, ConfigDict

from assistant.search.encoder import Vector

_FILE = "weights.json"


class RankingWeights(BaseModel):
    """A linear mixture for sections with stored questions, and one for those without."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    with_questions: dict[str, float]
    without_questions: dict[str, float]

    def score(self, features: Mapping[str, float]) -> float:
        """The log-odds-like score of a candidate; only differences between candidates of one question mean something."""
        weights = self.with_questions if features["stored"] else self.without_questions
        return weights["bias"] + sum(weight * features[name] for name, weight in weights.items() if name != "bias")


class LogisticModel(BaseModel):
    """A logistic regression over named features and the centred, normalised question embedding.

    `P = sigmoid(bias + sum(weight * (feature - mean) / scale) + direction @ embedding)`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    bias: float
    weights: dict[str, float]
    means: dict[str, float] = {}
    scales: dict[str, float] = {}
    centre: list[float] = []
    direction: list[float] = []
    encoder: str = ""

    def probability(self, features: Mapping[str, float], query: Vector) -> float:
        """P in 0 to 1. The embedding counts only where it has the length that the direction was fitted for."""
        log_odds = self.bias + sum(
            weight * (features[name] - self.means.get(name, 0.0)) / self.scales.get(name, 1.0)
            for name, weight in self.weights.items()
        )
        if len(self.direction) == len(query):
            log_odds += self._along_direction(query)
        return 1.0 / (1.0 + math.exp(-max(min(log_odds, 50.0), -50.0)))

    def _along_direction(self, query: Vector) -> float:
        centre, direction = self._arrays
        moved = query - centre
        return float(moved @ direction / max(float(np.linalg.norm(moved)), 1e-9))

    @cached_property
    def _arrays(self) -> tuple[Vector, Vector]:
        return np.array(self.centre, dtype=np.float32), np.array(self.direction, dtype=np.float32)


class AnswerabilityWeights(BaseModel):
    """Both checks with their working points, chosen on `dev`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    on_subject: LogisticModel
    answers: LogisticModel
    on_subject_threshold: float
    answers_threshold: float


class LearnedWeights(BaseModel):
    """Everything that was learned outside the index."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fitted: str
    ranking: RankingWeights
    answerability: AnswerabilityWeights


def shipped_weights() -> LearnedWeights:
    """The weights that come with the package."""
    return LearnedWeights.model_validate_json(resources.files(__package__).joinpath(_FILE).read_text("utf-8"))
