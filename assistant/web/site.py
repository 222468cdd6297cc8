"""What every page around the conversation shares: its frame, its language, its caching, and its plain messages."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from assistant.records import LANGUAGES, Citation, Language
from assistant.search.catalogue import Catalogue
from assistant.web.answer_view import section_path
from assistant.web.contracts import SiteParts
from assistant.web.corrections import CorrectionLog, read_corrections
from assistant.web.security import preferred_language
from assistant.web.templates import Frame, Templates
from assistant.web.wording import words

_CACHE = "public, max-age=300"
_LOG = logging.getLogger(__name__)


class SiteSettings(Protocol):
    """The settings that the pages read."""

    @property
    def corpus_dir(self) -> Path:
        """The folder of the documents, with the correction log."""
        ...

    @property
    def published_dir(self) -> Path:
        """The folder of the published evaluation."""
        ...

    @property
    def public_url(self) -> str:
        """The site's address for readers; empty where each request's own will do."""
        ...

    @property
    def contact(self) -> str:
        """The operator's e-mail or web address, or empty."""
        ...


@dataclass(frozen=True, slots=True)
class Message:
    """What a page of two lines says; `back` is the way back, to the question box where there is none."""

    status: int
    title: str
    text: str
    back: str = ""


class Site:
    """The documents and settings of a site, and how its pages become responses."""

    def __init__(self, parts: SiteParts, settings: SiteSettings, today: Callable[[], date]) -> None:
        self._parts = parts
        self.settings = settings
        self.today = today
        self._templates = Templates()
        for problem in self.corrections().problems:
            _LOG.warning("a correction is not shown: %s", problem)

    @property
    def catalogue(self) -> Catalogue:
        """The documents, as they are now."""
        return self._parts.catalogue

    def corrections(self) -> CorrectionLog:
        """The correction log as it is now: staff write in it while the site runs."""
        return read_corrections(self.settings.corpus_dir)

    def page(self, request: Request, name: str, frame: Frame, **values: Any) -> Response:
        """A page in its frame."""
        response = HTMLResponse(self._templates.render(name, frame, **values))
        response.headers["Content-Language"] = frame.language
        return self.cached(request, response, indexed=frame.indexed)

    def cached(self, request: Request, response: Response, *, indexed: bool) -> Response:
        """The response with its ETag; kept by the reader's browser alone where the request itself named our address.

        A shared cache that does not distinguish hosts would hand a stranger's address on to everyone.
        """
        response = cached(request, response, indexed=indexed)
        if not self.settings.public_url:
            response.headers["Cache-Control"] = _CACHE.replace("public", "private")
        return response

    def message(
        self, language: Language, status: int, title: str, text: str, back: str = "", **values: object
    ) -> Response:
        """A page of two lines, named by their keys in the wording."""
        wording = words(language)
        message = Message(status, wording[title], wording[text].format(**values), back)
        return message_page(self._templates, Frame(language, "", indexed=False), message)

    def missing(self, request: Request, lang: str, text: str) -> Response:
        """404, in the language asked for or preferred."""
        return self.message(known(lang) or preferred(request), 404, "missing_title", text)

    def origin(self, request: Request) -> str:
        """The site's address."""
        return (self.settings.public_url or str(request.base_url)).rstrip("/")

    def address_of(self, request: Request) -> Callable[[Citation], str]:
        """Where a reader finds a citation's section on this site."""
        origin = self.origin(request)

        def address_of(citation: Citation) -> str:
            passage = citation.quote.passage
            return origin + section_path(passage.section, passage.language)

        return address_of


def message_page(templates: Templates, frame: Frame, message: Message) -> Response:
    """A page of two lines, kept by nobody."""
    body = templates.render("message.html", frame, title=message.title, text=message.text, back=message.back)
    return HTMLResponse(body, message.status, headers={"Cache-Control": "no-store", "X-Robots-Tag": "noindex"})


def known(lang: str) -> Language | None:
    """The language that a query asks for, if it is one of ours."""
    return next((language for language in LANGUAGES if language == lang), None)


def preferred(request: Request) -> Language:
    """The language that the browser likes best."""
    return preferred_language(request.headers.get("accept-language", ""))


def choose_language(request: Request) -> Response:
    """To the same page in the language that the browser likes best; the browser keeps the fragment."""
    url = request.url.include_query_params(lang=preferred(request))
    address = f"{quote(url.path)}?{url.query}"
    return RedirectResponse(address, 307, headers={"Vary": "Accept-Language", "Cache-Control": "no-store"})


def cached(request: Request, response: Response, *, indexed: bool) -> Response:
    """The response with its ETag, or 304 where the client has it already."""
    etag = f'"{hashlib.sha256(response.body).hexdigest()[:32]}"'
    has = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    headers = {"ETag": etag, "Cache-Control": _CACHE}
    if not indexed:
        headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    if etag in has:
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return response


def names(prefix: str, language: Language) -> dict[str, str]:
    """The wording whose keys begin with `prefix`, by what follows it."""
    return {key.removeprefix(prefix): text for key, text in words(language).items() if key.startswith(prefix)}
