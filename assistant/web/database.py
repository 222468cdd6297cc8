"""The operator's database: its tables, how it is opened, and what is deleted when.

SQLite in the data folder by default, PostgreSQL by URL. Days are kept, never times of day, and nothing about a visitor.
`docs/privacy.md` says the same to readers; the two change together.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from assistant.errors import SettingsError, SummitError

DATABASE_NAME = "assistant.db"
SCHEMA = 1
MAX_SECTION_CHARS = 400
_CONNECT_SECONDS = 10

_METADATA = sa.MetaData()
_SCHEMAS = sa.Table("summit_schema", _METADATA, sa.Column("version", sa.Integer, primary_key=True))
# An answer is public from the day when a visitor asked for its permalink; with feedback alone it stays private.
ANSWERS = sa.Table(
    "summit_answers",
    _METADATA,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("answered_on", sa.Date, nullable=False),
    sa.Column("published_on", sa.Date, index=True),
    sa.Column("corpus_date", sa.String(10), nullable=False),
    sa.Column("content", sa.Text, nullable=False),
)
FEEDBACK = sa.Table(
    "summit_feedback",
    _METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("answer_id", sa.String(64), sa.ForeignKey(ANSWERS.c.id), nullable=False, index=True),
    sa.Column("given_on", sa.Date, nullable=False, index=True),
    sa.Column("verdict", sa.String(16), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)
UNANSWERED = sa.Table(
    "summit_unanswered",
    _METADATA,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("section", sa.String(MAX_SECTION_CHARS), primary_key=True),
    sa.Column("outcome", sa.String(16), primary_key=True),
    sa.Column("times", sa.Integer, nullable=False),
)
UNANSWERED_TEXTS = sa.Table(
    "summit_unanswered_texts",
    _METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("day", sa.Date, nullable=False, index=True),
    sa.Column("section", sa.String(MAX_SECTION_CHARS), nullable=False),
    sa.Column("outcome", sa.String(16), nullable=False),
    sa.Column("question", sa.Text, nullable=False),
)
# In an order in which they can be filled: what is referred to comes first.
TABLES = (ANSWERS, FEEDBACK, UNANSWERED, UNANSWERED_TEXTS)


class StoreError(SummitError):
    """The database cannot be used, or will not keep something."""


class UnknownAnswer(StoreError):
    """An id that names no answer of this server."""


def open_database(url: str, data_dir: Path) -> sa.Engine:
    """The database at `url`, or `assistant.db` in the data folder where `url` is empty; its tables are made if missing.

    Raises:
        SettingsError: for a URL that names no database that we speak to.
        StoreError: if the database cannot be reached, or was made by another version of the program.
    """
    engine = connect(url, data_dir)
    try:
        prepare(engine)
    except StoreError:
        engine.dispose()
        raise
    return engine


def connect(url: str, data_dir: Path) -> sa.Engine:
    """The same database without looking whether it is there: `prepare` does that.

    Raises:
        SettingsError: for a URL that names no database that we speak to.
        StoreError: if the file of a SQLite database cannot be written.
    """
    if not url:
        return _sqlite(data_dir / DATABASE_NAME)
    try:
        parsed = sa.make_url(url)
        if parsed.get_backend_name() == "sqlite" and parsed.database:
            return _sqlite(Path(parsed.database))
        if parsed.get_backend_name() == "postgresql":
            return _postgresql(parsed)
    except (ArgumentError, NoSuchModuleError, ValueError):  # a port or a host that is none
        pass
    except ModuleNotFoundError:
        raise SettingsError(
            "SUMMIT_DATABASE_URL names PostgreSQL, whose driver is missing; `pip install 'psycopg[binary]'`"
        ) from None
    raise SettingsError(
        "SUMMIT_DATABASE_URL names no database of ours; write postgresql://user:password@host/name or sqlite:///file"
    )


@contextmanager
def using(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One transaction.

    Raises:
        StoreError: where the database fails; the message holds neither the statement nor what was in it.
    """
    try:
        with engine.begin() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise StoreError(f"the database failed ({_reason(error)}); see whether it runs and has room") from None


