"""The documents as readers see them: whole, section by section, in one language or in both side by side.

Also what has become of a passage that was cited: today's documents are compared with the words that were quoted then.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Literal

from assistant.answering.dates import find_dates
from assistant.records import (
    LANGUAGES,
    Conflict,
    Document,
    Language,
    Quote,
    Section,
    SectionKey,
    Source,
    other_language,
)
from assistant.search.catalogue import Catalogue

BlockKind = Literal["text", "list"]
State = Literal["unchanged", "context", "changed", "gone"]
_ITEM = re.compile(r"\s*[-*•–]\s+")
# "10 février 2025, ouverture : Anne Bouverot" is dated before its first colon.
_COLON = re.compile(r"\s*:\s+")
TIMELINE = "timeline"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a text, standing at `text[start:]`."""

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or a list with its items."""

    kind: BlockKind
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """A section in one language; `translation` where it was translated from the other."""

    language: Language
    heading: str
    blocks: tuple[Block, ...]
    translation: bool


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section with what a reader needs to judge it."""

    id: str
    versions: tuple[Version, ...]
    as_of: str | None
    page: int | None
    sources: tuple[Source, ...]
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document page: its sections in the languages shown."""

    document: Document
    languages: tuple[Language, ...]
    sections: tuple[SectionView, ...]

    @property
    def bilingual(self) -> bool:
        """Whether the document has a second language to show."""
        return len(self.document.texts) > 1


@dataclass(frozen=True, slots=True)
class Event:
    """A dated line of the timeline: the date as it is written, the rest, and the first and last day where both are whole."""

    written: str
    text: str
    first: str
    last: str

    @property
    def lasts(self) -> bool:
        """Whether it took more than a day."""
        return self.first < self.last

    def covers(self, day: date) -> bool:
        """Whether it took place on `day`, known to the day."""
        return len(self.first) == len("2025-02-10") and self.first <= day.isoformat() <= self.last


@dataclass(frozen=True, slots=True)
class Period:
    """A section of the timeline with its events in order."""

    id: str
    heading: str
    introduction: tuple[str, ...]
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Now:
    """What has become of a quoted passage: its state, and its section today in its own language and in the other."""

    state: State
    current: Version | None
    counterpart: Version | None


def shown_documents(catalogue: Catalogue, today: date) -> tuple[Document, ...]:
    """The documents that may be shown today."""
    embargoed = catalogue.embargoed(today)
    return tuple(document for document in catalogue.documents if document.id not in embargoed)


def find_document(catalogue: Catalogue, document_id: str, today: date) -> Document | None:
    """The document of that id, if there is one that may be shown today."""
    return next((one for one in shown_documents(catalogue, today) if one.id == document_id), None)


def documents_by_kind(
    documents: Iterable[Document], language: Language
) -> tuple[tuple[str, tuple[Document, ...]], ...]:
    """The documents grouped by kind, each group by title."""
    ordered = sorted(documents, key=lambda one: (one.kind, one.titles.best(language).casefold(), one.id))
    return tuple((kind, tuple(group)) for kind, group in groupby(ordered, key=lambda one: one.kind))


def view_document(document: Document, language: Language, *, both: bool) -> DocumentView:
    """The document's page in `language`, or in the language that it has; `both` adds the other beside it."""
    has = tuple(one for one in (language, other_language(language)) if one in document.texts)
    languages = has if both else has[:1]
    sections = (view_section(document, section, languages) for section in document.sections)
    return DocumentView(document, languages, tuple(section for section in sections if section.versions))


def view_section(document: Document, section: Section, languages: Sequence[Language]) -> SectionView:
    """A section in those of `languages` that it has, else in the one that it has."""
    found = tuple(version for one in languages if (version := version_of(document, section, one)))
    rest = () if found else tuple(version for one in LANGUAGES if (version := version_of(document, section, one)))[:1]
    return SectionView(
        section.id, found or rest, section.as_of, section.page, document.sources_of(section), section.conflicts
    )


def version_of(document: Document, section: Section, language: Language) -> Version | None:
    """A section in one language, or None where it has none."""
    start, end = section.spans.get(language, (0, 0))
    if start == end:
        return None
    return Version(
        language,
        section.headings.get(language) or "",
        blocks(document.texts[language][start:end]),
        document.translation == language,
    )


