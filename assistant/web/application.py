"""The web application: pages, API and static files behind one guard. Building it starts nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from functools import partial

import gradio as gr
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, RedirectResponse
from gradio.route_utils import FnIndexInferError
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from assistant.records import LANGUAGES, Language
from assistant.settings import Settings
from assistant.web.api import build_api_router
from assistant.web.api_page import build_api_page_router
from assistant.web.contracts import Explain, Limiter, SiteParts, Store
from assistant.web.explain_page import build_explain_router
from assistant.web.failures import Failures, say_no_function, say_what_is_invalid
from assistant.web.health import Health
from assistant.web.limits import TrustedProxies, read_networks
from assistant.web.metrics import Metrics, Observed
from assistant.web.options import WebOptions
from assistant.web.page import Page
from assistant.web.pages import build_site_router
from assistant.web.permalinks import AnswerStore
from assistant.web.rendering_sources import View
from assistant.web.security import Guard, Policy, preferred_language
from assistant.web.service import Gate, Service
from assistant.web.shell import STATIC, dress
from assistant.web.wording import words

_PAGES = ("timeline", "documents", "quality", "corrections", "about")


@dataclass(frozen=True)
class Operation:
    """What the operator sees of the running service; `explain` is shown to those who know the staff token."""

    health: Health = field(default_factory=Health)
    metrics: Metrics = field(default_factory=Metrics)
    explain: Explain | None = None


def create_app(
    parts: SiteParts,
    settings: Settings | WebOptions,
    store: Store | None = None,
    limiter: Limiter | None = None,
    operation: Operation | None = None,
) -> FastAPI:
    """Everything that a browser or a program can ask for; without a store, no permalinks and no pages around the page."""
    options, operation = WebOptions.of(settings), operation or Operation()
    metrics = operation.metrics
    gate = Gate(options.max_concurrent + options.max_waiting, metrics)
    service = Service(parts, gate, store, limiter, operation.health, metrics)
    app = FastAPI(title="Summit assistant", version="1", docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    app.include_router(build_api_router(service))
    has_pages = isinstance(store, AnswerStore)
    app.include_router(build_api_page_router(app, around=has_pages, public_url=options.public_url))
    if isinstance(store, AnswerStore):
        app.include_router(build_site_router(parts, options, store, limiter))
    if operation.explain is not None and options.staff_token:
        app.include_router(build_explain_router(operation.explain, options.staff_token, gate))
    app.add_api_route("/static/widget.js", _widget, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=STATIC))
    app.add_api_route("/favicon.ico", _icon, include_in_schema=False)
    app.add_api_route("/", _choose_language, include_in_schema=False)
    failures = Failures(around=has_pages)
    failures.install(app)
    policy = Policy(partial(_dressed, has_pages), failures.missing, options.embedders, options.mcp)
    app.add_middleware(Guard, policy=policy)
    app.add_middleware(Observed, metrics=metrics)
    app.add_middleware(TrustedProxies, networks=read_networks(options.trusted_proxies))
    for language in LANGUAGES:
        app = _mount(
            app, Page(service, language, partial(_view, options, store is not None, has_pages)), language, options
        )
    return app


def _mount(app: FastAPI, page: Page, language: Language, options: WebOptions) -> FastAPI:
    blocks = page.build()
    blocks.queue(default_concurrency_limit=options.max_concurrent, max_size=options.max_waiting, api_open=False)
    # Gradio forgets the oldest conversation first; it has no parameter for this where a page is mounted.
    blocks.state_session_capacity = options.max_sessions
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        blocks,
        path=f"/{language}",
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size="1kb",
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=options.mcp,
        theme=gr.themes.Base(font=["Source Sans 3", "sans-serif"], font_mono=["monospace"]),
    )
    for route in mounted.routes:
        # Gradio's own handler repeats what was sent, and fails where that is no text; a name of no function it does not handle at all.
        if isinstance(route, Mount) and isinstance(route.app, FastAPI):
            route.app.add_exception_handler(RequestValidationError, say_what_is_invalid)
            route.app.add_exception_handler(FnIndexInferError, say_no_function)
    return mounted


def _view(options: WebOptions, feedback: bool, pages: bool, language: Language, origin: str) -> View:
    return View(language, date.today(), options.public_url.rstrip("/") or origin, pages, pages, feedback)


def _dressed(has_pages: bool, page: str, language: Language, nonce: str) -> str:
    wording = words(language)
    pages = [(f"/{name}?lang={language}", wording[f"nav_{name}"]) for name in _PAGES if has_pages]
    return dress(page, language, nonce, [*pages, (f"/api/docs?lang={language}", wording["nav_api"])])


def _widget() -> Response:
    """The script that puts the page into another site's page, with the frame's title in each language."""
    titles = json.dumps({language: words(language)["widget_title"] for language in LANGUAGES}, ensure_ascii=False)
    script = (STATIC / "widget.js").read_text("utf-8").replace("__TITLES__", titles)
    return Response(script, media_type="text/javascript", headers={"Cache-Control": "public, max-age=300"})


def _icon() -> FileResponse:
    return FileResponse(STATIC / "icon.svg", media_type="image/svg+xml")


def _choose_language(request: Request) -> RedirectResponse:
    language = preferred_language(request.headers.get("accept-language", ""))
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(
        f"/{language}/{query}", 307, headers={"Vary": "Accept-Language", "Cache-Control": "no-store"}
    )
