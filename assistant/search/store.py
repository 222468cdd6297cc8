"""Vectors in Chroma: in a folder, or on a server that several machines share. The only module that knows chromadb."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar, get_args

import httpx
import numpy as np

from assistant.errors import IndexDamaged, IndexNotWritable, IndexUnreachable, SearchIndexError, SettingsError
from assistant.records import LANGUAGES, Language, SectionKey
from assistant.search.encoder import Matrix, Vector

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

Kind = Literal["passage", "sentence", "question"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_Place = tuple[Kind, Language]
_PLACES: tuple[_Place, ...] = tuple((kind, language) for kind in KINDS for language in LANGUAGES)
_Asked = TypeVar("_Asked")
# Chroma refuses more than 5,461 rows in one call; a busy server takes minutes for as many.
_BATCH = 1_000
_TEXTS_BATCH = 500
_REBUILD = "python -m assistant index --rebuild"
_DATABASE_NAME = "chroma.sqlite3"
# Below 400 the neighbours that HNSW finds differ from one opening to the next.
_HNSW = {"space": "cosine", "ef_construction": 400, "ef_search": 400, "max_neighbors": 32}
# Of a server's answer. A search takes milliseconds; one that takes so long would keep a visitor waiting for nothing.
_SEARCH_SECONDS = httpx.Timeout(10.0, connect=2.0)
_WRITE_SECONDS = httpx.Timeout(300.0, connect=2.0)
# Before the attempts after the first: a server that was restarted breaks the connections of questions on their way.
_PAUSES = (0.1, 0.4)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a vector stands for: a passage, one of its sentences or a question stored for a section."""

    id: str
    kind: Kind
    section: SectionKey
    language: Language


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry's section near a query, with its cosine similarity (1 is the same direction)."""

    id: str
    section: SectionKey
    language: Language
    similarity: float


class VectorStore(Protocol):
    """Keeps one vector per entry and finds the nearest of one kind.

    Adding an id that its kind and language have replaces it; removing an id that is not there does nothing.
    """

    def add(self, entries: Sequence[Entry], vectors: Matrix) -> None:
        """Store unit vectors of shape (len(entries), dimension)."""

    def remove(self, kind: Kind, ids: Sequence[str]) -> None:
        """Forget entries of one kind."""

    def nearest(self, kind: Kind, language: Language, query: Vector, limit: int) -> list[Hit]:
        """At most `limit` entries of one kind and language, nearest first; ties in the order of their ids."""

    def ids(self, kind: Kind) -> frozenset[str]:
        """The ids of one kind."""

    def vectors(self, kind: Kind) -> dict[str, Vector]:
        """Every vector of one kind by its entry's id."""

    def close(self) -> None:
        """Release files; the store is not used afterwards."""


