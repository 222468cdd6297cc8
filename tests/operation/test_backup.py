"""A backup brings back what was there: the index as it was, and every permalink."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from assistant.backup import BackupError, back_up, restore
from assistant.commands import main
from assistant.reading.documents import load_corpus
from assistant.search.index_files import current_folder, read_sums
from assistant.search.indexing import build_index
from assistant.settings import Settings
from assistant.web.application import create_app
from assistant.web.database import StoreError, open_database
from assistant.web.permalinks import AnswerStore
from tests.fakes import FakeEncoder, indexed_parts, tiny_corpus
from tests.web.services import postgresql

QUESTIONS = ("Who co-chaired the summit?", "What is Current AI?")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny corpus."""
    return tiny_corpus(tmp_path_factory.mktemp("backup"))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=[pytest.mark.services, pytest.mark.slow])])
def database_urls(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """The database that is backed up, and an empty one of the same kind; empty for SQLite in the data folder."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            yield "", ""
        else:
            yield stack.enter_context(postgresql()), stack.enter_context(postgresql())


def site(data: Path, url: str) -> TestClient:
    """The whole application on the index and the database of a data folder."""
    parts = indexed_parts(data)
    return TestClient(create_app(parts, Settings(), AnswerStore(open_database(url, data), parts.catalogue)))


def use(data: Path, url: str) -> list[str]:
    """Ask and keep; the permalinks' addresses."""
    client, paths = site(data, url), []
    for question in QUESTIONS:
        answer_id = client.post("/api/ask", json={"question": question}).json()["answer_id"]
        said = {"answer_id": answer_id, "verdict": "wrong", "text": "zebra’s été"}
        assert client.post("/api/feedback", json=said).status_code == 204
        paths.append(f"/a/{answer_id}?lang=en")
        assert client.get(paths[-1]).status_code == 200
    client.post("/api/ask", json={"question": "What time is it in Tokyo?"})
    return paths


def shown(data: Path, url: str, paths: list[str]) -> list[str]:
    """What the permalinks show."""
    client = site(data, url)
    pages = [client.get(path) for path in paths]
    assert {page.status_code for page in pages} == {200}
    return [page.text for page in pages]


def test_what_is_restored_shows_the_same_permalinks(
    corpus: Path, tmp_path: Path, database_urls: tuple[str, str]
) -> None:
    """Index and database come back in an empty place: every file of the index, every permalink, every report."""
    old, new, file = tmp_path / "old", tmp_path / "new", tmp_path / "summit.tar.gz"
    build_index(load_corpus(corpus).documents, FakeEncoder(), old)
    paths = use(old, database_urls[0])
    taken = back_up(old, database_urls[0], file)
    assert (file.stat().st_mode & 0o077, taken.rows["summit_answers"], taken.rows["summit_feedback"]) == (0, 2, 2)
    assert restore(file, new, database_urls[1]) == taken
    before, after = current_folder(old), current_folder(new)
    assert before and after and read_sums(before) == read_sums(after)
    assert shown(new, database_urls[1], paths) == shown(old, database_urls[0], paths)
    said = {"answer_id": paths[0][3:23], "verdict": "right"}
    assert site(new, database_urls[1]).post("/api/feedback", json=said).status_code == 204, "numbers go on"


@pytest.mark.services
@pytest.mark.slow
def test_a_backup_of_sqlite_can_be_restored_into_postgresql(corpus: Path, tmp_path: Path) -> None:
    """Whoever grows out of one machine takes the permalinks along."""
    old, new, file = tmp_path / "old", tmp_path / "new", tmp_path / "summit.tar.gz"
    build_index(load_corpus(corpus).documents, FakeEncoder(), old)
    paths = use(old, "")
    back_up(old, "", file)
    with postgresql() as url:
        restore(file, new, url)
        assert shown(new, url, paths) == shown(old, "", paths)


def test_nothing_is_overwritten(corpus: Path, tmp_path: Path) -> None:
    """A file that is there is not replaced, and rows that are there are not mixed with others."""
    data, file = tmp_path / "data", tmp_path / "summit.tar.gz"
    build_index(load_corpus(corpus).documents, FakeEncoder(), data)
    use(data, "")
    back_up(data, "", file)
    with pytest.raises(BackupError, match="is there already; name another file"):
        back_up(data, "", file)
    with pytest.raises(BackupError, match="restore into an empty one"):
        restore(file, data, "")


def packed(**members: bytes) -> bytes:
    """A tar.gz of members; `__` stands for a slash."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name.replace("__", "/"))
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()


RIGHT = b'{"format": 1, "taken": "2026-01-01", "schema_version": 1, "index": "", "rows": {}}'
BROKEN = {
    "nothing": b"",
    "no archive": b"\x1f\x8b" + b"x" * 100,
    "half an archive": packed(manifest=RIGHT)[:-20],
    "no manifest": packed(other=b"x"),
    "another format": packed(**{"manifest.json": RIGHT.replace(b": 1", b": 2", 1)}),
    "no rows": packed(**{"manifest.json": RIGHT}),
    "a member that climbs out": packed(**{"manifest.json": RIGHT, "..__..__escaped": b"x"}),
    "an absolute member": packed(**{"manifest.json": RIGHT, "__tmp__summit-escaped": b"x"}),
    "an index elsewhere": packed(**{"manifest.json": RIGHT.replace(b'"index": ""', b'"index": "../../x"')}),
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_what_is_no_backup_is_refused(tmp_path: Path, content: bytes) -> None:
    """Half a file, another form, members that lead out of the folder: an error of ours, and nothing is put in force."""
    (tmp_path / "x.tar.gz").write_bytes(content)
    inner = tmp_path / "inner" / "data"
    with pytest.raises(BackupError):
        restore(tmp_path / "x.tar.gz", inner, "")
    assert current_folder(inner) is None
    assert not list(tmp_path.rglob("escaped")) and not Path("/tmp/summit-escaped").exists()


def test_the_commands_say_what_they_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`backup` and `restore` end in one line; a missing file is one line as well."""
    assert main(["backup", str(tmp_path / "a.tar.gz")]) == 0
    assert main(["restore", str(tmp_path / "a.tar.gz")]) == 0
    assert main(["restore", str(tmp_path / "b.tar.gz")]) == 1
    told = capsys.readouterr()
    assert "a.tar.gz: index (none), 0 rows" in told.out and "restored: index (none), 0 rows" in told.out
    assert "is no backup of this program" in told.err


def test_a_backup_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """Where the database cannot be read, not even half a file is written."""
    (tmp_path / "assistant.db").mkdir()
    with pytest.raises(StoreError):
        back_up(tmp_path, "", tmp_path / "x.tar.gz")
    assert list(tmp_path.glob("x.tar.gz*")) == []
