"""Building the index and opening it.

An index is a folder of its own below `<data>/index/`; a small pointer file names the one in force. Building happens in a
new folder under a lock, by one process; readers see the old index until the pointer is replaced. Opening never writes.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import filelock
import numpy as np

from assistant.errors import IndexBusy, IndexDamaged, IndexMismatch, IndexMissing, IndexNotWritable, SummitError
from assistant.reading.passages import SPLITTER_VERSION
from assistant.records import Document
from assistant.search.catalogue import Catalogue
from assistant.search.classifier import SectionClassifier, train_classifier
from assistant.search.encoder import Encoder, Matrix
from assistant.search.entries import EmbeddingCache, TextEntry, catalogue_entries, vectors_of
from assistant.search.store import KINDS, ChromaStore, Entry, VectorStore

POINTER_NAME = "current"
STAMP_NAME = "stamp.json"
STORE_NAME = "chroma"
_LAYOUT = 3
_REBUILD = "python -m assistant index --rebuild"
# How many finished indexes stay beside the one in force, for a rollback.
_KEPT = 1
# So few that it costs milliseconds.
_PROBED = 5

Report = Callable[[str, int, int], None]


@dataclass(frozen=True)
class IndexStamp:
    """What an index was built with. Any difference makes its vectors or ids meaningless to the reader."""

    encoder: str
    dimension: int
    splitter: str = SPLITTER_VERSION
    metric: str = "cosine"
    layout: int = _LAYOUT
    corpus: str = ""

    def differences(self, other: IndexStamp) -> list[str]:
        """`field: ours / theirs` for each field that differs, the corpus left out."""
        return [
            f"{name}: {ours!r} now, {theirs!r} in the index"
            for name, ours, theirs in (
                (name, getattr(self, name), getattr(other, name))
                for name in ("encoder", "dimension", "splitter", "metric", "layout")
            )
            if ours != theirs
        ]


@dataclass(frozen=True)
class OpenIndex:
    """An index in use."""

    folder: Path
    stamp: IndexStamp
    catalogue: Catalogue
    classifier: SectionClassifier
    store: VectorStore


@dataclass(frozen=True)
class BuildResult:
    """What a build did."""

    stamp: IndexStamp
    embedded: int
    reused: int
    unchanged: bool


def index_folder(data_dir: Path) -> Path:
    """Where the indexes are kept."""
    return data_dir / "index"


def open_index(data_dir: Path, encoder_name: str, dimension: int) -> OpenIndex:
    """Open the index in force.

    Raises:
        IndexMissing: if nothing was indexed yet.
        IndexMismatch: if it was built with another encoder, splitter or layout; shows both values and the remedy.
        IndexDamaged: if its files cannot be read.
    """
    folder = current_folder(data_dir)
    if folder is None:
        raise IndexMissing(f"no index in {index_folder(data_dir)}; run `python -m assistant index`")
    stamp = read_stamp(folder)
    differences = IndexStamp(encoder_name, dimension).differences(stamp)
    if differences:
        raise IndexMismatch(f"the index was built with other settings ({'; '.join(differences)}); run `{_REBUILD}`")
    catalogue, classifier = Catalogue.load(folder), SectionClassifier.load(folder)
    store = ChromaStore.open(folder / STORE_NAME)
    try:
        _probe(store, [one.entry for one in catalogue_entries(catalogue)], dimension)
    except BaseException:
        store.close()
        raise
    return OpenIndex(folder, stamp, catalogue, classifier, store)


def _probe(store: VectorStore, entries: Sequence[Entry], dimension: int) -> None:
    """Ask for some vectors of each kind and language: a store that lost files answers with fewer and does not say so."""
    anything = np.full(dimension, dimension**-0.5, dtype=np.float32)
    for (kind, language), number in Counter((entry.kind, entry.language) for entry in entries).items():
        expected = min(number, _PROBED)
        found = len(store.nearest(kind, language, anything, expected))
        if found != expected:
            raise IndexDamaged(f"the index finds {found} of {expected} {kind} vectors ({language}); run `{_REBUILD}`")


def current_folder(data_dir: Path) -> Path | None:
    """The folder that the pointer names, or None before the first build."""
    pointer = index_folder(data_dir) / POINTER_NAME
    if not pointer.exists():
        return None
    try:
        name = pointer.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise IndexDamaged(f"{pointer} cannot be read ({type(error).__name__}); run `{_REBUILD}`") from None
    folder = pointer.parent / name
    if not name or not folder.is_dir():
        raise IndexDamaged(f"{pointer} names {name!r}, which does not exist; run `{_REBUILD}`")
    return folder


def read_stamp(folder: Path) -> IndexStamp:
    """The stamp of an index folder."""
    try:
        return IndexStamp(**json.loads((folder / STAMP_NAME).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        raise IndexDamaged(f"{folder / STAMP_NAME} cannot be read; run `{_REBUILD}`") from None


def build_index(
    documents: Sequence[Document],
    encoder: Encoder,
    data_dir: Path,
    report: Report | None = None,
    *,
    rebuild: bool = False,
    shipped: EmbeddingCache | None = None,
) -> BuildResult:
    """Index `documents`, embedding only the texts that the last index had not seen, and put the new index in force.

    `report(step, done, total)` is told of progress; `shipped` holds vectors that came with the corpus; `rebuild` uses
    neither these nor the last index.

    Raises:
        IndexBusy: if another process is indexing.
        IndexNotWritable: if the data folder cannot be written or is full.
    """
    catalogue = Catalogue.of(documents)
    stamp = IndexStamp(encoder.name, encoder.dimension, corpus=catalogue.version)
    with _writing(data_dir) as root:
        old = None if rebuild else _reusable(data_dir, stamp)
        if old is not None and read_stamp(old) == stamp:
            return BuildResult(stamp, embedded=0, reused=len(EmbeddingCache.load(old).digests), unchanged=True)
        folder = root / _new_name(root, stamp)
        try:
            caches = [] if rebuild or shipped is None else [shipped]
            embedded, reused = _build(_Job(folder, catalogue, encoder, stamp, old), caches, report or _silent)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        _switch(root, folder.name)
        _forget_old(root, keep={folder.name, old.name if old else ""})
    return BuildResult(stamp, embedded, reused, unchanged=False)


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
    if job.old and (job.old / STORE_NAME).is_dir():
        shutil.copytree(job.old / STORE_NAME, job.folder / STORE_NAME)
    job.folder.mkdir(exist_ok=True)
    report("storing vectors", 0, 1)
    store = ChromaStore.open(job.folder / STORE_NAME, create=True)
    try:
        _synchronise(store, texts, made.vectors, _digests_of(job.old))
        _validate(store, entries)
        _probe(store, entries, job.encoder.dimension)
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


def _validate(store: VectorStore, entries: Sequence[Entry]) -> None:
    for kind in KINDS:
        expected = sum(entry.kind == kind for entry in entries)
        found = len(store.ids(kind))
        if found != expected:
            raise IndexDamaged(f"the new index holds {found} {kind} vectors instead of {expected}; run `{_REBUILD}`")


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


@contextmanager
def _writing(data_dir: Path) -> Iterator[Path]:
    """The index folder, locked for this process; errors of the file system become ours."""
    root = index_folder(data_dir)
    try:
        root.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(root / "lock")
        lock.acquire(timeout=0)
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


def _switch(root: Path, name: str) -> None:
    fresh = root / f"{POINTER_NAME}.new"
    fresh.write_text(name + "\n", "utf-8")
    fresh.replace(root / POINTER_NAME)


def _forget_old(root: Path, keep: set[str]) -> None:
    """Remove indexes that neither serve nor wait for a rollback."""
    for folder in root.iterdir():
        if folder.is_dir() and folder.name not in keep:
            shutil.rmtree(folder, ignore_errors=True)


def _silent(step: str, done: int, total: int) -> None:
    """Report to no one."""
