"""Building an index: nothing embedded twice, no trace left, never half an index, a clear word when it fails."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from assistant.errors import IndexBusy, IndexDamaged, IndexMismatch, IndexMissing, IndexNotWritable
from assistant.reading.documents import load_corpus
from assistant.records import Document, SectionKey
from assistant.search.catalogue import CATALOGUE_NAME
from assistant.search.classifier import CLASSIFIER_NAME
from assistant.search.entries import CACHE_NAME
from assistant.search.index_files import (
    POINTER_NAME,
    STAMP_NAME,
    STORE_NAME,
    SUMS_NAME,
    IndexStamp,
    current_folder,
    index_folder,
    read_stamp,
)
from assistant.search.indexing import BuildResult, build_index
from assistant.search.opening import OpenIndex, open_index, verify_folder
from assistant.search.store import KINDS
from tests.fakes import FakeEncoder, remove_document, tiny_corpus, write_document

ROOT = Path(__file__).parents[2]
NOBODY = 65_534
REMEDY = "python -m assistant index --rebuild"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """The tiny corpus, to be changed at will."""
    return tiny_corpus(tmp_path)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """An empty data folder."""
    return tmp_path / "data"


def documents(corpus: Path) -> Sequence[Document]:
    return load_corpus(corpus).documents


def build(corpus: Path, data: Path, encoder: FakeEncoder | None = None, *, rebuild: bool = False) -> BuildResult:
    return build_index(documents(corpus), encoder or FakeEncoder(), data, rebuild=rebuild)


@contextmanager
def opened(data: Path, encoder: FakeEncoder | None = None) -> Iterator[OpenIndex]:
    encoder = encoder or FakeEncoder()
    index = open_index(data, encoder.name, encoder.dimension)
    try:
        yield index
    finally:
        index.store.close()


def current(data: Path) -> Path:
    folder = current_folder(data)
    assert folder is not None
    return folder


def everything_in(index: OpenIndex) -> dict[str, frozenset[str]]:
    return {kind: index.store.ids(kind) for kind in KINDS}


def found_by(index: OpenIndex, question: str) -> SectionKey:
    return index.store.nearest("question", "en", FakeEncoder().embed_query(question), 1)[0].section


class TestIncremental:
    """What was embedded once is not embedded again."""

    def test_first_run_embeds_each_text_once(self, corpus: Path, data: Path) -> None:
        """Sentences and questions are embedded, each distinct text once; a passage is the mean of its sentences."""
        encoder = FakeEncoder()
        result = build(corpus, data, encoder)
        assert not result.unchanged
        assert result.embedded == len(encoder.texts) == len(set(encoder.texts))
        with opened(data) as index:
            sentences = {text for passage in index.catalogue.passages for text in passage.sentence_texts()}
            asked = {
                q for _, section in index.catalogue.sections.values() for qs in section.questions.values() for q in qs
            }
        assert set(encoder.texts) == sentences | asked

    def test_second_run_embeds_nothing(self, corpus: Path, data: Path) -> None:
        """The same corpus again: no text reaches the encoder, and the index in force stays the same folder."""
        build(corpus, data)
        before, encoder = current(data), FakeEncoder()
        result = build(corpus, data, encoder)
        assert (result.unchanged, result.embedded, encoder.calls) == (True, 0, 0)
        assert current(data) == before

    def test_one_changed_sheet_embeds_only_its_new_sentence(self, corpus: Path, data: Path) -> None:
        """Of a changed sheet, the sentences that are the same keep their vectors."""
        build(corpus, data)
        sheet = corpus / "money" / "en.md"
        sheet.write_text(
            sheet.read_text("utf-8").replace("It pays for open data.", "It pays for open models."), "utf-8"
        )
        encoder = FakeEncoder()
        result = build(corpus, data, encoder)
        assert encoder.texts == ["It pays for open models."]
        assert result.embedded == 1
        with opened(data) as index:
            hits = index.store.nearest("sentence", "en", FakeEncoder().embed_query("pays open models"), 1)
            assert hits[0].id == "money#fund/en~1"
            assert hits[0].similarity > 0.9

    def test_a_changed_passage_gets_a_new_vector(self, corpus: Path, data: Path) -> None:
        """Where one sentence of a passage changes, the passage's vector is the mean of its sentences as they are now."""
        build(corpus, data)
        sheet = corpus / "money" / "en.md"
        sheet.write_text(sheet.read_text("utf-8").replace("It pays for open data.", "Zebras graze quietly."), "utf-8")
        build(corpus, data)
        with opened(data) as index:
            hit = index.store.nearest("passage", "en", FakeEncoder().embed_query("zebras graze quietly"), 1)[0]
        assert (hit.id, hit.similarity > 0.5) == ("money#fund/en", True)

    def test_only_a_new_question_is_embedded(self, corpus: Path, data: Path) -> None:
        """A stored question that is added is the only text that is embedded."""
        build(corpus, data)
        path = corpus / "money" / "document.yaml"
        about = yaml.safe_load(path.read_text("utf-8"))
        about["sections"][1]["questions"]["en"].insert(0, "Which foundation funds open data?")
        path.write_text(yaml.safe_dump(about, allow_unicode=True), "utf-8")
        encoder = FakeEncoder()
        build(corpus, data, encoder)
        assert encoder.texts == ["Which foundation funds open data?"]
        with opened(data) as index:
            assert found_by(index, "Which foundation funds open data?") == SectionKey("money", "fund")
            assert found_by(index, "What is Current AI?") == SectionKey("money", "fund")

    def test_moved_texts_keep_their_vectors_under_their_new_ids(self, corpus: Path, data: Path) -> None:
        """Swapping two sentences embeds nothing, and each id then stands for the sentence that it names."""
        build(corpus, data)
        sheet = corpus / "money" / "en.md"
        one, two = "Current AI is a foundation with 400 million dollars.", "It pays for open data."
        sheet.write_text(sheet.read_text("utf-8").replace(f"{one} {two}", f"{two} {one}"), "utf-8")
        encoder = FakeEncoder()
        result = build(corpus, data, encoder)
        assert (result.embedded, encoder.texts) == (0, [])
        with opened(data) as index:
            hit = index.store.nearest("sentence", "en", FakeEncoder().embed_query("It pays for open data."), 1)[0]
        assert hit.id == "money#fund/en~0"

    def test_metadata_alone_embeds_nothing(self, corpus: Path, data: Path) -> None:
        """A new publisher is a new corpus version with the old vectors."""
        first = build(corpus, data)
        path = corpus / "opening" / "document.yaml"
        path.write_text(path.read_text("utf-8").replace("Test desk", "Another desk"), "utf-8")
        encoder = FakeEncoder()
        second = build(corpus, data, encoder)
        assert (second.embedded, second.unchanged, encoder.texts) == (0, False, [])
        assert second.stamp.corpus != first.stamp.corpus
        with opened(data) as index:
            assert index.catalogue.sections[SectionKey("opening", "dates")][0].publisher == "Another desk"

    def test_rebuild_embeds_everything_anew(self, corpus: Path, data: Path) -> None:
        """`--rebuild` trusts nothing that is there."""
        build(corpus, data)
        encoder = FakeEncoder()
        result = build(corpus, data, encoder, rebuild=True)
        assert (result.reused, result.unchanged) == (0, False)
        assert len(encoder.texts) == result.embedded > 0

    def test_an_incremental_index_equals_a_fresh_one(self, corpus: Path, data: Path, tmp_path: Path) -> None:
        """After a change, a removal and an addition, the store answers as one built from nothing."""
        build(corpus, data)
        remove_document(corpus, "bulletin")
        write_document(corpus, "extra", None, en="# Extra\n\n## Fresh {#fresh}\n\nA fresh sentence about bridges.\n")
        sheet = corpus / "opening" / "fr.md"
        sheet.write_text(sheet.read_text("utf-8").replace("à Paris", "dans Paris"), "utf-8")
        build(corpus, data)
        build(corpus, tmp_path / "fresh")
        query = FakeEncoder().embed_query("bridges summit Paris dollars")
        with opened(data) as grown, opened(tmp_path / "fresh") as fresh:
            assert everything_in(grown) == everything_in(fresh)
            assert grown.stamp == fresh.stamp
            for kind in KINDS:
                mine, other = (index.store.nearest(kind, "en", query, 20) for index in (grown, fresh))
                assert [hit.id for hit in mine] == [hit.id for hit in other]

    def test_the_folder_of_the_corpus_does_not_matter(self, corpus: Path, data: Path, tmp_path: Path) -> None:
        """A corpus that moved is the same corpus."""
        build(corpus, data)
        moved = corpus.rename(tmp_path / "elsewhere")
        assert build(moved, data).unchanged

    def test_progress_is_reported_to_its_end(self, corpus: Path, data: Path) -> None:
        """Each step is reported up to its total."""
        last: dict[str, tuple[int, int]] = {}
        build_index(
            documents(corpus), FakeEncoder(), data, lambda step, done, total: last.update({step: (done, total)})
        )
        assert list(last) == ["embedding questions", "embedding sentences", "storing vectors", "training the ranking"]
        assert all(done == total for done, total in last.values())


