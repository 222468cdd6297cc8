"""A plain double of a language model: it writes what its script says, and raises when the script has ended."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from assistant.answering.models import Message, ModelOptions, Piece

OPTIONS = ModelOptions("openai:scripted", first_token_seconds=2, answer_seconds=5, backoff_seconds=0.01)


class ScriptedModel:
    """Answers the n-th call with the n-th text, in pieces of seven letters; an exception in its place is raised."""

    name = "openai:scripted"

    def __init__(self, *texts: str | Exception) -> None:
        self._texts = list(texts)
        self.asked: list[Sequence[Message]] = []

    def prepare(self) -> None:
        """There is nothing to build."""

    def stream(self, messages: Sequence[Message]) -> Generator[Piece, None, None]:
        """The next text of the script."""
        self.asked.append(messages)
        if not self._texts:
            raise AssertionError("the script has ended, but the model was called again")
        text = self._texts.pop(0)
        if isinstance(text, Exception):
            raise text
        yield from (Piece(text[start : start + 7]) for start in range(0, len(text), 7))
        yield Piece("", tokens=len(text))
