"""Numbers of a text in French or English notation: sums, percentages, ordinals, counts with what they count.

`109 milliards d'euros`, `EUR 109bn` and `109 billion euros` are one figure. Dates are found first and left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from assistant.answering.dates import Date, find_dates, says_date
from assistant.answering.lexicon import MEASURES, UNIT_OF, units_agree
from assistant.answering.numerals import NUMERAL, ORDINAL, SCALE, numeral_value, ordinal_value, scale_value
from assistant.records import Language
from assistant.search.folding import fold

Kind = Literal["money", "percent", "ordinal", "count"]
Bound = Literal["least", "most"]

_CURRENCIES = {
    "EUR": r"€|eur\b|euros?\b",
    "USD": r"us\s?\$|\$|usd\b|dollars?\b",
    "GBP": r"£|gbp\b|pounds?\b",
    "JPY": r"¥|yens?\b",
    "CNY": r"yuans?\b",
}
_CURRENCY = "(?:" + "|".join(f"(?:{pattern})" for pattern in _CURRENCIES.values()) + ")"
_AMOUNT = re.compile(
    rf"(?P<before>{_CURRENCY})?\s?(?<![\w.,])(?P<number>{NUMERAL})(?:[\s-]?(?P<scale>{SCALE}))?(?![\w])"
    rf"(?:\s?(?P<percent>%|percent\b|per cent\b|pour cent\b|pct\b)|[\s-]?(?:d'|de |of |d’)?(?:us |american )?(?P<after>{_CURRENCY}))?",
)
_LEAST = re.compile(
    r"(?:more than|over|at least|above|exceeding|upwards of|plus d['e]\s?|au moins|au-dela d['e]\s?|depass\w+)\s*(?:les?\s)?$"
)
_MOST = re.compile(
    r"(?:less than|fewer than|under|below|up to|at most|no more than|moins d['e]\s?|au plus|jusqu'a|jusqu'ou|au maximum|maximum of)\s*(?:les?\s)?$"
)
_JOINT = re.compile(r"\s*(?:a|to|-|–|ou|or|et|and|des|sur les|of (?:the|its|(?:[a-z]+ )?[a-z]+'s))\s*(?:les?\s)?")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_UNIT_REACH = 5
_CLOSES = re.compile(r"[.;:()!?]|,\s|\bet\b|\band\b")


@dataclass(frozen=True, slots=True)
class Figure:
    """One number at [start:end] under every reading that its notation allows (`1,200`), with what it counts."""

    start: int
    end: int
    kind: Kind
    values: frozenset[float]
    unit: str | None = None
    bound: Bound | None = None
    scale: float = 1.0
    text: str = ""

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Figures:
    """The dates and the other numbers of one text."""

    dates: tuple[Date, ...]
    numbers: tuple[Figure, ...]

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Where they stand in the text."""
        return tuple((one.start, one.end) for one in self.dates) + tuple((one.start, one.end) for one in self.numbers)


def find_figures(text: str, language: Language) -> Figures:
    """Every date and number of `text`."""
    dates = find_dates(text)
    folded = _same_length_fold(text)
    for date in dates:
        if date.weekday is None:
            folded = folded[: date.start] + "\x00" * (date.end - date.start) + folded[date.end :]
    ordinals = [
        Figure(m.start(), m.end(), "ordinal", frozenset({ordinal_value(m.group())}), text=text[m.start() : m.end()])
        for m in ORDINAL.finditer(folded)
    ]
    for ordinal in ordinals:
        folded = folded[: ordinal.start] + "\x00" * (ordinal.end - ordinal.start) + folded[ordinal.end :]
    amounts = _inherit(list(_amounts(text, folded, language)), folded)
    return Figures(tuple(dates), tuple(sorted((*ordinals, *amounts), key=lambda figure: figure.start)))


