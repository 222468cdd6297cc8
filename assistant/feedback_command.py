"""What `python -m assistant feedback` does: list, export, draft a test case, count what was not answered, delete.

Everything shown was written by visitors: it is stripped of control characters, and neutralised for spreadsheets.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import sqlalchemy as sa
import yaml

from assistant.errors import InvalidRequest
from assistant.records import Answer
from assistant.web.database import ANSWERS, FEEDBACK, UNANSWERED, UNANSWERED_TEXTS, delete_answer, expire, using
from assistant.web.feedback import plain_text
from assistant.web.permalinks import read_answer

ExportFormat = Literal["jsonl", "csv"]
_SHORT = 90
_MOST_DAYS = 36_500
# A spreadsheet takes a cell that begins with one of these for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Report:
    """One piece of feedback with the answer that it is about; None where that can no longer be read."""

    number: int
    answer_id: str
    given_on: date
    verdict: str
    text: str
    answer: Answer | None


@dataclass(frozen=True, slots=True)
class Unanswered:
    """How often questions nearest to a section got no answer, with their texts where those are kept."""

    section: str
    outcome: str
    count: int
    texts: tuple[str, ...]


def read_reports(engine: sa.Engine, verdict: str | None = None, since: date | None = None) -> tuple[Report, ...]:
    """The feedback, oldest first; of one verdict, or from a day on, where asked."""
    query = sa.select(FEEDBACK, ANSWERS.c.content).join(ANSWERS, isouter=True).order_by(FEEDBACK.c.number)
    if verdict is not None:
        query = query.where(FEEDBACK.c.verdict == verdict)
    if since is not None:
        query = query.where(FEEDBACK.c.given_on >= since)
    with using(engine) as connection:
        rows = connection.execute(query).all()
    return tuple(
        Report(row.number, row.answer_id, row.given_on, row.verdict, row.text, read_answer(row.content or ""))
        for row in rows
    )


def list_reports(reports: Sequence[Report]) -> Iterator[str]:
    """Two lines for each: number, day, verdict, answer and question; then what was said of it."""
    for one in reports:
        question = one.answer.question if one.answer else "(unreadable)"
        yield f"{one.number:5}  {one.given_on}  {one.verdict:12}  /a/{one.answer_id}  {_short(question)}"
        if one.text:
            yield f"       {_short(one.text)}"
    yield f"{len(reports)} reports"


def export_reports(reports: Sequence[Report], form: ExportFormat) -> str:
    """The feedback as JSON lines or CSV, with question and answer."""
    rows = [_row(one) for one in reports]
    if form == "jsonl":
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows([_cell(row[name]) for name in _COLUMNS] for row in rows)
    return out.getvalue()


def draft_case(engine: sa.Engine, number: int) -> str:
    """A draft of an evaluation case (evals/cases/*.yaml) from one report; a person decides what is right and completes it.

    Raises:
        InvalidRequest: if there is no such report, or its answer can no longer be read.
    """
    found = next((one for one in read_reports(engine) if one.number == number), None)
    if found is None or found.answer is None:
        raise InvalidRequest(f"there is no report {number} with its answer; see `python -m assistant feedback list`")
    case = yaml.safe_dump([_case(found, found.answer)], allow_unicode=True, sort_keys=False, width=120)
    return "".join(f"# {line}\n" for line in _remarks(found, found.answer)) + case


def read_unanswered(engine: sa.Engine, since: date | None = None) -> tuple[Unanswered, ...]:
    """What got no answer, most often first: the sections that are asked for more than they say."""
    start = since or date.min
    total = sa.func.sum(UNANSWERED.c.times).label("total")
    counts = (
        sa.select(UNANSWERED.c.section, UNANSWERED.c.outcome, total)
        .where(UNANSWERED.c.day >= start)
        .group_by(UNANSWERED.c.section, UNANSWERED.c.outcome)
        .order_by(total.desc(), UNANSWERED.c.section, UNANSWERED.c.outcome)
    )
    texts = sa.select(UNANSWERED_TEXTS).where(UNANSWERED_TEXTS.c.day >= start).order_by(UNANSWERED_TEXTS.c.number)
    with using(engine) as connection:
        kept: dict[tuple[str, str], list[str]] = {}
        for row in connection.execute(texts):
            kept.setdefault((row.section, row.outcome), []).append(row.question)
        rows = connection.execute(counts).all()
    return tuple(
        Unanswered(row.section, row.outcome, int(row.total), tuple(kept.get((row.section, row.outcome), ())))
        for row in rows
    )


def list_unanswered(found: Sequence[Unanswered]) -> Iterator[str]:
    """A line for each section with its count, then the questions where they are kept."""
    for one in found:
        yield f"{one.count:6}  {one.outcome:8}  {one.section or '(no section is near)'}"
        yield from (f"                  {_short(text)}" for text in dict.fromkeys(one.texts))
    yield f"{sum(one.count for one in found)} questions without an answer"


def delete_older_than(engine: sa.Engine, days: int, today: date) -> str:
    """Delete the feedback and the counts older than `days`, and the answers kept for that feedback alone; say how many.

    Permalinks stay: they have their own time, and `delete_one` takes one away.

    Raises:
        InvalidRequest: for a number of days that is below 0 or beyond a century.
    """
    if not 0 <= days <= _MOST_DAYS:
        raise InvalidRequest(f"{days} days cannot be; give 0 to {_MOST_DAYS}")
    with using(engine) as connection:
        reports, answers = expire(connection, today, days, None)
    return f"deleted: {reports} reports older than {days} days, {answers} answers kept for them alone"


def delete_one(engine: sa.Engine, answer_id: str) -> str:
    """Delete an answer, its permalink and what was said of it.

    Raises:
        InvalidRequest: if no such answer is kept.
    """
    with using(engine) as connection:
        found = delete_answer(connection, answer_id)
    if not found:
        raise InvalidRequest(f"no answer {answer_id[:40]!r} is kept; give the id that stands in its address, /a/<id>")
    return f"deleted: answer {answer_id}, its permalink and its reports"


_COLUMNS = (
    "number",
    "given_on",
    "verdict",
    "text",
    "answer_id",
    "language",
    "outcome",
    "question",
    "answer",
    "sections",
)


def _row(report: Report) -> dict[str, Any]:
    answer = report.answer
    return {
        "number": report.number,
        "given_on": report.given_on.isoformat(),
        "verdict": report.verdict,
        "text": report.text,
        "answer_id": report.answer_id,
        "language": answer.language if answer else "",
        "outcome": answer.outcome if answer else "",
        "question": answer.question if answer else "",
        "answer": answer.text if answer else "",
        "sections": _sections(answer) if answer else [],
    }


def _sections(answer: Answer) -> list[str]:
    return list(dict.fromkeys(str(passage.section) for passage in answer.passages()))


def _case(report: Report, answer: Answer) -> Mapping[str, Any]:
    keys = dict.fromkeys(passage.section for passage in answer.passages())
    case: dict[str, Any] = {
        "id": f"feedback-{report.number}-{answer.language}",
        "part": "dev",
        "kind": "factoid" if answer.outcome == "answer" else "near-miss",
        "question": answer.question,
        "language": answer.language,
        # A right answer is a promise to keep; a wrong one is given as it was, for a person to set right.
        "expect": "answer" if answer.outcome == "answer" else "not-answer",
        "gold": [{"document": key.document_id, "section": key.section_id} for key in keys],
    }
    return {name: value for name, value in case.items() if value}


def _remarks(report: Report, answer: Answer) -> Iterator[str]:
    yield f"Draft from report {report.number} ({report.verdict}, {report.given_on}). Before it is a case, a person sets right:"
    yield "kind, expect (answer, closest, refusal, not-answer), gold (now: what was cited), and adds must and must_not."
    yield f"outcome then: {answer.outcome}, corpus {answer.corpus_version}"
    yield from (f"answered: {line}" for line in plain_text(answer.text).split("\n") if line.strip())
    yield from (f"the reader: {line}" for line in plain_text(report.text).split("\n") if line.strip())


def _short(text: str) -> str:
    line = " ".join(plain_text(text).split())
    return line if len(line) <= _SHORT else line[: _SHORT - 1] + "…"


def _cell(value: object) -> str:
    text = " ".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