class TestRemoval:
    """A document that is withdrawn is gone."""

    def test_a_removed_document_leaves_no_trace(self, corpus: Path, data: Path) -> None:
        """Neither store, catalogue, classifier nor kept vectors know a removed document."""
        build(corpus, data)
        remove_document(corpus, "money")
        encoder = FakeEncoder()
        build(corpus, data, encoder)
        assert encoder.texts == []
        with opened(data) as index:
            assert not [id_ for ids in everything_in(index).values() for id_ in ids if id_.startswith("money")]
            assert not [key for key in index.catalogue.sections if key.document_id == "money"]
            assert not [key for key in index.classifier.sections if key.document_id == "money"]
        assert "Macron" not in (current(data) / CATALOGUE_NAME).read_text("utf-8")
        with np.load(current(data) / CACHE_NAME) as saved:
            kept = len(saved["digests"])
        assert kept == sum(len(ids) for kind, ids in zip(KINDS, everything_ids(data), strict=True) if kind != "passage")

    def test_a_removed_language_leaves_no_trace(self, corpus: Path, data: Path) -> None:
        """Taking one language away takes its passages and sentences away, and leaves the other."""
        build(corpus, data)
        (corpus / "money" / "en.md").unlink()
        build(corpus, data)
        with opened(data) as index:
            ids = index.store.ids("sentence")
        assert "money#fund/fr~0" in ids
        assert not [id_ for id_ in ids if id_.startswith(("money#fund/en", "money#total/en"))]

    def test_older_indexes_are_cleared_away(self, corpus: Path, data: Path) -> None:
        """Beside the index in force stays only the one before it."""
        for number in range(4):
            write_document(corpus, "grows", None, en=f"# Grows\n\n## One {{#one}}\n\nSentence number {number} here.\n")
            build(corpus, data)
        folders = [path for path in index_folder(data).iterdir() if path.is_dir()]
        assert current(data) in folders
        assert len(folders) == 2


