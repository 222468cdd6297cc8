"""Questions as JSON, one object a line; one bad line never stops the others."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.answering.as_json import answer_to_json
from assistant.answering.chat import Assistant
from assistant.errors import InvalidRequest
from assistant.records import Language, Turn

MAX_HISTORY = 20


class _HistoryEntry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    question: str


class AskRequest(BaseModel):
    """A question with what may come with it; unknown keys are an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    question: str
    id: str | None = None
    history: list[_HistoryEntry] = []
    language: Language | None = None

    def turns(self) -> tuple[Turn, ...]:
        """The last earlier questions; older ones say nothing about this one."""
        return tuple(Turn(entry.question) for entry in self.history[-MAX_HISTORY:])


def parse_request(line: str) -> AskRequest:
    """One JSON line as a request.

    Raises:
        InvalidRequest: with the key and what is wrong with it.
    """
    try:
        return AskRequest.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "line"
        known = ", ".join(AskRequest.model_fields)
        raise InvalidRequest(f"{where}: {first['msg']}; keys are {known}") from None


def answer_lines(assistant: Assistant, lines: Iterable[str]) -> Iterator[tuple[dict[str, Any], bool]]:
    """For each line that is not empty: its answer's JSON and False, or an error object with the line number and True."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            request = parse_request(line)
        except InvalidRequest as error:
            yield {"schema": 1, "line": number, "error": str(error), "id": _id_of(line)}, True
            continue
        answer = assistant.ask(request.question, request.turns(), request.language)
        yield answer_to_json(answer, request.id), False


def _id_of(line: str) -> str | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):  # no JSON, or nested without end
        return None
    identifier = found.get("id") if isinstance(found, dict) else None
    return identifier if isinstance(identifier, str) else None
