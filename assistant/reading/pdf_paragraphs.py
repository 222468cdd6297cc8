"""Lines put together to paragraphs, across columns and pages where a sentence runs on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from assistant.reading.pdf_lines import Line
from assistant.reading.pdf_tables import Table

_BULLET = re.compile(r"(?:[•▪●◦‣·*]|[-–—](?=\s)|\(?\d{1,3}[.)](?=\s)|\(?[a-z]\)(?=\s))")
_ENDED = re.compile(r"[.!?…:;][\s»”\"’')\]]*$")
# All in ems: a line that is this much farther from the last one than usual, or begins this much farther right.
_EXTRA_PITCH = 1.3
# Code inside a sentence is a little smaller than the rest.
_OTHER_SIZE = 1.12
_SAME_SIZE = 0.6
_INDENT = 0.8
_SAME_COLUMN = 2.5


@dataclass(frozen=True, slots=True)
class Style:
    """What is usual in a document: the size of its text, whether that is bold, and the distance of its lines in ems."""

    size: float
    bold: bool
    pitch: float

    @classmethod
    def of(cls, lines: list[Line]) -> Style:
        """The style in which most of the letters stand."""
        letters: Counter[tuple[float, bool]] = Counter()
        for line in lines:
            letters[round(line.size * 2) / 2, line.bold] += len(line.text)
        (size, bold), _ = letters.most_common(1)[0]
        steps = ((a.baseline - b.baseline) / a.size for a, b in pairwise(lines) if a.size == b.size)
        usual = [step for step in steps if 0.8 < step < 2.5]
        return cls(size, bold, median(usual) if usual else 1.2)


def paragraphs(pages: Iterable[Iterable[Line | Table]], style: Style) -> Iterator[list[Line] | Table]:
    """The lines of each paragraph, and the tables between them, in reading order."""
    paragraph: list[Line] = []
    for page in pages:
        items = list(page)
        reaches = _reaches([item for item in items if isinstance(item, Line)])
        for item in items:
            if isinstance(item, Line) and paragraph and not _begins(paragraph, item, style, reaches):
                paragraph.append(item)
                continue
            if paragraph:
                yield paragraph
            paragraph = [item] if isinstance(item, Line) else []
            if isinstance(item, Table):
                yield item
    if paragraph:
        yield paragraph


def _reaches(lines: list[Line]) -> list[tuple[float, float]]:
    """How far right the lines go that begin at about the same place: (left, right) of each column."""
    columns: list[tuple[float, float]] = []
    for line in sorted(lines, key=lambda one: one.left):
        if columns and line.left - columns[-1][0] <= _SAME_COLUMN * line.size:
            columns[-1] = (columns[-1][0], max(columns[-1][1], line.right))
        else:
            columns.append((line.left, line.right))
    return columns


def _begins(paragraph: list[Line], line: Line, style: Style, reaches: list[tuple[float, float]]) -> bool:
    last = paragraph[-1]
    if not 1 / _OTHER_SIZE < last.size / line.size < _OTHER_SIZE or last.bold != line.bold or _BULLET.match(line.text):
        return True
    if last.size > _OTHER_SIZE * style.size and (last.page != line.page or abs(last.size - line.size) > _SAME_SIZE):
        return True  # two headings that follow each other
    if (
        last.page != line.page
        or line.baseline > last.baseline
        or abs(last.left - line.left) > 2 * _SAME_COLUMN * line.size
    ):
        # Another page or column: only a sentence that is not at its end runs on.
        at_end = _ENDED.search(last.text) is not None or (line.text[0].isupper() and _ends_early(last, line, reaches))
        return at_end and not last.hyphen
    if (last.baseline - line.baseline) / line.size > _EXTRA_PITCH * style.pitch:
        return True
    hangs = _BULLET.match(paragraph[0].text) is not None
    is_centred = abs((line.left + line.right) - (last.left + last.right)) < line.size / 2
    if not hangs and not is_centred and line.left - last.left > _INDENT * line.size:
        return True
    return _ends_early(last, line, reaches) and (_ENDED.search(last.text) is not None or line.text[0].isupper())


def _ends_early(last: Line, line: Line, reaches: list[tuple[float, float]]) -> bool:
    """Whether the next line's first word would have had room: then the writer, not the margin, ended the line."""
    if last.hyphen:
        return False
    right = next((reach for left, reach in reversed(reaches) if left <= last.left + 0.1), last.right)
    letter = (line.right - line.left) / max(1, len(line.text))
    needed = letter * (len(line.text.partition(" ")[0]) + 1)
    return last.right + needed < right - letter
