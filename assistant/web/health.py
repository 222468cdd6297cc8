"""Which part of the service is ill. Parts are named to everyone; what ails them is for the operator's log."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping

# Anyone may ask for the health as often as they like; the parts are looked at this often at most.
_SECONDS = 2.0
_LOG = logging.getLogger(__name__)
Check = Callable[[], str]


class Health:
    """Looks at parts: each check returns what is wrong, or nothing. Thread-safe.

    Without the parts in `needed` no question can be answered.
    """

    def __init__(
        self,
        checks: Mapping[str, Check] | None = None,
        clock: Callable[[], float] = time.monotonic,
        *,
        needed: frozenset[str] = frozenset(),
    ) -> None:
        self._checks = dict(checks or {})
        self._needed = needed
        self._clock = clock
        self._lock = threading.Lock()
        self._problems: dict[str, str] = {}
        self._looked_at: float | None = None

    def ill(self) -> tuple[str, ...]:
        """The names of the parts that are not well."""
        return tuple(name for name, problem in self.problems().items() if problem)

    def able(self) -> bool:
        """Are the parts well that every question needs?"""
        return not self._needed.intersection(self.ill())

    def problems(self) -> Mapping[str, str]:
        """What is wrong with each part; empty text where nothing is."""
        with self._lock:
            if self._looked_at is None or not 0 <= self._clock() - self._looked_at < _SECONDS:
                self._look()
                self._looked_at = self._clock()
            return dict(self._problems)

    def _look(self) -> None:
        for name, check in self._checks.items():
            try:
                problem = check()
            except Exception as error:  # noqa: BLE001  a part that cannot even be looked at is ill
                problem = type(error).__name__
            before = self._problems.get(name, "")
            if problem and problem != before:
                _LOG.warning("%s is ill: %s", name, problem, extra={"part": name})
            elif before and not problem:
                _LOG.warning("%s is well again", name, extra={"part": name})
            self._problems[name] = problem
