"""The index before: kept, whole, and put in force again by one command."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import filelock
import pytest

from assistant.errors import IndexBusy, IndexDamaged, IndexMissing, IndexNotWritable
from assistant.reading.documents import load_corpus
from assistant.search.index_files import (
    POINTER_NAME,
    STORE_NAME,
    current_folder,
    held_corpus,
    index_folder,
    other_folder,
    read_stamp,
)
from assistant.search.indexing import build_index, roll_back
from assistant.search.opening import open_index, verify_folder
from assistant.settings import Settings
from assistant.wiring import ready_parts, verify_index
from tests.fakes import FakeEncoder, tiny_corpus, write_document

ROOT = Path(__file__).parents[2]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A small corpus that was indexed twice: the second time with a document more."""
    chosen = Settings(corpus_dir=tiny_corpus(tmp_path), data_dir=tmp_path / "data")
    build(chosen)
    extend(chosen)
    build(chosen)
    return chosen


def build(settings: Settings) -> None:
    build_index(load_corpus(settings.corpus_dir).documents, FakeEncoder(), settings.data_dir)


def extend(settings: Settings, name: str = "extra") -> None:
    write_document(settings.corpus_dir, name, None, en=f"# {name}\n\n## New {{#new}}\n\nA sentence about {name}.\n")


def documents_in_force(settings: Settings) -> set[str]:
    index = open_index(settings.data_dir, "fake", 384)
    index.store.close()
    return {one.id for one in index.catalogue.documents}


def started(settings: Settings) -> tuple[set[str], list[str]]:
    """What a start serves, and what it says."""
    said: list[str] = []
    parts = ready_parts(settings, say=said.append, encoder=FakeEncoder())
    parts.store.close()
    return {one.id for one in parts.catalogue.documents}, said


def in_force(settings: Settings) -> Path:
    folder = current_folder(settings.data_dir)
    assert folder is not None
    return folder


def test_a_rollback_brings_the_index_before_back(settings: Settings) -> None:
    """After a rollback the document that was added is gone; a second rollback brings it again."""
    roll_back(settings.data_dir)
    assert "extra" not in documents_in_force(settings)
    roll_back(settings.data_dir)
    assert "extra" in documents_in_force(settings)


def test_a_start_does_not_undo_a_rollback(settings: Settings) -> None:
    """The corpus that was rolled back from is not indexed again by a start, only by the command, or once it changes."""
    roll_back(settings.data_dir)
    assert "extra" not in started(settings)[0]
    build(settings)
    assert held_corpus(settings.data_dir) == ""
    assert "extra" in documents_in_force(settings)
    roll_back(settings.data_dir)
    extend(settings, "corrected")
    assert {"extra", "corrected"} <= started(settings)[0]


def test_a_rollback_stays_possible_after_a_rebuild(settings: Settings) -> None:
    """Embedding everything anew keeps the index that was in force."""
    before = in_force(settings)
    build_index(load_corpus(settings.corpus_dir).documents, FakeEncoder(), settings.data_dir, rebuild=True)
    assert other_folder(settings.data_dir) == before


def test_nothing_to_go_back_to_is_said(tmp_path: Path) -> None:
    """With one index only, the message says that none is kept, and the pointer stays."""
    chosen = Settings(corpus_dir=tiny_corpus(tmp_path), data_dir=tmp_path / "data")
    build(chosen)
    with pytest.raises(IndexMissing, match="no index beside the one in force"):
        roll_back(chosen.data_dir)
    assert len(documents_in_force(chosen)) == 5


def test_a_damaged_index_is_not_gone_back_to(settings: Settings) -> None:
    """What was kept is looked through before it is put in force."""
    now = in_force(settings)
    (other_folder(settings.data_dir) / STORE_NAME / "chroma.sqlite3").write_bytes(b"rubbish")
    with pytest.raises(IndexDamaged):
        roll_back(settings.data_dir)
    assert in_force(settings) == now


def test_a_rollback_waits_for_no_builder(settings: Settings) -> None:
    """While another process indexes, the pointer is not touched."""
    with filelock.FileLock(index_folder(settings.data_dir) / "lock"), pytest.raises(IndexBusy):
        roll_back(settings.data_dir)


def test_verify_counts_what_is_there(settings: Settings) -> None:
    """A whole index is told with its numbers."""
    assert "is whole: 6 documents" in verify_index(settings)


def test_verify_sees_one_changed_byte(settings: Settings) -> None:
    """One byte in any file is enough to be named."""
    for path in sorted(one for one in in_force(settings).rglob("*") if one.is_file() and one.stat().st_size):
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        with pytest.raises(IndexDamaged, match="--rebuild"):
            verify_folder(in_force(settings))
        path.write_bytes(content)
    verify_folder(in_force(settings)).store.close()


