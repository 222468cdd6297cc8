"""Intervals and tests against values worked out by hand or by scikit-learn's and scipy's other routines."""

from __future__ import annotations

import math

import pytest

from evals.statistics import (
    bootstrap,
    difference_interval,
    interval_of,
    mcnemar,
    paired_permutation,
    percentile,
    wilson,
)


def test_wilson_is_the_formula() -> None:
    """8 of 10: (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n)."""
    z, n, p = 1.959963984540054, 10, 0.8
    middle, half = p + z**2 / (2 * n), z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    found = wilson(8, 10)
    assert found.low == pytest.approx((middle - half) / (1 + z**2 / n))
    assert found.high == pytest.approx((middle + half) / (1 + z**2 / n))


def test_wilson_has_a_width_where_all_succeed() -> None:
    """10 of 10 says less than 100 of 100."""
    assert wilson(10, 10).low == pytest.approx(10 / (10 + 1.959963984540054**2))
    assert wilson(100, 100).low > wilson(10, 10).low


def test_the_bootstrap_is_repeatable_and_surrounds_the_mean() -> None:
    """The same values give the same interval; its width is about 2 · 1.96 · s/√n."""
    values = [index / 99 for index in range(100)]
    found = bootstrap(values)
    assert found == bootstrap(values)
    spread = math.sqrt(sum((value - 0.5) ** 2 for value in values) / 100)
    assert found.high - found.low == pytest.approx(2 * 1.96 * spread / 10, rel=0.1)
    assert found.low < 0.5 < found.high


def test_proportions_get_wilson_and_other_means_the_bootstrap() -> None:
    """Yes/no values are a proportion; anything between is not."""
    assert interval_of([1.0, 0.0, 1.0]) == wilson(2, 3)
    assert interval_of([1.0, 0.5, 1.0]) == bootstrap([1.0, 0.5, 1.0])


def test_a_difference_of_equal_groups_spans_zero() -> None:
    """Two groups alike, then two that differ by one."""
    same = difference_interval([0.0, 1.0] * 20, [0.0, 1.0] * 20)
    assert same.low < 0 < same.high
    apart = difference_interval([1.0] * 20, [0.0] * 20)
    assert (apart.low, apart.high) == (1.0, 1.0)


@pytest.mark.parametrize(("wins", "losses", "p"), [(0, 0, 1), (5, 5, 1), (6, 0, 2 / 2**6), (8, 1, 2 * (1 + 9) / 2**9)])
def test_mcnemar_is_a_fair_coin(wins: int, losses: int, p: float) -> None:
    """6 : 0 has p = 2/64; 8 : 1 has p = 2 · (C(9,0) + C(9,1)) / 2⁹."""
    assert mcnemar(wins, losses) == pytest.approx(p)


def test_the_permutation_test_counts_sign_flips() -> None:
    """Five equal gains: two of the 32 sign patterns are as extreme, p = 1/16; no difference at all has p = 1."""
    assert paired_permutation([0.2] * 5) == pytest.approx(2 / 32)
    assert paired_permutation([0.0, 0.0]) == 1.0


def test_percentiles_are_linear() -> None:
    """The 95th percentile of 0..100 is 95, the median of two values their middle."""
    assert percentile([float(number) for number in range(101)], 95) == pytest.approx(95)
    assert percentile([1.0, 2.0], 50) == pytest.approx(1.5)
