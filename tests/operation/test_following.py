"""A running server follows the index without a question noticing."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.errors import IndexDamaged
from assistant.following import FollowingParts
from assistant.reading.documents import load_corpus
from assistant.search.index_files import STORE_NAME, current_folder
from assistant.search.indexing import build_index, roll_back
from tests.fakes import FakeEncoder, indexed_parts, tiny_corpus, write_document

QUESTION = "How many giraffes did the zoo count?"


class World:
    """A corpus, its index, and parts that follow it."""

    def __init__(self, folder: Path) -> None:
        self.corpus, self.data = tiny_corpus(folder), folder / "data"
        self.count_giraffes(1)
        self.build()
        self.parts = FollowingParts(indexed_parts(self.data), self.data, lambda: indexed_parts(self.data))

    def count_giraffes(self, number: int) -> None:
        about = {"sections": [{"id": "count", "questions": {"en": [QUESTION]}}]}
        text = f"# Zoo\n\n## Count {{#count}}\n\nThe zoo counted {number} giraffes.\n"
        write_document(self.corpus, "zoo", about, en=text)

    def build(self) -> None:
        build_index(load_corpus(self.corpus).documents, FakeEncoder(), self.data)

    def said(self) -> str:
        return self.parts.assistant.ask(QUESTION).text.removesuffix(" [1]")

    @property
    def folder(self) -> Path:
        folder = current_folder(self.data)
        assert folder is not None
        return folder


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world with one giraffe."""
    made = World(tmp_path)
    yield made
    made.parts.close()


def test_nothing_new_is_nothing_to_do(world: World) -> None:
    """As long as the pointer stays, the parts stay."""
    assert not world.parts.follow()
    assert world.said() == "The zoo counted 1 giraffes."


def test_a_new_index_answers_the_next_question(world: World) -> None:
    """After the switch, answers, documents and version are those of the new index."""
    before = world.parts.catalogue.version
    world.count_giraffes(2)
    world.build()
    assert world.parts.follow()
    assert world.said() == "The zoo counted 2 giraffes."
    assert world.parts.catalogue.version != before


def test_a_rollback_is_followed(world: World) -> None:
    """Going back is a switch as any other."""
    world.count_giraffes(2)
    world.build()
    world.parts.follow()
    roll_back(world.data)
    assert world.parts.follow()
    assert world.said() == "The zoo counted 1 giraffes."


def test_a_question_ends_where_it_began(world: World) -> None:
    """A question that is being answered keeps its index open until it is done, then its files go."""
    with world.parts.leased() as old:
        world.count_giraffes(2)
        world.build()
        world.parts.follow()
        assert old.assistant.ask(QUESTION).text.startswith("The zoo counted 1 giraffes.")
        assert world.said() == "The zoo counted 2 giraffes."
    with pytest.raises(Exception, match=r".+"):
        old.store.ids("sentence")


def test_a_damaged_index_is_not_followed(world: World) -> None:
    """The last index serves on and says why; once the index is mended, it is followed."""
    world.count_giraffes(2)
    world.build()
    path = world.folder / STORE_NAME / "chroma.sqlite3"
    whole = path.read_bytes()
    path.write_bytes(b"rubbish")
    assert not world.parts.follow()
    assert "--rebuild" in world.parts.problem
    assert world.said() == "The zoo counted 1 giraffes."
    path.write_bytes(whole)
    build_index(load_corpus(world.corpus).documents, FakeEncoder(), world.data, rebuild=True)
    assert world.parts.follow()
    assert (world.parts.problem, world.said()) == ("", "The zoo counted 2 giraffes.")


def test_a_pointer_that_is_gone_is_no_reason_to_stop(world: World) -> None:
    """Without pointer, or without the whole data folder, the index in memory serves on."""
    shutil.rmtree(world.data)
    assert not world.parts.follow()
    assert "no index" in world.parts.problem
    assert world.said() == "The zoo counted 1 giraffes."


def test_files_that_are_lost_while_serving_are_opened_again(world: World) -> None:
    """Where the searched files cannot be read any more, the question that notices is answered all the same."""

    class Lost:
        """An assistant whose store fails."""

        def ask(self, *_: object) -> None:
            raise IndexDamaged("the files are gone")

    with world.parts.leased() as parts:
        object.__setattr__(parts, "assistant", Lost())
    assert world.said() == "The zoo counted 1 giraffes."


def test_no_question_is_dropped_while_indexes_change(world: World) -> None:
    """Four threads ask while the index changes ten times: every answer is whole, and none goes back in time."""
    stop, wrong, given = threading.Event(), [], [0]

    def ask() -> None:
        last = 0
        while not stop.is_set():
            said = world.said()
            number = int(said.split()[3])
            if said != f"The zoo counted {number} giraffes." or number < last:
                wrong.append(said)
            last = number
            given[0] += 1
            time.sleep(0.01)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    world.parts.start(every=0.05)
    for thread in threads:
        thread.start()
    for number in range(2, 12):
        world.count_giraffes(number)
        world.build()
    deadline = time.monotonic() + 30
    while world.said() != "The zoo counted 11 giraffes." and time.monotonic() < deadline:
        time.sleep(0.05)
    stop.set()
    for thread in threads:
        thread.join()
    assert (wrong, world.said()) == ([], "The zoo counted 11 giraffes.")
    assert given[0] > 100


def test_following_leaks_no_files(world: World) -> None:
    """Opened and closed fifteen times, indexes leave neither handles nor copies behind."""

    def handles() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    counts = []
    for number in range(15):
        world.count_giraffes(number)
        world.build()
        assert world.parts.follow()
        counts.append(handles())
    assert counts[-1] <= counts[5] + 3, counts


@pytest.mark.usefixtures("world")
@pytest.mark.skipif(os.name == "nt", reason="POSIX modes")
def test_copies_are_for_their_owner_alone() -> None:
    """The copy of the index lies in the temporary folder, closed to other users."""
    mine = [path for path in Path(tempfile.gettempdir()).glob("summit-index-*") if path.stat().st_mode & 0o077]
    assert mine == []
