"""The committed baseline: what the measures were when somebody said why, the floors, and how each case came out.

baseline.json is short enough to be read; the cases stand beside it in baseline.cases.txt, one a line.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter

from evals.cases import Case
from evals.errors import UsageError
from evals.results import Results
from evals.scoring import Result

Verdict = Literal["passed", "failed", "not-asked"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A measure as it was: its value, its interval and how many cases it was scored on."""

    value: float
    low: float
    high: float
    scored: int
    better: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """`floors` are kept from one baseline to the next; `cases` says how every case came out, of both parts."""

    reason: str
    date: str
    commit: str
    corpus_digest: str
    cases_digest: str
    part: str
    floors: Mapping[str, float]
    measures: Mapping[str, Mark]
    cases: Mapping[str, Verdict]


_ADAPTER = TypeAdapter(Baseline)


def make_baseline(
    results: Results, cases: Iterable[Case], reason: str, floors: Mapping[str, float], previous: Baseline | None
) -> Baseline:
    """A baseline of the headline part of a whole run.

    Raises:
        UsageError: without a reason, for a run of a slice, or for a floor of a measure that there is not.
    """
    if len(reason.split()) < 3:
        raise UsageError(f"the reason {reason!r} says too little; write at least three words with --reason")
    if not results.manifest.whole:
        raise UsageError(
            f"the run holds only {' '.join(results.manifest.slices)}; make the baseline from a run without --slice"
        )
    part = results.headline_part
    measures = results.part(part)
    unknown = [name for name in floors if name not in measures]
    if unknown:
        raise UsageError(f"there is no measure {unknown[0]!r} to set a floor for; known: {', '.join(measures)}")
    return Baseline(
        reason=reason,
        date=datetime.now(UTC).date().isoformat(),
        commit=results.manifest.commit,
        corpus_digest=results.manifest.corpus_digest,
        cases_digest=results.manifest.cases_digest,
        part=part,
        floors=dict(sorted({**(previous.floors if previous else {}), **floors}.items())),
        measures={name: mark for name, result in measures.items() if (mark := _mark(result))},
        cases=_verdicts(results, cases, part),
    )


def read_baseline(path: Path) -> Baseline:
    """The baseline in a file.

    Raises:
        UsageError: if it is missing or broken.
    """
    try:
        fields = json.loads(path.read_bytes())
        lines = cases_path(path).read_text("utf-8").splitlines()
        return _ADAPTER.validate_python({**fields, "cases": {name: verdict for verdict, name in map(str.split, lines)}})
    except FileNotFoundError as error:
        raise UsageError(f"{error.filename} is missing; make it with `python -m evals baseline --reason ...`") from None
    except ValueError as error:
        raise UsageError(
            f"{path} or the cases beside it are broken ({error}); restore them or make them anew"
        ) from None


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Write with a line for each measure and each case, so that a change can be read in a diff."""
    fields = {name: value for name, value in asdict(baseline).items() if name != "cases"}
    measures = ",\n".join(f"    {json.dumps(name)}: {json.dumps(mark)}" for name, mark in fields["measures"].items())
    text = json.dumps({**fields, "measures": "@"}, indent=2, ensure_ascii=False).replace(
        '"@"', "{\n" + measures + "\n  }"
    )
    path.write_text(text + "\n", "utf-8")
    lines = [f"{verdict:9} {name}" for name, verdict in sorted(baseline.cases.items())]
    cases_path(path).write_text("\n".join(lines) + "\n", "utf-8")


def cases_path(path: Path) -> Path:
    """Where the cases of a baseline file stand: beside it, `.cases.txt`."""
    return path.with_suffix(".cases.txt")


def _mark(result: Result) -> Mark | None:
    if result.value is None or result.interval is None:
        return None
    low, high = round(result.interval.low, 4), round(result.interval.high, 4)
    return Mark(round(result.value, 4), low, high, result.scored, result.better)


def _verdicts(results: Results, cases: Iterable[Case], part: str) -> Mapping[str, Verdict]:
    asked = {one.case.id: one.passed for one in results.cases if part in ("all", one.case.part)}
    return {
        case.id: "not-asked" if case.id not in asked else "passed" if asked[case.id] else "failed" for case in cases
    }
