"""The lines of a PDF page as pdfium finds them, with their place, size and weight.

Letters are asked for one by one: only so do letters and places agree (pdfium's bulk text leaves some out).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pypdfium2

from assistant.reading.extracted import one_line, raised_digits
from assistant.reading.pdf_letters import baseline_of, is_bold, left_and_right, letter_at, size_of

# How pdfium marks the hyphen of a word that goes on in the next line; it then leaves the line end out.
_JOINING_HYPHENS = ("\x02", "\ufffe")
_SOFT_HYPHENS = ("\u00ad", "\u2010")
# A gap this wide, in ems, parts the cells of a table; spaces of justified text are narrower.
_CELL_GAP = 0.8
_WORD_GAP = 0.15
_SLACK = 0.3
_RAISED_SIZE, _RAISED_BY = 0.8, 0.15
# A letter that takes a place and shows nothing: letters and places must stay in step.
_NOTHING = "\u200b"
_BULLETS = frozenset("•▪●◦‣·-–—*")


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a line without a wide gap."""

    text: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page.

    `hyphen` says whether its last word goes on in the next line: "" for no, "soft" for a hyphen that only shows the
    cut, "-" for one that may belong to the word. The text is without it.
    """

    page: int
    text: str
    left: float
    right: float
    baseline: float
    size: float
    bold: bool
    hyphen: str
    segments: tuple[Segment, ...]


def read_lines(page: pypdfium2.PdfPage, number: int) -> list[Line]:
    """The lines of a page in the order in which the file draws them, which is reading order in what programs write."""
    text_page = page.get_textpage()
    try:
        letters = [letter_at(text_page, index) for index in range(text_page.count_chars())]
        lines: list[Line] = []
        for indices in _runs(letters):
            line = _line(text_page, letters, indices, number)
            if line is not None and lines and _goes_on(lines[-1], line):
                lines[-1] = _joined(lines[-1], line)
            elif line is not None:
                lines.append(line)
        return lines
    finally:
        text_page.close()


def _goes_on(last: Line, line: Line) -> bool:
    """Whether pdfium broke a line in two, as it does after a footnote's mark."""
    gap = line.left - last.right
    on_the_same = abs(line.baseline - last.baseline) < _SLACK * line.size and abs(line.size - last.size) < 1
    return on_the_same and not last.hyphen and -_SLACK * line.size < gap < _CELL_GAP * line.size


def _joined(last: Line, line: Line) -> Line:
    between = " " if line.left - last.right > _WORD_GAP * line.size else ""
    *before, one = last.segments
    other, *after = line.segments
    joint = Segment(one.text + between + other.text, one.left, other.right)
    text = last.text + between + line.text
    segments = (*before, joint, *after)
    return replace(last, text=text, right=line.right, hyphen=line.hyphen, segments=segments)


def _runs(letters: list[str]) -> Iterator[range]:
    """The stretches between line ends. A joining hyphen ends its line and belongs to it."""
    start = 0
    for index, letter in enumerate(letters):
        if letter in "\r\n" or letter in _JOINING_HYPHENS:
            yield range(start, index + (letter not in "\r\n"))
            start = index + 1
    yield range(start, len(letters))


def _line(text_page: Any, letters: list[str], indices: range, number: int) -> Line | None:
    words = list(_words(letters, indices))
    if not words:
        return None
    samples = {words[0].start, words[len(words) // 2].start, words[-1].stop - 1}
    size, typical = sorted((size_of(text_page, index), index) for index in samples)[len(samples) // 2]
    baseline = baseline_of(text_page, typical)
    _lower_raised_digits(text_page, letters, indices, size, baseline)
    segments = _without_lone_bullet(_segments(text_page, letters, words, size))
    text = one_line(" ".join(segment.text for segment in segments))
    if not text:
        return None
    hyphen = _hyphen("".join(letters[index] for index in indices))
    text = text.rstrip("-\u2010 ") if hyphen else text
    bold = all(is_bold(text_page, index) for index in samples)
    return Line(number, text, segments[0].left, segments[-1].right, baseline, size, bold, hyphen, segments)


def _lower_raised_digits(text_page: Any, letters: list[str], indices: range, size: float, baseline: float) -> None:
    """Write the powers among the letters as such, and the marks of footnotes as nothing: as digits they lie."""
    for index in indices:
        is_small = letters[index].isdigit() and size_of(text_page, index) < _RAISED_SIZE * size
        if is_small and baseline_of(text_page, index) > baseline + _RAISED_BY * size:
            before = "".join(letters[max(indices.start, index - 5) : index])
            letters[index] = raised_digits(letters[index], before) or _NOTHING


def _words(letters: list[str], indices: range) -> Iterator[range]:
    start = None
    for index in indices:
        if letters[index].isspace():
            if start is not None:
                yield range(start, index)
            start = None
        elif start is None:
            start = index
    if start is not None:
        yield range(start, indices.stop)


def _segments(text_page: Any, letters: list[str], words: list[range], size: float) -> tuple[Segment, ...]:
    segments: list[Segment] = []
    for word in words:
        text = "".join(letters[index] for index in word).replace("\x02", "-").replace("\ufffe", "-")
        left, right = left_and_right(text_page, word.start)[0], left_and_right(text_page, word.stop - 1)[1]
        if segments and left - segments[-1].right <= _CELL_GAP * size:
            last = segments[-1]
            segments[-1] = Segment(f"{last.text} {text}", last.left, right)
        else:
            segments.append(Segment(text, left, right))
    return tuple(segments)


def _without_lone_bullet(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """A bullet stands far from its text, but is no cell of a table."""
    if len(segments) > 1 and segments[0].text in _BULLETS:
        first, second, *rest = segments
        return (Segment(f"{first.text} {second.text}", first.left, second.right), *rest)
    return segments


def _hyphen(raw: str) -> str:
    raw = raw.rstrip()
    if len(raw) < 2 or not raw[-2].isalpha():
        return ""
    if raw[-1] in _SOFT_HYPHENS:
        return "soft"
    return "-" if raw[-1] in _JOINING_HYPHENS or raw[-1] == "-" else ""
