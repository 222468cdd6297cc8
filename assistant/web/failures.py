"""What a request gets that cannot be served: a page in its language for a reader, JSON for a program."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request, Response
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from assistant.errors import SummitError
from assistant.records import LANGUAGES
from assistant.web.site import Message, known, message_page, preferred
from assistant.web.templates import Frame, Templates
from assistant.web.wording import words

_LOG = logging.getLogger(__name__)
# A fault of ours is answered outside of the guard, which gives all other pages their policy.
_BARE_PAGE = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}


class Failures:
    """The answers to requests that fail; `around` says whether the pages that a page could link to are served."""

    def __init__(self, *, around: bool) -> None:
        self._around = around
        self._templates = Templates()

    def install(self, app: FastAPI) -> None:
        """Answer the application's failures."""
        app.add_exception_handler(HTTPException, self._refused)
        app.add_exception_handler(RequestValidationError, say_what_is_invalid)
        app.add_exception_handler(SummitError, self._unavailable)
        app.add_exception_handler(Exception, self._failed)

    def missing(self, request: Request) -> Response:
        """404."""
        if not _is_reader(request):
            return JSONResponse({"error": "not found"}, 404)
        return self._page(request, 404, "missing_title", "missing_page")

    async def _refused(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code in (404, 405) and _is_reader(request):
            return self._page(request, error.status_code, "missing_title", "missing_page")
        return await http_exception_handler(request, error)

    async def _unavailable(self, request: Request, error: Exception) -> Response:
        """Something that the service needs is not there; what it is stands in the log, for it may name the operator's folders."""
        _LOG.warning("a request could not be served: %s", error)
        if _is_reader(request):
            return self._page(request, 503, "unavailable_title", "unavailable")
        return JSONResponse({"error": "the service cannot answer at the moment; /api/health says what is ill"}, 503)

    async def _failed(self, request: Request, _: Exception) -> Response:
        """A fault of ours; the server writes its type and place to the log."""
        if not _is_reader(request):
            return JSONResponse({"error": "the service failed; the operator's log says where"}, 500)
        page = self._page(request, 500, "unavailable_title", "unavailable")
        page.headers.update(_BARE_PAGE)
        return page

    def _page(self, request: Request, status: int, title: str, text: str) -> Response:
        language = known(request.query_params.get("lang", "")) or known(request.url.path.split("/")[1])
        frame = Frame(language or preferred(request), "", indexed=False, around=self._around)
        wording = words(frame.language)
        return message_page(self._templates, frame, Message(status, wording[title], wording[text]))


async def say_no_function(_: Request, __: Exception) -> Response:
    """A name that none of Gradio's functions has."""
    return JSONResponse({"error": "there is no function of that name; GET .../gradio_api/info lists them"}, 404)


async def say_what_is_invalid(_: Request, error: Exception) -> JSONResponse:
    """What is wrong with a request, without repeating what was sent."""
    assert isinstance(error, RequestValidationError)
    problems = [
        f"{'.'.join(str(part) for part in one['loc'][1:]) or 'body'}: {one['msg']}" for one in error.errors()[:10]
    ]
    return JSONResponse({"error": "; ".join(problems)}, 422)


def _is_reader(request: Request) -> bool:
    """Whether a person waits for a page: browsers ask for HTML, and nobody reads below these paths."""
    internal = ("/api/", "/static/", *(f"/{language}/gradio_api/" for language in LANGUAGES))
    page = not request.url.path.startswith(internal) or request.url.path == "/api/docs"
    return page and "text/html" in request.headers.get("accept", "")