class ChromaStore:
    """One Chroma collection for each kind and language, cosine metric, vectors always handed in.

    Apart by language because the question's own language fills the nearest places: asked in one collection, the other
    version of a section would hardly be seen (right section first .79 instead of .84 on left-out stored questions).
    """

    def __init__(
        self,
        collections: Mapping[_Place, Collection],
        on_close: Callable[[], None] = lambda: None,
        asked: Callable[[Callable[[], Any]], Any] = lambda asking: asking(),
    ) -> None:
        """`asked` does what it is given; it may do it again, and raise errors of ours."""
        self._collections = collections
        self._on_close = on_close
        self._asked = asked

    @classmethod
    def open(cls, folder: Path, *, create: bool = False, on_close: Callable[[], None] | None = None) -> ChromaStore:
        """Open the store in `folder`; create it there only if `create` is given. One process only may open it at a time.

        Raises:
            IndexDamaged: if Chroma cannot open what is there.
            IndexNotWritable: if the folder is read-only: Chroma notes in its database that it is open.
        """
        import chromadb
        from chromadb.config import Settings as ChromaSettings

        if not create and not (folder / _DATABASE_NAME).is_file():
            raise IndexDamaged(f"{folder} holds no {_DATABASE_NAME}; run `{_REBUILD}`")
        try:
            client = chromadb.PersistentClient(str(folder), settings=ChromaSettings(anonymized_telemetry=False))
            collections = {place: _create(client, _name("", place)) for place in _PLACES}
        except Exception as error:  # Chroma's Rust core raises its own bare exceptions
            if "readonly database" in str(error):
                raise IndexNotWritable(
                    f"{folder} is read-only, and Chroma opens only what it may write; "
                    "correct its permissions, or copy the data folder and set SUMMIT_DATA_DIR"
                ) from error
            if create:
                raise IndexNotWritable(
                    f"Chroma cannot begin {folder} ({error}); see whether the disk has room"
                ) from error
            raise IndexDamaged(f"Chroma cannot open {folder} ({error}); run `{_REBUILD}`") from error

        def close() -> None:
            _close(client)
            if on_close is not None:
                on_close()

        return cls(collections, close)

    def add(self, entries: Sequence[Entry], vectors: Matrix) -> None:
        """Store vectors, in batches that Chroma accepts."""
        for (kind, language), collection in self._collections.items():
            rows = [row for row, one in enumerate(entries) if one.kind == kind and one.language == language]
            for start in range(0, len(rows), _BATCH):
                batch = rows[start : start + _BATCH]
                try:
                    collection.upsert(
                        ids=[entries[row].id for row in batch],
                        embeddings=np.ascontiguousarray(vectors[batch]),
                        metadatas=[{"section": str(entries[row].section)} for row in batch],
                    )
                except Exception as error:  # as above
                    raise IndexNotWritable(
                        f"Chroma cannot write {len(batch)} vectors ({error}); see whether the disk has room"
                    ) from error

    def remove(self, kind: Kind, ids: Sequence[str]) -> None:
        """Forget entries, in batches that Chroma accepts."""
        for start in range(0, len(ids), _BATCH):
            for language in LANGUAGES:
                batch = list(ids[start : start + _BATCH])
                self._asked(partial(self._collections[kind, language].delete, ids=batch))

    def nearest(self, kind: Kind, language: Language, query: Vector, limit: int) -> list[Hit]:
        """The nearest entries of one kind and language."""
        collection = self._collections[kind, language]
        try:
            found = self._asked(
                lambda: collection.query(
                    query_embeddings=np.asarray(query, dtype=np.float32)[None, :],
                    n_results=limit,
                    include=["metadatas", "distances"],
                )
            )
        except SearchIndexError:
            raise
        except Exception as error:  # as above
            raise IndexDamaged(f"Chroma cannot read its {collection.name} ({error}); run `{_REBUILD}`") from error
        hits = [
            Hit(id_, SectionKey.parse(metadata["section"]), language, 1.0 - float(distance))
            for id_, metadata, distance in zip(
                found["ids"][0], found["metadatas"][0], found["distances"][0], strict=True
            )
        ]
        return sorted(hits, key=lambda hit: (-hit.similarity, hit.id))

    def ids(self, kind: Kind) -> frozenset[str]:
        """The ids of one kind."""
        collections = [self._collections[kind, language] for language in LANGUAGES]
        return frozenset(id_ for one in collections for id_ in self._asked(partial(one.get, include=[]))["ids"])

    def vectors(self, kind: Kind) -> dict[str, Vector]:
        """Every vector of one kind by its entry's id, fetched in batches."""
        by_id: dict[str, Vector] = {}
        for language in LANGUAGES:
            collection, start = self._collections[kind, language], 0
            while True:
                found = self._asked(partial(collection.get, include=["embeddings"], limit=_BATCH, offset=start))
                by_id.update(zip(found["ids"], np.asarray(found["embeddings"], dtype=np.float32), strict=True))
                start += len(found["ids"])
                if len(found["ids"]) < _BATCH:
                    break
        return by_id

    def close(self) -> None:
        """Release Chroma's files and threads."""
        self._on_close()


