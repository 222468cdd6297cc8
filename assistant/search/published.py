"""Indexes on a Chroma server, for web processes on several machines.

An index is built in the data folder of the machine that indexes, as always, and published from there: vectors into new
collections, the files beside them into a table, all read back and looked through before the pointer names it. Web
processes read everything from the server and follow the pointer.

summit-index            table: `pointer` (index in force, the one before), and a row for each index that was begun
<index>.<kind>s-<lang>  vectors
<index>.files           table: the index's files in pieces
"""

from __future__ import annotations

import base64
import json
import secrets
import tempfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from assistant.errors import IndexDamaged, IndexMissing
from assistant.search.catalogue import Catalogue
from assistant.search.encoder import Encoder
from assistant.search.entries import EmbeddingCache, catalogue_entries, vectors_of
from assistant.search.index_files import REBUILD, SUMS_NAME, IndexStamp, read_stamp
from assistant.search.indexing import Report
from assistant.search.opening import FILES, OpenIndex, check_ids, check_neighbours, open_with
from assistant.search.store import ChromaServer

_TABLE = "summit-index"
_POINTER = "pointer"
# Small enough for the quota of a hosted Chroma.
_PIECE = 12_000
# An index so young may be another machine's that is not finished yet.
_YOUNG = timedelta(hours=1)


@dataclass(frozen=True)
class _Pointer:
    current: str = ""
    before: str = ""


