"""`/api/docs`: the interface's description as a plain page, made from the OpenAPI document; no script, no other host."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import HTMLResponse

from assistant.answering.wording import EXAMPLES
from assistant.web.site import choose_language, known
from assistant.web.templates import Frame, Templates

_EXAMPLE = """curl -s {origin}/api/ask \\
  -H 'Content-Type: application/json' \\
  -d '{{"question": "{question}"}}'"""


@dataclass(frozen=True, slots=True)
class Operation:
    """One route with its method; `name` finds its wording, `takes` holds pairs of media type and schema."""

    name: str
    method: str
    path: str
    takes: tuple[tuple[str, str], ...]
    statuses: tuple[str, ...]


def build_api_page_router(app: FastAPI, *, around: bool, public_url: str = "") -> APIRouter:
    """The route `/api/docs`; `around` says whether the pages that it could link to are served.

    Its example asks at `public_url`, or where that is empty at the address that the reader came by.
    """
    router = APIRouter()
    templates = Templates()

    @router.get("/api/docs", include_in_schema=False)
    def documentation(request: Request, lang: str = "") -> Response:
        if (language := known(lang)) is None:
            return choose_language(request)
        frame = Frame(language, "/api/docs", around=around)
        return HTMLResponse(
            api_page(app.openapi(), templates, frame, (public_url or str(request.base_url)).rstrip("/"))
        )

    return router


def api_page(description: dict[str, Any], templates: Templates, frame: Frame, origin: str) -> str:
    """The page for an OpenAPI document, served at `origin`."""
    schemas = description.get("components", {}).get("schemas", {})
    operations = [
        _operation(path, method, operation)
        for path, methods in sorted(description["paths"].items())
        for method, operation in methods.items()
    ]
    taken = {schema for one in operations for _, schema in one.takes}
    return templates.render(
        "api.html",
        frame,
        example=_EXAMPLE.format(origin=origin, question=EXAMPLES[frame.language][0]),
        operations=operations,
        schemas=[(name, json.dumps(schemas[name], indent=2)) for name in sorted(schemas) if name in taken],
    )


def _operation(path: str, method: str, operation: dict[str, Any]) -> Operation:
    body = operation.get("requestBody", {}).get("content", {})
    return Operation(
        operation["operationId"],
        method.upper(),
        path,
        tuple((kind, _schema(content)) for kind, content in body.items()),
        tuple(operation.get("responses", {})),
    )


def _schema(content: dict[str, Any]) -> str:
    name: str = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    return name
