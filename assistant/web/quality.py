"""The published evaluation as the quality page shows it: report.json of `python -m evals publish`, read leniently.

The page lives below the evaluations in the order of imports, so it knows their file and none of their code.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.records import Language
from assistant.web.wording import words

REPORT_NAME = "report.json"
_MAX_BYTES = 50_000_000
_SPACE = "\u00a0"


class _Lenient(BaseModel):
    """What is not shown is not asked for, so that a report may say more."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Titles(_Lenient):
    """A measure's name in each language."""

    fr: str | None = None
    en: str | None = None

    def best(self, language: Language) -> str:
        """The name in `language`, else in the other one."""
        first, second = (self.fr, self.en) if language == "fr" else (self.en, self.fr)
        return first or second or ""


class _Interval(_Lenient):
    low: float
    high: float


class Measure(_Lenient):
    """One measure of a part."""

    name: str
    titles: Titles
    group: str
    better: str = "higher"
    value: float | None = None
    interval: _Interval | None = None
    scored: int = 0
    expected: int = 0
    timed: bool = False


class _Manifest(_Lenient):
    started: str = ""
    corpus_digest: str = ""
    model: str | None = None


class _Case(_Lenient):
    id: str
    question: str
    language: Language = "fr"
    expect: str = ""
    part: str = ""
    kind: str = ""


class _Statement(_Lenient):
    text: str


class _Seen(_Lenient):
    outcome: str | None = None
    notice: str = ""
    statements: tuple[_Statement, ...] = ()

    @property
    def text(self) -> str:
        """What was answered, a line for each sentence."""
        return "\n".join(one.text for one in self.statements) or self.notice


class CaseResult(_Lenient):
    """A question with the promises that its answer broke."""

    case: _Case
    broken: tuple[str, ...] = ()
    seen: _Seen | None = None


class Report(_Lenient):
    """A published evaluation."""

    schema_: int = Field(1, alias="schema")
    manifest: _Manifest = _Manifest()
    parts: Mapping[str, tuple[Measure, ...]]
    cases: tuple[CaseResult, ...] = ()

    @property
    def part(self) -> str:
        """The part that speaks for the assistant: `test` where it was asked, for nothing is tuned on it."""
        return "test" if "test" in self.parts else next(iter(self.parts), "")

    @property
    def asked(self) -> tuple[CaseResult, ...]:
        """The questions of that part."""
        return tuple(one for one in self.cases if self.part == "all" or one.case.part == self.part)

    @property
    def failures(self) -> tuple[CaseResult, ...]:
        """The questions whose answer broke a promise."""
        return tuple(one for one in self.asked if one.broken)

    def missed(self) -> tuple[tuple[str, tuple[CaseResult, ...]], ...]:
        """The failures by what was expected, the most frequent first."""
        expected = Counter(one.case.expect for one in self.failures)
        return tuple(
            (name, tuple(one for one in self.failures if one.case.expect == name)) for name, _ in expected.most_common()
        )

    def groups(self) -> tuple[tuple[str, tuple[Measure, ...]], ...]:
        """The measures that were expected of some question, by group in the report's order of groups."""
        measures = [one for one in self.parts.get(self.part, ()) if one.expected]
        order = list(dict.fromkeys(one.group for one in measures))
        measures.sort(key=lambda one: order.index(one.group))
        return tuple((name, tuple(group)) for name, group in groupby(measures, key=lambda one: one.group))

    def title_of(self, name: str, language: Language) -> str:
        """A measure's name for readers."""
        return next((one.titles.best(language) for one in self.parts.get(self.part, ()) if one.name == name), name)


def read_report(folder: Path) -> Report | None:
    """The published report, or None where there is none.

    Raises:
        ValueError: if the file is no report.
    """
    path = folder / REPORT_NAME
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise ValueError(f"{path} has {path.stat().st_size} bytes; the limit is {_MAX_BYTES}: publish it anew")
        return Report.model_validate_json(path.read_bytes())
    except OSError:
        return None
    except ValidationError as error:
        raise ValueError(f"{path} is no report ({error.errors()[0]['msg']}); run `python -m evals publish`") from None


def value_text(measure: Measure, language: Language) -> str:
    """`85,3 % [80,1 % ; 89,0 %]`, as each language writes it."""
    if measure.value is None:
        return words(language)["quality_unscored"]
    unit = _PLAIN if measure.timed else _POINTS if measure.name.endswith("_gap") else _PERCENT
    value = _number(measure.value, unit, language)
    if measure.timed:
        value = words(language)["quality_times"].format(value=value)
    elif unit is _POINTS:
        value = words(language)["quality_points"].format(value=value)
    if measure.interval is None:
        return value
    low, high = (_number(bound, unit, language) for bound in (measure.interval.low, measure.interval.high))
    # Held together, for an interval torn apart by a line end is hard to read.
    separator = f"\u202f;{_SPACE}" if language == "fr" else f",{_SPACE}"
    return f"{value} [{low}{separator}{high}]"


_PLAIN = (1.0, "")
_POINTS = (100.0, "")
_PERCENT = (100.0, "%")


def _number(value: float, unit: tuple[float, str], language: Language) -> str:
    factor, sign = unit
    text = f"{value * factor:.1f}".replace("-", "−")
    if language == "fr":
        text = text.replace(".", ",")
        return f"{text}{_SPACE}{sign}" if sign else text
    return text + sign
