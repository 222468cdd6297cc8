"""Lines of PDF pages as a reader sees them: no running headers, tables as rows, paragraphs whole, headings apart."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from assistant.reading.pdf_hyphens import join_lines, words_of
from assistant.reading.pdf_lines import Line
from assistant.reading.pdf_paragraphs import Style, paragraphs
from assistant.reading.pdf_tables import Table, with_tables

_EDGE_LINES = 3
_PAGE_NUMBER = re.compile(
    r"(?:page|p\.)?\s{0,9}[-–—]?\s{0,9}(\d{1,4})\s{0,9}[-–—]?(?:\s{0,9}(?:/|of|sur|de|on)\s{0,9}\d{1,4})?",
    re.IGNORECASE,
)
# A footnote's number, glued to its text; its mark in the text was dropped too.
_NOTE_NUMBER = re.compile(r"^\d{1,3}(?=[^\W\d_a-z])")
_OUTER_NUMBERS = re.compile(r"^\d{1,4}\b|\b\d{1,4}$")
_COUNTED_PAGES = 3
# The dots between an entry of a table of contents and its page.
_LEADER = re.compile(r"(?:\. ?){5,}\s*[\divxlc]+$|(?:\. ?){8,}$")
_MAX_HEADING = 200
# Print smaller than this share of the text's size is a note.
_SMALL = 0.92
_LARGE = 1.12

_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a table or a heading, with the page on which it begins."""

    page: int
    text: str
    size: float
    is_heading: bool = False


def layout(pages: list[list[Line]]) -> list[Block]:
    """The blocks of a document in reading order; footnotes after the last paragraph that begins on their page."""
    pages = _without_running_lines(pages)
    lines = [line for page in pages for line in page]
    if not lines:
        return []
    style, words = Style.of(lines), words_of(lines)
    split = [_split_notes(page, style) for page in pages]
    body = list(_blocks((with_tables(text) for text, _ in split), style, words))
    notes = [_without_number(block) for block in _blocks((with_tables(small) for _, small in split), style, words)]
    # Stable: the blocks of a page keep their order, the notes follow.
    return sorted([*body, *notes], key=lambda block: block.page)


def _without_running_lines(pages: list[list[Line]]) -> list[list[Line]]:
    """Drop headers, footers, page numbers and tables of contents: they interrupt the text and say nothing.

    A line runs when it stands at the same place at the edge of at least half of the pages, or when its number counts
    the pages.
    """
    edges = [_edge_lines(page) for page in pages]
    often = max(2, math.ceil(len(pages) / 2))
    running = _frequent((_place(line) for edge in edges for line in edge), often)
    counting = _frequent((key for edge in edges for line in edge for key in _counts(line)), min(often, _COUNTED_PAGES))
    kept = []
    for page, edge in zip(pages, edges, strict=True):
        dropped = {
            id(line) for line in edge if _place(line) in running or counting & _counts(line) or _is_own_number(line)
        }
        kept.append([line for line in page if id(line) not in dropped and not _LEADER.search(line.text)])
    return kept


def _edge_lines(page: list[Line]) -> list[Line]:
    by_height = sorted(page, key=lambda line: -line.baseline)
    return by_height if len(by_height) <= 2 * _EDGE_LINES else by_height[:_EDGE_LINES] + by_height[-_EDGE_LINES:]


def _frequent(keys: Iterable[_Key], often: int) -> frozenset[_Key]:
    return frozenset(key for key, count in Counter(keys).items() if count >= often)


def _place(line: Line) -> tuple[str, int, int]:
    return re.sub(r"\d+", "#", line.text), round(line.baseline / 4), round(line.size)


def _counts(line: Line) -> frozenset[tuple[int, int, int]]:
    """How far the numbers at the line's ends are from the page's, with its place: all alike if they count pages."""
    numbers = _OUTER_NUMBERS.findall(line.text)
    return frozenset((int(number) - line.page, round(line.baseline / 4), round(line.size)) for number in numbers)


def _is_own_number(line: Line) -> bool:
    found = _PAGE_NUMBER.fullmatch(line.text)
    return found is not None and int(found[1]) == line.page


def _split_notes(page: list[Line], style: Style) -> tuple[list[Line], list[Line]]:
    """The page's text, and the small print that it ends with: footnotes must not part a sentence from its end."""
    cut = len(page)
    while cut and page[cut - 1].size < _SMALL * style.size:
        cut -= 1
    return page[:cut], page[cut:]


def _without_number(note: Block) -> Block:
    return replace(note, text=_NOTE_NUMBER.sub("", note.text))


def _blocks(pages: Iterable[Iterable[Line | Table]], style: Style, words: Counter[str]) -> Iterator[Block]:
    for found in paragraphs(pages, style):
        if isinstance(found, Table):
            yield Block(found.page, found.text, style.size)
        else:
            text = join_lines(found, words)
            yield Block(found[0].page, text, found[0].size, _is_heading(found, text, style))


def _is_heading(lines: list[Line], text: str, style: Style) -> bool:
    stands_out = lines[0].size > _LARGE * style.size or (lines[0].bold and not style.bold)
    return (
        stands_out
        and len(lines) <= 3
        and len(text) <= _MAX_HEADING
        and text[-1] not in ".;,"
        and any(map(str.isalpha, text))
    )
