"""Simple tables of a PDF page, recognised by where their cells stand.

Word processors and browsers draw a table cell by cell, row by row. So cells are gathered in that order: lines below one
another make a cell, cells beside one another a row, and two rows or more with the same columns a table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assistant.reading.pdf_lines import Line, Segment

_MAX_CELL_LINES = 8
_ALIGNED = 4.0
# Rows farther apart than this, in ems, belong to different tables.
_ROW_GAP = 5.0


@dataclass(frozen=True, slots=True)
class Table:
    """The text of a table: a line a row, the cells separated by ` | `."""

    page: int
    text: str


@dataclass(slots=True)
class _Cell:
    pieces: list[Segment]
    lines: list[int]
    top: float
    bottom: float
    size: float

    @property
    def left(self) -> float:
        return min(piece.left for piece in self.pieces)

    @property
    def right(self) -> float:
        return max(piece.right for piece in self.pieces)

    @property
    def text(self) -> str:
        return " ".join(piece.text for piece in self.pieces)


_Row = list[_Cell]


def with_tables(lines: list[Line]) -> Iterator[Line | Table]:
    """The lines of a page in their order, those that make up a table replaced by it."""
    in_table: dict[int, Table | None] = {}
    for rows in _tables(_rows(_cells(lines))):
        indices = sorted({index for row in rows for cell in row for index in cell.lines})
        in_table.update(dict.fromkeys(indices))
        in_table[indices[0]] = Table(lines[indices[0]].page, "\n".join(_row_text(row, rows) for row in rows))
    for index, line in enumerate(lines):
        found = in_table.get(index, line)
        if found is not None:
            yield found


def _cells(lines: list[Line]) -> list[_Cell]:
    cells: list[_Cell] = []
    for index, line in enumerate(lines):
        for number, piece in enumerate(line.segments):
            last = cells[-1] if cells else None
            if number == 0 and last is not None and _continues(last, piece, line):
                last.pieces.append(piece)
                last.lines.append(index)
                last.bottom = line.baseline
            else:
                cells.append(_Cell([piece], [index], line.baseline, line.baseline, line.size))
    return cells


def _continues(cell: _Cell, piece: Segment, line: Line) -> bool:
    step = (cell.bottom - line.baseline) / line.size
    return (
        0.5 < step < 1.7
        and abs(cell.size - line.size) < 0.6
        and _aligned(cell.left, cell.right, piece.left, piece.right)
    )


def _aligned(left: float, right: float, other_left: float, other_right: float) -> bool:
    """Whether two stretches begin, end or are centred at the same place."""
    places = ((left, other_left), (right, other_right), ((left + right) / 2, (other_left + other_right) / 2))
    return any(abs(one - other) <= _ALIGNED for one, other in places)


def _rows(cells: list[_Cell]) -> list[_Row]:
    rows: list[_Row] = []
    for cell in cells:
        if rows and _beside(rows[-1][-1], cell):
            rows[-1].append(cell)
        else:
            rows.append([cell])
    return rows


def _beside(cell: _Cell, other: _Cell) -> bool:
    slack = 0.6 * cell.size
    return other.left > cell.right and other.bottom <= cell.top + slack and cell.bottom <= other.top + slack


def _tables(rows: list[_Row]) -> list[list[_Row]]:
    tables: list[list[_Row]] = []
    current: list[_Row] = []
    for row in [*rows, []]:
        if current and row and _same_table(current, row):
            current.append(row)
            continue
        if len(current) > 1:
            tables.append(current)
        current = [row] if _may_be_row(row) else []
    return tables


def _may_be_row(row: _Row) -> bool:
    return len(row) > 1 and all(len(cell.lines) <= _MAX_CELL_LINES for cell in row)


def _same_table(rows: list[_Row], row: _Row) -> bool:
    gap = min(cell.bottom for cell in rows[-1]) - max(cell.top for cell in row)
    known = [cell for other in rows for cell in other]
    return (
        _may_be_row(row)
        and -row[0].size < gap < _ROW_GAP * row[0].size
        and all(any(_aligned(cell.left, cell.right, other.left, other.right) for other in known) for cell in row)
    )


def _row_text(row: _Row, rows: list[_Row]) -> str:
    """The row's cells in the columns of the widest row, so that an empty cell stays a cell."""
    widest = max(rows, key=len)
    if len(row) == len(widest):
        return " | ".join(cell.text for cell in row)
    texts = [""] * len(widest)
    for cell in row:
        nearest = min(range(len(widest)), key=lambda column: abs(widest[column].left - cell.left))
        texts[nearest] = f"{texts[nearest]} {cell.text}".strip()
    return " | ".join(texts)
