"""Progress on standard error: a bar in a terminal, a line a step elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from assistant.search.indexing import Report


@contextmanager
def progress_report() -> Iterator[Report]:
    """A reporter to hand to indexing; silent until something is reported."""
    if not sys.stderr.isatty():
        yield _line_report()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        tasks: dict[str, TaskID] = {}

        def report(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = progress.add_task(step, total=total)
            progress.update(tasks[step], completed=done, total=total)

        yield report


def _line_report() -> Report:
    shown: dict[str, int] = {}

    def report(step: str, done: int, total: int) -> None:
        tenth = 10 * done // max(total, 1)
        if total and shown.get(step) != tenth:
            shown[step] = tenth
            print(f"{step}: {done} of {total}", file=sys.stderr, flush=True)

    return report
