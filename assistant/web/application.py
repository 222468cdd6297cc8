"""The web application: pages, API and static files behind one guard. Building it starts nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import gradio as gr
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse, RedirectResponse
from starlette.staticfiles import StaticFiles

from assistant.records import LANGUAGES, Language
from assistant.settings import Settings
from assistant.web.api import build_api_router
from assistant.web.api_page import build_api_page_router
from assistant.web.contracts import Limiter, SiteParts, Store
from assistant.web.page import Page, Viewer
from assistant.web.rendering_sources import View
from assistant.web.security import Guard, Policy, preferred_language
from assistant.web.service import Gate, Service
from assistant.web.shell import NavigationLink, dress
from assistant.web.wording import WORDS

STATIC = Path(__file__).parent / "static"
# Questions answered at once, and those that may wait for their turn in the page's queue.
_CONCURRENT = 4
_QUEUE = 32
# Conversations that Gradio remembers the questions of; the oldest is forgotten first.
_SESSIONS = 500


def create_app(parts: SiteParts, settings: Settings, store: Store | None = None, limiter: Limiter | None = None) -> FastAPI:
    """Everything that a browser or a program can ask for."""
    del settings
    service = Service(parts, Gate(_QUEUE), store, limiter)
    app = FastAPI(title="Summit assistant", version="1", docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    app.include_router(build_api_router(service))
    app.include_router(build_api_page_router(app))
    app.mount("/static", StaticFiles(directory=STATIC))
    app.add_api_route("/favicon.ico", _icon, include_in_schema=False)
    app.add_api_route("/", _choose_language, include_in_schema=False)
    app.add_exception_handler(RequestValidationError, _explain)
    app.add_middleware(Guard, policy=Policy(lambda page, language, nonce: dress(page, language, nonce, _navigation(language))))
    for language in LANGUAGES:
        app = _mount(app, Page(service, language, _view(service)), language)
    return app


def _mount(app: FastAPI, page: Page, language: Language) -> FastAPI:
    blocks = page.build()
    blocks.queue(default_concurrency_limit=_CONCURRENT, max_size=_QUEUE, api_open=False)
    blocks.state_session_capacity = _SESSIONS
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
        mcp_server=False,
        theme=gr.themes.Base(font=["Atkinson Hyperlegible Next", "sans-serif"], font_mono=["monospace"]),
    )
    return mounted


def _view(service: Service) -> Viewer:
    def view(language: Language, origin: str) -> View:
        return View(language, date.today(), origin, feedback=service.store is not None)

    return view


def _navigation(language: Language) -> Sequence[NavigationLink]:
    return (("/api/docs", WORDS[language]["nav_api"]),)


def _icon() -> FileResponse:
    return FileResponse(STATIC / "icon.svg", media_type="image/svg+xml")


def _choose_language(request: Request) -> RedirectResponse:
    language = preferred_language(request.headers.get("accept-language", ""))
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"/{language}/{query}", 307, headers={"Vary": "Accept-Language", "Cache-Control": "no-store"})


async def _explain(_: Request, error: Exception) -> JSONResponse:
    """What is wrong with a request, without repeating what was sent."""
    assert isinstance(error, RequestValidationError)
    problems = [f"{'.'.join(str(part) for part in one['loc'][1:]) or 'body'}: {one['msg']}" for one in error.errors()[:10]]
    return JSONResponse({"error": "; ".join(problems)}, 422)
