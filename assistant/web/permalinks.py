"""Keeping the answers that visitors ask to keep: `/a/<id>` shows them again, and feedback stays with its answer.

An id is the digest of an answer's content, so it cannot be chosen; and only an answer that this server gave is kept.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter, ValidationError

from assistant.answering.chat import answer_id
from assistant.records import Answer
from assistant.search.catalogue import Catalogue
from assistant.web.database import (
    ANSWERS,
    FEEDBACK,
    MAX_SECTION_CHARS,
    UNANSWERED,
    UNANSWERED_TEXTS,
    StoreError,
    UnknownAnswer,
    count_rows,
    expire,
    prepare,
    upsert,
    using,
)
from assistant.web.feedback import checked_feedback

_RECENT_ANSWERS = 1000
_RECENT_SECONDS = 3600
_MAX_REPORTS = 100
_MAX_TEXTS_A_DAY = 1000
_LOG = logging.getLogger(__name__)
_ANSWER = TypeAdapter(Answer)


@dataclass(frozen=True, slots=True)
class Keeping:
    """What is kept, how much of it and for how many days."""

    permalink_days: int = 1825
    feedback_days: int = 365
    max_answers: int = 100_000
    unanswered_texts: bool = False


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """A kept answer, the day when it was given, and the date of the newest document that the corpus had then."""

    answer: Answer
    answered_on: date
    corpus_date: str


class AnswerStore:
    """Keeps answers that visitors ask to keep, and what they say of them. Thread-safe.

    Every answer given is told to `remember`, which holds the last ones in memory for an hour: that is how feedback and a
    request for a permalink, which bring an id only, find an answer that this server gave.
    """

    def __init__(
        self,
        engine: sa.Engine,
        catalogue: Catalogue | Callable[[], Catalogue],
        keeping: Keeping | None = None,
        *,
        today: Callable[[], date] = date.today,
        clock: Callable[[], float] = time.monotonic,
        prepared: bool = True,
    ) -> None:
        """`prepared` is False for a database that could not be reached yet: its tables are made when it can."""
        self.engine = engine
        self._prepared = prepared
        self.keeping = keeping or Keeping()
        self._catalogue = catalogue if callable(catalogue) else lambda: catalogue
        self._today = today
        self._clock = clock
        self._lock = threading.Lock()
        self._recent: OrderedDict[str, tuple[float, Answer]] = OrderedDict()
        self._cleaned_on: date | None = None

    @property
    def problem(self) -> str:
        """Why the database cannot be used; empty where it can."""
        try:
            with self._using() as connection:
                connection.execute(sa.select(1))
        except StoreError as error:
            return str(error)
        return ""

    def remember(self, answer: Answer) -> None:
        """Take note of an answer that was given. Never fails: an answer is worth more than its count."""
        if not _is_genuine(answer):
            return  # a part of an answer that is still being streamed
        now = self._clock()
        with self._lock:
            self._recent[answer.id] = (now, replace(answer, evidence=(), writing=None))
            self._recent.move_to_end(answer.id)
            while len(self._recent) > _RECENT_ANSWERS or self._oldest() < now - _RECENT_SECONDS:
                self._recent.popitem(last=False)
        if answer.outcome != "answer":
            try:
                self._count_unanswered(answer)
            except StoreError as error:
                _LOG.warning("an unanswered question was not counted: %s", error)

    def recall(self, answer_id: str) -> Answer | None:
        """An answer given in the last hour, if it is still in memory."""
        with self._lock:
            since, answer = self._recent.get(answer_id, (0.0, None))
        return answer if self._clock() - since <= _RECENT_SECONDS else None

    def save(self, answer: Answer) -> None:
        """Publish an answer under `/a/<its id>`.

        Raises:
            UnknownAnswer: if its id is not the id of its content.
            StoreError: for a refusal, which quotes nothing; where the store is full; where the database fails.
        """
        if not _is_genuine(answer):
            raise UnknownAnswer(f"answer id {answer.id[:40]!r} does not name its content; ask the question again")
        if answer.outcome == "refusal":
            raise StoreError("a refusal has no permalink, for it quotes nothing; ask about the summit")
        with self._writing() as connection:
            self._keep(connection, answer, published_on=self._today())

    def find(self, answer_id: str) -> StoredAnswer | None:
        """The published answer of that id; None where there is none, or it expired, or its content was tampered with."""
        oldest = self._today() - timedelta(days=self.keeping.permalink_days)
        query = sa.select(ANSWERS).where(ANSWERS.c.id == answer_id, ANSWERS.c.published_on >= oldest)
        with self._using() as connection:
            row = connection.execute(query).one_or_none()
        answer = read_answer(row.content) if row else None
        if row is None or answer is None or answer.id != answer_id:
            return None
        return StoredAnswer(answer, row.answered_on, row.corpus_date)

    def feedback(self, answer_id: str, verdict: str, text: str = "") -> None:
        """Keep what a reader says of an answer, with the answer.

        Raises:
            InvalidRequest: for an unknown verdict or a text that is too long.
            UnknownAnswer: if this server gave no answer of that id in the last hour and keeps none.
            StoreError: where the store is full or the database fails.
        """
        said = checked_feedback(verdict, text)
        recent = self.recall(answer_id)
        with self._writing() as connection:
            if recent is not None:
                self._keep(connection, recent, published_on=None)
            elif not count_rows(connection, ANSWERS, ANSWERS.c.id == answer_id):
                raise UnknownAnswer(f"answer {answer_id[:40]!r} is not known (any more); ask the question again")
            if count_rows(connection, FEEDBACK, FEEDBACK.c.answer_id == answer_id) >= _MAX_REPORTS:
                raise StoreError(f"this answer has {_MAX_REPORTS} reports, which is the limit; staff have them to read")
            row = {"answer_id": answer_id, "given_on": self._today(), "verdict": said.verdict, "text": said.text}
            connection.execute(sa.insert(FEEDBACK).values(row))

    def _keep(self, connection: sa.Connection, answer: Answer, published_on: date | None) -> None:
        limit = self.keeping.max_answers
        if count_rows(connection, ANSWERS, ANSWERS.c.id != answer.id) >= limit:
            raise StoreError(
                f"{limit} answers are kept, which is the limit; raise SUMMIT_MAX_PERMALINKS or delete some"
            )
        catalogue = self._catalogue()
        current = answer.corpus_version == catalogue.version
        insert = upsert(connection, ANSWERS).values(
            id=answer.id,
            answered_on=self._today(),
            published_on=published_on,
            corpus_date=newest_date(catalogue, self._today()) if current else "",
            content=_ANSWER.dump_json(
                replace(answer, evidence=(), suggestions=(), elapsed_ms=0.0, writing=None)
            ).decode(),
        )
        published = sa.func.coalesce(ANSWERS.c.published_on, insert.excluded.published_on)
        connection.execute(insert.on_conflict_do_update(index_elements=["id"], set_={"published_on": published}))

    def _count_unanswered(self, answer: Answer) -> None:
        section = str(answer.evidence[0].passage.section) if answer.evidence else ""
        row: dict[str, Any] = {"day": self._today(), "section": section[:MAX_SECTION_CHARS], "outcome": answer.outcome}
        with self._writing() as connection:
            insert = upsert(connection, UNANSWERED).values(**row, times=1)
            again = insert.on_conflict_do_update(index_elements=list(row), set_={"times": UNANSWERED.c.times + 1})
            connection.execute(again)
            today = UNANSWERED_TEXTS.c.day == row["day"]
            if self.keeping.unanswered_texts and count_rows(connection, UNANSWERED_TEXTS, today) < _MAX_TEXTS_A_DAY:
                connection.execute(sa.insert(UNANSWERED_TEXTS).values(**row, question=answer.question))

    def _oldest(self) -> float:
        return next(iter(self._recent.values()))[0]

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        """One transaction; the first of each day deletes what is past its days."""
        today = self._today()
        with self._using() as connection:
            if self._cleaned_on != today:
                expire(connection, today, self.keeping.feedback_days, self.keeping.permalink_days)
                self._cleaned_on = today
            yield connection

    @contextmanager
    def _using(self) -> Iterator[sa.Connection]:
        if not self._prepared:
            prepare(self.engine)
            self._prepared = True
        with using(self.engine) as connection:
            yield connection


def read_answer(content: str) -> Answer | None:
    """An answer as it was kept; None if it is no longer what its id names."""
    try:
        answer = _ANSWER.validate_json(content)
    except ValidationError:
        return None
    return answer if _is_genuine(answer) else None


def newest_date(catalogue: Catalogue, today: date) -> str:
    """The date of the newest document that may be shown; empty where none has a date."""
    embargoed = catalogue.embargoed(today)
    return max((document.date or "" for document in catalogue.documents if document.id not in embargoed), default="")


def _is_genuine(answer: Answer) -> bool:
    return answer.id == answer_id(answer, answer.corpus_version)
