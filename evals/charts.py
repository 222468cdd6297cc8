"""Charts as inline SVG: nothing is fetched, every bar carries its figure in words, and colours follow the page's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from evals.statistics import Interval

_WIDTH = 640
_ROW = 26
_LABEL = 220
_PLOT = 250
_SIDE = 280
_MARGIN = 40
_BINS = 20
_TICKS = (0.0, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Bar:
    """A labelled share from 0 to 1 with its interval and what it counts."""

    label: str
    value: float
    interval: Interval | None
    count: str


@dataclass(frozen=True, slots=True)
class Point:
    """A group of cases: the mean of what was predicted, the share that came true, and how many they are."""

    predicted: float
    observed: float
    interval: Interval
    count: int


def bars(title: str, rows: Sequence[Bar]) -> str:
    """Horizontal bars with whiskers for the intervals."""
    height = _ROW * len(rows) + 24
    lines = []
    for share in _TICKS:
        x = _LABEL + _PLOT * share
        lines += [_line(x, 0, x, height - 20, "grid"), _text(x, height - 6, f"{share:g}", "middle")]
    for number, row in enumerate(rows):
        lines += _bar(_ROW * number + 4, row)
    return _svg(title, _WIDTH, height, lines)


def reliability(title: str, points: Sequence[Point]) -> str:
    """Predicted against observed shares with the diagonal on which they agree."""
    bottom, right = 10 + _SIDE, _MARGIN + _SIDE
    lines = [
        f'<rect x="{_MARGIN}" y="10" width="{_SIDE}" height="{_SIDE}" class="frame"/>',
        _line(_MARGIN, bottom, right, 10, "grid"),
        _text(right, bottom + 34, "predicted →", "end"),
        _text(_MARGIN + 6, 26, "↑ observed", "start"),
    ]
    for share in _TICKS:
        lines.append(_text(_MARGIN + share * _SIDE, bottom + 16, f"{share:g}", "middle"))
        lines.append(_text(_MARGIN - 6, 14 + (1 - share) * _SIDE, f"{share:g}", "end"))
    for point in points:
        x = _MARGIN + point.predicted * _SIDE
        high, middle, low = (
            10 + (1 - share) * _SIDE for share in (point.interval.high, point.observed, point.interval.low)
        )
        words = f"predicted {point.predicted:.2f}, observed {point.observed:.2f}, {point.count} cases"
        lines.append(_line(x, high, x, low, "whisker"))
        lines.append(f'<circle cx="{x:.1f}" cy="{middle:.1f}" r="5" class="bar"><title>{words}</title></circle>')
    return _svg(title, 360, _SIDE + 54, lines)


def histogram(title: str, values: Sequence[float], unit: str, marks: Sequence[tuple[str, float]]) -> str:
    """How often values fall into each of twenty equal bins, with named marks; the last bin holds all that is larger."""
    top = max(1e-9, *(value for _, value in marks)) * 1.25
    counts = [0] * _BINS
    for value in values:
        counts[min(_BINS - 1, int(_BINS * value / top))] += 1
    step = (_WIDTH - 40) / _BINS
    lines = []
    for position, count in enumerate(counts):
        height = 120 * count / max(1, *counts)
        words = f"{count} from {top * position / _BINS:.0f} to {top * (position + 1) / _BINS:.0f} {escape(unit)}"
        place = f'x="{20 + position * step:.1f}" y="{150 - height:.1f}" width="{step - 2:.1f}" height="{height:.1f}"'
        lines.append(f'<rect {place} class="bar"><title>{words}</title></rect>')
    for row, (name, value) in enumerate(marks):
        x, y = 20 + (_WIDTH - 40) * value / top, 20 + 14 * row
        lines += [_line(x, y + 4, x, 150, "whisker"), _text(x, y, f"{name} {value:.0f} {unit}", "middle")]
    lines += [_text(20, 168, "0", "start"), _text(_WIDTH - 20, 168, f"{top:.0f} {unit} and more", "end")]
    return _svg(title, _WIDTH, 176, lines)


def _bar(top: float, row: Bar) -> list[str]:
    parts = [
        _text(_LABEL - 8, top + 13, row.label, "end"),
        f'<rect x="{_LABEL}" y="{top:g}" width="{_PLOT * row.value:.1f}" height="18" class="bar"/>',
        _text(_LABEL + _PLOT + 10, top + 13, f"{row.value:.2f} · {row.count}", "start"),
    ]
    if row.interval:
        ends = (_LABEL + _PLOT * row.interval.low, _LABEL + _PLOT * row.interval.high)
        parts.append(_line(ends[0], top + 9, ends[1], top + 9, "whisker"))
    return parts


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>'


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _svg(title: str, width: int, height: float, lines: Sequence[str]) -> str:
    label = escape(title, quote=True)
    opening = f'<svg viewBox="0 0 {width} {height:g}" style="max-width:{width}px" role="img" aria-label="{label}">'
    return f"{opening}<title>{label}</title>{''.join(lines)}</svg>"
