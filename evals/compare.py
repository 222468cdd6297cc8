"""Two runs side by side, case by case: who won what, and whether chance explains it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evals.errors import RunMismatch, UsageError
from evals.results import CaseResult, Results
from evals.statistics import Interval, bootstrap, mcnemar, mean, paired_permutation


@dataclass(frozen=True, slots=True)
class Paired:
    """One measure on the cases that both runs scored. Wins are the second run's; `p` is the paired test's."""

    name: str
    first: float
    second: float
    difference: Interval
    wins: tuple[str, ...]
    losses: tuple[str, ...]
    ties: int
    p: float
    test: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Every measure paired, and the cases that could not be: in one run only, or reworded between the two."""

    measures: tuple[Paired, ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    changed: tuple[str, ...]

    def named(self, name: str) -> Paired:
        """One measure.

        Raises:
            UsageError: if the runs share no score of it.
        """
        for one in self.measures:
            if one.name == name:
                return one
        raise UsageError(
            f"no case has {name!r} in both runs; measures in both: {', '.join(one.name for one in self.measures)}"
        )


def compare(first: Results, second: Results) -> Comparison:
    """Pair two runs on the cases that are the same in both.

    Raises:
        RunMismatch: if they share no case.
    """
    old, new = first.by_id(), second.by_id()
    common = [case_id for case_id in old if case_id in new]
    same = [case_id for case_id in common if old[case_id].case == new[case_id].case]
    if not same:
        raise RunMismatch("the two runs share no case; compare runs of the same cases")
    pairs = [(old[case_id], new[case_id]) for case_id in same]
    lower = {result.name for result in second.parts["all"] if result.better == "lower"}
    names = ["passed", *dict.fromkeys(name for _, one in pairs for name in one.values)]
    paired = (_paired(name, pairs, better_is_lower=name in lower) for name in names)
    return Comparison(
        tuple(one for one in paired if one),
        tuple(case_id for case_id in old if case_id not in new),
        tuple(case_id for case_id in new if case_id not in old),
        tuple(case_id for case_id in common if case_id not in same),
    )


def _paired(name: str, pairs: Sequence[tuple[CaseResult, CaseResult]], *, better_is_lower: bool) -> Paired | None:
    scored = [
        (one.case.id, a, b)
        for one, other in pairs
        if (a := one.value(name)) is not None and (b := other.value(name)) is not None
    ]
    if not scored:
        return None
    differences = [b - a for _, a, b in scored]
    gains = [-one if better_is_lower else one for one in differences]
    wins = tuple(case_id for (case_id, _, _), gain in zip(scored, gains, strict=True) if gain > 0)
    losses = tuple(case_id for (case_id, _, _), gain in zip(scored, gains, strict=True) if gain < 0)
    yes_no = all(value in (0.0, 1.0) for _, a, b in scored for value in (a, b))
    return Paired(
        name,
        mean([a for _, a, _ in scored]),
        mean([b for _, _, b in scored]),
        bootstrap(differences),
        wins,
        losses,
        len(scored) - len(wins) - len(losses),
        mcnemar(len(wins), len(losses)) if yes_no else paired_permutation(differences),
        "McNemar, exact" if yes_no else "sign-flip permutation",
    )
