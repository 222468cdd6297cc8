"""What the web floor asks of the parts beneath it: the assistant, the documents, and a place to keep answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from assistant.answering.explanation import Explanation
from assistant.records import Answer, Language, Turn
from assistant.search.catalogue import Catalogue


class Answerer(Protocol):
    """Answers a question, at once or in parts."""

    def ask(self, question: str, history: Sequence[Turn] = (), language: Language | None = None) -> Answer:
        """The complete answer."""
        ...

    def stream(self, question: str, history: Sequence[Turn] = (), language: Language | None = None) -> Iterator[Answer]:
        """The same answer in parts, the complete one last."""
        ...


class Explain(Protocol):
    """Says how the answer to a question comes about."""

    def __call__(self, question: str, language: Language) -> Explanation:
        """The stages of the answer; `language` is the page's."""
        ...


class SiteParts(Protocol):
    """The assistant with the documents that it answers from."""

    @property
    def assistant(self) -> Answerer:
        """Answers questions."""
        ...

    @property
    def catalogue(self) -> Catalogue:
        """The documents."""
        ...


class Store(Protocol):
    """Keeps answers for permalinks, and what readers say of them."""

    def remember(self, answer: Answer) -> None:
        """Take note of an answer that was given; it never fails."""
        ...

    def feedback(self, answer_id: str, verdict: str, text: str) -> None:
        """Keep what a reader says of an answer."""
        ...


class Limiter(Protocol):
    """Says how long a client must wait."""

    def check(self, client_key: str) -> float | None:
        """Seconds to wait before the next question, or None."""
        ...


class Observer(Protocol):
    """Counts what happens, without a word of what was said."""

    def answered(self, answer: Answer) -> None:
        """An answer was given."""
        ...

    def turned_away(self, reason: str) -> None:
        """A question was not taken: `rate` or `busy`."""
        ...
