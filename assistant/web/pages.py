"""The pages around the conversation: documents, permalinks, timeline, quality, corrections, about. No script, no login.

Every page has its language in the query, `?lang=fr` or `?lang=en`; without it the reader is sent to the one that the browser
prefers, and a permalink speaks the language of its answer. Pages may be cached for minutes; their ETag changes when they do.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Request, Response

from assistant.web.about import about_chapters
from assistant.web.answer_pages import add_answer_routes
from assistant.web.contracts import Limiter, SiteParts
from assistant.web.documents import (
    TIMELINE,
    blocks,
    documents_by_kind,
    events_by_day,
    find_document,
    shown_documents,
    timeline,
    view_document,
)
from assistant.web.permalinks import AnswerStore, Keeping, newest_date
from assistant.web.quality import read_report, value_text
from assistant.web.site import Site, SiteSettings, choose_language, known, names
from assistant.web.templates import Frame
from assistant.web.typography import duration
from assistant.web.wording import wording, words

_SUMMIT_DAYS = tuple(date(2025, 2, day) for day in range(6, 12))
_MAIN_DAYS = _SUMMIT_DAYS[-2:]
_LOG = logging.getLogger(__name__)


def build_site_router(
    parts: SiteParts,
    settings: SiteSettings,
    store: AnswerStore,
    limiter: Limiter | None = None,
    *,
    today: Callable[[], date] = date.today,
) -> APIRouter:
    """The routes of the pages; none lies below `/fr` and `/en`, which are the conversation's."""
    site = Site(parts, settings, today)
    pages = _Pages(site, store.keeping)
    router = APIRouter(include_in_schema=False)
    routes: dict[str, Callable[..., Response]] = {
        "/about": pages.about,
        "/timeline": pages.timeline,
        "/documents": pages.documents,
        "/corrections": pages.corrections,
        "/quality": pages.quality,
        "/d/{document_id}": pages.document,
    }
    for path, page in routes.items():
        router.add_api_route(path, page, methods=["GET", "HEAD"], response_model=None)
    add_answer_routes(router, site, store, limiter)
    return router


class _Pages:
    """The pages, each a function from a request to a response."""

    def __init__(self, site: Site, keeping: Keeping) -> None:
        self._site = site
        self._keeping = keeping

    def about(self, request: Request, lang: str = "") -> Response:
        """What the assistant covers, how it answers, what is stored, accessibility, contact."""
        if (language := known(lang)) is None:
            return choose_language(request)
        catalogue, keeping, today = self._site.catalogue, self._keeping, self._site.today()
        values = {
            "documents": len(shown_documents(catalogue, today)),
            "newest": newest_date(catalogue, today),
            "permalink_time": duration(keeping.permalink_days, language),
            "feedback_time": duration(keeping.feedback_days, language),
            "texts": words(language)["unanswered_kept" if keeping.unanswered_texts else "unanswered_not_kept"],
        }
        contact = self._site.settings.contact
        return self._site.page(
            request,
            "about.html",
            Frame(language, "/about"),
            chapters=about_chapters(language, values),
            contact=contact,
            contact_link=_contact_link(contact),
        )

    def timeline(self, request: Request, lang: str = "") -> Response:
        """The summit's six days side by side, then everything in order."""
        if (language := known(lang)) is None:
            return choose_language(request)
        document = find_document(self._site.catalogue, TIMELINE, self._site.today())
        periods = timeline(document, language) if document else ()
        return self._site.page(
            request,
            "timeline.html",
            Frame(language, "/timeline"),
            document=document,
            periods=periods,
            days=events_by_day(periods, _SUMMIT_DAYS),
            main_days=_MAIN_DAYS,
            weekdays=wording(language).weekdays,
            month=wording(language).months[_MAIN_DAYS[0].month - 1],
        )

    def documents(self, request: Request, lang: str = "") -> Response:
        """Every document that may be shown, by kind."""
        if (language := known(lang)) is None:
            return choose_language(request)
        shown = shown_documents(self._site.catalogue, self._site.today())
        return self._site.page(
            request,
            "documents.html",
            Frame(language, "/documents"),
            kinds=documents_by_kind(shown, language),
            kind_names=names("kind_", language),
            count=len(shown),
            version=self._site.catalogue.version,
        )

    def document(self, request: Request, document_id: str, lang: str = "", both: str = "") -> Response:
        """One document, section by section."""
        language = known(lang)
        document = find_document(self._site.catalogue, document_id, self._site.today())
        if document is None:
            return self._site.missing(request, lang, "missing_document")
        if language is None:
            return choose_language(request)
        frame = Frame(language, f"/d/{quote(document.id, safe='')}", query="&both=1" if both else "")
        view = view_document(document, language, both=bool(both))
        return self._site.page(request, "document.html", frame, view=view)

    def corrections(self, request: Request, lang: str = "") -> Response:
        """The correction log, the newest first; nothing about a document under embargo."""
        if (language := known(lang)) is None:
            return choose_language(request)
        embargoed = self._site.catalogue.embargoed(self._site.today())
        log = self._site.corrections().corrections
        shown = []
        for one in log:
            if one.section.document_id not in embargoed:
                document = find_document(self._site.catalogue, one.section.document_id, self._site.today())
                shown.append((one, document.titles.best(language) if document else ""))
        return self._site.page(request, "corrections.html", Frame(language, "/corrections"), corrections=shown)

    def quality(self, request: Request, lang: str = "") -> Response:
        """The published evaluation, failures included."""
        if (language := known(lang)) is None:
            return choose_language(request)
        report, broken = None, False
        try:
            report = read_report(self._site.settings.published_dir)
        except ValueError as error:
            broken = True
            _LOG.warning("the evaluation is not shown: %s", error)
        return self._site.page(
            request,
            "quality.html",
            Frame(language, "/quality"),
            report=report,
            broken=broken,
            version=self._site.catalogue.version,
            value_text=value_text,
            group_names=names("group_", language),
            expectations=names("expect_", language),
            blocks=blocks,
        )


def _contact_link(contact: str) -> str | None:
    """A link to an e-mail or web address; other words of the operator stay words."""
    if urlsplit(contact).scheme in ("http", "https"):
        return contact
    return f"mailto:{contact}" if "@" in contact and " " not in contact else None
