"""`/api/docs`: the interface's description as a plain page, made from the OpenAPI document; no script, no other host."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse

from assistant.web.templates import Frame, Templates

_EXAMPLE = """curl -s http://127.0.0.1:7860/api/ask \\
  -H 'Content-Type: application/json' \\
  -d '{"question": "Who co-chaired the summit?"}'"""


@dataclass(frozen=True, slots=True)
class Operation:
    """One route with its method; `takes` and `answers` are pairs of media type and schema, of status and description."""

    method: str
    path: str
    summary: str
    text: str
    takes: tuple[tuple[str, str], ...]
    answers: tuple[tuple[str, str], ...]


def build_api_page_router(app: FastAPI, *, around: bool) -> APIRouter:
    """The route `/api/docs`; `around` says whether the pages that it could link to are served."""
    router = APIRouter()
    templates = Templates()

    @router.get("/api/docs", include_in_schema=False)
    def documentation() -> HTMLResponse:
        return HTMLResponse(api_page(app.openapi(), templates, around=around))

    return router


def api_page(description: dict[str, Any], templates: Templates, *, around: bool) -> str:
    """The page for an OpenAPI document."""
    schemas = description.get("components", {}).get("schemas", {})
    return templates.render(
        "api.html",
        Frame("en", "/api/docs", around=around, translated=False),
        title=f"{description['info']['title']}: API",
        example=_EXAMPLE,
        operations=[
            _operation(path, method, operation)
            for path, operations in sorted(description["paths"].items())
            for method, operation in operations.items()
        ],
        schemas=[(name, json.dumps(schema, indent=2)) for name, schema in sorted(schemas.items())],
    )


def _operation(path: str, method: str, operation: dict[str, Any]) -> Operation:
    body = operation.get("requestBody", {}).get("content", {})
    return Operation(
        method.upper(),
        path,
        operation.get("summary", ""),
        operation.get("description", ""),
        tuple((kind, _schema(content)) for kind, content in body.items()),
        tuple((status, one.get("description", "")) for status, one in operation.get("responses", {}).items()),
    )


def _schema(content: dict[str, Any]) -> str:
    name: str = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    return name
