"""Answers of the tiny corpus and a store that lives on a fixed day, for the tests of what is kept and shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.staticfiles import StaticFiles

import assistant.web
from assistant.answering.chat import answer_id
from assistant.records import Answer, Document
from assistant.search.catalogue import Catalogue
from assistant.web.api_page import build_api_page_router
from assistant.web.contracts import Limiter
from assistant.web.database import open_database
from assistant.web.pages import build_site_router
from assistant.web.permalinks import AnswerStore, Keeping
from assistant.wiring import Parts
from tests.fakes import TODAY

QUESTION = "Qui a coprésidé le sommet ?"
DISPUTED = "Combien de milliards Emmanuel Macron a-t-il annoncés ?"
STATIC = Path(assistant.web.__file__).parent / "static"


@dataclass
class Calendar:
    """A day and a clock that a test moves."""

    day: date = TODAY
    seconds: float = 0.0

    def today(self) -> date:
        """The day."""
        return self.day

    def clock(self) -> float:
        """The seconds."""
        return self.seconds

    def pass_days(self, days: int) -> None:
        """Some days later."""
        self.day += timedelta(days=days)


@dataclass(frozen=True)
class Pages:
    """What the pages read of the settings."""

    corpus_dir: Path
    published_dir: Path
    public_url: str = "https://assistant.example"
    contact: str = "desk@assistant.example"


@dataclass(frozen=True)
class JustDocuments:
    """Parts for pages that ask nothing."""

    catalogue: Catalogue
    assistant: object = field(default=None)


def named(answer: Answer) -> Answer:
    """The answer with the id of its content."""
    return replace(answer, id=answer_id(answer, answer.corpus_version))


def store_for(
    catalogue: Catalogue, folder: Path, calendar: Calendar | None = None, keeping: Keeping | None = None
) -> AnswerStore:
    """A store on a SQLite file in `folder`."""
    return store_on(open_database("", folder), catalogue, calendar, keeping)


def store_on(
    engine: sa.Engine, catalogue: Catalogue, calendar: Calendar | None = None, keeping: Keeping | None = None
) -> AnswerStore:
    """A store on a database."""
    calendar = calendar or Calendar()
    return AnswerStore(engine, catalogue, keeping, today=calendar.today, clock=calendar.clock)


def client_for(
    catalogue: Catalogue,
    store: AnswerStore,
    folder: Path,
    *,
    calendar: Calendar | None = None,
    limiter: Limiter | None = None,
    contact: str = "desk@assistant.example",
) -> TestClient:
    """A client of the pages alone. `folder` holds the correction log and the published evaluation."""
    settings = Pages(folder, folder / "published", contact=contact)
    today: Callable[[], date] = (calendar or Calendar()).today
    app = FastAPI(openapi_url="/api/openapi.json")
    app.mount("/static", StaticFiles(directory=STATIC))
    app.include_router(build_site_router(JustDocuments(catalogue), settings, store, limiter, today=today))  # type: ignore[arg-type]
    app.include_router(build_api_page_router(app, around=True))
    return TestClient(app, base_url="https://assistant.example", follow_redirects=False)


def catalogue_with(documents: Sequence[Document], changed: Document) -> Catalogue:
    """The documents with the one of the same id replaced."""
    return Catalogue.of([changed if one.id == changed.id else one for one in documents])


def ask(parts: Parts, question: str = QUESTION) -> Answer:
    """An answer of the tiny corpus."""
    answer = parts.assistant.ask(question)
    assert answer.outcome == "answer", answer.text
    return answer
