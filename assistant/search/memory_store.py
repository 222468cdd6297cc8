"""Vectors in memory: exact search by numpy. For fitting the weights, for tests, and as the meaning that Chroma must keep."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assistant.records import LANGUAGES, Language
from assistant.search.encoder import Matrix, Vector
from assistant.search.store import KINDS, Entry, Hit, Kind


class MemoryStore:
    """A `VectorStore` that keeps everything in arrays."""

    def __init__(self) -> None:
        self._entries: dict[tuple[Kind, Language], dict[str, tuple[Entry, Vector]]] = {
            (kind, language): {} for kind in KINDS for language in LANGUAGES
        }
        self._arrays: dict[tuple[Kind, Language], tuple[list[Entry], Matrix]] = {}

    def add(self, entries: Sequence[Entry], vectors: Matrix) -> None:
        """Store unit vectors; an id that is there is replaced."""
        for entry, vector in zip(entries, vectors, strict=True):
            self._entries[entry.kind, entry.language][entry.id] = (entry, vector)
        self._arrays.clear()

    def remove(self, kind: Kind, ids: Sequence[str]) -> None:
        """Forget entries of one kind."""
        for language in LANGUAGES:
            for id_ in ids:
                self._entries[kind, language].pop(id_, None)
        self._arrays.clear()

    def nearest(self, kind: Kind, language: Language, query: Vector, limit: int) -> list[Hit]:
        """The nearest entries of one kind and language, by exact cosine."""
        entries, matrix = self._array(kind, language)
        if not entries:
            return []
        similarities = matrix @ query
        order = np.argsort(-similarities, kind="stable")[:limit]
        return [Hit(entries[i].id, entries[i].section, language, float(similarities[i])) for i in order]

    def ids(self, kind: Kind) -> frozenset[str]:
        """The ids of one kind."""
        return frozenset(id_ for language in LANGUAGES for id_ in self._entries[kind, language])

    def vectors(self, kind: Kind) -> dict[str, Vector]:
        """Every vector of one kind by its entry's id."""
        return {id_: vector for language in LANGUAGES for id_, (_, vector) in self._entries[kind, language].items()}

    def close(self) -> None:
        """Nothing to release."""

    def _array(self, kind: Kind, language: Language) -> tuple[list[Entry], Matrix]:
        if (kind, language) not in self._arrays:
            ordered = sorted(self._entries[kind, language].values(), key=lambda pair: pair[0].id)
            matrix = np.stack([vector for _, vector in ordered]) if ordered else np.zeros((0, 0), dtype=np.float32)
            self._arrays[kind, language] = ([entry for entry, _ in ordered], matrix)
        return self._arrays[kind, language]
