"""Two runs case by case."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evals.compare import compare
from evals.errors import RunMismatch, UsageError
from evals.results import Results, results_of
from evals.run import Plan, run_plan
from tests.evals.fakes import AlwaysRefuses, Oracle, fake_system, sample_cases


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Results, Results]:
    """An assistant that always refuses, and one that keeps every promise."""
    folder = tmp_path_factory.mktemp("runs")
    kinds: tuple[type[Oracle], ...] = (AlwaysRefuses, Oracle)
    plan = Plan(sample_cases(), repeats=1)
    refuses, oracle = (results_of(run_plan(plan, fake_system(folder, kind), folder / kind.__name__)) for kind in kinds)
    return refuses, oracle


def test_wins_losses_and_ties_are_counted_case_by_case(runs: tuple[Results, Results]) -> None:
    """Against one that always refuses the oracle wins the 7 answerable cases, 7 : 0 has p = 2/2⁷."""
    paired = compare(*runs).named("correct")
    assert (len(paired.wins), len(paired.losses), paired.ties) == (7, 0, 0)
    assert (paired.first, paired.second) == (0.0, 1.0)
    assert paired.p == pytest.approx(2 / 2**7)
    assert paired.test == "McNemar, exact"


def test_lower_is_better_where_the_measure_says_so(runs: tuple[Results, Results]) -> None:
    """Fewer false refusals are wins."""
    paired = compare(*runs).named("false_refusal")
    assert (len(paired.wins), len(paired.losses)) == (7, 0)


def test_the_other_way_round_wins_are_losses(runs: tuple[Results, Results]) -> None:
    """Comparing B with A turns every win round."""
    paired = compare(runs[1], runs[0]).named("correct")
    assert (len(paired.wins), len(paired.losses)) == (0, 7)
    assert paired.difference.high == -1.0


def test_a_run_ties_with_itself(runs: tuple[Results, Results]) -> None:
    """No win, no loss, p = 1 on every measure."""
    for paired in compare(runs[1], runs[1]).measures:
        assert (paired.wins, paired.losses, paired.p) == ((), (), 1.0)


def test_measures_between_zero_and_one_get_the_permutation_test(runs: tuple[Results, Results]) -> None:
    """Half the gold of one case is cited in one run and all of it in the other."""
    first = runs[1]
    halved = replace(
        first,
        cases=tuple(
            replace(one, values={**one.values, "citation_recall": 0.5}) if one.case.all_gold else one
            for one in first.cases
        ),
    )
    paired = compare(halved, first).named("citation_recall")
    assert paired.test == "sign-flip permutation"
    assert paired.wins == ("harbour-comparison-en-1",)
    assert paired.second - paired.first == pytest.approx(0.5 / 7)


def test_reworded_and_missing_cases_are_named_and_left_out(runs: tuple[Results, Results]) -> None:
    """A case with another question is not the same case."""
    first, second = runs
    changed = replace(second.cases[0], case=replace(second.cases[0].case, question="Autre chose ?"))
    comparison = compare(first, replace(second, cases=(changed, *second.cases[2:])))
    assert comparison.changed == (second.cases[0].case.id,)
    assert comparison.only_first == (second.cases[1].case.id,)
    assert comparison.named("passed").ties + len(comparison.named("passed").wins) == 9


def test_nothing_in_common_cannot_be_compared(runs: tuple[Results, Results]) -> None:
    """Neither runs without a common case nor a measure that neither has."""
    with pytest.raises(RunMismatch, match="share no case"):
        compare(runs[0], replace(runs[1], cases=()))
    with pytest.raises(UsageError, match="no case has 'charm'"):
        compare(*runs).named("charm")
