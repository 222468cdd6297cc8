"""From trials to a table: every expected (case, measure) pair gets a value or stays unscored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.records import Bilingual
from evals.measures import Trial
from evals.registry import JUDGE, MEASURES, Better, Group, Measure
from evals.statistics import Interval, interval_of, mean


@dataclass(frozen=True, slots=True)
class Result:
    """A measure over many cases; no value where nothing was scored. `timed` marks what the machine's load moves."""

    name: str
    titles: Bilingual
    group: Group
    better: Better
    value: float | None
    interval: Interval | None
    scored: int
    expected: int
    formula: str = ""
    floor: float | None = None
    timed: bool = False

    @property
    def unscored(self) -> int:
        """How many cases expected the measure and gave nothing to score."""
        return self.expected - self.scored


@dataclass(frozen=True, slots=True)
class Scores:
    """The value of every expected (case, measure) pair; None is unscored."""

    measures: tuple[Measure, ...]
    by_case: Mapping[str, Mapping[str, float | None]]

    def values(self, name: str, case_ids: Sequence[str] | None = None) -> list[float]:
        """The scored values of a measure, over all cases or some."""
        chosen = self.by_case if case_ids is None else case_ids
        found = (self.by_case[case_id].get(name) for case_id in chosen)
        return [value for value in found if value is not None]

    def broken(self, case_id: str) -> tuple[Measure, ...]:
        """The promises that a case's answer does not keep; a failed answer keeps none."""
        row = self.by_case[case_id]
        best = {"higher": 1.0, "lower": 0.0}
        return tuple(
            one
            for one in self.measures
            if one.promise and one.name in row and row[one.name] not in (best[one.better], *_excused(row))
        )

    def passed(self, case_id: str) -> bool:
        """Whether the answer keeps every promise."""
        return not self.broken(case_id)


def _excused(row: Mapping[str, float | None]) -> tuple[None, ...]:
    """An unscored promise is excused where there was an answer: the outcome already says what is missing."""
    return (None,) if row.get("outcome") is not None else ()


def score(trials: Sequence[Trial], *, judged: bool = False) -> Scores:
    """Measure every trial. A trial whose answer failed is expected of as any other and scored on nothing."""
    measures = (*MEASURES, JUDGE) if judged else MEASURES
    return Scores(measures, {trial.case.id: _row(trial, measures) for trial in trials})


def _row(trial: Trial, measures: Sequence[Measure]) -> Mapping[str, float | None]:
    failed = trial.observation.error is not None
    return {one.name: None if failed else one.value(trial) for one in measures if one.expected(trial)}


def case_results(scores: Scores, case_ids: Sequence[str]) -> tuple[Result, ...]:
    """Each measure's mean over the cases that expect it."""
    return tuple(_result(measure, scores, case_ids) for measure in scores.measures)


def _result(measure: Measure, scores: Scores, case_ids: Sequence[str]) -> Result:
    values = scores.values(measure.name, case_ids)
    expected = sum(measure.name in scores.by_case[case_id] for case_id in case_ids)
    return Result(
        measure.name,
        measure.titles,
        measure.group,
        measure.better,
        mean(values) if values else None,
        interval_of(values) if values else None,
        len(values),
        expected,
        measure.formula,
        measure.floor,
    )
