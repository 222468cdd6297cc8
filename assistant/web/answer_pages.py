"""The routes of kept answers: the permalink's page, its references as files, and the form below it."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from assistant.errors import InvalidRequest
from assistant.web.answer_view import AnswerView, section_path, view_answer
from assistant.web.citation_formats import answer_bibtex, answer_csl_json, answer_with_notes
from assistant.web.contracts import Limiter
from assistant.web.database import StoreError
from assistant.web.documents import blocks
from assistant.web.feedback import MAX_FORM_BYTES, MAX_TEXT_CHARS, VERDICTS, TextTooLong, read_form
from assistant.web.permalinks import AnswerStore
from assistant.web.site import Site, known, preferred
from assistant.web.templates import Frame
from assistant.web.typography import duration

_FORMS = {"txt": "text/plain", "bib": "text/x-bibtex", "json": "application/vnd.citationstyles.csl+json"}
_LOG = logging.getLogger(__name__)


def add_answer_routes(router: APIRouter, site: Site, store: AnswerStore, limiter: Limiter | None) -> None:
    """Add the routes below `/a`."""
    pages = _AnswerPages(site, store, limiter)
    for path, page in (("", pages.answer), ("/references.{form}", pages.references), ("/thanks", pages.thanks)):
        router.add_api_route("/a/{answer_id}" + path, page, methods=["GET", "HEAD"], response_model=None)
    router.add_api_route("/a/{answer_id}", pages.keep, methods=["POST"], response_model=None)
    router.add_api_route("/a/{answer_id}/feedback", pages.feedback, methods=["POST"], response_model=None)


class _AnswerPages:
    def __init__(self, site: Site, store: AnswerStore, limiter: Limiter | None) -> None:
        self._site = site
        self._store = store
        self._limiter = limiter

    def answer(self, request: Request, answer_id: str, lang: str = "") -> Response:
        """A kept answer. Opening the link of one that was given in the last hour keeps it."""

        def show(view: AnswerView) -> Response:
            path = f"/a/{view.stored.answer.id}"
            language = known(lang) or view.stored.answer.language
            return self._site.page(
                request,
                "answer.html",
                Frame(language, path, indexed=False),
                view=view,
                permalink=self._site.origin(request) + path,
                section_path=section_path,
                blocks=blocks,
                verdicts=VERDICTS,
                max_text=MAX_TEXT_CHARS,
                kept_for=duration(self._store.keeping.feedback_days, language),
            )

        return self._with_answer(request, answer_id, lang, show)

    def references(self, request: Request, answer_id: str, form: str, lang: str = "") -> Response:
        """Everything that an answer cites, as `txt`, `bib` or `json`."""
        if form not in _FORMS:
            return self._site.missing(request, lang, "missing_answer")

        def show(view: AnswerView) -> Response:
            answer, today, address_of = view.stored.answer, self._site.today(), self._site.address_of(request)
            match form:
                case "bib":
                    text = answer_bibtex(answer, today, address_of)
                case "json":
                    text = answer_csl_json(answer, today, address_of)
                case _:
                    text = answer_with_notes(answer, today, f"{self._site.origin(request)}/a/{answer.id}", address_of)
            headers = {"Content-Disposition": f'attachment; filename="{answer.id}.{form}"'}
            return self._site.cached(
                request, PlainTextResponse(text, media_type=_FORMS[form], headers=headers), indexed=False
            )

        return self._with_answer(request, answer_id, lang, show)

    def keep(self, request: Request, answer_id: str, lang: str = "") -> Response:
        """Keep an answer that was given in the last hour, and say where."""
        if (refused := self._refused(request, lang)) is not None:
            return refused

        def show(view: AnswerView) -> Response:
            return RedirectResponse(f"/a/{view.stored.answer.id}", 303, headers={"Cache-Control": "no-store"})

        return self._with_answer(request, answer_id, lang, show)

    def thanks(self, request: Request, answer_id: str, lang: str = "") -> Response:
        """What a reader sees who has said something."""
        language = known(lang) or preferred(request)
        back = f"/a/{quote(answer_id, safe='')}?lang={language}"
        return self._site.message(language, 200, "thanks_title", "thanks", back)

    async def feedback(self, request: Request, answer_id: str, lang: str = "") -> Response:
        """What a reader says of an answer, from the form below it."""
        body = await _bounded_body(request)
        return await run_in_threadpool(self._take_feedback, request, answer_id, lang, body)

    def _take_feedback(self, request: Request, answer_id: str, lang: str, body: bytes) -> Response:
        if (refused := self._refused(request, lang)) is not None:
            return refused

        def take(view: AnswerView) -> Response:
            answer = view.stored.answer
            language = known(lang) or answer.language
            back = f"/a/{answer.id}?lang={language}"
            try:
                said = read_form(body)
            except TextTooLong:
                return self._site.message(language, 413, "refused_title", "refused_long", back, limit=MAX_TEXT_CHARS)
            except InvalidRequest:
                return self._site.message(language, 422, "refused_title", "refused_verdict", back)
            self._store.feedback(answer.id, said.verdict, said.text)
            # A page of its own, so that reloading it does not send the form again.
            return RedirectResponse(
                f"/a/{answer.id}/thanks?lang={language}", 303, headers={"Cache-Control": "no-store"}
            )

        return self._with_answer(request, answer_id, lang, take)

    def _with_answer(
        self, request: Request, answer_id: str, lang: str, respond: Callable[[AnswerView], Response]
    ) -> Response:
        """What `respond` makes of a kept answer; 404 where there is none to show, 503 where the store fails or is full."""
        try:
            view = self._view(request, answer_id)
            return respond(view) if view else self._site.missing(request, lang, "missing_answer")
        except StoreError as error:
            _LOG.warning("%s", error)
            return self._site.message(known(lang) or preferred(request), 503, "refused_title", "refused_full")

    def _view(self, request: Request, answer_id: str) -> AnswerView | None:
        """The view of a kept answer; one given in the last hour is kept now."""
        stored = self._store.find(answer_id)
        recent = self._store.recall(answer_id) if stored is None else None
        if recent is not None and recent.outcome != "refusal":
            self._store.save(recent)
            stored = self._store.find(answer_id)
        if stored is None:
            return None
        site = self._site
        return view_answer(stored, site.catalogue, site.corrections(), site.today(), site.address_of(request))

    def _refused(self, request: Request, lang: str) -> Response | None:
        """Why a message is not accepted: it comes from another site's page, or there were too many."""
        language = known(lang) or preferred(request)
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return self._site.message(language, 403, "refused_title", "refused_origin")
        wait = self._limiter.check(request.client.host if request.client else "unknown") if self._limiter else None
        if wait is None:
            return None
        seconds = max(1, math.ceil(wait))
        response = self._site.message(language, 429, "refused_title", "refused_wait", seconds=seconds)
        response.headers["Retry-After"] = str(seconds)
        return response


async def _bounded_body(request: Request) -> bytes:
    """The body, or so much of it that `read_form` finds it too long."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_FORM_BYTES:
            break
    return body[: MAX_FORM_BYTES + 1]
