"""Vectors in Chroma. The only module that knows chromadb."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, get_args

import numpy as np

from assistant.errors import IndexDamaged, IndexNotWritable
from assistant.records import LANGUAGES, Language, SectionKey
from assistant.search.encoder import Matrix, Vector

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

Kind = Literal["passage", "sentence", "question"]
KINDS: tuple[Kind, ...] = get_args(Kind)
# Chroma refuses more than 5,461 rows in one call.
_BATCH = 5_000
_REBUILD = "python -m assistant index --rebuild"
_DATABASE_NAME = "chroma.sqlite3"
# Below 400 the neighbours that HNSW finds differ from one opening to the next.
_HNSW = {"space": "cosine", "ef_construction": 400, "ef_search": 400, "max_neighbors": 32}


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

    def __init__(self, client: ClientAPI, prefix: str = "", on_close: Callable[[], None] | None = None) -> None:
        self._client = client
        self._on_close = on_close
        configuration: Any = {"hnsw": dict(_HNSW)}  # Chroma types it as a dictionary of its own
        self._collections: dict[tuple[Kind, Language], Collection] = {
            (kind, language): client.get_or_create_collection(
                f"{prefix}{kind}s-{language}", configuration=configuration, embedding_function=None
            )
            for kind in KINDS
            for language in LANGUAGES
        }
        # Counting costs as much as searching; this store is the only writer of what it opened.
        self._sizes: dict[tuple[Kind, Language], int] = {}

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
            return cls(client, on_close=on_close)
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

    def add(self, entries: Sequence[Entry], vectors: Matrix) -> None:
        """Store vectors, in batches that Chroma accepts."""
        self._sizes.clear()
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
        self._sizes.clear()
        for start in range(0, len(ids), _BATCH):
            for language in LANGUAGES:
                self._collections[kind, language].delete(ids=list(ids[start : start + _BATCH]))

    def nearest(self, kind: Kind, language: Language, query: Vector, limit: int) -> list[Hit]:
        """The nearest entries of one kind and language."""
        collection = self._collections[kind, language]
        limit = min(limit, self._size(kind, language))
        if limit == 0:
            return []
        try:
            found: Any = collection.query(
                query_embeddings=np.asarray(query, dtype=np.float32)[None, :],
                n_results=limit,
                include=["metadatas", "distances"],
            )
        except Exception as error:  # as above
            raise IndexDamaged(f"Chroma cannot read its {collection.name} ({error}); run `{_REBUILD}`") from error
        hits = [
            Hit(id_, SectionKey.parse(metadata["section"]), language, 1.0 - float(distance))
            for id_, metadata, distance in zip(
                found["ids"][0], found["metadatas"][0], found["distances"][0], strict=True
            )
        ]
        return sorted(hits, key=lambda hit: (-hit.similarity, hit.id))

    def _size(self, kind: Kind, language: Language) -> int:
        if (kind, language) not in self._sizes:
            self._sizes[kind, language] = self._collections[kind, language].count()
        return self._sizes[kind, language]

    def ids(self, kind: Kind) -> frozenset[str]:
        """The ids of one kind."""
        return frozenset(
            id_ for language in LANGUAGES for id_ in self._collections[kind, language].get(include=[])["ids"]
        )

    def vectors(self, kind: Kind) -> dict[str, Vector]:
        """Every vector of one kind by its entry's id, fetched in batches."""
        by_id: dict[str, Vector] = {}
        for language in LANGUAGES:
            collection, start = self._collections[kind, language], 0
            while True:
                found = collection.get(include=["embeddings"], limit=_BATCH, offset=start)
                by_id.update(zip(found["ids"], np.asarray(found["embeddings"], dtype=np.float32), strict=True))
                start += len(found["ids"])
                if len(found["ids"]) < _BATCH:
                    break
        return by_id

    def close(self) -> None:
        """Release Chroma's files and threads."""
        close = getattr(self._client, "close", None)
        if close is not None:
            close()
        if self._on_close is not None:
            self._on_close()
