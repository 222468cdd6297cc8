"""One call of a language model within its limits: deadlines, retries, concurrency, length, budget.

The model runs in a thread of its own, since a client that waits for bytes cannot be interrupted; the reader waits only until the
deadline. A thread that is given up ends at the client's own timeout and keeps its slot until then, so that a hanging server is
not sent ever more requests.
"""

from __future__ import annotations

import queue
import random
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from assistant.answering.budget import DailyBudget
from assistant.answering.faults import ModelFault, fault_of
from assistant.answering.models import Message, ModelOptions, TextModel

_CHARS_PER_TOKEN = 4  # an estimate where the server does not count: English and French have three to five
_SLACK = 3  # a model's tokens may be longer than the estimate says


@dataclass(slots=True)
class Account:
    """What all calls for one answer share: when it must be complete, on the monotonic clock, and the tokens spent on it so far."""

    deadline: float
    tokens: int = 0


@dataclass(slots=True)
class _Call:
    """One call on its way: what the reader waits on and the thread works for."""

    messages: Sequence[Message]
    account: Account
    first: float
    nested: bool
    cancelled: threading.Event = field(default_factory=threading.Event)
    pieces: queue.SimpleQueue[str | ModelFault | None] = field(default_factory=queue.SimpleQueue)


class ModelCalls:
    """Calls one model within the limits of `options`."""

    def __init__(self, model: TextModel, options: ModelOptions, budget: DailyBudget) -> None:
        self._model = model
        self._options = options
        self._budget = budget
        self._slots = threading.BoundedSemaphore(options.concurrency)

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    def prepare(self) -> None:
        """Build the client, once; asks nothing of the model.

        Raises:
            ModelFault: if it cannot be built.
        """
        try:
            self._model.prepare()
        except Exception as error:  # noqa: BLE001 - every client has its own errors
            raise fault_of(error) from None

    def open_account(self) -> Account:
        """The account of an answer that begins now."""
        return Account(time.monotonic() + self._options.answer_seconds)

    def stream(
        self, messages: Sequence[Message], account: Account, *, nested: bool = False
    ) -> Generator[str, None, None]:
        """The answer's text as it comes. A `nested` call belongs to one that already holds a slot.

        Raises:
            ModelFault: at the first limit that is met.
        """
        first = min(account.deadline, time.monotonic() + self._options.first_token_seconds)
        if not nested and not self._slots.acquire(timeout=max(0.0, first - time.monotonic())):
            raise ModelFault("busy", f"{self._options.concurrency} answers are being written, the limit")
        call = _Call(messages, account, first, nested)
        threading.Thread(target=self._work, args=(call,), name="summit-llm", daemon=True).start()
        try:
            yield from _until(call.pieces, first, account.deadline)
        finally:
            call.cancelled.set()

    def complete(self, messages: Sequence[Message], account: Account, *, nested: bool = False) -> str:
        """The whole answer as one text."""
        return "".join(self.stream(messages, account, nested=nested)).strip()

    def _work(self, call: _Call) -> None:
        try:
            for text in self._attempts(call):
                call.pieces.put(text)
            call.pieces.put(None)
        except Exception as error:  # noqa: BLE001 - every client has its own errors, and none may be lost in a thread
            call.pieces.put(fault_of(error))
        finally:
            if not call.nested:
                self._slots.release()

    def _attempts(self, call: _Call) -> Iterator[str]:
        """The answer of the first attempt that begins one; only before its first word is a call made again."""
        for attempt in range(self._options.retries + 1):
            begun = False
            try:
                for text in self._attempt(call):
                    begun = True
                    yield text
                return
            except Exception as error:  # noqa: BLE001 - see above
                fault = fault_of(error)
                wait = fault.retry_after if fault.retry_after is not None else self._backoff(attempt)
                hopeless = begun or not fault.is_transient or attempt == self._options.retries
                if hopeless or time.monotonic() + wait >= call.first or call.cancelled.wait(wait):
                    raise fault from None

    def _backoff(self, attempt: int) -> float:
        return self._options.backoff_seconds * float(2**attempt) * random.uniform(0.75, 1.25)

    def _attempt(self, call: _Call) -> Iterator[str]:
        self._budget.reserve()
        written, counted = 0, None
        limit = self._options.max_tokens * _CHARS_PER_TOKEN * _SLACK
        try:
            with closing(self._model.stream(call.messages)) as stream:
                for piece in stream:
                    counted = piece.tokens if piece.tokens is not None else counted
                    written += len(piece.text)
                    if call.cancelled.is_set():
                        return
                    if written > limit:
                        raise ModelFault("endless", f"the model wrote more than {limit} characters")
                    if piece.text:
                        yield piece.text
            if not written:
                raise ModelFault("empty", "the model answered with nothing")
        finally:
            # A server that refused has cost nothing.
            estimate = (sum(len(message.text) for message in call.messages) + written) // _CHARS_PER_TOKEN
            tokens = counted if counted is not None else estimate if written else 0
            call.account.tokens += tokens
            self._budget.spend(tokens)


def _until(pieces: queue.SimpleQueue[str | ModelFault | None], first: float, deadline: float) -> Iterator[str]:
    limit = first
    while True:
        try:
            remaining = limit - time.monotonic()
            if remaining <= 0:
                raise queue.Empty
            piece = pieces.get(timeout=remaining)
        except queue.Empty:
            what = "the model had not begun" if limit == first else "the model had not ended"
            raise ModelFault("late", f"{what} when its time was over") from None
        if piece is None:
            return
        if isinstance(piece, ModelFault):
            raise piece
        limit = deadline
        yield piece
