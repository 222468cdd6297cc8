"""The gate: what must be true of a run before it may replace the last one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from evals.baseline import Baseline, Mark
from evals.cases import Case
from evals.results import Results
from evals.scoring import Result

_ROUNDING = 5e-5  # the baseline keeps four digits


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason why the gate stays shut, under the measure (or `cases`) that found it."""

    measure: str
    message: str


def check(results: Results, baseline: Baseline, cases: Iterable[Case]) -> tuple[Finding, ...]:
    """Everything that is wrong with a run, in the order: cases, floors, the baseline."""
    measures = results.part(baseline.part)
    return (
        *case_findings(results, baseline, tuple(cases)),
        *floor_findings(measures, baseline.floors),
        *baseline_findings(measures, baseline.measures),
    )


def case_findings(results: Results, baseline: Baseline, cases: tuple[Case, ...]) -> list[Finding]:
    """Cases that disappeared, that were not asked, or whose answer failed."""
    written = {case.id for case in cases}
    asked = results.by_id()
    gone = sorted(set(baseline.cases) - written)
    left_out = sorted(case.id for case in cases if baseline.part in ("all", case.part) and case.id not in asked)
    failed = sorted(name for name, one in asked.items() if one.seen and one.seen.error)
    findings = []
    if gone:
        findings.append(
            Finding("cases", f"{_some(gone)} disappeared; restore them, or make a new baseline and say why")
        )
    if left_out:
        findings.append(
            Finding("cases", f"{_some(left_out)} of part {baseline.part} were not asked; run without --slice")
        )
    if failed:
        findings.append(Finding("cases", f"{_some(failed)} ended in an error; see the report"))
    return findings


def floor_findings(measures: Mapping[str, Result], floors: Mapping[str, float]) -> list[Finding]:
    """Measures beyond their floor (their ceiling, where lower is better), or with a floor and nothing scored."""
    findings = []
    for result in measures.values():
        bounds = [bound for bound in (result.floor, floors.get(result.name)) if bound is not None]
        if not bounds or (not result.expected and result.name not in floors):
            continue
        bound = max(bounds) if result.better == "higher" else min(bounds)
        if result.value is None:
            findings.append(
                Finding(
                    result.name, f"{result.name} is unscored on all {result.expected} cases; its floor is {bound:g}"
                )
            )
        elif _worse(result.value, bound, result.better):
            side = "below its floor" if result.better == "higher" else "above its ceiling"
            findings.append(
                Finding(result.name, f"{result.name} is {result.value:.4f}, {side} {bound:g} ({_count(result)})")
            )
    return findings


def baseline_findings(measures: Mapping[str, Result], marks: Mapping[str, Mark]) -> list[Finding]:
    """Measures that left the baseline's interval on the bad side, or that are no longer scored.

    Latency is held to its ceiling only: it depends on what else the machine does.
    """
    findings = []
    for name, mark in marks.items():
        result = measures.get(name)
        if result is None or (result.value is None and mark.scored):
            findings.append(Finding(name, f"{name} was {mark.value:.4f} in the baseline and is not scored any more"))
        elif result.value is not None and not result.timed:
            edge = mark.low if result.better == "higher" else mark.high
            if _worse(result.value, edge, result.better):
                findings.append(Finding(name, _worse_than(mark, result)))
    return findings


def improvements(results: Results, baseline: Baseline) -> tuple[str, ...]:
    """Measures that left the baseline's interval on the good side: a reason to renew the baseline."""
    measures = results.part(baseline.part)
    return tuple(
        name
        for name, mark in baseline.measures.items()
        if (result := measures.get(name))
        and result.value is not None
        and not result.timed
        and _worse(mark.high if mark.better == "higher" else mark.low, result.value, mark.better)
    )


def _worse(value: float, bound: float, better: str) -> bool:
    return value < bound - _ROUNDING if better == "higher" else value > bound + _ROUNDING


def _worse_than(mark: Mark, result: Result) -> str:
    now, then = f"{result.value:.4f} ({_count(result)})", f"{mark.value:.4f} [{mark.low:.4f}, {mark.high:.4f}]"
    return f"{result.name} is {now}, worse than the baseline's {then} by more than its interval"


def _count(result: Result) -> str:
    return f"n = {result.scored}" + (f", {result.unscored} unscored" if result.unscored else "")


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:5])
    return f"{len(names)} case{'s' if len(names) > 1 else ''} ({shown}{', ...' if len(names) > 5 else ''})"