def test_a_damaged_index_is_stood_in_for_by_the_one_before(settings: Settings) -> None:
    """A start on damaged files serves the last good index, and says what happened and what to run."""
    (in_force(settings) / STORE_NAME / "chroma.sqlite3").write_bytes(b"rubbish")
    documents, said = started(settings)
    assert "extra" not in documents and len(documents) == 5
    assert any("the index before serves" in line and "--rebuild" in line for line in said)


def test_a_start_while_another_process_indexes_serves_the_last_index(settings: Settings) -> None:
    """A start neither waits nor fails while a new index is being built."""
    extend(settings, "third")
    with filelock.FileLock(index_folder(settings.data_dir) / "lock"):
        documents, said = started(settings)
    assert "third" not in documents and "extra" in documents
    assert any("another process is indexing" in line for line in said)


def test_two_first_starts_at_once_both_serve(tmp_path: Path) -> None:
    """With no index yet, the second start waits until the first has built one."""
    corpus = tiny_corpus(tmp_path)
    command = [sys.executable, "-c", _START, str(corpus), str(tmp_path / "data")]
    running = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=120)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0]
    assert [line.splitlines()[-1] for line in said] == ["5 documents"] * 2
    assert len([path for path in index_folder(tmp_path / "data").iterdir() if path.is_dir()]) == 1


_START = """
import sys
from pathlib import Path
from assistant.settings import Settings
from assistant.wiring import ready_parts
from tests.fakes import FakeEncoder

settings = Settings(corpus_dir=Path(sys.argv[1]), data_dir=Path(sys.argv[2]))
parts = ready_parts(settings, say=print, encoder=FakeEncoder())
parts.store.close()
print(len(parts.catalogue.documents), "documents")
"""


@pytest.mark.parametrize("kilobytes", [1, 20, 100, 200, 300])
def test_a_full_disk_leaves_the_last_index_in_force(settings: Settings, kilobytes: int) -> None:
    """Wherever a build stops for lack of room, the message says so, the last index serves and nothing half-built stays."""
    before = in_force(settings)
    extend(settings, "third")
    limit = f"import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, ({kilobytes << 10}, {kilobytes << 10}))\n"
    code = limit + _START
    command = [sys.executable, "-c", code, str(settings.corpus_dir), str(settings.data_dir)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert "last index serves" in done.stdout or "IndexNotWritable" in done.stderr, done.stderr[-1500:]
    assert in_force(settings) == before
    assert "third" not in documents_in_force(settings)
    names = {path.name for path in index_folder(settings.data_dir).iterdir() if path.is_dir()}
    assert names == {before.name, other_folder(settings.data_dir).name}
    build(settings)
    assert "third" in documents_in_force(settings)


def test_no_room_for_the_readers_copy_is_said(settings: Settings, tmp_path: Path) -> None:
    """Where the temporary folder cannot be written, the message names it and the variable that moves it."""
    (tmp_path / "file").write_text("in the way")
    before, tempfile.tempdir = tempfile.tempdir, str(tmp_path / "file")
    try:
        with pytest.raises(IndexNotWritable, match="TMPDIR"):
            open_index(settings.data_dir, "fake", 384)
    finally:
        tempfile.tempdir = before


def test_copies_that_were_left_behind_are_cleared_away(settings: Settings, tmp_path: Path) -> None:
    """The copy of a killed process goes with the next opening; that of a living one stays."""
    before, tempfile.tempdir = tempfile.tempdir, str(tmp_path)
    try:
        living = open_index(settings.data_dir, "fake", 384)
        (copy,) = tmp_path.glob("summit-index-*")
        dead = Path(shutil.copytree(copy, tmp_path / "summit-index-dead"))
        for folder in (copy, dead):
            os.utime(folder, (1, 1))
        open_index(settings.data_dir, "fake", 384).store.close()
        assert list(tmp_path.glob("summit-index-*")) == [copy]
        living.store.close()
        assert not copy.exists()
    finally:
        tempfile.tempdir = before


def test_a_pointer_that_leads_elsewhere_is_refused(settings: Settings, tmp_path: Path) -> None:
    """The pointer names a folder beside it; a path is no name."""
    (index_folder(settings.data_dir) / POINTER_NAME).write_text(f"../../{tmp_path.name}\n")
    with pytest.raises(IndexDamaged):
        current_folder(settings.data_dir)
    assert read_stamp(other_folder(settings.data_dir)).encoder == "fake"
