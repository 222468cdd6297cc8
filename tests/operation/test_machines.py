"""Several machines: Chroma's server, PostgreSQL, Redis and nginx for real, and what visitors notice when one goes."""

from __future__ import annotations

import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import redis

from assistant.reading.documents import load_corpus
from assistant.search.index_files import current_folder
from assistant.search.indexing import build_index
from assistant.search.published import PublishedIndexes
from tests.fakes import FakeEncoder, tiny_corpus
from tests.operation.running import program
from tests.web.running import ask_the_page
from tests.web.services import Chroma, chroma_server, nginx, postgresql, redis_server

pytestmark = [pytest.mark.services, pytest.mark.slow]
QUESTION = {"question": "Who co-chaired the summit?"}
RIGHT = "France and India co-chaired the summit."
_SECONDS = 90.0


@dataclass(frozen=True)
class Place:
    """A Chroma server on which the tiny corpus is published, and folders to work in."""

    chroma: Chroma
    corpus: Path
    folder: Path

    def web(self, name: str, **settings: str) -> object:
        """A web process that has nothing but the server."""
        more = {"SUMMIT_CHROMA_URL": self.chroma.url, "SUMMIT_RATE_LIMIT_PER_MINUTE": "0", **settings}
        return program(self.folder / f"data-{name}", self.corpus, self.folder / f"{name}.log", **more)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """Chroma with the tiny corpus."""
    with chroma_server() as chroma:
        corpus = tiny_corpus(tmp_path)
        build_index(load_corpus(corpus).documents, FakeEncoder(), tmp_path / "built")
        folder = current_folder(tmp_path / "built")
        assert folder is not None
        with closing(PublishedIndexes.connect(chroma.url)) as published:
            published.publish(folder, FakeEncoder(), lambda *_: None)
        yield Place(chroma, corpus, tmp_path)


