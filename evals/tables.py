"""A run's results in words: the rows of the tables that the page, the Markdown and the terminal share."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from evals.baseline import Baseline
from evals.cases import KINDS, PARTS
from evals.gate import Finding, baseline_findings, floor_findings
from evals.registry import JUDGE, MEASURES
from evals.results import CaseResult, Results
from evals.scoring import Result


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the headline table, in words."""

    title: str
    formula: str
    values: tuple[str, ...]
    baseline: str
    change: str
    bound: str
    alarm: bool


@dataclass(frozen=True, slots=True)
class Failure:
    """A case that did not pass, in words."""

    result: CaseResult
    broken: str
    expected: str


def part_names(results: Results) -> list[str]:
    """The parts that the run asked, the test part first; `all` only where there was a single one of no name."""
    return [part for part in reversed(PARTS) if part in results.parts] or ["all"]


def headline(results: Results, baseline: Baseline | None) -> list[Row]:
    """Every measure that any part has, with interval and count beside the rate."""
    names = part_names(results)
    alarms = {finding.measure for finding in findings(results, baseline)}
    rows = []
    for name, result in results.part("all").items():
        if not result.expected:
            continue
        mark = baseline.measures.get(name) if baseline else None
        now = results.part(baseline.part).get(name) if baseline else None
        change = now.value - mark.value if mark and now and now.value is not None else None
        rows.append(
            Row(
                result.titles.best("en"),
                result.formula,
                tuple(in_words(results.part(part)[name]) for part in names),
                f"{mark.value:.3f}" if mark else "",
                f"{change:+.3f}" if change is not None else "",
                _bound(result, baseline),
                name in alarms,
            )
        )
    return rows


def in_words(result: Result) -> str:
    """`0.853 [0.80, 0.89], n = 245, 3 unscored`, `unscored`, or `none asked`."""
    if not result.expected:
        return "none asked"
    if result.value is None:
        return f"unscored, n = {result.expected}"
    between = f" [{result.interval.low:.2f}, {result.interval.high:.2f}]" if result.interval else ""
    missing = f", {result.unscored} unscored" if result.unscored else ""
    return f"{result.value:.3f}{between}, n = {result.scored}{missing}"


def findings(results: Results, baseline: Baseline | None) -> list[Finding]:
    """What the gate would say of the measures, with a baseline or by the floors that hold always."""
    if baseline is None:
        return floor_findings(results.part(results.headline_part), {})
    measures = results.part(baseline.part)
    return (
        [*floor_findings(measures, baseline.floors), *baseline_findings(measures, baseline.measures)]
        if measures
        else []
    )


def asked(results: Results) -> list[tuple[str, int, int, str]]:
    """What was asked: each kind with its French and English cases and how many passed."""
    lines: list[tuple[str, int, int, str]] = []
    for kind in KINDS:
        cases = [one for one in results.cases if one.case.kind == kind]
        if cases:
            by_language = Counter(one.case.language for one in cases)
            lines.append(
                (kind, by_language["fr"], by_language["en"], f"{sum(one.passed for one in cases)} of {len(cases)}")
            )
    return lines


def refusals(results: Results) -> list[tuple[str, int, int, int]]:
    """The confusion matrix: answerable or not, by what came out (answer, closest, refusal)."""
    lines = []
    for label, answerable in (("the corpus answers it", True), ("it does not", False)):
        seen = [one.seen.outcome for one in results.cases if one.seen and one.case.answerable == answerable]
        lines.append((label, seen.count("answer"), seen.count("closest"), seen.count("refusal")))
    return lines


def failures(results: Results) -> list[Failure]:
    """The cases that did not pass, those of the test part first."""
    titles = {one.name: one.titles.best("en") for one in (*MEASURES, JUDGE)}
    failed = sorted(
        (one for one in results.cases if not one.passed), key=lambda one: (one.case.part != "test", one.case.id)
    )
    return [Failure(one, ", ".join(titles[name] for name in one.broken), expectation(one)) for one in failed]


def expectation(one: CaseResult) -> str:
    """What the case wanted, in words."""
    case = one.case
    parts = [case.expect, (" and " if case.all_gold else " or ").join(str(key) for key in case.gold)]
    parts += [f"must say /{pattern}/" for pattern in case.must] + [
        f"must not say /{pattern}/" for pattern in case.must_not
    ]
    return "; ".join(part for part in parts if part)


def moved(results: Results, baseline: Baseline | None) -> tuple[list[str], list[str]]:
    """Cases that passed in the baseline and fail now, and the reverse."""
    if baseline is None:
        return [], []
    then = baseline.cases
    worse = [one.case.id for one in results.cases if not one.passed and then.get(one.case.id) == "passed"]
    better = [one.case.id for one in results.cases if one.passed and then.get(one.case.id) == "failed"]
    return worse, better


def manifest_lines(results: Results) -> list[tuple[str, str]]:
    """What could change the numbers, one line each."""
    manifest = results.manifest
    lines = [
        ("system", manifest.system),
        ("part", " ".join([manifest.part, *manifest.slices])),
        ("cases", f"{manifest.case_count}, digest {manifest.cases_digest}, each {manifest.repeats} times"),
        ("corpus", f"digest {manifest.corpus_digest}"),
        ("commit", manifest.commit),
        ("began, took", f"{manifest.started}, {manifest.seconds:g} s"),
        ("answering model", manifest.model or "none"),
        ("judge", manifest.judge or "none"),
    ]
    for name, values in (
        ("index", manifest.stamp),
        ("settings", manifest.settings),
        ("libraries", manifest.libraries),
        ("machine", manifest.machine),
    ):
        lines.append((name, ", ".join(f"{key} {value}" for key, value in values.items())))
    return lines


def _bound(result: Result, baseline: Baseline | None) -> str:
    bounds = [
        bound for bound in (result.floor, baseline.floors.get(result.name) if baseline else None) if bound is not None
    ]
    if not bounds:
        return ""
    return f"≥ {max(bounds):g}" if result.better == "higher" else f"≤ {min(bounds):g}"
