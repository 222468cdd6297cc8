"""The charts of a run's results."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.records import LANGUAGES
from evals import charts
from evals.cases import KINDS
from evals.results import CaseResult, Results
from evals.statistics import mean, percentile, wilson

_BANDS = 8


def all_charts(results: Results) -> list[str]:
    """Passed cases by language, kind and document, the reliability curve, and latency."""
    drawn = [
        charts.bars("Cases passed by language", _groups(results, lambda one: one.case.language, LANGUAGES)),
        charts.bars("Cases passed by kind", _groups(results, lambda one: one.case.kind, KINDS)),
    ]
    documents = sorted({one.case.document for one in results.cases if one.case.gold})
    drawn.append(charts.bars("Cases passed by document", _groups(results, lambda one: one.case.document, documents)))
    points = reliability_points(results)
    if points:
        drawn.append(
            charts.reliability("Answerability check: predicted and observed share of answerable questions", points)
        )
    times = [one.seen.elapsed_ms for one in results.cases if one.seen and one.seen.error is None]
    if times:
        marks = [("median", percentile(times, 50)), ("p95", percentile(times, 95))]
        drawn.append(charts.histogram("Time of an answer", times, "ms", marks))
    return drawn


def reliability_points(results: Results) -> list[charts.Point]:
    """Cases in up to eight equal groups by the assistant's own confidence that it can answer, where it says one."""
    pairs = sorted(
        (one.seen.confidence, one.case.answerable)
        for one in results.cases
        if one.seen and one.seen.confidence is not None
    )
    size = max(1, -(-len(pairs) // _BANDS))
    groups = [pairs[start : start + size] for start in range(0, len(pairs), size)]
    return [
        charts.Point(
            mean([said for said, _ in group]),
            mean([float(true) for _, true in group]),
            wilson(sum(true for _, true in group), len(group)),
            len(group),
        )
        for group in groups
    ]


def _groups(results: Results, facet: Callable[[CaseResult], str], names: Sequence[str]) -> list[charts.Bar]:
    grouped = [(name, [one for one in results.cases if facet(one) == name]) for name in names]
    return [_group_bar(name, cases) for name, cases in grouped if cases]


def _group_bar(name: str, cases: Sequence[CaseResult]) -> charts.Bar:
    passed = sum(one.passed for one in cases)
    return charts.Bar(name, passed / len(cases), wilson(passed, len(cases)), f"{passed} of {len(cases)}")