def blocks(text: str) -> tuple[Block, ...]:
    """A text as paragraphs and lists; every letter of it is kept but list marks and line ends."""
    return tuple(Block(kind, tuple(line.text for line in lines)) for kind, lines in line_blocks(text))


def line_blocks(text: str) -> tuple[tuple[BlockKind, tuple[Line, ...]], ...]:
    """The same with the place of every line in the text."""
    found: list[tuple[BlockKind, tuple[Line, ...]]] = []
    for listed, group in groupby(_lines(text), key=lambda one: one[0]):
        lines = tuple(line for _, line in group)
        if listed:
            found.append(("list", lines))
        else:
            found.extend(("text", (line,)) for line in lines)
    return tuple(found)


def _lines(text: str) -> Iterator[tuple[bool, Line]]:
    """Each line that is not empty, without its list mark, and whether it had one."""
    for found in re.finditer(r"[^\n]*\S[^\n]*", text):
        item = _ITEM.match(found[0])
        skipped = item.end() if item else len(found[0]) - len(found[0].lstrip())
        yield item is not None, Line(found[0][skipped:].rstrip(), found.start() + skipped)


def timeline(document: Document, language: Language) -> tuple[Period, ...]:
    """The timeline document as periods and dated events."""
    periods = []
    for section in view_document(document, language, both=False).sections:
        version = section.versions[0]
        lines = [line for block in version.blocks if block.kind == "list" for line in block.lines]
        introduction = tuple(line for block in version.blocks if block.kind == "text" for line in block.lines)
        periods.append(Period(section.id, version.heading, introduction, tuple(_event(line) for line in lines)))
    return tuple(periods)


def events_by_day(periods: Iterable[Period], days: Iterable[date]) -> tuple[tuple[date, tuple[Event, ...]], ...]:
    """For each day its events, those that take several days first."""
    events = [event for period in periods for event in period.events]
    return tuple(
        (day, tuple(sorted((one for one in events if one.covers(day)), key=lambda one: not one.lasts))) for day in days
    )


def _event(line: str) -> Event:
    head, colon, rest = line, "", ""
    if found := _COLON.search(line):
        head, colon, rest = line[: found.start()], found[0], line[found.end() :]
    dates = [one for one in find_dates(head) if one.weekday is None]
    if not dates:
        return Event("", line, "", "")
    # Of "Septembre à novembre 2024" only the last part has the year.
    years = [one.year for one in dates if one.year]
    isos = [_iso(one.year or (years[-1] if years else None), one.month, one.day) for one in dates]
    end = max(one.end for one in dates)
    qualifier = head[end:].strip(" ,")
    text = f"{qualifier}{colon}{rest}" if qualifier else rest
    # What stands before a date ("Mi-2026") belongs to it.
    return Event(head[:end].strip(), text[:1].upper() + text[1:], min(isos), max(isos))


def _iso(year: int | None, month: int | None, day: int | None) -> str:
    parts = [f"{year:04d}" if year else "", f"{month:02d}" if month else "", f"{day:02d}" if day else ""]
    return "-".join(parts[: parts.index("")] if "" in parts else parts)


def what_became(quote: Quote, catalogue: Catalogue, *, beside: bool = True) -> Now:
    """Compare a quoted passage with today's documents; `beside` asks for its section in the other language as well.

    `unchanged`: the passage stands as it was, if only split otherwise; `context`: the quotation stands, words around it
    changed; `changed`: the section is there, the quotation is not in it; `gone`: the section is not there any more.
    """
    passage = quote.passage
    found = _section(catalogue, passage.section)
    if found is None:
        return Now("gone", None, None)
    document, section = found
    current = version_of(document, section, passage.language)
    if current is None:
        return Now("gone", None, None)
    start, end = section.spans[passage.language]
    text = document.texts[passage.language][start:end]
    state: State = "unchanged" if passage.text in text else "context" if quote.text in text else "changed"
    counterpart = version_of(document, section, other_language(passage.language)) if beside else None
    return Now(state, None if state == "unchanged" else current, counterpart)


def _section(catalogue: Catalogue, key: SectionKey) -> tuple[Document, Section] | None:
    for document in catalogue.documents:
        if document.id == key.document_id:
            return next(((document, one) for one in document.sections if one.id == key.section_id), None)
    return None
