"""`/staff/explain`: how an answer came about, for staff who know SUMMIT_STAFF_TOKEN. It holds nothing of any visitor."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query
from fastapi.responses import HTMLResponse
from fastapi.security import HTTPBasic, HTTPBasicCredentials

from assistant.answering.explanation_text import features_text, pushes_text, understood_lines
from assistant.records import Language
from assistant.web.contracts import Explain
from assistant.web.service import Gate, TooBusy
from assistant.web.templates import Frame, Templates

_MAX_CHARS = 10_000
_BASIC = HTTPBasic(auto_error=False, realm="staff")


def build_explain_router(explain: Explain, token: str, gate: Gate) -> APIRouter:
    """The route; a browser asks for a name, which is not looked at, and a password, which is the token."""
    router = APIRouter()
    templates = Templates()

    def check_staff(given: Annotated[HTTPBasicCredentials | None, Depends(_BASIC)]) -> None:
        if given is None or not secrets.compare_digest(given.password.encode(), token.encode()):
            raise HTTPException(401, "give the staff token as password", {"WWW-Authenticate": 'Basic realm="staff"'})

    @router.get("/staff/explain", include_in_schema=False, dependencies=[Depends(check_staff)])
    def explain_page(q: Annotated[str, Query(max_length=_MAX_CHARS)] = "", lang: Language = "fr") -> HTMLResponse:
        try:
            with gate.entered():
                found = explain(q, lang) if q else None
        except TooBusy:
            raise HTTPException(503, "too many questions at once; try again", {"Retry-After": "2"}) from None
        page = templates.render(
            "explain.html",
            Frame("en", "", indexed=False, around=False),
            question=q,
            limit=_MAX_CHARS,
            page_language=lang,
            explanation=found,
            understood=list(understood_lines(found.understood)) if found else [],
            features_text=features_text,
            pushes_text=pushes_text,
        )
        return HTMLResponse(page, headers={"Cache-Control": "no-store"})

    return router