def _same_length_fold(text: str) -> str:
    plain = text.translate({0xA0: " ", 0x202F: " ", 0x2009: " ", 0x2019: "'"})
    return "".join(letter if len(letter) == 1 else " " for letter in map(fold, plain))


def _amounts(text: str, folded: str, language: Language) -> Iterator[Figure]:
    for match in _AMOUNT.finditer(folded):
        values = numeral_value(match["number"], language)
        if not values:
            continue
        scale = scale_value(match["scale"], language) if match["scale"] else 1.0
        currency = next(
            (name for name, form in _CURRENCIES.items() if re.fullmatch(form, match["before"] or match["after"] or "")),
            None,
        )
        unit = None if currency or match["percent"] else _unit_after(folded, match.end())
        if _is_article(match["number"]) and not (match["scale"] or unit in MEASURES):
            continue
        start = match.start("before") if match["before"] else match.start("number")
        yield Figure(
            start,
            match.end(),
            "money" if currency else "percent" if match["percent"] else "count",
            frozenset(round(value * scale, 6) for value in values),
            currency or unit,
            _bound_before(folded, start),
            scale,
            text[start : match.end()],
        )


def _is_article(number: str) -> bool:
    return number in ("un", "une", "one", "a", "an")


def _unit_after(folded: str, end: int) -> str | None:
    """What a number counts: the first known unit among the words that follow it in its phrase."""
    rest = folded[end : end + 80]
    closing = _CLOSES.search(rest)
    rest = rest[: closing.start()] if closing else rest
    for match in list(_WORD.finditer(rest))[:_UNIT_REACH]:
        unit = next((UNIT_OF[word] for word in (match.group(), *match.group().split("-")) if word in UNIT_OF), None)
        if unit is not None:
            return unit
    return None


def _bound_before(folded: str, start: int) -> Bound | None:
    before = folded[max(0, start - 30) : start]
    if _LEAST.search(before):
        return "least"
    return "most" if _MOST.search(before) else None


def _inherit(figures: list[Figure], folded: str) -> list[Figure]:
    """`30 to 50 billion euros`, `15 des 20 milliards`: the first number has the scale and unit of the second."""
    for index in range(len(figures) - 2, -1, -1):
        one, other = figures[index], figures[index + 1]
        if (
            one.kind == "count"
            and one.unit is None
            and one.scale == 1.0
            and _JOINT.fullmatch(folded[one.end : other.start])
        ):
            values = frozenset(value * other.scale for value in one.values)
            figures[index] = replace(one, kind=other.kind, values=values, unit=other.unit, scale=other.scale)
    return figures


def says_figure(figure: Figure, sources: Sequence[Figure]) -> bool:
    """Do `sources` say `figure`: the same value, not another unit, currency or bound?"""
    return any(_agrees(figure, source) for source in sources)


def _agrees(figure: Figure, source: Figure) -> bool:
    if not figure.values & source.values:
        return False
    if {figure.bound, source.bound} == {"least", "most"}:
        return False
    if figure.kind == source.kind:
        return (
            figure.unit is None
            or source.unit is None
            or figure.unit == source.unit
            or units_agree(figure.unit, source.unit)
        )
    kinds = {figure.kind, source.kind}
    # "6 billion euros" and "of the 6 billion"; "the third" and "three".
    if kinds == {"money", "count"}:
        return all(one.kind == "money" or one.unit is None for one in (figure, source)) and max(figure.values) >= 1e3
    return kinds == {"ordinal", "count"} and max(figure.values) > 1


def unsupported(figures: Figures, sources: Iterable[Figures]) -> Iterator[str]:
    """The dates and numbers of `figures` that `sources` do not say."""
    sources = tuple(sources)
    dates = [date for source in sources for date in source.dates]
    numbers = [number for source in sources for number in source.numbers]
    yield from (str(date) for date in figures.dates if not says_date(date, dates))
    yield from (str(number) for number in figures.numbers if not says_figure(number, numbers))