def everything_ids(data: Path) -> list[frozenset[str]]:
    with opened(data) as index:
        return list(everything_in(index).values())


class TestStamp:
    """An index is read only by what it was built for."""

    def test_nothing_indexed_yet(self, data: Path) -> None:
        """Without an index the message says what to run, and asking creates nothing."""
        with pytest.raises(IndexMissing, match="run `python -m assistant index`"):
            open_index(data, "fake", 384)
        assert not data.exists()

    def test_another_encoder_stops_with_both_names(self, corpus: Path, data: Path) -> None:
        """The message holds the encoder in force, that of the index, and the remedy."""
        build(corpus, data)
        with pytest.raises(IndexMismatch) as caught:
            open_index(data, "better-encoder", 384)
        message = str(caught.value)
        assert "encoder: 'better-encoder' now, 'fake' in the index" in message
        assert REMEDY in message

    @pytest.mark.parametrize(
        ("field", "value", "shown"),
        [
            ("dimension", 99, "dimension: 384 now, 99 in the index"),
            ("splitter", "words-10", "'words-10' in the index"),
            ("metric", "l2", "metric: 'cosine' now, 'l2' in the index"),
            ("layout", 0, "0 in the index"),
        ],
    )
    def test_every_part_of_the_stamp_counts(
        self, corpus: Path, data: Path, field: str, value: object, shown: str
    ) -> None:
        """Dimension, splitter, metric and layout stop the opening as the encoder does."""
        build(corpus, data)
        path = current(data) / STAMP_NAME
        path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), field: value}), "utf-8")
        with pytest.raises(IndexMismatch) as caught:
            open_index(data, "fake", 384)
        assert shown in str(caught.value)
        assert REMEDY in str(caught.value)

    def test_another_corpus_is_no_mismatch(self, corpus: Path, data: Path) -> None:
        """An index of an older corpus still serves; only its version is older."""
        build(corpus, data)
        stamp = read_stamp(current(data))
        assert replace(stamp, corpus="other").differences(stamp) == []
        assert IndexStamp("fake", 384).differences(stamp) == []

    def test_another_encoder_reuses_no_vector(self, corpus: Path, data: Path) -> None:
        """Indexing with another encoder embeds everything, and what it builds can be opened."""
        build(corpus, data)
        other = FakeEncoder(dimension=64, name="smaller")
        result = build(corpus, data, other)
        assert (result.reused, len(other.texts)) == (0, result.embedded)
        with opened(data, other) as index:
            assert index.stamp.encoder == "smaller"

    def test_opening_changes_nothing(self, corpus: Path, data: Path) -> None:
        """Opening and searching leave every file of an index as it was, Chroma's included."""
        build(corpus, data)

        def ours() -> dict[str, bytes]:
            return {str(path): path.read_bytes() for path in data.rglob("*") if path.is_file()}

        before = ours()
        with opened(data) as index:
            content = everything_in(index)
            index.store.nearest("sentence", "fr", FakeEncoder().embed_query("sommet"), 5)
        assert ours() == before
        with opened(data) as index:
            assert everything_in(index) == content


