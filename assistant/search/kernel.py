"""A kernel machine: is a question, as the ranking and the words show it, like those that are answered?

Support vector classification with a Gaussian kernel (Cortes and Vapnik 1995). Fitted by `python -m evals fit`; answering
needs numpy alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from assistant.search.encoder import Matrix, Vector


@dataclass(frozen=True)
class KernelMachine:
    """`f(x) = sum_i a_i exp(-gamma |x - s_i|^2) + bias`; positive speaks for an answer.

    `x` is the named features, standardised (`(feature - mean) * scale`), then the centred unit embedding times
    `direction_scale`. `support` has one row a support vector in that form, shape (m, len(names) + dimension).
    """

    names: tuple[str, ...]
    means: Vector
    scales: Vector
    support: Matrix
    coefficients: Vector
    gamma: float
    bias: float
    direction_scale: float

    def decision(self, features: Mapping[str, float], centred: Vector) -> float:
        """f of one question, whose embedding is `centred` and of unit length."""
        named = np.array([features[name] for name in self.names], dtype=np.float32)
        x = np.concatenate([(named - self.means) * self.scales, centred * self.direction_scale])
        distances = self._squared - 2.0 * (self.support @ x) + float(x @ x)
        return float(self.coefficients @ np.exp(-self.gamma * distances)) + self.bias

    @cached_property
    def _squared(self) -> Vector:
        return np.asarray((self.support * self.support).sum(axis=1), dtype=np.float32)
