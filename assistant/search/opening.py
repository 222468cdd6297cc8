"""Opening an index to answer from it, and looking whether one is whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.errors import IndexDamaged, IndexMismatch, IndexMissing, SearchIndexError
from assistant.search.catalogue import CATALOGUE_NAME, Catalogue
from assistant.search.classifier import CLASSIFIER_NAME, SectionClassifier
from assistant.search.encoder import Vector
from assistant.search.entries import EmbeddingCache, TextEntry, catalogue_entries
from assistant.search.index_files import (
    REBUILD,
    STAMP_NAME,
    IndexStamp,
    check_file,
    current_folder,
    index_folder,
    read_stamp,
    read_sums,
)
from assistant.search.reading_copy import copy_store
from assistant.search.store import KINDS, ChromaStore, Entry, VectorStore

# What answering reads, beside the vectors.
FILES = (STAMP_NAME, CATALOGUE_NAME, CLASSIFIER_NAME)
# So few that it costs milliseconds.
_PROBED = 5
_TRIES = 3


@dataclass(frozen=True)
class OpenIndex:
    """An index in use; `folder` is where it lies, or for one on a server its name there."""

    folder: Path
    stamp: IndexStamp
    catalogue: Catalogue
    classifier: SectionClassifier
    store: VectorStore


def open_index(data_dir: Path, encoder_name: str, dimension: int) -> OpenIndex:
    """Open the index in force.

    Raises:
        IndexMissing: if nothing was indexed yet.
        IndexMismatch: if it was built with another encoder, splitter or layout; shows both values and the remedy.
        IndexDamaged: if its files cannot be read, or are not those that were built.
        IndexNotWritable: if there is no room for the copy that is read.
    """
    for attempt in range(_TRIES):
        folder = current_folder(data_dir)
        if folder is None:
            raise IndexMissing(f"no index in {index_folder(data_dir)}; run `python -m assistant index`")
        try:
            return open_folder(folder, IndexStamp(encoder_name, dimension))
        except SearchIndexError:
            # Two builds that end while we read take the folder away: then the pointer names another one.
            if attempt == _TRIES - 1 or current_folder(data_dir) == folder:
                raise
    raise AssertionError("the last attempt returns or raises")


def open_folder(folder: Path, wanted: IndexStamp) -> OpenIndex:
    """Open one index, in force or not."""
    return open_with(folder, wanted, lambda: _store_of(folder))


def open_with(folder: Path, wanted: IndexStamp, open_store: Callable[[], VectorStore]) -> OpenIndex:
    """Open the index whose files lie in `folder` and whose vectors are in the store that `open_store` opens."""
    stamp = read_stamp(folder)
    differences = wanted.differences(stamp)
    if differences:
        raise IndexMismatch(f"the index was built with other settings ({'; '.join(differences)}); run `{REBUILD}`")
    sums = read_sums(folder)
    for name in FILES:
        check_file(folder / name, sums.get(name))
    catalogue, classifier = Catalogue.load(folder), SectionClassifier.load(folder)
    store = open_store()
    try:
        probe(store, [one.entry for one in catalogue_entries(catalogue)], stamp.dimension)
    except BaseException:
        store.close()
        raise
    return OpenIndex(folder, stamp, catalogue, classifier, store)


def _store_of(folder: Path) -> ChromaStore:
    copy = copy_store(folder, read_sums(folder))
    try:
        return ChromaStore.open(copy.store, on_close=copy.discard)
    except BaseException:
        copy.discard()
        raise


def probe(store: VectorStore, entries: Sequence[Entry], dimension: int) -> None:
    """Ask for some vectors of each kind and language: a store that lost files answers with fewer and does not say so."""
    anything = np.full(dimension, dimension**-0.5, dtype=np.float32)
    for (kind, language), number in Counter((entry.kind, entry.language) for entry in entries).items():
        expected = min(number, _PROBED)
        found = len(store.nearest(kind, language, anything, expected))
        if found != expected:
            raise IndexDamaged(f"the index finds {found} of {expected} {kind} vectors ({language}); run `{REBUILD}`")


def verify_folder(folder: Path) -> OpenIndex:
    """Open an index and look at all of it: every file's digest, every id, and whether texts are found by their vectors.

    The caller closes its store.

    Raises:
        SearchIndexError: for whatever is not as it should be.
    """
    stamp = read_stamp(folder)
    for name, digest in read_sums(folder).items():
        check_file(folder / name, digest)
    index = open_folder(folder, stamp)
    try:
        entries = catalogue_entries(index.catalogue)
        check_ids(index.store, [one.entry for one in entries])
        check_neighbours(index.store, entries, EmbeddingCache.load(folder))
    except BaseException:
        index.store.close()
        raise
    return index


def check_ids(store: VectorStore, entries: Sequence[Entry]) -> None:
    """Does the store hold exactly these entries?"""
    for kind in KINDS:
        expected = {entry.id for entry in entries if entry.kind == kind}
        found = store.ids(kind)
        if found != expected:
            missing, strange = len(expected - found), len(found - expected)
            raise IndexDamaged(
                f"the index lacks {missing} of {len(expected)} {kind} vectors and holds {strange} strange ones; run `{REBUILD}`"
            )


def check_neighbours(store: VectorStore, entries: Sequence[TextEntry], kept: EmbeddingCache) -> None:
    """A text's own vector leads to the text; to most texts at least, for the search is approximate where many are alike."""
    vectors = kept.by_digest()
    for kind in ("sentence", "question"):
        mine = [one for one in entries if one.entry.kind == kind]
        probed = mine[:: max(1, len(mine) // _PROBED)]
        found = sum(_is_found(store, one.entry, vectors.get(one.digest)) for one in probed)
        if 2 * found < len(probed):
            raise IndexDamaged(
                f"the index finds {found} of {len(probed)} {kind} texts by their own vectors; run `{REBUILD}`"
            )


def _is_found(store: VectorStore, entry: Entry, vector: Vector | None) -> bool:
    hits = [] if vector is None else store.nearest(entry.kind, entry.language, vector, 1)
    # The kept vectors are rounded, so that the nearest is not at 1 exactly.
    return bool(hits) and hits[0].similarity > 0.99
