"""Whose figure is it? In `Brookfield (20 billion), Amazon (6 billion)` each sum belongs to the name before it.

A sentence is refused where it gives a name of its source another figure than the source gives it, and the source gives that
figure to a name that the sentence does not mention.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.answering.names import kind_of
from assistant.answering.statements import Source, Statement

# A value: what kind of figure it is, and its possible readings or its date.
Value = tuple[str, frozenset[float] | tuple[int | None, int | None, int | None]]
_HOST = "france"


def misattributed(statement: Statement, sources: Sequence[Source]) -> Iterator[str]:
    """The figures of `statement` that belong to others, as `figure belongs to name`."""
    owners: dict[Value, set[str]] = {}
    owned: dict[str, set[Value]] = {}
    for source in sources:
        for value, name in _ownership(source.statement):
            owners.setdefault(value, set()).add(name)
            owned.setdefault(name, set()).add(value)
    mentioned = {name.key for name in statement.names}
    for value, name in _ownership(statement):
        kinds = {kind for kind, _ in owned.get(name, ())}
        if value[0] in kinds and value not in owned[name] and owners.get(value) and not owners[value] & mentioned:
            yield f"{_show(value)} belongs to {', '.join(sorted(owners[value]))}"


def _ownership(statement: Statement) -> Iterator[tuple[Value, str]]:
    """Each sum, count and full date with the last name before it in the sentence."""
    names = [
        name
        for name in statement.names
        if kind_of(name) and name.key != _HOST and statement.polarity_at(name.start) >= 0
    ]
    for start, value in _values(statement):
        before = [name for name in names if name.end <= start]
        if before:
            yield value, before[-1].key


def _values(statement: Statement) -> Iterator[tuple[int, Value]]:
    for figure in statement.figures.numbers:
        if figure.kind in ("money", "percent") or max(figure.values) >= 1e6:
            yield figure.start, ("amount", figure.values)
    for date in statement.figures.dates:
        if date.day is not None and date.month is not None:
            yield date.start, ("date", (None, date.month, date.day))


def _show(value: Value) -> str:
    return "-".join("?" if isinstance(part, type(None)) else f"{part:g}" for part in value[1])