class ChromaServer:
    """A server that `chroma run` started, or a cluster of Chroma's: stores by name, and small tables of texts beside them."""

    def __init__(self, client: ClientAPI, url: str, session: httpx.Client) -> None:
        self._client = client
        self._url = url
        # Chroma waits for ever, and has no setting for it.
        self._session = session
        session.timeout = _SEARCH_SECONDS

    @classmethod
    def connect(cls, url: str) -> ChromaServer:
        """The server at `url` (`http://host:8000`).

        Raises:
            SettingsError: if `url` is no such address, or Chroma's Python server answers there.
            IndexUnreachable: if nobody answers.
        """
        import chromadb
        from chromadb.config import Settings as ChromaSettings

        address = _address(url)
        try:
            # A page that the Python server does not have.
            answer = httpx.get(address.join("/api/v2/healthcheck"), timeout=_SEARCH_SECONDS)
            if answer.status_code == 404:
                raise SettingsError(
                    f"SUMMIT_CHROMA_URL={url!r}: what answers there is not Chroma's Rust server; start it with `chroma run`, "
                    "and never use the Python server, which lets strangers run code (CVE-2026-45829)"
                )
            answer.raise_for_status()
            client = chromadb.HttpClient(
                address.host,
                address.port or (443 if address.scheme == "https" else 80),
                ssl=address.scheme == "https",
                settings=ChromaSettings(anonymized_telemetry=False),
            )
        except (httpx.HTTPError, ValueError) as error:  # Chroma's own is a ValueError
            raise _unreachable(url, error) from None
        return cls(client, url, client._server._session)  # type: ignore[attr-defined]  # Chroma's own client has it

    @property
    def problem(self) -> str:
        """Why the server does not answer now; empty where it does."""
        try:
            self._client.heartbeat()
        except Exception as error:  # noqa: BLE001  whatever it is, the server is ill
            return str(_unreachable(self._url, error))
        return ""

    def create_store(self, name: str) -> ChromaStore:
        """A new store. From now on this connection waits as long as writing may take."""
        self._session.timeout = _WRITE_SECONDS
        return self._store(name, partial(_create, self._client))

    def store(self, name: str, on_close: Callable[[], None] = lambda: None) -> ChromaStore:
        """The store of this name; IndexDamaged if there is none."""
        return self._store(name, partial(self._client.get_collection, embedding_function=None), on_close)

    def write(self, table: str, texts: Mapping[str, str]) -> None:
        """Keep texts by their keys, in a table that is made where there is none."""

        collection = self._asked(partial(self._client.get_or_create_collection, table, embedding_function=None))
        keys = list(texts)
        for start in range(0, len(keys), _TEXTS_BATCH):
            batch = keys[start : start + _TEXTS_BATCH]
            # As metadata, for Chroma makes a full-text index of documents, which takes seconds for each megabyte.
            metadatas: Any = [{"text": texts[key]} for key in batch]
            anything = np.ones((len(batch), 1), dtype=np.float32)
            self._asked(partial(collection.upsert, ids=batch, embeddings=anything, metadatas=metadatas))

    def read(self, table: str) -> dict[str, str]:
        """Every text of a table; none where there is no such table."""
        try:
            found: Any = self._asked(
                lambda: self._client.get_collection(table, embedding_function=None).get(include=["metadatas"])
            )
        except IndexDamaged:
            return {}
        return {key: str(one["text"]) for key, one in zip(found["ids"], found["metadatas"], strict=True)}

    def forget(self, table: str, key: str) -> None:
        """Take one text out of a table."""
        self._asked(lambda: self._client.get_collection(table, embedding_function=None).delete(ids=[key]))

    def drop(self, name: str) -> None:
        """Remove the store or the table of this name, as far as there is one."""
        for collection in (name, *(_name(name, place) for place in _PLACES)):
            with suppress(IndexDamaged):
                self._asked(partial(self._client.delete_collection, collection))

    def close(self) -> None:
        """Close the connections."""
        _close(self._client)
        self._session.close()

    def _store(
        self, name: str, get: Callable[[str], Collection], on_close: Callable[[], None] = lambda: None
    ) -> ChromaStore:
        collections = {place: self._asked(partial(get, _name(name, place))) for place in _PLACES}
        return ChromaStore(collections, on_close, self._asked)

    def _asked(self, asking: Callable[[], _Asked]) -> _Asked:
        """What `asking` gives; asked again where the connection broke.

        Raises:
            IndexDamaged: if what is asked for is not there.
            IndexUnreachable: if the server does not answer, or answers with an error.
        """
        from chromadb.errors import NotFoundError

        for pause in (*_PAUSES, None):
            try:
                return asking()
            except NotFoundError as error:
                raise IndexDamaged(
                    f"the Chroma server at {self._url}: {error}; run `python -m assistant index`"
                ) from None
            except Exception as error:  # Chroma raises bare exceptions here too
                broken = isinstance(error, httpx.TransportError) and not isinstance(error, httpx.TimeoutException)
                if pause is None or not broken:
                    raise _unreachable(self._url, error) from error
                time.sleep(pause)
        raise AssertionError("the last attempt returns or raises")


def _create(client: ClientAPI, name: str) -> Collection:
    configuration: Any = {"hnsw": dict(_HNSW)}  # Chroma types it as a dictionary of its own
    return client.get_or_create_collection(name, configuration=configuration, embedding_function=None)


def _close(client: ClientAPI) -> None:
    client.close()  # type: ignore[attr-defined]  # every client has it, only their interface does not say so


def _name(store: str, place: _Place) -> str:
    kind, language = place
    return f"{store}.{kind}s-{language}" if store else f"{kind}s-{language}"


def _address(url: str) -> httpx.URL:
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL:
        address = httpx.URL()
    if address.scheme not in ("http", "https") or not address.host or address.userinfo or address.path not in ("", "/"):
        raise SettingsError(
            f"SUMMIT_CHROMA_URL={url!r} is no address of a Chroma server; write http://host:8000, without user or path"
        )
    return address


def _unreachable(url: str, error: Exception) -> IndexUnreachable:
    said = str(error).strip().splitlines() or [type(error).__name__]
    return IndexUnreachable(f"the Chroma server at {url} does not answer ({said[0][:200]}); start it, or see its log")
