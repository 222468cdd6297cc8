"""What is read from a file, and the builder that every format's reader fills."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

_SPACES = re.compile(r"[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
# Soft hyphens, zero-width and direction marks, control characters: they show nothing, but split words and hide text.
_INVISIBLE = re.compile(
    r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff\x00-\x08\x0b-\x1f\x7f-\x9f]"
)
_LINE_ENDS = re.compile(r"\r\n?|[\u0085\u2028\u2029\x0b\x0c]")
_LENGTHS = frozenset({"m", "km", "cm", "dm", "mm", "nm"})
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_WHOLE_DAY = re.compile(r"(?P<year>\d{4})(?:-?(?P<month>\d{2})(?:-?(?P<day>\d{2}))?)?")


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the text under one heading, on one page where the file has pages: `text[start:end]` is its body.

    A paragraph that runs on to the next page stays whole and counts for the page on which it begins.
    """

    heading: str
    start: int
    end: int
    page: int | None = None


@dataclass(frozen=True, slots=True)
class ExtractedFile:
    """The text of a file with its parts in reading order, and what the file says of itself. `date` is ISO."""

    text: str
    parts: tuple[Part, ...]
    title: str | None = None
    date: str | None = None
    author: str | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may cost. `max_expansion` is how many times larger than the file a DOCX may unpack."""

    max_bytes: int = 50_000_000
    max_pages: int = 2000
    max_expansion: int = 100
    max_unpacked_bytes: int = 200_000_000
    max_seconds: float = 60.0
    max_memory_bytes: int = 2_000_000_000


@dataclass(slots=True)
class TextBuilder:
    """Puts blocks one after another, an empty line between them, and keeps each part's place.

    Headings stand in the text but in no part. Empty blocks leave no trace.
    """

    _blocks: list[str] = field(default_factory=list)
    _length: int = 0
    _parts: list[Part] = field(default_factory=list)
    _heading: str = ""
    _open: bool = False

    def heading(self, text: str) -> None:
        """Begin a new part under this heading."""
        text = one_line(text)
        if text:
            self._append(text)
            self._heading = text
            self._open = False

    def block(self, text: str, page: int | None = None) -> None:
        """Add a paragraph, list item or table to the part under the last heading; another page begins another part."""
        text = clean(text)
        if not text:
            return
        start = self._append(text)
        last = self._parts[-1] if self._parts else None
        if self._open and last is not None and last.page == page:
            self._parts[-1] = Part(last.heading, last.start, self._length, page)
        else:
            self._parts.append(Part(self._heading, start, self._length, page))
            self._open = True

    def finish(self, *, title: str | None = None, date: str | None = None, author: str | None = None) -> ExtractedFile:
        """The text with its parts, and what the file says of itself, cleaned."""
        return ExtractedFile(
            "\n\n".join(self._blocks),
            tuple(self._parts),
            one_line(title or "") or None,
            iso_date(date),
            one_line(author or "") or None,
        )

    def _append(self, text: str) -> int:
        start = self._length + 2 if self._blocks else 0
        self._blocks.append(text)
        self._length = start + len(text)
        return start


def clean(text: str) -> str:
    """The text with plain spaces and line ends, without invisible characters, its letters in their common form.

    NFKC undoes ligatures and full-width letters. Where it would change a value the letter stays: a raised 2 is not a 2
    (10² is not 102).
    """
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", _LINE_ENDS.sub("\n", text))).translate(_COMMON_FORMS)
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def one_line(text: str) -> str:
    """The text cleaned, on one line."""
    return " ".join(clean(text).split())


def raised_digits(digits: str, before: str) -> str:
    """Raised digits as text that says the same: a power keeps its height (10², km²), the mark of a footnote goes."""
    word = re.search(r"\w+$", before)
    is_power = word is not None and (word[0][-1].isdigit() or word[0] in _LENGTHS)
    return digits.translate(_RAISED) if is_power else ""


def iso_date(text: str | None) -> str | None:
    """The day, month or year that a date begins with (2025-02-11T09:30, D:20250211, 2025), or None."""
    found = _WHOLE_DAY.match((text or "").removeprefix("D:").strip())
    if found is None or not "1900" <= found["year"] <= "2100":
        return None
    month, day = found["month"], found["day"]
    if month is None or not "01" <= month <= "12":
        return found["year"]
    return f"{found['year']}-{month}-{day}" if day and "01" <= day <= "31" else f"{found['year']}-{month}"


class _CommonForms(dict[int, str]):
    """A table for `str.translate`, filled as letters come by."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        kind = unicodedata.decomposition(letter).partition(">")[0]
        self[code] = unicodedata.normalize("NFKC", letter) if kind in _HARMLESS_KINDS else letter
        return self[code]


_HARMLESS_KINDS = frozenset({"<compat", "<wide", "<narrow", "<font", "<noBreak"})
_COMMON_FORMS = _CommonForms({ord("\u2010"): "-", ord("\u2011"): "-", ord("…"): "…"})
