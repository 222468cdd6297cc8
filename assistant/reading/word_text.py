"""The text of a Word document's paragraphs and tables, tracked changes as accepted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from docx.oxml.ns import qn

from assistant.reading.extracted import one_line, raised_digits

PARAGRAPH, TABLE = qn("w:p"), qn("w:tbl")
# Not what the reader sees: deleted text, a text box's second copy, field codes, properties.
UNSEEN = {qn(name) for name in ("w:del", "w:moveFrom", "w:pPr", "w:rPr", "w:instrText")} | {
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
}
_TEXT, _TAB, _HYPHEN = qn("w:t"), qn("w:tab"), qn("w:noBreakHyphen")
_BREAKS = {qn("w:br"), qn("w:cr")}


def visible_text(element: Any) -> str:
    """The text of a paragraph as the reader of the finished document sees it."""
    pieces: list[str] = []
    for node in _visible(element):
        if node.tag == _TEXT:
            text = node.text or ""
            is_raised = text.strip().isdecimal() and _is_raised(node.getparent())
            pieces.append(raised_digits(text.strip(), "".join(pieces[-2:])) if is_raised else text)
        elif node.tag == PARAGRAPH and node is not element:
            pieces.append("\n")  # the paragraphs of a text box
        elif node.tag == _TAB:
            pieces.append(" ")
        elif node.tag == _HYPHEN:
            pieces.append("-")
        elif node.tag in _BREAKS:
            pieces.append("\n")
    return "".join(pieces)


def _is_raised(run: Any) -> bool:
    place = run.find(f"{qn('w:rPr')}/{qn('w:vertAlign')}")
    return place is not None and place.get(qn("w:val")) == "superscript"


def _visible(element: Any) -> Iterator[Any]:
    """The element and what is inside it, in order, as far as the reader sees it; no recursion: files can be deep."""
    stack = [element]
    while stack:
        node = stack.pop()
        if node.tag not in UNSEEN:
            yield node
            stack.extend(reversed(node))


def table_text(table: Any) -> str:
    """A line a row, the cells separated by ` | `; a merged cell stands once."""
    rows = []
    for row in table.iter(qn("w:tr")):
        if next(row.iterancestors(TABLE)) is not table:
            continue  # a table inside a cell: its text stands in that cell
        cells = [
            " ".join(one_line(visible_text(p)) for p in cell.iter(PARAGRAPH)).strip()
            for cell in row.iterchildren(qn("w:tc"))
        ]
        if any(cells):
            rows.append(" | ".join(cells))
    return "\n".join(rows)
