"""How an index lies on the disk: its folder, its stamp, the digests of its files, and the pointer to the one in force.

<data>/index/current          name of the folder in force, replaced as a whole
             held             corpus that was rolled back from: a start does not index it again by itself
             lock             held by the one process that builds
             <corpus>-<n>/    stamp.json, files.json, catalogue.json, classifier.npz, vectors.npz, chroma/
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import IndexDamaged, IndexMissing
from assistant.reading.passages import SPLITTER_VERSION

POINTER_NAME = "current"
HELD_NAME = "held"
STAMP_NAME = "stamp.json"
SUMS_NAME = "files.json"
STORE_NAME = "chroma"
REBUILD = "python -m assistant index --rebuild"
_LAYOUT = 4


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


def index_folder(data_dir: Path) -> Path:
    """Where the indexes are kept."""
    return data_dir / "index"


def current_folder(data_dir: Path) -> Path | None:
    """The folder that the pointer names, or None before the first build."""
    pointer = index_folder(data_dir) / POINTER_NAME
    if not pointer.exists():
        return None
    try:
        name = pointer.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise IndexDamaged(f"{pointer} cannot be read ({type(error).__name__}); run `{REBUILD}`") from None
    if name not in {path.name for path in pointer.parent.iterdir() if path.is_dir()}:
        raise IndexDamaged(f"{pointer} names {name[:100]!r}, which does not exist; run `{REBUILD}`")
    return pointer.parent / name


def other_folder(data_dir: Path) -> Path:
    """The finished index beside the one in force: what a rollback goes to.

    Raises:
        IndexMissing: if there is none.
    """
    root = index_folder(data_dir)
    try:
        name = (root / POINTER_NAME).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        name = ""
    finished = [path.parent for path in root.glob(f"*/{SUMS_NAME}") if path.parent.name != name]
    if not finished:
        raise IndexMissing(f"{root} holds no index beside the one in force; one is kept from the second build on")
    return max(finished, key=lambda folder: (folder / SUMS_NAME).stat().st_mtime_ns)


def read_stamp(folder: Path) -> IndexStamp:
    """The stamp of an index folder."""
    try:
        return IndexStamp(**json.loads((folder / STAMP_NAME).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        raise IndexDamaged(f"{folder / STAMP_NAME} cannot be read; run `{REBUILD}`") from None


def held_corpus(data_dir: Path) -> str:
    """The corpus that was rolled back from, or nothing."""
    try:
        return (index_folder(data_dir) / HELD_NAME).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def point_to(root: Path, name: str) -> None:
    """Put an index in force: in one step, and lasting even if the power fails in the next moment."""
    fresh = root / f"{POINTER_NAME}.new"
    fresh.write_text(name + "\n", "utf-8")
    _flush(fresh)
    fresh.replace(root / POINTER_NAME)
    _flush(root)


def seal(folder: Path) -> None:
    """Write down the digest of every file of a finished index, and wait until all of it is on the disk."""
    sums = {name: file_digest(folder / name) for name in sorted(_files(folder))}
    (folder / SUMS_NAME).write_text(json.dumps(sums, indent=1), "utf-8")
    for name in _files(folder):
        _flush(folder / name)
    for path in (folder, *(one for one in folder.rglob("*") if one.is_dir())):
        _flush(path)


def read_sums(folder: Path) -> Mapping[str, str]:
    """Digest by file name, as `seal` wrote them."""
    try:
        sums = json.loads((folder / SUMS_NAME).read_text("utf-8"))
    except (OSError, ValueError):
        sums = None
    if not isinstance(sums, dict):
        raise IndexDamaged(f"{folder / SUMS_NAME} cannot be read; run `{REBUILD}`")
    return sums


def check_file(path: Path, expected: str | None) -> None:
    """IndexDamaged if a file is not what `seal` saw."""
    if file_digest(path) != expected:
        raise IndexDamaged(f"{path} is missing or was changed after it was written; run `{REBUILD}`")


def file_digest(path: Path) -> str | None:
    """The SHA-256 of a file; None if it cannot be read."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return None


def _files(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.is_file() and path.name != SUMS_NAME:
            yield path.relative_to(folder).as_posix()


def _flush(path: Path) -> None:
    """Wait until a file or folder is on the disk, where the system can do that for it."""
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
