"""Indexes on a Chroma server: published whole or not at all, followed, rolled back, and the same answers as from a folder."""

from __future__ import annotations

import http.server
import os
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant.answering.as_json import answer_to_json
from assistant.errors import IndexDamaged, IndexMismatch, IndexMissing, IndexUnreachable, SettingsError
from assistant.following import FollowingParts
from assistant.reading.documents import load_corpus
from assistant.records import Turn
from assistant.search.encoder import Encoder, Vector
from assistant.search.index_files import IndexStamp, current_folder
from assistant.search.indexing import build_index
from assistant.search.published import PublishedIndexes
from assistant.search.store import ChromaServer
from assistant.settings import Settings
from assistant.wiring import Parts, index_corpus, open_parts, ready_parts, roll_back_index, verify_index
from evals.cases import load_cases
from tests.fakes import FakeEncoder, indexed_parts, published_parts, tiny_corpus, write_document
from tests.web.services import chroma_server

pytestmark = [pytest.mark.services, pytest.mark.slow]
ROOT = Path(__file__).parents[2]
STAMP = IndexStamp("fake", 384)
TABLE = "summit-index"
QUESTION = "How many giraffes did the zoo count?"
QUESTIONS = (QUESTION, "Who co-chaired the summit?", "Quels étaient les thèmes du sommet ?", "What is the weather?")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The address of a Chroma server."""
    with chroma_server() as running:
        yield running.url


@pytest.fixture
def server(url: str) -> Iterator[ChromaServer]:
    """A connection to the server, on which nothing is in force."""
    with closing(ChromaServer.connect(url)) as connected:
        connected.drop(TABLE)
        yield connected


@dataclass(frozen=True)
class World:
    """A small corpus whose index is published."""

    corpus: Path
    data: Path
    url: str
    published: PublishedIndexes

    def build(self, giraffes: int) -> Path:
        """Count the giraffes anew and index the corpus, in the data folder only."""
        about = {"sections": [{"id": "count", "questions": {"en": [QUESTION]}}]}
        text = f"# Zoo\n\n## Count {{#count}}\n\nThe zoo counted {giraffes} giraffes.\n"
        write_document(self.corpus, "zoo", about, en=text)
        build_index(load_corpus(self.corpus).documents, FakeEncoder(), self.data)
        folder = current_folder(self.data)
        assert folder is not None
        return folder

    def publish(self, giraffes: int) -> str:
        """Do so, and publish it."""
        return self.published.publish(self.build(giraffes), FakeEncoder(), lambda *_: None)

    def said(self) -> str:
        """What a process says that opens the index in force."""
        with opened(self.url) as parts:
            return parts.assistant.ask(QUESTION).text.removesuffix(" [1]")


@contextmanager
def opened(url: str) -> Iterator[Parts]:
    parts = published_parts(url)
    try:
        yield parts
    finally:
        parts.store.close()


@pytest.fixture
def world(tmp_path: Path, url: str, server: ChromaServer) -> World:
    """A world with nothing published."""
    return World(tiny_corpus(tmp_path), tmp_path / "data", url, PublishedIndexes(server))


def test_it_answers_as_the_folder_does(world: World) -> None:
    """The published index gives the folder's answers, without a data folder of its own."""
    world.publish(3)
    folder = indexed_parts(world.data)
    with opened(world.url) as parts:
        for question in QUESTIONS:
            found, expected = (answer_to_json(one.assistant.ask(question)) for one in (parts, folder))
            assert {**found, "elapsed_ms": 0} == {**expected, "elapsed_ms": 0}
    folder.store.close()


def test_nothing_published_says_what_to_do(world: World) -> None:
    """On an empty server the message names the command."""
    with pytest.raises(IndexMissing, match="python -m assistant index"):
        published_parts(world.url)


def test_the_same_index_is_not_published_twice(world: World) -> None:
    """Published again, it stays as it is; on demand it is published anew."""
    first = world.publish(1)
    assert world.publish(1) == first
    folder = current_folder(world.data)
    assert folder is not None
    assert world.published.publish(folder, FakeEncoder(), lambda *_: None, anew=True) != first


def test_processes_follow_and_go_back(world: World) -> None:
    """A process that serves notices the new index, and the way back to the one before."""
    world.publish(1)
    following = FollowingParts(
        published_parts(world.url), world.data, lambda: published_parts(world.url), world.published.in_force
    )
    assert not following.follow()
    world.publish(2)
    assert following.follow()
    assert following.assistant.ask(QUESTION).text.startswith("The zoo counted 2 giraffes.")
    world.published.roll_back()
    assert following.follow()
    assert following.assistant.ask(QUESTION).text.startswith("The zoo counted 1 giraffes.")
    following.close()


def test_an_index_that_is_not_whole_is_not_put_in_force(world: World) -> None:
    """What is not what was built is noticed when it is read back: the one before serves on, and nothing is left of it."""
    first = world.publish(1)
    folder = world.build(2)
    (folder / "classifier.npz").write_bytes(b"rubbish")
    with pytest.raises(IndexDamaged, match=r"classifier\.npz"):
        world.published.publish(folder, FakeEncoder(), lambda *_: None)
    assert world.said() == "The zoo counted 1 giraffes."
    with closing(ChromaServer.connect(world.url)) as server:
        assert set(server.read(TABLE)) == {"pointer", first}


