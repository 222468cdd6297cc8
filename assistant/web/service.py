"""Where every question comes in, from the page and the API alike: limits first, then the assistant, then the store."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from assistant.records import Answer, Language, Turn
from assistant.web.contracts import Limiter, Observer, SiteParts, Store
from assistant.web.health import Health


class TooBusy(Exception):
    """More questions are being answered than the server takes at once."""


@dataclass(frozen=True)
class Gate:
    """Lets `places` callers in at once and turns the others away at the door."""

    places: int
    observer: Observer | None = None
    _free: threading.BoundedSemaphore = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_free", threading.BoundedSemaphore(self.places))

    @contextmanager
    def entered(self) -> Iterator[None]:
        """One place, held while the block runs.

        Raises:
            TooBusy: if none is free.
        """
        if not self._free.acquire(blocking=False):
            if self.observer:
                self.observer.turned_away("busy")
            raise TooBusy
        try:
            yield
        finally:
            self._free.release()


@dataclass(frozen=True)
class Service:
    """The assistant as the web floor uses it."""

    parts: SiteParts
    gate: Gate
    store: Store | None = None
    limiter: Limiter | None = None
    health: Health = field(default_factory=Health)
    observer: Observer | None = None

    def wait(self, client: str) -> float | None:
        """Seconds that `client` must wait before the next question, or None."""
        seconds = self.limiter.check(client) if self.limiter else None
        if seconds is not None and self.observer:
            self.observer.turned_away("rate")
        return seconds

    def ask(self, question: str, history: Sequence[Turn] = (), language: Language | None = None) -> Answer:
        """The complete answer.

        Raises:
            TooBusy: if too many questions are being answered.
        """
        with self.gate.entered():
            answer = self.parts.assistant.ask(question, history, language)
        self.remember(answer)
        return answer

    def stream(
        self, question: str, history: Sequence[Turn] = (), language: Language | None = None
    ) -> Iterator[tuple[Answer, bool]]:
        """The answer in parts, each as soon as it is there, and at the end once more, marked as the complete one.

        Raises:
            TooBusy: if too many questions are being answered.
        """
        with self.gate.entered():
            last: Answer | None = None
            # Each part goes out at once; that the last was the last is known only afterwards, so it goes out twice.
            for last in self.parts.assistant.stream(question, history, language):
                yield last, False
        if last is not None:
            self.remember(last)
            yield last, True

    def remember(self, answer: Answer) -> None:
        """Let the store know of a complete answer, so that it can be linked to and judged."""
        if self.observer:
            self.observer.answered(answer)
        if self.store:
            self.store.remember(answer)