def upsert(connection: sa.Connection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that can say what to do where the row is there already."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def count_rows(connection: sa.Connection, table: sa.Table, *conditions: sa.ColumnElement[bool]) -> int:
    """How many rows meet the conditions."""
    return connection.scalar(sa.select(sa.func.count()).select_from(table).where(*conditions)) or 0


def expire(connection: sa.Connection, today: date, feedback_days: int, permalink_days: int | None) -> tuple[int, int]:
    """Delete what is older: how many reports and how many answers were. Unanswered questions go with the reports.

    Permalinks stay where `permalink_days` is None.
    """
    before = today - timedelta(days=feedback_days)
    reports = connection.execute(sa.delete(FEEDBACK).where(FEEDBACK.c.given_on < before)).rowcount
    for table in (UNANSWERED, UNANSWERED_TEXTS):
        connection.execute(sa.delete(table).where(table.c.day < before))
    if permalink_days is not None:
        past = ANSWERS.c.published_on < today - timedelta(days=permalink_days)
        connection.execute(sa.update(ANSWERS).where(past).values(published_on=None))
    reported = sa.exists().where(FEEDBACK.c.answer_id == ANSWERS.c.id)
    answers = connection.execute(sa.delete(ANSWERS).where(ANSWERS.c.published_on.is_(None), ~reported)).rowcount
    return reports, answers


def delete_answer(connection: sa.Connection, answer_id: str) -> bool:
    """Delete one answer with its permalink and what was said of it; False if it is not kept."""
    connection.execute(sa.delete(FEEDBACK).where(FEEDBACK.c.answer_id == answer_id))
    return bool(connection.execute(sa.delete(ANSWERS).where(ANSWERS.c.id == answer_id)).rowcount)


def _postgresql(url: sa.URL) -> sa.Engine:
    # `postgresql://` alone would mean the older driver. Parameters are hidden: errors reach a log, visitors' words must not.
    return sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"connect_timeout": _CONNECT_SECONDS},
    )


def _sqlite(path: Path) -> sa.Engine:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # For the operator alone: it holds what visitors wrote.
        path.touch(mode=0o600)
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written ({error.strerror}); set SUMMIT_DATA_DIR or SUMMIT_DATABASE_URL"
        ) from None
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(path)), hide_parameters=True)
    sa.event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _: object) -> None:
    """Readers beside a writer, waiting instead of failing, and deleted text overwritten on the disk."""
    wait = f"busy_timeout={1000 * _CONNECT_SECONDS}"
    for pragma in (wait, "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def prepare(engine: sa.Engine) -> None:
    """Make the tables that are missing, and see whether they are ours.

    Raises:
        StoreError: if the database cannot be reached, or was made by another version of the program.
    """
    where = engine.url.render_as_string(hide_password=True)
    try:
        _make_tables(engine)
        with engine.connect() as connection:
            found = connection.scalar(sa.select(sa.func.max(_SCHEMAS.c.version)))
    except SQLAlchemyError as error:
        raise StoreError(
            f"the database {where} failed ({_reason(error)}); check SUMMIT_DATABASE_URL, and that it runs"
        ) from None
    if found != SCHEMA:
        raise StoreError(f"the database {where} has schema {found}, this program needs {SCHEMA}; use another database")


def _make_tables(engine: sa.Engine) -> None:
    try:
        _METADATA.create_all(engine)
    except SQLAlchemyError:
        # Another process made them at the same moment: now they are there, or the second try says why not.
        _METADATA.create_all(engine)
    with engine.begin() as connection:
        if not count_rows(connection, _SCHEMAS):
            connection.execute(upsert(connection, _SCHEMAS).values(version=SCHEMA).on_conflict_do_nothing())


def _reason(error: SQLAlchemyError) -> str:
    return type(getattr(error, "orig", None) or error).__name__