class Visitors:
    """Ask without pause, each in a thread: through the API or as the page does."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._stop = threading.Event()
        self.seen: Counter[str] = Counter()

    @contextmanager
    def asking(self, *ways: Callable[[httpx.Client], str]) -> Iterator[None]:
        """One visitor for each way, for as long as the block runs."""
        with ThreadPoolExecutor(len(ways)) as pool:
            running = [pool.submit(self._visit, number, way) for number, way in enumerate(ways)]
            try:
                yield
            finally:
                self._stop.set()
            for one in running:
                one.result()

    def _visit(self, number: int, way: Callable[[httpx.Client], str]) -> None:
        with httpx.Client(base_url=self._address, timeout=30, headers={"X-Visitor": str(number)}) as client:
            while not self._stop.is_set():
                self.seen[way(client)] += 1
                time.sleep(0.02)

    def wait_for(self, number: int) -> None:
        """Until so many more right answers were given."""
        wanted = self.seen["right"] + number
        wait(lambda: self.seen["right"] >= wanted)


def wait(reached: Callable[[], object]) -> None:
    deadline = time.monotonic() + _SECONDS
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def by_api(client: httpx.Client) -> str:
    """Ask once; what came: `right`, `unavailable` (said clearly), or whatever it was."""
    try:
        answer = client.post("/api/ask", json=QUESTION)
        if answer.status_code == 503 and "/api/health" in answer.json()["error"]:
            return "unavailable"
        return "right" if answer.json()["text"].startswith(RIGHT) else answer.text[:200]
    except (httpx.HTTPError, ValueError, KeyError) as error:
        return repr(error)


def by_page(client: httpx.Client) -> str:
    """Ask as the page does, and where that fails once more, as soon as a person can press the button."""
    try:
        return _page_once(client)
    except (httpx.HTTPError, AssertionError, KeyError):
        time.sleep(0.5)
        try:
            return "right at the second attempt" if _page_once(client) == "right" else "wrong"
        except (httpx.HTTPError, AssertionError, KeyError) as error:
            return repr(error)


def _page_once(client: httpx.Client) -> str:
    shown = ask_the_page(client, "en", QUESTION["question"])
    return "right" if RIGHT in shown else shown[:200]


def health(address: str) -> tuple[int, list[str]]:
    """The status of the health, and who is ill."""
    answer = httpx.get(f"{address}/api/health")
    return answer.status_code, answer.json()["ill"]


def test_a_chroma_server_that_restarts(place: Place) -> None:
    """While Chroma is away, a question gets a clear 503 and the health names it; when it is back, all is as before."""
    with place.web("web") as (address, _):  # type: ignore[attr-defined]
        visitors = Visitors(address)
        with visitors.asking(by_api, by_api, by_api):
            visitors.wait_for(20)
            assert health(address) == (200, [])
            place.chroma.stop(signal.SIGKILL)
            wait(lambda: health(address) == (503, ["chroma"]))
            wait(lambda: visitors.seen["unavailable"] > 3)
            assert httpx.get(f"{address}/api/documents").status_code == 200
            place.chroma.start()
            visitors.wait_for(20)
            wait(lambda: health(address) == (200, []))
    assert set(visitors.seen) == {"right", "unavailable"}


def test_two_processes_and_one_is_killed(place: Place) -> None:
    """Behind nginx, with everything shared, a process is killed under load: nobody notices more than a retry."""
    with ExitStack() as stack:
        counting, _ = stack.enter_context(redis_server())
        shared = {
            "SUMMIT_DATABASE_URL": stack.enter_context(postgresql()),
            "SUMMIT_RATE_LIMIT_URL": counting,
            "SUMMIT_RATE_LIMIT_PER_MINUTE": "100000",
            "SUMMIT_TRUSTED_PROXIES": "127.0.0.1",
        }
        (first, process), (second, _) = (
            stack.enter_context(place.web(name, **shared))  # type: ignore[arg-type]
            for name in ("first", "second")
        )
        check_that_state_is_shared(first, second, counting)
        visitors = Visitors(stack.enter_context(nginx([first, second])))
        with visitors.asking(*[by_api] * 4, *[by_page] * 4):
            visitors.wait_for(60)
            process.kill()
            process.wait()
            visitors.wait_for(60)
        assert health(second) == (200, [])
    print(dict(visitors.seen))
    assert set(visitors.seen) <= {"right", "right at the second attempt"}
    # No more than the page's questions that were on their way, and those that nginx sent to it before it noticed.
    assert visitors.seen["right at the second attempt"] <= 8
    assert not list(place.folder.glob("data-*"))


def check_that_state_is_shared(first: str, second: str, counting: str) -> None:
    """What one process keeps, the other shows; questions asked of both count together."""
    client = {"X-Forwarded-For": "198.51.100.7"}
    for address in (first, second, second):
        answer = httpx.post(f"{address}/api/ask", json=QUESTION, headers=client).json()
    for address in (first, second):
        assert httpx.get(f"{address}/a/{answer['answer_id']}?lang=en").status_code == 200
    said = {"answer_id": answer["answer_id"], "verdict": "right"}
    assert httpx.post(f"{first}/api/feedback", json=said).status_code == 204
    counted = redis.Redis.from_url(counting)
    keys = counted.keys("*198.51.100.7*")
    assert sum(int(counted.get(key) or 0) for key in keys) == 3  # type: ignore[union-attr, arg-type]


def test_a_stop_finishes_what_has_begun(tmp_path: Path) -> None:
    """SIGTERM while questions are being answered: each gets its whole answer, new ones are refused, and the process ends."""
    corpus, data = tiny_corpus(tmp_path), tmp_path / "data"
    build_index(load_corpus(corpus).documents, FakeEncoder(), data)
    with (
        program(data, corpus, tmp_path / "log", PONDER="2", SUMMIT_RATE_LIMIT_PER_MINUTE="0") as (address, process),
        ThreadPoolExecutor(4) as pool,
        httpx.Client(base_url=address, timeout=30) as client,
    ):
        begun = [pool.submit(way, client) for way in (by_api, by_api, by_api, _page_once)]
        time.sleep(1)
        process.terminate()
        time.sleep(0.5)
        with pytest.raises(httpx.ConnectError):
            httpx.get(address)
        assert [one.result() for one in begun] == ["right"] * 4
        process.wait(20)
    assert "Traceback" not in (tmp_path / "log").read_text()
