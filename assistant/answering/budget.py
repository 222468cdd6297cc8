"""How many requests and tokens the language model may cost a day; when they are spent, the quotes answer serves.

Kept in a SQLite file so that a restart or a second process does not start anew; in memory without a path. Days are UTC.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from assistant.answering.faults import ModelFault

_TABLE = "CREATE TABLE IF NOT EXISTS spent (day TEXT PRIMARY KEY, requests INTEGER NOT NULL, tokens INTEGER NOT NULL)"
_ADD = """INSERT INTO spent (day, requests, tokens) VALUES (?, ?, ?)
ON CONFLICT (day) DO UPDATE SET requests = requests + excluded.requests, tokens = tokens + excluded.tokens"""
_WAIT_SECONDS = 2.0


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


class DailyBudget:
    """Counts the requests and tokens of the day against their limits. Thread-safe; processes share the file."""

    def __init__(self, requests: int, tokens: int, path: Path | None = None, today: Callable[[], str] = _today) -> None:
        self._requests = requests
        self._tokens = tokens
        self._path = path
        self._today = today
        self._lock = threading.Lock()
        self._memory: sqlite3.Connection | None = None

    def reserve(self) -> None:
        """Count one request.

        Raises:
            ModelFault: if the day's requests or tokens are spent, or the file cannot be used.
        """
        with self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            requests, tokens = self._spent(connection)
            if requests >= self._requests:
                raise ModelFault(
                    "budget", f"{requests} requests were made today, the limit; raise SUMMIT_LLM_DAILY_REQUESTS or wait"
                )
            if tokens >= self._tokens:
                raise ModelFault(
                    "budget",
                    f"{tokens} tokens were used today, the limit is {self._tokens}; raise SUMMIT_LLM_DAILY_TOKENS or wait",
                )
            connection.execute(_ADD, (self._today(), 1, 0))

    def spend(self, tokens: int) -> None:
        """Count the tokens that a request has cost."""
        with self._open() as connection:
            connection.execute(_ADD, (self._today(), 0, tokens))

    def spent(self) -> tuple[int, int]:
        """The requests and tokens of today."""
        with self._open() as connection:
            return self._spent(connection)

    def _spent(self, connection: sqlite3.Connection) -> tuple[int, int]:
        row = connection.execute("SELECT requests, tokens FROM spent WHERE day = ?", (self._today(),)).fetchone()
        return (int(row[0]), int(row[1])) if row else (0, 0)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                connection = self._connection()
                try:
                    with connection:
                        yield connection
                finally:
                    if connection is not self._memory:
                        connection.close()
            except sqlite3.Error as error:
                raise ModelFault("budget", f"the budget file cannot be used ({error}); check SUMMIT_DATA_DIR") from None

    def _connection(self) -> sqlite3.Connection:
        if self._memory is not None:
            return self._memory
        target = self._path if self._path is not None else ":memory:"
        connection = sqlite3.connect(target, timeout=_WAIT_SECONDS, check_same_thread=False)
        connection.execute(_TABLE)
        if self._path is None:
            self._memory = connection
        return connection
