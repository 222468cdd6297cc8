"""SIGKILL at any moment of indexing: visitors notice nothing, the next start succeeds, no document is lost."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import threading
import time
from pathlib import Path

import httpx
import pytest

from assistant.following import FollowingParts
from assistant.reading.documents import load_corpus
from assistant.search.index_files import index_folder
from assistant.search.indexing import build_index
from assistant.search.opening import open_index, verify_folder
from assistant.settings import Settings
from assistant.wiring import ready_parts
from tests.fakes import FakeEncoder, indexed_parts, tiny_corpus, write_document
from tests.operation.running import served

KILLS = 50
QUESTION = "How many giraffes did the zoo count?"
STEADY = "Who co-chaired the summit?"


def count_giraffes(corpus: Path, number: int) -> None:
    about = {"sections": [{"id": "count", "questions": {"en": [QUESTION]}}]}
    write_document(corpus, "zoo", about, en=f"# Zoo\n\n## Count {{#count}}\n\nThe zoo counted {number} giraffes.\n")


def index_once(corpus: Path, data: Path) -> None:
    """What the killed process does."""
    build_index(load_corpus(corpus).documents, FakeEncoder(), data)


class Visitor(threading.Thread):
    """Asks without pause over HTTP, and notes whatever is not a right answer."""

    def __init__(self, address: str) -> None:
        super().__init__(daemon=True)
        self.address, self.wrong, self.given = address, list[str](), 0
        self.stop = threading.Event()

    def run(self) -> None:
        last = 0
        with httpx.Client(base_url=self.address, timeout=30) as client:
            while not self.stop.is_set():
                try:
                    counted = client.post("/api/ask", json={"question": QUESTION})
                    steady = client.post("/api/ask", json={"question": STEADY})
                    number = int(counted.json()["text"].split()[3])
                    right = (
                        counted.json()["text"] == f"The zoo counted {number} giraffes. [1]"
                        and number >= last
                        and steady.json()["text"].startswith("France and India co-chaired the summit.")
                    )
                    last = number
                    if not right:
                        self.wrong.append(f"{counted.text[:300]} {steady.text[:300]}")
                except (httpx.HTTPError, ValueError, KeyError, IndexError) as error:
                    self.wrong.append(repr(error))
                self.given += 2


@pytest.mark.slow
def test_fifty_kills_at_random_moments(tmp_path: Path) -> None:
    """Fifty builds are killed while a visitor asks: no wrong answer, no failed start, no lost document."""
    from assistant.web.application import create_app

    corpus, data = tiny_corpus(tmp_path), tmp_path / "data"
    count_giraffes(corpus, 1)
    index_once(corpus, data)
    following = FollowingParts(indexed_parts(data), data, lambda: indexed_parts(data))
    following.start(every=0.1)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["chromadb", "assistant.search.indexing", "tests.operation.test_kills"])
    chance, killed, number, moments = random.Random(8), 0, 1, [0.4]
    with served(create_app(following, Settings(rate_limit_per_minute=100_000))) as address:
        visitor = Visitor(address)
        visitor.start()
        while killed < KILLS:
            number += 1
            count_giraffes(corpus, number)
            builder = context.Process(target=index_once, args=(corpus, data))
            begun = time.monotonic()
            builder.start()
            builder.join(chance.uniform(0.0, 1.2 * max(moments[-10:])))
            if builder.exitcode is None:
                assert builder.pid is not None
                os.kill(builder.pid, signal.SIGKILL)
                builder.join()
            else:
                moments.append(time.monotonic() - begun)
            killed += builder.exitcode == -signal.SIGKILL
            assert builder.exitcode in (0, -signal.SIGKILL)
            check_what_is_left(corpus, data, number)
        visitor.stop.set()
        visitor.join()
    following.close()
    print(f"{killed} kills in {number - 1} builds, {visitor.given} answers")
    assert visitor.wrong == []
    assert visitor.given > 2 * KILLS


def check_what_is_left(corpus: Path, data: Path, number: int) -> None:
    """The index in force is whole and of one of the two corpora; a start makes it that of the new one."""
    index = open_index(data, "fake", 384)
    index.store.close()
    verify_folder(index.folder).store.close()
    told = next(one for one in index.catalogue.documents if one.id == "zoo").texts["en"]
    assert any(f"counted {one} giraffes" in told for one in (number - 1, number))
    started = ready_parts(Settings(corpus_dir=corpus, data_dir=data), encoder=FakeEncoder())
    started.store.close()
    assert {one.id for one in started.catalogue.documents} == {one.id for one in load_corpus(corpus).documents}
    assert f"counted {number} giraffes" in started.catalogue.passages_of(*_zoo(started.catalogue.passages))[0].text
    assert len([path for path in index_folder(data).iterdir() if path.is_dir()]) <= 2


def _zoo(passages: object) -> tuple:  # type: ignore[type-arg]
    found = next(one for one in passages if one.section.document_id == "zoo")  # type: ignore[attr-defined]
    return found.section, found.language
