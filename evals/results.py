"""A finished run as one file, report.json: manifest, measures by part, cases with their values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from evals.aggregates import all_results
from evals.cases import PARTS, Case
from evals.errors import UsageError
from evals.manifest import Manifest
from evals.observations import Observation
from evals.run import Run
from evals.scoring import Result, Scores, score

REPORT_NAME = "report.json"
SCHEMA = 1
Scored = float | Literal["unscored"]


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case, the value of every measure expected of it, the promises it broke, and what was answered."""

    case: Case
    values: Mapping[str, Scored]
    broken: tuple[str, ...]
    seen: Observation | None

    @property
    def passed(self) -> bool:
        """Whether no promise was broken."""
        return not self.broken

    def value(self, name: str) -> float | None:
        """The value of a measure, or None where it is unscored or not expected; `passed` is 1 or 0."""
        if name == "passed":
            return float(self.passed)
        value = self.values.get(name, "unscored")
        return value if isinstance(value, float) else None


@dataclass(frozen=True, slots=True)
class Results:
    """What a run found. `parts` holds the measures over `all` cases and over each part that was asked."""

    schema: int
    manifest: Manifest
    parts: Mapping[str, tuple[Result, ...]]
    cases: tuple[CaseResult, ...]

    def part(self, name: str) -> Mapping[str, Result]:
        """The measures of a part by name; empty where the part was not asked."""
        return {result.name: result for result in self.parts.get(name, ())}

    def by_id(self) -> Mapping[str, CaseResult]:
        """The cases by id."""
        return {one.case.id: one for one in self.cases}

    @property
    def headline_part(self) -> str:
        """The part that speaks for the assistant: `test` where it was asked, for nothing is tuned on it."""
        return "test" if "test" in self.parts else "all"


_ADAPTER = TypeAdapter(Results)


def results_of(run: Run) -> Results:
    """Measure a run."""
    scores = score(run.trials, judged=run.manifest.judge is not None)
    parts = {"all": all_results(run.trials, scores)}
    for part in PARTS:
        trials = [trial for trial in run.trials if trial.case.part == part]
        if trials:
            parts[part] = all_results(trials, scores)
    return Results(
        SCHEMA, run.manifest, parts, tuple(_case_result(trial.case, trial.observation, scores) for trial in run.trials)
    )


def write_results(path: Path, results: Results) -> None:
    """Write report.json."""
    path.write_bytes(_ADAPTER.dump_json(results, indent=1) + b"\n")


def read_results(folder: Path) -> Results:
    """Read the report.json of a run's folder.

    Raises:
        UsageError: if the folder holds no finished run, with the command that finishes it.
    """
    path = folder / REPORT_NAME
    if not path.exists():
        raise UsageError(f"{folder} holds no finished run; finish it with `python -m evals run --out {folder}`")
    try:
        return _ADAPTER.validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(f"{path} was not written by this program ({first['msg']}); run the cases again") from None


def for_publication(results: Results) -> Results:
    """The same without the answers of cases that passed: small enough to keep with the program."""
    return replace(results, cases=tuple(replace(one, seen=None) if one.passed else one for one in results.cases))


def latest_run(folder: Path) -> Path:
    """The newest finished run of the assistant below `folder`.

    Raises:
        UsageError: if there is none.
    """
    finished = sorted(path.parent for path in folder.glob(f"*/{REPORT_NAME}"))
    if not finished:
        raise UsageError(f"{folder} holds no finished run; start one with `python -m evals run`")
    return finished[-1]


def _case_result(case: Case, seen: Observation, scores: Scores) -> CaseResult:
    values: dict[str, Scored] = {
        name: "unscored" if value is None else value for name, value in scores.by_case[case.id].items()
    }
    return CaseResult(case, values, tuple(one.name for one in scores.broken(case.id)), seen)
