"""Visitors with time to think, at the real server on loopback: `python -m tests.load.visitors --seconds 1200`.

Four of five ask through the API, the fifth as the page does; the questions are the evaluation's `dev` cases, and each must have
the same answer whenever it is asked. The index in the data folder of the settings is brought up to date first.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np

from assistant.settings import Settings
from assistant.wiring import settings_from_environment
from evals.cases import Case, load_cases
from tests.web.running import Running, ask_the_page, running_server

CASES = Path(__file__).parents[2] / "evals" / "cases"
POLITE = (429, 503)
_PAGE_EVERY = 5
_TIMEOUT = 60.0


@dataclass(frozen=True, slots=True)
class Crowd:
    """So many visitors for so many seconds; each thinks between half of `think` seconds and half more before a question."""

    visitors: int = 200
    seconds: float = 60.0
    think: float = 20.0


@dataclass
class Report:
    """What happened. Times are in seconds, `held` is the server's memory in MB once a second."""

    seconds: float = 0.0
    took: list[float] = field(default_factory=list)
    polite: Counter[int] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    held: list[float] = field(default_factory=list)
    processor_seconds: float = 0.0

    def lines(self) -> list[str]:
        """For people."""
        took = np.array(self.took or [0.0]) * 1000
        median, late, latest = (float(np.percentile(took, one)) for one in (50, 95, 99))
        answered = max(1, len(self.took))
        each = self.processor_seconds / answered * 1000
        return [
            f"{len(self.took)} answers in {self.seconds:.0f} s: {len(self.took) / self.seconds:.1f} a second",
            f"median {median:.0f} ms, p95 {late:.0f} ms, p99 {latest:.0f} ms",
            f"memory: {self.held[0]:.0f} MB at the start, {max(self.held):.0f} MB at most, {self.held[-1]:.0f} MB at the end",
            f"processor time of the server: {each:.0f} ms an answer, so {1000 / each:.1f} answers a second and core",
            f"turned away politely: {self.polite[503]} by 503, {self.polite[429]} by 429; errors: {len(self.errors)}",
            *self.errors[:10],
        ]


def visit(settings: Settings, crowd: Crowd) -> Report:
    """Start the server, let the crowd ask, and stop it."""
    cases = [one for one in load_cases(CASES) if one.part == "dev" and not one.history]
    with running_server(settings) as server:
        return _Visit(server, cases, crowd).run()


class _Visit:
    def __init__(self, server: Running, cases: Sequence[Case], crowd: Crowd) -> None:
        self._server, self._cases, self._crowd = server, cases, crowd
        self._report, self._said = Report(), dict[str, str]()
        self._lock, self._over = threading.Lock(), threading.Event()

    def run(self) -> Report:
        used, begun = _processor_seconds(self._server.process), time.monotonic()
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=self._crowd.visitors)
        with (
            httpx.Client(base_url=self._server.address, timeout=_TIMEOUT, limits=limits) as client,
            ThreadPoolExecutor(self._crowd.visitors) as pool,
        ):
            visitors = [pool.submit(self._visitor, number, client) for number in range(self._crowd.visitors)]
            while time.monotonic() - begun < self._crowd.seconds:
                self._report.held.append(self._server.resident_megabytes())
                time.sleep(1)
            self._over.set()
            for one in visitors:
                one.result()
        self._report.held.append(self._server.resident_megabytes())
        self._report.seconds = time.monotonic() - begun
        self._report.processor_seconds = _processor_seconds(self._server.process) - used
        return self._report

    def _visitor(self, number: int, client: httpx.Client) -> None:
        chance = random.Random(number)
        think = self._crowd.think
        # They do not all come at once.
        pause = chance.uniform(0, think)
        while not self._over.wait(pause):
            self._ask(chance.choice(self._cases), client, as_page=number % _PAGE_EVERY == 0)
            pause = chance.uniform(think / 2, 1.5 * think)

    def _ask(self, case: Case, client: httpx.Client, *, as_page: bool) -> None:
        begun = time.perf_counter()
        try:
            if as_page:
                said = "" if "<article" in ask_the_page(client, case.language, case.question) else "no answer"
            else:
                answer = client.post("/api/ask", json={"question": case.question, "language": case.language})
                said = self._difference(case.question, answer.raise_for_status().json()["answer_id"])
        except httpx.HTTPStatusError as error:
            status = error.response.status_code
            with self._lock:
                if status in POLITE:
                    self._report.polite[status] += 1
                else:
                    self._report.errors.append(f"{case.id}: status {status}")
            return
        except (httpx.HTTPError, AssertionError, KeyError, ValueError) as error:
            said = repr(error)
        with self._lock:
            if said:
                self._report.errors.append(f"{case.id}: {said}")
            else:
                self._report.took.append(time.perf_counter() - begun)

    def _difference(self, question: str, answer_id: str) -> str:
        """Nothing, where the question had this answer before. An answer's id names all that it says."""
        with self._lock:
            return "" if self._said.setdefault(question, answer_id) == answer_id else "another answer than before"


def _processor_seconds(process: int) -> float:
    """User and system time that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the report; the status is 1 where there was an error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--visitors", type=int, default=200)
    parser.add_argument("--think", type=float, default=20.0, help="seconds between an answer and the next question")
    crowd = Crowd(**vars(parser.parse_args(arguments)))
    report = visit(settings_from_environment(), crowd)
    print("\n".join(report.lines()))
    return 1 if report.errors else 0


if __name__ == "__main__":
    sys.exit(main())
