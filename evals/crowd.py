"""Many times the passages: how much slower does an answer become?

A copy of the corpus gets invented documents until it holds so many times the passages. A few of the invented texts are
embedded; the others get vectors near these, for embedding all would take hours and change no time of an answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median

from assistant.records import Turn
from evals.cases import Case
from evals.systems import Answerer


@dataclass(frozen=True, slots=True)
class Times:
    """Medians in milliseconds: one bare embedding, an answer from the corpus, an answer from the crowded one."""

    embedding: float
    alone: float
    crowded: float
    questions: int

    @property
    def ratio(self) -> float:
        """Median time of an answer among distractors / median time without them, asked in turns in one run."""
        return self.crowded / self.alone


def measure_times(cases: Sequence[Case], alone: Answerer, crowded: Answerer, embed: Callable[[str], object]) -> Times:
    """Ask each case of both in turns, after a question to each that nobody times."""
    for answerer in (alone, crowded):
        answerer.ask(cases[0].question)
    rows = [
        (_took(partial(embed, case.question + " ")), *(_took(_asking(one, case)) for one in (alone, crowded)))
        for case in cases
    ]
    embedding, first, second = (median(column) for column in zip(*rows, strict=True))
    return Times(embedding, first, second, len(cases))


def _asking(answerer: Answerer, case: Case) -> Callable[[], object]:
    return partial(answerer.ask, case.question, tuple(Turn(one) for one in case.history), case.page_language)


def _took(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return 1000 * (time.perf_counter() - started)