BUILD_AND_WAIT = """
import sys
from pathlib import Path
from assistant.reading.documents import load_corpus
from assistant.search.indexing import build_index
from tests.fakes import FakeEncoder

def report(step, done, total):
    if step == "storing vectors":
        print("building", flush=True)
        sys.stdin.read()

build_index(load_corpus(Path(sys.argv[1])).documents, FakeEncoder(), Path(sys.argv[2]), report)
"""


@contextmanager
def another_process_building(corpus: Path, data: Path) -> Iterator[subprocess.Popen[str]]:
    """A second process that is in the middle of a build until its standard input is closed."""
    command = [sys.executable, "-c", BUILD_AND_WAIT, str(corpus), str(data)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "building\n"
            yield process
        finally:
            process.kill()


class TestTwoProcesses:
    """One process writes; others are told to wait and read the old index."""

    def test_the_second_is_told_to_wait(self, corpus: Path, data: Path) -> None:
        """While a process indexes, a second one is refused with the place and the advice, and readers are served."""
        build(corpus, data)
        write_document(corpus, "extra", None, en="# Extra\n\n## Fresh {#fresh}\n\nA fresh sentence.\n")
        old = current(data)
        with another_process_building(corpus, data) as process:
            with pytest.raises(IndexBusy, match=r"another process is indexing into .*wait until it has finished"):
                build(corpus, data)
            with opened(data) as index:
                assert index.folder == old
            process.communicate()
        assert process.returncode == 0
        with opened(data) as index:
            assert SectionKey("extra", "fresh") in index.catalogue.sections

    def test_a_killed_process_leaves_the_old_index_and_no_lock(self, corpus: Path, data: Path) -> None:
        """After kill -9 in the middle of a build the old index serves, and the next build succeeds and clears up."""
        build(corpus, data)
        write_document(corpus, "extra", None, en="# Extra\n\n## Fresh {#fresh}\n\nA fresh sentence.\n")
        old = current(data)
        with another_process_building(corpus, data) as process:
            process.kill()
            process.wait()
        with opened(data) as index:
            assert index.folder == old
            assert SectionKey("extra", "fresh") not in index.catalogue.sections
        assert not build(corpus, data).unchanged
        folders = {path for path in index_folder(data).iterdir() if path.is_dir()}
        assert folders == {old, current(data)}

    def test_two_threads_build_one_after_the_other(self, corpus: Path, data: Path) -> None:
        """A build that is started inside another one in the same process is refused as well."""
        refused: list[BaseException] = []

        def build_again(step: str, *_: int) -> None:
            if step == "storing vectors" and not refused:
                thread = threading.Thread(target=attempt)
                thread.start()
                thread.join()

        def attempt() -> None:
            try:
                build(corpus, data)
            except IndexBusy as error:
                refused.append(error)

        build_index(documents(corpus), FakeEncoder(), data, build_again)
        assert len(refused) == 1


class Stopped(BaseException):
    """Stands for whatever ends a build: Ctrl+C, an exception, a full disk."""


class TestInterruption:
    """A build that does not come to its end changes nothing."""

    @pytest.mark.parametrize(
        "step", ["embedding questions", "embedding sentences", "storing vectors", "training the ranking"]
    )
    def test_the_old_index_serves_on(self, corpus: Path, data: Path, step: str) -> None:
        """Stopped at any step, the old index is in force with its content, and nothing half-built stays."""
        build(corpus, data)
        old = current(data)
        about = {"sections": [{"id": "fresh", "questions": {"en": ["A new question about freshness?"]}}]}
        write_document(corpus, "extra", about, en="# Extra\n\n## Fresh {#fresh}\n\nA fresh sentence.\n")

        def stop(reached: str, done: int, _: int) -> None:
            if reached == step and done:
                raise Stopped

        with pytest.raises(Stopped):
            build_index(documents(corpus), FakeEncoder(), data, stop)
        with opened(data) as index:
            assert index.folder == old
            assert found_by(index, "Who co-chaired the summit?") == SectionKey("opening", "dates")
        assert [path for path in index_folder(data).iterdir() if path.is_dir()] == [old]
        assert build(corpus, data).embedded == 2

    def test_a_first_build_that_stops_leaves_no_index(self, corpus: Path, data: Path) -> None:
        """There is no half of a first index: the next start is told to index."""

        def stop(*_: object) -> None:
            raise Stopped

        with pytest.raises(Stopped):
            build_index(documents(corpus), FakeEncoder(), data, stop)
        with pytest.raises(IndexMissing):
            open_index(data, "fake", 384)


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    """A folder that every user may enter (pytest's own are closed to others)."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@contextmanager
def without_privileges() -> Iterator[None]:
    """Permissions do not bind root: act as nobody where the tests run as root."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def make_read_only(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)


def make_writable(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


class TestReadOnly:
    """A folder that cannot be written is named, with what to do."""

    def test_a_file_where_the_folder_should_be(self, corpus: Path, data: Path) -> None:
        """A file in the data folder's place is reported with its path and the setting to change."""
        data.write_text("I am a file", "utf-8")
        with pytest.raises(IndexNotWritable, match=r"index cannot be written .*set SUMMIT_DATA_DIR"):
            build(corpus, data)
        assert data.read_text("utf-8") == "I am a file"

    def test_a_read_only_folder_is_not_indexed_into(self, corpus: Path, open_to_all: Path) -> None:
        """Indexing into a folder without write permission fails before anything is embedded."""
        loaded, encoder, data = documents(corpus), FakeEncoder(), open_to_all / "data"
        data.mkdir()
        make_read_only(data)
        with (
            without_privileges(),
            pytest.raises(IndexNotWritable, match="correct its permissions or set SUMMIT_DATA_DIR"),
        ):
            build_index(loaded, encoder, data)
        assert encoder.calls == 0

    def test_a_read_only_index_is_opened_and_stays_as_it_was(self, corpus: Path, open_to_all: Path) -> None:
        """An index that may only be read serves from the copy that every reader makes; none of its files changes."""
        data = open_to_all / "data"
        build(corpus, data)
        before = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
        make_read_only(data)
        with without_privileges(), opened(data) as index:
            assert found_by(index, "Who co-chaired the summit?") == SectionKey("opening", "dates")
        assert {path: path.read_bytes() for path in data.rglob("*") if path.is_file()} == before


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def overwritten(path: Path) -> None:
    path.write_bytes(b"\xff\xfe not what you expect " * 50)


def deleted(path: Path) -> None:
    path.unlink()


DAMAGES = [truncated, emptied, overwritten, deleted]
FILES = [STAMP_NAME, CATALOGUE_NAME, CLASSIFIER_NAME, SUMS_NAME, f"{STORE_NAME}/chroma.sqlite3"]


class TestDamage:
    """Files that were damaged are named, never served."""

    @pytest.mark.parametrize("damage", DAMAGES)
    @pytest.mark.parametrize("name", FILES)
    def test_a_damaged_file_stops_the_opening(
        self, corpus: Path, data: Path, name: str, damage: Callable[[Path], None]
    ) -> None:
        """Whatever happened to a file of the index, opening says so with the remedy, and the remedy mends it."""
        build(corpus, data)
        damage(current(data) / name)
        with pytest.raises(IndexDamaged, match=REMEDY):
            open_index(data, "fake", 384)
        with pytest.raises(IndexDamaged, match=REMEDY):
            verify_folder(current(data))
        build(corpus, data, rebuild=True)
        with opened(data) as index:
            assert found_by(index, "Who co-chaired the summit?") == SectionKey("opening", "dates")

    @pytest.mark.parametrize("name", FILES)
    def test_indexing_again_mends_a_damaged_file(self, corpus: Path, data: Path, name: str) -> None:
        """An index that is not what was built counts as changed: the plain command builds it again from the kept vectors."""
        build(corpus, data)
        truncated(current(data) / name)
        assert not build(corpus, data).unchanged
        verify_folder(current(data)).store.close()

    @pytest.mark.parametrize("content", [b"", b"nowhere\n", b"\xff\xfe", b"\x00"])
    def test_a_damaged_pointer_stops_the_opening(self, corpus: Path, data: Path, content: bytes) -> None:
        """A pointer that names no index says so; indexing again mends it."""
        build(corpus, data)
        (index_folder(data) / POINTER_NAME).write_bytes(content)
        with pytest.raises(IndexDamaged, match=REMEDY):
            open_index(data, "fake", 384)
        build(corpus, data)
        with opened(data) as index:
            assert found_by(index, "Who co-chaired the summit?") == SectionKey("opening", "dates")

    def test_a_store_that_went_missing_is_not_replaced_by_an_empty_one(self, corpus: Path, data: Path) -> None:
        """Without Chroma's folder nothing is found: opening says so, and does not create an empty store."""
        build(corpus, data)
        shutil.rmtree(current(data) / STORE_NAME)
        with pytest.raises(IndexDamaged, match=REMEDY):
            open_index(data, "fake", 384)
        assert not (current(data) / STORE_NAME).exists()

    def test_a_missing_store_is_filled_again_by_the_next_change(self, corpus: Path, data: Path) -> None:
        """When the corpus changes after the store was lost, the new index is whole, from the vectors kept beside it."""
        build(corpus, data)
        shutil.rmtree(current(data) / STORE_NAME)
        write_document(corpus, "extra", None, en="# Extra\n\n## Fresh {#fresh}\n\nA fresh sentence.\n")
        encoder = FakeEncoder()
        build(corpus, data, encoder)
        assert encoder.texts == ["A fresh sentence."]
        with opened(data) as index:
            assert found_by(index, "Who co-chaired the summit?") == SectionKey("opening", "dates")

    @pytest.mark.parametrize("damage", DAMAGES)
    def test_lost_vectors_are_embedded_again(self, corpus: Path, data: Path, damage: Callable[[Path], None]) -> None:
        """The kept vectors only spare work: without them the next change embeds everything, and nothing fails."""
        build(corpus, data)
        damage(current(data) / CACHE_NAME)
        with opened(data) as index:
            assert found_by(index, "Who co-chaired the summit?") == SectionKey("opening", "dates")
        write_document(corpus, "extra", None, en="# Extra\n\n## Fresh {#fresh}\n\nA fresh sentence.\n")
        result = build(corpus, data)
        assert result.reused == 0
        with opened(data) as index:
            assert SectionKey("extra", "fresh") in index.catalogue.sections


def test_a_large_store_that_lost_its_neighbour_files_is_damaged(tmp_path: Path) -> None:
    """Chroma answers with too few neighbours, silently, when its graph files are gone: opening notices."""
    corpus, data = tmp_path / "corpus", tmp_path / "data"
    sentences = " ".join(f"Number{number} is a word of its own." for number in range(1_500))
    write_document(corpus, "long", None, en=f"# Long\n\n## All {{#all}}\n\n{sentences}\n")
    build(corpus, data)
    graphs = [path.parent for path in current(data).rglob("index_metadata.pickle")]
    assert graphs  # beyond a thousand vectors Chroma writes its graph to files
    for graph in graphs:
        shutil.rmtree(graph)
    with pytest.raises(IndexDamaged, match=REMEDY):
        open_index(data, "fake", 384)


@pytest.mark.parametrize(
    "prose",
    ["# Without questions\n\n## One {#one}\n\nA sentence without any stored question.\n", "One plain paragraph.\n"],
)
def test_a_corpus_without_stored_questions_is_indexed(tmp_path: Path, prose: str) -> None:
    """Stored questions help; a document that has none is found by its text."""
    write_document(tmp_path / "corpus", "bare", None, en=prose)
    build(tmp_path / "corpus", tmp_path / "data")
    with opened(tmp_path / "data") as index:
        assert index.classifier.sections == ()
        assert len(index.store.ids("sentence")) == 1


def test_a_folder_name_with_a_hash_keeps_its_section(tmp_path: Path) -> None:
    """A hit in the store names the section that was added, also where the folder's name holds the separator."""
    about = {"sections": [{"id": "a", "questions": {"en": ["Who painted the giraffe?"]}}]}
    write_document(tmp_path / "corpus", "Rapport #2", about, en="# Giraffe\n\n## A {#a}\n\nZoe painted it.\n")
    build(tmp_path / "corpus", tmp_path / "data")
    with opened(tmp_path / "data") as index:
        assert found_by(index, "Who painted the giraffe?") == SectionKey("Rapport #2", "a")


@pytest.mark.parametrize("prose", ["", "# Only a title\n", "# Title\n\n## Empty {#empty}\n\n"])
def test_a_document_without_any_passage_is_indexed_as_nothing(tmp_path: Path, prose: str) -> None:
    """A document that has no text yet neither stops the build nor the opening."""
    write_document(tmp_path / "corpus", "empty", None, en=prose)
    build(tmp_path / "corpus", tmp_path / "data")
    with opened(tmp_path / "data") as index:
        assert index.catalogue.passages == ()
        assert all(not ids for ids in everything_in(index).values())
