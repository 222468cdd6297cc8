"""Dates of a text in French or English notation, each as year, month and day where the text says them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assistant.search.folding import fold

_MONTHS = (
    "january|janvier|jan",
    "february|fevrier|feb|fevr|fev",
    "march|mars|mar",
    "april|avril|apr|avr",
    "may|mai",
    "june|juin|jun",
    "july|juillet|jul|juil",
    "august|aout|aug",
    "september|septembre|sept|sep",
    "october|octobre|oct",
    "november|novembre|nov",
    "december|decembre|dec",
)
_MONTH_NUMBER = {form: number for number, forms in enumerate(_MONTHS, start=1) for form in forms.split("|")}
_MONTH = r"(?P<{name}>" + "|".join(sorted(_MONTH_NUMBER, key=len, reverse=True)) + r")\b\.?"
_DAY = r"(?:[12]?\d|3[01]|0[1-9])(?:er|st|nd|rd|th)?"
_WEEKDAYS = {
    form: number
    for number, forms in enumerate(
        (
            "monday|lundi",
            "tuesday|mardi",
            "wednesday|mercredi",
            "thursday|jeudi",
            "friday|vendredi",
            "saturday|samedi",
            "sunday|dimanche",
        )
    )
    for form in forms.split("|")
}
_A_WEEKDAY = "(?:" + "|".join(_WEEKDAYS) + ")"
_DAYS = rf"(?P<days>{_DAY}(?:\s*(?:,|-|–|/|to|au|a|and|et|or|ou|until)\s*(?:le\s+|the\s+|on\s+)?(?:{_A_WEEKDAY}\s+)?{_DAY}(?!\d))*)"
_YEAR = r"(?:,?\s+(?:of\s+|de\s+)?(?P<year>(?:19|20)\d\d)(?!\d|[.,]\d))?"
_PATTERNS = (
    re.compile(r"(?P<isoyear>(?:19|20)\d\d)-(?P<isomonth>\d\d)-(?P<isoday>\d\d)(?!\d)"),
    # 10/02/2025: day first, as both the French and the British write it.
    re.compile(r"(?<!\d)(?P<isoday>\d{1,2})[/.](?P<isomonth>\d{1,2})[/.](?P<isoyear>(?:19|20)\d\d)(?!\d)"),
    re.compile(rf"(?<![\d.,]){_DAYS}\s+(?:of\s+|de\s+)?{_MONTH.format(name='month')}{_YEAR}"),
    re.compile(
        rf"\b{_MONTH.format(name='month')}\s+(?:the\s+)?{_DAYS}(?!\d|[.,]\d|\s*(?:%|million|billion|milliard)){_YEAR}"
    ),
    re.compile(rf"\b{_MONTH.format(name='month')}{_YEAR}"),
    re.compile(r"\b(?:the|le|on the)\s+(?P<days>\d{1,2}(?:st|nd|rd|th))(?!\s+(?:summit|sommet|edition))\b"),
    re.compile(r"(?<![\d.,])(?P<year>(?:19|20)\d\d)(?![\d]|[.,]\d| ?%)"),
)
_WEEKDAY = "(?:" + "|".join(_WEEKDAYS) + ")"
_DAYS = rf"(?P<days>{_DAY}(?:\s*(?:,|-|–|/|to|au|a|and|et|or|ou|until)\s*(?:le\s+|the\s+|on\s+)?(?:{_A_WEEKDAY}\s+)?{_DAY}(?!\d))*)"
_YEAR = r"(?:,?\s+(?:of\s+|de\s+)?(?P<year>(?:19|20)\d\d)(?!\d|[.,]\d))?"
_PATTERNS = (
    re.compile(r"(?P<isoyear>(?:19|20)\d\d)-(?P<isomonth>\d\d)-(?P<isoday>\d\d)(?!\d)"),
    # 10/02/2025: day first, as both the French and the British write it.
    re.compile(r"(?<!\d)(?P<isoday>\d{1,2})[/.](?P<isomonth>\d{1,2})[/.](?P<isoyear>(?:19|20)\d\d)(?!\d)"),
    re.compile(rf"(?<![\d.,]){_DAYS}\s+(?:of\s+|de\s+)?{_MONTH.format(name='month')}{_YEAR}"),
    re.compile(
        rf"\b{_MONTH.format(name='month')}\s+(?:the\s+)?{_DAYS}(?!\d|[.,]\d|\s*(?:%|million|billion|milliard)){_YEAR}"
    ),
    re.compile(rf"\b{_MONTH.format(name='month')}{_YEAR}"),
    re.compile(r"\b(?:the|le|on the)\s+(?P<days>\d{1,2}(?:st|nd|rd|th))(?!\s+(?:summit|sommet|edition))\b"),
    re.compile(r"(?<![\d.,])(?P<year>(?:19|20)\d\d)(?![\d]|[.,]\d| ?%)"),
)
_WEEKDAYS = {
    form: number
    for number, forms in enumerate(
        (
            "monday|lundi",
            "tuesday|mardi",
            "wednesday|mercredi",
            "thursday|jeudi",
            "friday|vendredi",
            "saturday|samedi",
            "sunday|dimanche",
        )
    )
    for form in forms.split("|")
}
_WEEKDAY_NAME = re.compile(rf"\b({_A_WEEKDAY})s?\b")
# "may" and "march" are verbs and "mars" a planet until a number or a preposition of time says otherwise.
_DOUBTFUL = {"may", "march", "mar", "mars", "dec", "sept", "jan", "fev"}
_BEFORE_MONTH = re.compile(
    r"(?:\bin|\ben|\bof|\bde|\bmid|\bmi|\bsince|\bdepuis|\bearly|\blate|\bdebut|\bfin|\bby|\bfrom|\buntil|\bau|\bd')[\s-]*$"
)


@dataclass(frozen=True, slots=True)
class Date:
    """A date as far as its text says it, at [start:end]. `weekday` counts from Monday, 0."""

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None

    def __str__(self) -> str:
        if self.weekday is not None:
            return f"weekday {self.weekday + 1}"
        return "-".join("?" if part is None else f"{part:02d}" for part in (self.year, self.month, self.day))


def find_dates(text: str) -> list[Date]:
    """Every date of `text`, in order. `10 and 11 February 2025` is two dates; what a pattern took, no later one sees."""
    # Folding may change the length of a text, so each character is folded by itself.
    folded = "".join(letter if len(letter) == 1 else " " for letter in map(fold, text))
    found: list[Date] = []
    taken = [False] * len(folded)
    for pattern in _PATTERNS:
        for match in pattern.finditer(folded):
            if not any(taken[match.start() : match.end()]) and not _is_doubtful(folded, match):
                found.extend(_dates_of(match))
                taken[match.start() : match.end()] = [True] * (match.end() - match.start())
    found.extend(Date(m.start(), m.end(), weekday=_WEEKDAYS[m.group(1)]) for m in _WEEKDAY_NAME.finditer(folded))
    return sorted(found, key=lambda date: date.start)


def _is_doubtful(folded: str, match: re.Match[str]) -> bool:
    groups = match.groupdict()
    if groups.get("month") not in _DOUBTFUL or groups.get("days") or groups.get("year"):
        return False
    return not _BEFORE_MONTH.search(folded[: match.start()])


def _dates_of(match: re.Match[str]) -> Iterator[Date]:
    groups = match.groupdict()
    start, end = match.span()
    if groups.get("isoyear"):
        yield Date(start, end, int(groups["isoyear"]), int(groups["isomonth"]), int(groups["isoday"]))
        return
    year = int(groups["year"]) if groups.get("year") else None
    month = _MONTH_NUMBER[groups["month"]] if groups.get("month") else None
    days = [int(day) for day in re.findall(r"\d+", groups.get("days") or "")]
    if not days:
        yield Date(start, end, year, month)
    for day in days:
        yield Date(start, end, year, month, day)


def says_date(date: Date, sources: Iterable[Date]) -> bool:
    """Do `sources` say `date`? A less precise date is said by a more precise one; a year may stand elsewhere in them."""
    sources = tuple(sources)
    if date.weekday is not None:
        return any(source.weekday == date.weekday for source in sources)
    years = {source.year for source in sources}
    for source in sources:
        if source.weekday is not None or date.day not in (None, source.day):
            continue
        if date.month not in (None, source.month) and not (
            source.month is None and source.day is not None and _month_in(date, sources)
        ):
            continue
        if date.year in (None, source.year) or (source.year is None and date.year in years):
            return True
    return False


def _month_in(date: Date, sources: Iterable[Date]) -> bool:
    """`the 11th` is in the month that the sources name otherwise."""
    return any(source.month == date.month for source in sources)
