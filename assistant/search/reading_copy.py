"""A copy of the store's files for the process that reads them.

Chroma writes into the folder that it opens, even to search, and two processes in one folder can spoil it for good. So nobody
but the builder ever opens the folder of an index: each reader has a copy of its own in the temporary folder, made and
compared with the index's digests in one go. The index itself may then be read-only, shared between processes, or removed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import filelock

from assistant.errors import IndexDamaged, IndexNotWritable
from assistant.search.index_files import REBUILD, STORE_NAME

_PREFIX = "summit-index-"
_CHUNK = 1 << 20
# A folder this young may belong to a process that has not locked it yet.
_YOUNG_SECONDS = 60.0


@dataclass(frozen=True)
class ReadingCopy:
    """A copy, marked by a lock for as long as its process lives."""

    folder: Path
    _lock: filelock.BaseFileLock

    @property
    def store(self) -> Path:
        """The store's folder in the copy."""
        return self.folder / STORE_NAME

    def discard(self) -> None:
        """Remove the copy."""
        self._lock.release()
        shutil.rmtree(self.folder, ignore_errors=True)


def copy_store(index: Path, sums: Mapping[str, str]) -> ReadingCopy:
    """Copy the store of an index; copies that a killed process left behind are removed.

    Raises:
        IndexDamaged: if a file is missing or is not what was built.
        IndexNotWritable: if there is no room for a copy.
    """
    _clear_left_behind()
    try:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        lock = filelock.FileLock(folder / "lock", thread_local=False)
        lock.acquire(timeout=0)
    except OSError as error:
        raise _no_room(error) from None
    copy = ReadingCopy(folder, lock)
    try:
        for name, digest in sums.items():
            if name.startswith(f"{STORE_NAME}/"):
                _copy_file(index / name, folder / name, digest)
        copy.store.mkdir(exist_ok=True)
    except BaseException as error:
        copy.discard()
        if isinstance(error, OSError):
            raise _no_room(error) from None
        raise
    return copy


def _copy_file(source: Path, target: Path, expected: str) -> None:
    found = hashlib.sha256()
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as out:
        try:
            with source.open("rb") as stream:
                chunks = iter(lambda: stream.read(_CHUNK), b"")
                for chunk in chunks:
                    found.update(chunk)
                    out.write(chunk)
        except FileNotFoundError:
            raise IndexDamaged(f"{source} is missing; run `{REBUILD}`") from None
    if found.hexdigest() != expected:
        raise IndexDamaged(f"{source} was changed after it was written; run `{REBUILD}`")


def _no_room(error: OSError) -> IndexNotWritable:
    return IndexNotWritable(
        f"the index cannot be copied to {error.filename or tempfile.gettempdir()} ({error.strerror}), and Chroma reads only what "
        "it may write; free some space or file handles, or set TMPDIR to another folder"
    )


def _clear_left_behind() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        try:
            found = folder.lstat()
            mine = not hasattr(os, "getuid") or found.st_uid == os.getuid()
            if not mine or folder.is_symlink() or time.time() - found.st_mtime < _YOUNG_SECONDS:
                continue
            lock = filelock.FileLock(folder / "lock", thread_local=False)
            lock.acquire(timeout=0)
        except (OSError, filelock.Timeout):
            continue
        lock.release()
        shutil.rmtree(folder, ignore_errors=True)
