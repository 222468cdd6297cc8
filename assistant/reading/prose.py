"""The prose of a corpus document: Markdown whose sections carry explicit ids, or plain paragraphs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import UnreadableFile

_HEADING = re.compile(r"^## +(?P<heading>.+?) +\{#(?P<id>[A-Za-z0-9][A-Za-z0-9_-]*)\}[ \t]*$", re.MULTILINE)
_SENTENCE_END = re.compile(r"[.!?…][»”\"\u2019\u202f)\s]*$")
_TITLE = re.compile(r"\A\s*# +(?P<title>.+?)[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ProseSection:
    """A section's id and heading, and where its body stands: `text[start:end]`, white space at both ends left out."""

    id: str
    heading: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Prose:
    """A text with its title and sections, in reading order."""

    text: str
    title: str | None
    sections: tuple[ProseSection, ...]


def read_text(path: Path) -> str:
    """The text of a UTF-8 file with line ends as `\\n`.

    Raises:
        UnreadableFile: for bytes that are not UTF-8, with their place.
    """
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        message = f"byte 0x{raw[error.start]:02x} at offset {error.start} is not UTF-8; save the file as UTF-8"
        raise UnreadableFile(message, path, line) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def parse_prose(text: str) -> Prose:
    """Split a text into its sections: by headings with ids where it has them, else by paragraphs named p1, p2, ...

    Without headings the line breaks of the article's kind (one paragraph a line) count as paragraph ends.
    """
    found = _TITLE.search(text)
    title = found["title"] if found else None
    headings = list(_HEADING.finditer(text))
    if not headings:
        return Prose(text, title, _paragraphs(text))
    ends = [match.start() for match in headings[1:]] + [len(text)]
    sections = tuple(
        ProseSection(match["id"], match["heading"], *_trim(text, match.end(), end))
        for match, end in zip(headings, ends, strict=True)
    )
    return Prose(text, title, sections)


def _paragraphs(text: str) -> tuple[ProseSection, ...]:
    """Every line that ends as a sentence does; a title or a signature counts as a line but says nothing to be quoted."""
    lines = [match for match in re.finditer(r"[^\n]+", text) if match.group().strip()]
    return tuple(
        ProseSection(f"p{number}", "", *_trim(text, match.start(), match.end()))
        for number, match in enumerate(lines, start=1)
        if _SENTENCE_END.search(match.group())
    )


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    body = text[start:end]
    if not body.strip():
        return (start, start)
    return (start + len(body) - len(body.lstrip()), start + len(body.rstrip()))


def line_of(text: str, offset: int) -> int:
    """The line number, from 1, of a character offset."""
    return text.count("\n", 0, offset) + 1