def test_another_encoder_is_a_mismatch(world: World) -> None:
    """An index of other vectors is not opened; the message says both."""
    world.publish(1)
    with pytest.raises(IndexMismatch, match="'other' now, 'fake' in the index"):
        PublishedIndexes.connect(world.url).open(IndexStamp("other", 384))


def test_what_the_server_lost_is_noticed_and_mended(world: World, server: ChromaServer) -> None:
    """Without its vectors or files an index is not opened, and publishing it anew mends it."""
    for lost in ("store", "files"):
        name = world.publish(1)
        server.drop(name if lost == "store" else f"{name}.files")
        for look in (world.published.verify, lambda: published_parts(world.url)):
            with pytest.raises(IndexDamaged):
                look()
        folder = current_folder(world.data)
        assert folder is not None
        world.published.publish(folder, FakeEncoder(), lambda *_: None, anew=True)
        assert world.published.verify().catalogue.passages
        assert world.said() == "The zoo counted 1 giraffes."


def test_old_indexes_are_removed(world: World, server: ChromaServer) -> None:
    """What neither serves nor waits for a rollback goes after an hour, which another machine may need to finish its own."""
    server.write(TABLE, {"abandoned": "2025-02-11T10:00:00+00:00"})
    server.create_store("abandoned")
    names = [world.publish(number) for number in range(1, 4)]
    assert set(server.read(TABLE)) == {"pointer", *names}
    with pytest.raises(IndexDamaged):
        server.store("abandoned")
    server.write(TABLE, dict.fromkeys(names, "2025-02-11T10:00:00+00:00"))
    assert set(server.read(TABLE)) == {"pointer", *names}
    last = world.publish(4)
    assert set(server.read(TABLE)) == {"pointer", names[2], last}
    assert world.published.roll_back().corpus and world.said() == "The zoo counted 3 giraffes."


@pytest.mark.parametrize(
    "url", ["localhost:8000", "ftp://host", "http://", "http://user:word@host:8000", "http://host/chroma", "http://[::"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    """The message shows how an address is written."""
    with pytest.raises(SettingsError, match=r"write http://host:8000"):
        ChromaServer.connect(url)


def test_the_python_server_is_refused() -> None:
    """A server without the Rust server's page is not used; the message says why."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        with pytest.raises(SettingsError, match=r"chroma run.*CVE-2026-45829"):
            ChromaServer.connect(f"http://127.0.0.1:{other.server_port}")
        other.shutdown()


def test_a_server_that_is_not_there_is_named() -> None:
    """Nobody at the address: the message says which address, and what to do."""
    with pytest.raises(IndexUnreachable, match=r"127\.0\.0\.1:9.*start it"):
        ChromaServer.connect("http://127.0.0.1:9")


class Remembering:
    """An encoder that embeds each question once, so that two assistants may be asked the same."""

    def __init__(self, inner: Encoder) -> None:
        self._known: dict[str, Vector] = {}
        self.embed_queries, self.embed_passages = inner.embed_queries, inner.embed_passages
        self.name, self.dimension, self._embed = inner.name, inner.dimension, inner.embed_query

    def embed_query(self, text: str) -> Vector:
        """One question as a vector."""
        if text not in self._known:
            self._known[text] = self._embed(text)
        return self._known[text]


def test_all_cases_have_the_same_answer(
    real_settings: Settings, real_parts: Parts, server: ChromaServer, url: str
) -> None:
    """Every evaluation case, asked of the embedded index and of the server's, is answered alike to the last character."""
    assert server.read(TABLE) == {}
    encoder = Remembering(real_parts.encoder)
    shared = real_settings.model_copy(update={"chroma_url": url})
    embedded, remote = open_parts(real_settings, encoder), ready_parts(shared, encoder=encoder)
    cases = load_cases(ROOT / "evals" / "cases")[:: 1 if os.environ.get("ALL_CASES") == "1" else 8]
    different = []
    for case in cases:
        history = [Turn(one) for one in case.history]
        answers = [
            {
                **answer_to_json(one.assistant.ask(case.question, history, case.page_language)),
                "elapsed_ms": 0,
                "evidence": 0,
            }
            for one in (embedded, remote)
        ]
        if answers[0] != answers[1]:
            different.append(case.id)
    embedded.store.close()
    remote.store.close()
    assert different == []
    print(f"{len(cases)} cases")
    assert len(cases) > 400


def test_the_commands_mean_the_server(world: World) -> None:
    """`index`, `--verify` and `--rollback` work on what the server holds."""
    settings = Settings(corpus_dir=world.corpus, data_dir=world.data, chroma_url=world.url)
    for number in (1, 2):
        world.build(number)
        index_corpus(settings, FakeEncoder())
        assert world.said() == f"The zoo counted {number} giraffes."
    name = world.published.in_force()
    assert f"The index {name} is whole" in verify_index(settings)
    assert "Rolled back" in roll_back_index(settings)
    assert world.said() == "The zoo counted 1 giraffes."