class PublishedIndexes:
    """The indexes of one Chroma server."""

    def __init__(self, server: ChromaServer) -> None:
        self._server = server

    @classmethod
    def connect(cls, url: str) -> Self:
        """Those of the server at `url`; errors as `ChromaServer.connect`."""
        return cls(ChromaServer.connect(url))

    @property
    def problem(self) -> str:
        """Why the server does not answer now; empty where it does."""
        return self._server.problem

    def close(self) -> None:
        """Close the connection."""
        self._server.close()

    def in_force(self) -> str:
        """The name of the index in force; empty where there is none."""
        return self._pointer().current

    def open(self, wanted: IndexStamp) -> OpenIndex:
        """Open the index in force. The connection closes with its store, and where it cannot be opened.

        Raises:
            IndexMissing: if nothing was published yet.
            IndexMismatch: if it was built with another encoder, splitter or layout.
            IndexDamaged: if a part of it is missing or is not what was published.
            IndexUnreachable: if the server does not answer.
        """
        try:
            return self._open(self._current(), wanted, self._server.close)
        except BaseException:
            self._server.close()
            raise

    def publish(self, folder: Path, encoder: Encoder, report: Report, *, anew: bool = False) -> str:
        """Put the index in `folder` in force on the server; its name there.

        Where the one in force is the same, it stays, unless `anew` is given.

        Raises:
            SearchIndexError: if it cannot be written, or is not whole when it is read back; the one before stays in force.
        """
        stamp, before = read_stamp(folder), self._known()
        if not anew and before.current and self._holds(before.current, stamp):
            return before.current
        begun = datetime.now(UTC)
        name = f"{stamp.corpus}-{begun:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
        report("publishing", 0, 1)
        self._server.write(_TABLE, {name: begun.isoformat()})
        try:
            self._write(name, folder, encoder)
        except BaseException:
            self._drop(name)
            raise
        self._point(_Pointer(name, before.current))
        self._forget_old()
        report("publishing", 1, 1)
        return name

    def roll_back(self) -> IndexStamp:
        """Put the index before in force again; the other one is kept, to go forward to.

        Raises:
            SearchIndexError: if there is none, or it is not whole.
        """
        pointer = self._pointer()
        if not pointer.before:
            raise IndexMissing(
                "the Chroma server holds one index only; one is kept from the second that was published on"
            )
        stamp = self._verified(pointer.before).stamp
        self._point(_Pointer(pointer.before, pointer.current))
        return stamp

    def verify(self) -> OpenIndex:
        """Look at every file, id and some neighbours of the index in force."""
        return self._verified(self._current())

    def _verified(self, name: str) -> OpenIndex:
        index = self._open(name, self._stamp(name))
        check_ids(index.store, [one.entry for one in catalogue_entries(index.catalogue)])
        return index

    def _open(self, name: str, wanted: IndexStamp, on_close: Callable[[], None] = lambda: None) -> OpenIndex:
        with tempfile.TemporaryDirectory(prefix="summit-files-") as place:
            self._read_files(name, Path(place))
            index = open_with(Path(place), wanted, lambda: self._server.store(name, on_close))
        return replace(index, folder=Path(name))

    def _write(self, name: str, folder: Path, encoder: Encoder) -> None:
        texts, kept = catalogue_entries(Catalogue.load(folder)), EmbeddingCache.load(folder)
        store = self._server.create_store(name)
        store.add([one.entry for one in texts], vectors_of(texts, encoder, [kept], lambda *_: None).vectors)
        self._server.write(
            _files(name), _in_pieces({file: (folder / file).read_bytes() for file in (*FILES, SUMS_NAME)})
        )
        check_neighbours(self._verified(name).store, texts, kept)

    def _read_files(self, name: str, place: Path) -> None:
        pieces = self._server.read(_files(name))
        for file in (*FILES, SUMS_NAME):
            text = "".join(pieces[key] for key in sorted(pieces) if key.startswith(f"{file}/"))
            try:
                (place / file).write_bytes(zlib.decompress(base64.b64decode(text)))
            except (ValueError, zlib.error):
                raise IndexDamaged(f"{file} of {name} on the Chroma server cannot be read; run `{REBUILD}`") from None

    def _stamp(self, name: str) -> IndexStamp:
        with tempfile.TemporaryDirectory(prefix="summit-files-") as place:
            self._read_files(name, Path(place))
            return read_stamp(Path(place))

    def _holds(self, name: str, stamp: IndexStamp) -> bool:
        try:
            return self._stamp(name) == stamp
        except IndexDamaged:
            return False

    def _current(self) -> str:
        name = self.in_force()
        if not name:
            raise IndexMissing("no index on the Chroma server; run `python -m assistant index`")
        return name

    def _pointer(self) -> _Pointer:
        text = self._server.read(_TABLE).get(_POINTER)
        try:
            return _Pointer(**json.loads(text)) if text else _Pointer()
        except (ValueError, TypeError):
            raise IndexDamaged(f"{_TABLE}/{_POINTER} on the Chroma server cannot be read; run `{REBUILD}`") from None

    def _known(self) -> _Pointer:
        """The pointer; an unreadable one will be replaced."""
        try:
            return self._pointer()
        except IndexDamaged:
            return _Pointer()

    def _point(self, pointer: _Pointer) -> None:
        self._server.write(_TABLE, {_POINTER: json.dumps(asdict(pointer))})

    def _forget_old(self) -> None:
        """Remove what neither serves nor waits for a rollback nor is being built."""
        rows, pointer = self._server.read(_TABLE), self._pointer()
        for name, begun in rows.items():
            old = name != _POINTER and datetime.now(UTC) - datetime.fromisoformat(begun) > _YOUNG
            if old and name not in (pointer.current, pointer.before):
                self._drop(name)

    def _drop(self, name: str) -> None:
        self._server.drop(name)
        self._server.drop(_files(name))
        self._server.forget(_TABLE, name)


def _files(name: str) -> str:
    return f"{name}.files"


def _in_pieces(files: Mapping[str, bytes]) -> dict[str, str]:
    packed = {name: base64.b64encode(zlib.compress(content)).decode() for name, content in files.items()}
    return {
        f"{name}/{start // _PIECE:06}": text[start : start + _PIECE]
        for name, text in packed.items()
        for start in range(0, len(text), _PIECE)
    }
