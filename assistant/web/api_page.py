"""`/api/docs`: the interface's description as a plain page, made from the OpenAPI document; no script, no other host."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse

from assistant.web.escaping import element, escaped, link

_EXAMPLE = """curl -s http://127.0.0.1:7860/api/ask \\
  -H 'Content-Type: application/json' \\
  -d '{"question": "Who co-chaired the summit?"}'"""


def build_api_page_router(app: FastAPI) -> APIRouter:
    """The route `/api/docs`."""
    router = APIRouter()

    @router.get("/api/docs", include_in_schema=False)
    def documentation() -> HTMLResponse:
        return HTMLResponse(api_page(app.openapi()))

    return router


def api_page(description: dict[str, Any]) -> str:
    """The page for an OpenAPI document."""
    routes = "".join(
        _operation(path, method, operation)
        for path, operations in sorted(description["paths"].items())
        for method, operation in operations.items()
    )
    schemas = "".join(
        element("section", element("h3", escaped(name)) + _code(json.dumps(schema, indent=2)), id=f"schema-{name}")
        for name, schema in sorted(description.get("components", {}).get("schemas", {}).items())
    )
    body = (
        element("p", link("/", "Home"), class_="kicker")
        + element("h1", escaped(f"{description['info']['title']}: API"))
        + element("p", f"{link('/api/openapi.json', 'OpenAPI document')} for programs that read it.")
        + element("h2", "Example")
        + _code(_EXAMPLE)
        + element("h2", "Routes")
        + routes
        + element("h2", "Schemas")
        + schemas
    )
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">'
        + element("title", escaped(f"{description['info']['title']}: API"))
        + '<link rel="stylesheet" href="/static/tokens.css"><link rel="stylesheet" href="/static/site.css"><link rel="stylesheet" href="/static/api.css">'
    )
    return (
        f'<!doctype html><html lang="en"><head>{head}</head><body>{element("main", body, class_="page")}</body></html>'
    )


def _operation(path: str, method: str, operation: dict[str, Any]) -> str:
    title = element(
        "h3", element("code", escaped(f"{method.upper()} {path}")) + " " + escaped(operation.get("summary", ""))
    )
    text = element("p", escaped(operation.get("description", "").replace("\n", " ")))
    body = operation.get("requestBody", {}).get("content", {})
    takes = "".join(
        element("p", f"Takes {element('code', escaped(kind))}: {_schema_link(one)}") for kind, one in body.items()
    )
    answers = "".join(
        element("li", f"{element('code', escaped(status))} {escaped(one.get('description', ''))}")
        for status, one in operation.get("responses", {}).items()
    )
    return element("section", title + text + takes + element("ul", answers))


def _schema_link(content: dict[str, Any]) -> str:
    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    return link(f"#schema-{name}", escaped(name)) if name else "any"


def _code(text: str) -> str:
    return element("pre", element("code", escaped(text)), tabindex="0")
