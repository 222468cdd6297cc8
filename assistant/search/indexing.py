"""Building the index, and going back to the one before.

An index is a folder of its own below `<data>/index/`; a small pointer file names the one in force. Building happens in a
new folder under a lock, by one process; what was built is opened as a reader would and looked through before the pointer is
replaced, and readers see the old index until then.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import filelock

from assistant.errors import IndexBusy, IndexDamaged, IndexNotWritable, SearchIndexError, SummitError
from assistant.records import Document
from assistant.search.catalogue import Catalogue
from assistant.search.classifier import train_classifier
from assistant.search.encoder import Encoder, Matrix
from assistant.search.entries import EmbeddingCache, TextEntry, catalogue_entries, vectors_of
from assistant.search.index_files import (
    HELD_NAME,
    POINTER_NAME,
    STAMP_NAME,
    STORE_NAME,
    SUMS_NAME,
    IndexStamp,
    check_file,
    current_folder,
    index_folder,
    other_folder,
    point_to,
    read_stamp,
    read_sums,
    seal,
)
from assistant.search.opening import verify_folder
from assistant.search.store import KINDS, ChromaStore, VectorStore

Report = Callable[[str, int, int], None]


@dataclass(frozen=True)
class BuildResult:
    """What a build did."""

    stamp: IndexStamp
    embedded: int
    reused: int
    unchanged: bool


def build_index(
    documents: Sequence[Document],
    encoder: Encoder,
    data_dir: Path,
    report: Report | None = None,
    *,
    rebuild: bool = False,
    shipped: EmbeddingCache | None = None,
    wait: bool = False,
) -> BuildResult:
    """Index `documents`, embedding only the texts that the last index had not seen, and put the new index in force.

    `report(step, done, total)` is told of progress; `shipped` holds vectors that came with the corpus; `rebuild` uses
    neither these nor the last index. `wait` lets another process finish its build first.

    Raises:
        IndexBusy: if another process is indexing.
        IndexNotWritable: if the data folder cannot be written or is full.
        IndexDamaged: if what was built is not whole; the last index stays in force.
    """
    catalogue = Catalogue.of(documents)
    stamp = IndexStamp(encoder.name, encoder.dimension, corpus=catalogue.version)
    with _writing(data_dir, wait=wait) as root:
        before = _name_in_force(root)
        old = None if rebuild else _reusable(data_dir, stamp)
        if old is not None and read_stamp(old) == stamp and _is_sealed(old):
            (root / HELD_NAME).unlink(missing_ok=True)
            return BuildResult(stamp, embedded=0, reused=len(EmbeddingCache.load(old).digests), unchanged=True)
        folder = root / _new_name(root, stamp)
        try:
            caches = [] if rebuild or shipped is None else [shipped]
            embedded, reused = _build(_Job(folder, catalogue, encoder, stamp, old), caches, report or _silent)
            verify_folder(folder).store.close()
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        point_to(root, folder.name)
        (root / HELD_NAME).unlink(missing_ok=True)
        _forget_old(root, keep={folder.name, before})
    return BuildResult(stamp, embedded, reused, unchanged=False)


def roll_back(data_dir: Path) -> IndexStamp:
    """Put the index before in force again, and keep starts from indexing the corpus that was rolled back from.

    Raises:
        IndexMissing: if no other index is kept.
        SearchIndexError: if it is not whole, or another process is indexing.
    """
    with _writing(data_dir, wait=False) as root:
        target = other_folder(data_dir)
        index = verify_folder(target)
        index.store.close()
        try:
            folder = current_folder(data_dir)
            left = read_stamp(folder).corpus if folder else ""
        except SearchIndexError:
            left = ""
        if left != index.stamp.corpus:
            (root / HELD_NAME).write_text(left + "\n", "utf-8")
        point_to(root, target.name)
    return index.stamp


def adopt_index(data_dir: Path, source: Path) -> IndexStamp:
    """Put a copy of a finished index from elsewhere in force, once it was found whole.

    Raises:
        SearchIndexError: if it is not whole, or another process is indexing.
    """
    with _writing(data_dir, wait=False) as root:
        target = root / _new_name(root, read_stamp(source))
        shutil.copytree(source, target)
        try:
            index = verify_folder(target)
        except SearchIndexError:
            shutil.rmtree(target, ignore_errors=True)
            raise
        index.store.close()
        point_to(root, target.name)
    return index.stamp


@dataclass(frozen=True)
class _Job:
    """A build: where, from what, and the old index whose vectors serve again."""

    folder: Path
    catalogue: Catalogue
    encoder: Encoder
    stamp: IndexStamp
    old: Path | None


def _build(job: _Job, caches: Sequence[EmbeddingCache], report: Report) -> tuple[int, int]:
    texts = catalogue_entries(job.catalogue)
    caches = [EmbeddingCache.load(job.old), *caches] if job.old else caches
    made = vectors_of(texts, job.encoder, caches, report)
    entries = [one.entry for one in texts]
    job.folder.mkdir()
    if job.old and _is_sealed(job.old):
        # Nobody writes into a finished index, so its store can be copied at any time.
        shutil.copytree(job.old / STORE_NAME, job.folder / STORE_NAME)
    report("storing vectors", 0, 1)
    store = ChromaStore.open(job.folder / STORE_NAME, create=True)
    try:
        _synchronise(store, texts, made.vectors, _digests_of(job.old))
    finally:
        store.close()
    report("storing vectors", 1, 1)
    job.catalogue.save(job.folder)
    questions = [row for row, entry in enumerate(entries) if entry.kind == "question"]
    report("training the ranking", 0, 1)
    train_classifier([entries[row].section for row in questions], made.vectors[questions]).save(job.folder)
    report("training the ranking", 1, 1)
    made.cache.save(job.folder)
    (job.folder / STAMP_NAME).write_text(json.dumps(job.stamp.__dict__, indent=1), "utf-8")
    seal(job.folder)
    return made.embedded, made.reused


def _digests_of(folder: Path | None) -> dict[str, str]:
    """Id to text digest of every entry of an index, to see which entries have another text now; empty if it cannot say."""
    try:
        return {one.entry.id: one.digest for one in catalogue_entries(Catalogue.load(folder))} if folder else {}
    except IndexDamaged:
        return {}


def _synchronise(store: VectorStore, texts: Sequence[TextEntry], vectors: Matrix, before: dict[str, str]) -> None:
    """Make the store hold exactly `texts`, touching only what differs from `before` (id to digest)."""
    wanted: dict[str, set[str]] = {kind: set() for kind in KINDS}
    for one in texts:
        wanted[one.entry.kind].add(one.entry.id)
    present: set[str] = set()
    for kind in KINDS:
        there = store.ids(kind)
        gone = sorted(there - wanted[kind])
        if gone:
            store.remove(kind, gone)
        present |= there
    rows = [
        row for row, one in enumerate(texts) if one.entry.id not in present or before.get(one.entry.id) != one.digest
    ]
    if rows:
        store.add([texts[row].entry for row in rows], vectors[rows])


def _reusable(data_dir: Path, stamp: IndexStamp) -> Path | None:
    """The index in force, if its vectors mean the same as those to come."""
    try:
        folder = current_folder(data_dir)
        if folder is None or stamp.differences(read_stamp(folder)):
            return None
        EmbeddingCache.load(folder)
    except SummitError:
        return None
    return folder


def _is_sealed(folder: Path) -> bool:
    """Are the files of an index those that were built?"""
    try:
        for name, digest in read_sums(folder).items():
            check_file(folder / name, digest)
    except IndexDamaged:
        return False
    return (folder / STORE_NAME).is_dir()


@contextmanager
def _writing(data_dir: Path, *, wait: bool) -> Iterator[Path]:
    """The index folder, locked for this process; errors of the file system become ours."""
    root = index_folder(data_dir)
    try:
        root.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(root / "lock")
        lock.acquire(timeout=-1 if wait else 0)
    except filelock.Timeout:
        raise IndexBusy(f"another process is indexing into {root}; wait until it has finished") from None
    except OSError as error:
        raise IndexNotWritable(
            f"{root} cannot be written ({error.strerror}); correct its permissions or set SUMMIT_DATA_DIR"
        ) from None
    try:
        yield root
    except OSError as error:
        raise IndexNotWritable(
            f"{root} cannot be written ({error.strerror}); free some space or set SUMMIT_DATA_DIR. The last index stays in force"
        ) from error
    finally:
        lock.release()


def _new_name(root: Path, stamp: IndexStamp) -> str:
    """A folder name that is not taken: the corpus digest and a number."""
    number = 1
    while (root / f"{stamp.corpus}-{number}").exists():
        number += 1
    return f"{stamp.corpus}-{number}"


def _name_in_force(root: Path) -> str:
    try:
        return (root / POINTER_NAME).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _forget_old(root: Path, keep: set[str]) -> None:
    """Remove indexes that neither serve nor wait for a rollback; first the seal, so that no half of one looks whole."""
    for folder in root.iterdir():
        if folder.is_dir() and folder.name not in keep:
            (folder / SUMS_NAME).unlink(missing_ok=True)
            shutil.rmtree(folder, ignore_errors=True)


def _silent(step: str, done: int, total: int) -> None:
    """Report to no one."""
