"""The programming interface: ask, documents, health, and a description of itself that needs no other host."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from assistant.answering.as_json import SCHEMA, answer_to_json, citation_to_json, sentence_to_json
from assistant.answering.batch import AskRequest
from assistant.records import LANGUAGES, Answer, Document, Language, Sentence
from assistant.web.database import StoreError, UnknownAnswer
from assistant.web.feedback import MAX_TEXT_CHARS, Verdict
from assistant.web.service import Service, TooBusy
from assistant.web.wording import words

# What the interface says of itself; its page says it in French as well.
_WORDING_LANGUAGE: Final[Language] = "en"


class Feedback(BaseModel):
    """What a reader says of one answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    answer_id: str = Field(pattern=r"^[0-9a-f]{20}$")
    verdict: Verdict
    text: str = Field("", max_length=MAX_TEXT_CHARS)


def build_api_router(service: Service) -> APIRouter:
    """The routes below `/api`."""
    router = APIRouter(prefix="/api")

    @router.post("/ask", **_described("ask", 200, 413, 422, 429, 503), tags=["questions"])
    def ask(asked: AskRequest, request: Request) -> Response:
        wait = service.wait(client_of(request))
        if wait is not None:
            return _refused(429, "too many questions from this client", wait)
        try:
            if "text/event-stream" in request.headers.get("accept", ""):
                return _event_stream(service, asked)
            answer = service.ask(asked.question, asked.turns(), asked.language)
        except TooBusy:
            return _refused(503, "too many questions at once", 2)
        return JSONResponse(answer_to_json(answer, asked.id))

    @router.get("/documents", **_described("documents", 200), tags=["documents"])
    def documents() -> dict[str, Any]:
        catalogue = service.parts.catalogue
        hidden = catalogue.embargoed(date.today())
        shown = [_document(one) for one in catalogue.documents if one.id not in hidden]
        return {"schema": SCHEMA, "corpus_version": catalogue.version, "documents": shown}

    @router.get("/health", **_described("health", 200, 503), tags=["operation"])
    @router.get("/health/ready", include_in_schema=False)
    def health() -> JSONResponse:
        catalogue = service.parts.catalogue
        problems = service.health.problems()
        ready = bool(catalogue.passages) and service.health.able()
        content = {
            "live": True,
            "ready": ready,
            "parts": {name: "ill" if problem else "well" for name, problem in problems.items()},
            "ill": [name for name, problem in problems.items() if problem],
            "corpus_version": catalogue.version,
            "documents": len(catalogue.documents),
            "passages": len(catalogue.passages),
        }
        return JSONResponse(content, status_code=200 if ready else 503)

    @router.get("/health/live", include_in_schema=False)
    def live() -> dict[str, bool]:
        return {"live": True}

    if service.store is not None:
        _add_feedback(router, service)
    return router


def _described(name: str, *statuses: int) -> dict[str, Any]:
    """What a route's wording says of it, as FastAPI takes it; `name` is its operation's id as well."""
    wording = words(_WORDING_LANGUAGE)
    responses: dict[int, dict[str, Any]] = {one: {"description": wording[f"api_{name}_{one}"]} for one in statuses}
    if name == "ask":
        responses[200]["content"] = {"text/event-stream": {"schema": {"type": "string"}}}
    return {
        "operation_id": name,
        "summary": wording[f"api_{name}"],
        "description": wording[f"api_{name}_text"],
        "responses": responses,
    }


def client_of(request: Request) -> str:
    """The client's address; the server has put a trusted proxy's word in its place already."""
    return request.client.host if request.client else "unknown"


def _add_feedback(router: APIRouter, service: Service) -> None:
    store = service.store
    assert store is not None

    @router.post("/feedback", **_described("feedback", 204, 404, 422, 429, 503), status_code=204, tags=["questions"])
    def feedback(said: Feedback, request: Request) -> Response:
        wait = service.wait(client_of(request))
        if wait is not None:
            return _refused(429, "too many messages from this client", wait)
        try:
            store.feedback(said.answer_id, said.verdict, said.text)
        except UnknownAnswer as error:
            return JSONResponse({"error": str(error)}, status_code=404)
        except StoreError as error:
            return JSONResponse({"error": str(error)}, status_code=503)
        return Response(status_code=204)


def _refused(status: int, message: str, wait: float) -> JSONResponse:
    seconds = max(1, math.ceil(wait))
    content = {"error": f"{message}; ask again in {seconds} s", "retry_after": seconds}
    return JSONResponse(content, status_code=status, headers={"Retry-After": str(seconds)})


def _event_stream(service: Service, asked: AskRequest) -> Response:
    parts = service.stream(asked.question, asked.turns(), asked.language)
    # The first part is made here, so that a full house still gets its status code.
    first = next(parts)

    def events() -> Iterator[str]:
        sent: tuple[Sentence, ...] = ()
        for answer, complete in _chained(first, parts):
            if sent != answer.sentences[: len(sent)]:
                yield _event("restart", {"index": 0})
                sent = ()
            yield from _sentence_events(answer, len(sent))
            sent = answer.sentences
            if complete:
                yield _event("answer", answer_to_json(answer, asked.id))

    return StreamingResponse(events(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


def _chained(first: tuple[Answer, bool], rest: Iterator[tuple[Answer, bool]]) -> Iterator[tuple[Answer, bool]]:
    yield first
    yield from rest


def _sentence_events(answer: Answer, sent: int) -> Iterator[str]:
    known = {one.number: one for one in answer.citations}
    for index, sentence in enumerate(answer.sentences[sent:], start=sent):
        cited = [citation_to_json(known[number]) for number in sentence.citations]
        yield _event("sentence", {"index": index, **sentence_to_json(sentence), "citations": cited})


def _event(name: str, content: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(content, ensure_ascii=False)}\n\n"


def _document(document: Document) -> dict[str, Any]:
    return {
        "id": document.id,
        "kind": document.kind,
        "title": {language: title for language in LANGUAGES if (title := document.titles.get(language))},
        "publisher": document.publisher,
        "author": document.author,
        "date": document.date,
        "url": document.url,
        "licence": document.licence,
        "languages": sorted(document.texts),
        "translation": document.translation,
        "sections": [
            {
                "id": section.id,
                "heading": {language: text for language in LANGUAGES if (text := section.headings.get(language))},
                "as_of": section.as_of,
            }
            for section in document.sections
        ],
    }
