"""Everything that was learned of whether a section answers a question, as one file that comes with the package."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.records import SectionKey
from assistant.search.encoder import Matrix, Vector
from assistant.search.kernel import KernelMachine
from assistant.search.known_questions import KnownQuestions
from assistant.search.matching import Matcher, MatcherWeights, SectionMatcher, unit

FILE = "answerability.npz"
_LAYERS = ("direction", "hidden", "output")
_PROJECTIONS = ("question", "asking", "sentence")


@dataclass(frozen=True)
class LearnedCheck:
    """`P(answers) = sigmoid(mixture . (kernel decision, matcher logit, 1))`; from `threshold` on the section answers."""

    kernel: KernelMachine
    known: KnownQuestions
    matcher: Matcher
    mixture: Vector
    threshold: float
    sections: SectionMatcher | None = None

    @property
    def dimension(self) -> int:
        """Length of the embeddings that it was fitted on; for others it does not count."""
        return self.matcher.dimension

    def on(self, questions: Mapping[SectionKey, Matrix], sentences: Mapping[SectionKey, Matrix]) -> LearnedCheck:
        """Ready for an index, whose sections have these stored questions and sentences (embeddings, one a row)."""
        return replace(self, sections=self.matcher.on(questions, sentences))

    def probability(self, features: Mapping[str, float], query: Vector, section: SectionKey) -> float:
        """P in 0 to 1 that `section` answers the question embedded as `query`."""
        centred = unit(query - self.matcher.question_centre)
        decision = self.kernel.decision({**features, **self.known.features(centred, section)}, centred)
        log_odds = float(self.mixture @ np.array([decision, self._match(query, section), 1.0]))
        return 1.0 / (1.0 + math.exp(-max(min(log_odds, 50.0), -50.0)))

    def influences(
        self, features: Mapping[str, float], query: Vector, section: SectionKey
    ) -> list[tuple[str, float, float]]:
        """Name, value and influence of all that was looked at: what the log-odds would lose if it were as usual.

        `match` is the matcher's logit with its whole share. The influences of the others do not add up: the kernel is not linear.
        """
        centred = unit(query - self.matcher.question_centre)
        named = {**features, **self.known.features(centred, section)}
        decision, match = self.kernel.decision(named, centred), self._match(query, section)
        shares = [("match", match, float(self.mixture[1]) * match)]
        for name, usual in zip(self.kernel.names, self.kernel.means.tolist(), strict=True):
            without = self.kernel.decision({**named, name: usual}, centred)
            shares.append((name, named[name], float(self.mixture[0]) * (decision - without)))
        return shares

    def _match(self, query: Vector, section: SectionKey) -> float:
        return self.sections.logit(query, section) if self.sections else 0.0

    def save(self, path: Path) -> None:
        """Write everything; the large matrices with eight bits a number."""
        kernel, matcher = self.kernel, self.matcher
        arrays: dict[str, Any] = {
            "names": np.array(kernel.names),
            "means": kernel.means,
            "scales": kernel.scales,
            "coefficients": kernel.coefficients,
            "kernel": np.array([kernel.gamma, kernel.bias, kernel.direction_scale]),
            "sections": np.array(self.known.sections),
            "answered": self.known.answered,
            "question_centre": matcher.question_centre,
            "sentence_centre": matcher.sentence_centre,
            "sharpness": np.array([member.sharpness for member in matcher.members]),
            "mixture": self.mixture,
            "threshold": np.array(self.threshold),
        }
        for name, matrix in (("support", kernel.support), ("known", self.known.vectors)):
            arrays[name], arrays[f"{name}_unit"] = _as_bytes(matrix)
        for number, member in enumerate(matcher.members):
            for name in _PROJECTIONS:
                arrays[f"{name}_{number}"] = getattr(member, name).astype(np.float16)
            for name in _LAYERS:
                arrays[f"{name}_{number}"], arrays[f"{name}_bias_{number}"] = getattr(member, name)
        np.savez_compressed(path, **arrays)


def shipped_check() -> LearnedCheck:
    """The check that comes with the package."""
    with resources.as_file(resources.files(__package__).joinpath(FILE)) as path:
        return read_check(path)


def read_check(path: Path) -> LearnedCheck:
    """Read a saved check."""
    with np.load(path, allow_pickle=False) as saved:
        gamma, bias, direction_scale = (float(value) for value in saved["kernel"])
        kernel = KernelMachine(
            tuple(map(str, saved["names"])),
            saved["means"],
            saved["scales"],
            _as_numbers(saved["support"], saved["support_unit"]),
            saved["coefficients"],
            gamma,
            bias,
            direction_scale,
        )
        known = KnownQuestions(
            _as_numbers(saved["known"], saved["known_unit"]), tuple(map(str, saved["sections"])), saved["answered"]
        )
        members = tuple(_member(saved, number, float(sharp)) for number, sharp in enumerate(saved["sharpness"]))
        matcher = Matcher(saved["question_centre"], saved["sentence_centre"], members)
        return LearnedCheck(kernel, known, matcher, saved["mixture"], float(saved["threshold"]))


def _member(saved: Mapping[str, Any], number: int, sharpness: float) -> MatcherWeights:
    question, asking, sentence = (saved[f"{name}_{number}"].astype(np.float32) for name in _PROJECTIONS)
    direction, hidden, output = ((saved[f"{name}_{number}"], saved[f"{name}_bias_{number}"]) for name in _LAYERS)
    return MatcherWeights(question, asking, sentence, direction, hidden, output, sharpness)


def _as_bytes(matrix: Matrix) -> tuple[npt.NDArray[np.int8], Vector]:
    """The matrix in eight bits a number, and the unit of each column."""
    column = np.maximum(np.abs(matrix).max(axis=0), 1e-9) / 127.0
    return np.rint(matrix / column).astype(np.int8), column.astype(np.float32)


def _as_numbers(values: npt.NDArray[np.int8], column: Vector) -> Matrix:
    return values.astype(np.float32) * column
