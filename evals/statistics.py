"""Intervals and tests by scipy: Wilson's interval, the bootstrap, McNemar's exact test, a paired permutation test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

CONFIDENCE = 0.95
_RESAMPLES = 2_000
_SEED = 2025  # the same values give the same interval, today and tomorrow


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a value lies with 95 % confidence."""

    low: float
    high: float


def mean(values: Sequence[float]) -> float:
    """Sum over count; the caller makes sure that there is one."""
    return float(np.mean(values))


def wilson(successes: int, trials: int) -> Interval:
    """Wilson's score interval of a proportion (E. B. Wilson, 1927); unlike the bootstrap it has a width at 0 and 1.

    (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n), with p = successes / n and z = 1.96.
    """
    interval = stats.binomtest(successes, trials).proportion_ci(confidence_level=CONFIDENCE, method="wilson")
    return Interval(float(interval.low), float(interval.high))


def bootstrap(values: Sequence[float], statistic: Callable[[Sequence[float]], float] = mean) -> Interval:
    """Percentile bootstrap (B. Efron, 1979): the 2.5 % and 97.5 % quantiles of the statistic over 2,000 resamples."""
    samples = _resampled(values)
    return _quantiles([statistic(sample) for sample in samples])


def interval_of(values: Sequence[float]) -> Interval:
    """The interval of a mean: Wilson's where every value is 0 or 1, else the bootstrap's."""
    if all(value in (0.0, 1.0) for value in values):
        return wilson(int(sum(values)), len(values))
    return bootstrap(values)


def difference_interval(first: Sequence[float], second: Sequence[float]) -> Interval:
    """Percentile bootstrap of mean(first) - mean(second), two groups of different cases, each resampled by itself."""
    one, two = _resampled(first).mean(axis=1), _resampled(second, _SEED + 1).mean(axis=1)
    return _quantiles(one - two)


def mcnemar(wins: int, losses: int) -> float:
    """McNemar's exact two-sided p-value for paired yes/no results (Q. McNemar, 1947): ties say nothing.

    The chance that a fair coin splits wins + losses at least as unevenly; 1 where there are neither.
    """
    return float(stats.binomtest(wins, wins + losses, 0.5).pvalue) if wins + losses else 1.0


def paired_permutation(differences: Sequence[float]) -> float:
    """Two-sided p-value of a mean difference under random sign flips (R. A. Fisher, 1935)."""
    if not any(differences):
        return 1.0
    result = stats.permutation_test(
        (np.asarray(differences), np.zeros(len(differences))),
        lambda a, b, axis: np.mean(a - b, axis=axis),
        permutation_type="samples",
        n_resamples=_RESAMPLES,
        vectorized=True,
        rng=np.random.default_rng(_SEED),
    )
    return float(result.pvalue)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` percent of the values lie, linear between neighbours (numpy's default)."""
    return float(np.percentile(values, share))


def _resampled(values: Sequence[float], seed: int = _SEED) -> npt.NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    return np.asarray(values, dtype=float)[rng.integers(0, len(values), size=(_RESAMPLES, len(values)))]


def _quantiles(values: Sequence[float] | npt.NDArray[np.float64]) -> Interval:
    tail = 50 * (1 - CONFIDENCE)
    return Interval(float(np.percentile(values, tail)), float(np.percentile(values, 100 - tail)))
