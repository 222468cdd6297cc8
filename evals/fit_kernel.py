"""Learn the kernel machine of the answerability check, and the known questions beside it.

From the `dev` cases and the questions written to learn from; each is seen without itself among the known ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from assistant.search.encoder import Vector
from assistant.search.kernel import KernelMachine
from assistant.search.known_questions import NEIGHBOUR_FEATURES, KnownQuestions
from assistant.search.matching import unit
from evals.fit_data import Example
from evals.fit_matching import FOLDS, fold_of

# Chosen by cross-validation on `dev` (docs/measurements.md).
GAMMA = 0.03
COST = 2.0
FEATURE_SCALE = 0.3
DIRECTION_SCALE = 4.0

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


class KernelFit:
    """The examples as arrays: known questions, labels, weights and folds."""

    def __init__(self, examples: Sequence[Example], centre: Vector) -> None:
        self.examples = [one for one in examples if one.origin in ("dev", "learned") and not one.outside]
        self.labels = np.array([int(one.right) for one in self.examples])
        self.weights = np.array([0.3 if one.gold and not one.right else 1.0 for one in self.examples])
        self.folds = np.array([fold_of(one.text) for one in self.examples])
        self.centred = unit(np.array([one.vector for one in self.examples]) - centre)
        self.known = KnownQuestions(
            self.centred,
            tuple(" ".join(sorted(map(str, one.about))) for one in self.examples),
            np.array([bool(one.gold) for one in self.examples]),
        )
        self.names = (*sorted(self.examples[0].features), *NEIGHBOUR_FEATURES)

    def table(self, rows: npt.NDArray[np.int64], hidden: Mask) -> Floats:
        """Features of `rows`, shape (len(rows), len(names)), where neither the question itself nor those `hidden` are known."""
        table = np.empty((len(rows), len(self.names)))
        for place, row in enumerate(rows):
            one, but = self.examples[row], hidden.copy()
            but[row] = True
            near = self.known.features(self.centred[row], one.candidates[0].section, but)
            named = {**one.features, **near}
            table[place] = [named[name] for name in self.names]
        return table

    def machine(self, hidden: Mask) -> tuple[KernelMachine, Callable[[npt.NDArray[np.int64]], Floats]]:
        """The machine learned without the rows `hidden`, and its decision for any rows."""
        from sklearn.svm import SVC

        rows = np.flatnonzero(~hidden)
        table = self.table(rows, hidden)
        means, scales = table.mean(axis=0), FEATURE_SCALE / (table.std(axis=0) + 1e-6)

        def points(table: Floats, rows: npt.NDArray[np.int64]) -> Floats:
            return np.hstack([(table - means) * scales, self.centred[rows] * DIRECTION_SCALE])

        machine = SVC(C=COST, gamma=GAMMA, cache_size=1000)
        machine.fit(points(table, rows), self.labels[rows], sample_weight=self.weights[rows])
        model = KernelMachine(
            self.names,
            means.astype(np.float32),
            scales.astype(np.float32),
            machine.support_vectors_.astype(np.float32),
            machine.dual_coef_[0].astype(np.float32),
            GAMMA,
            float(machine.intercept_[0]),
            DIRECTION_SCALE,
        )
        return model, lambda rows: np.asarray(machine.decision_function(points(self.table(rows, hidden), rows)))

    def held_out_decisions(self) -> Floats:
        """The decision for every example by a machine that has seen neither it nor its fold."""
        decisions = np.zeros(len(self.examples))
        for fold in range(FOLDS):
            hidden = self.folds == fold
            rows = np.flatnonzero(hidden)
            decisions[rows] = self.machine(hidden)[1](rows)
        return decisions
