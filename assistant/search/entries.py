"""What is embedded for a catalogue, and which vectors the last index has already."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assistant.errors import IndexDamaged
from assistant.search.catalogue import Catalogue
from assistant.search.encoder import Encoder, Matrix, Vector
from assistant.search.store import Entry

CACHE_NAME = "vectors.npz"


@dataclass(frozen=True, slots=True)
class TextEntry:
    """An entry with the text to embed; for a passage, the rows of its sentences, whose mean it is."""

    entry: Entry
    text: str
    parts: tuple[int, ...] = ()

    @property
    def digest(self) -> str:
        """Names prefix and text: the same digest has the same vector."""
        return hashlib.sha256(f"{self.entry.kind}\0{self.text}".encode()).hexdigest()[:32]


@dataclass(frozen=True)
class EmbeddingCache:
    """Vectors of an index by the digest of their text."""

    digests: npt.NDArray[np.str_]
    vectors: Matrix

    @classmethod
    def empty(cls, dimension: int) -> EmbeddingCache:
        """Knows nothing."""
        return cls(np.array([], dtype="<U32"), np.zeros((0, dimension), dtype=np.float32))

    @classmethod
    def load(cls, folder: Path) -> EmbeddingCache:
        """Read an index folder's vectors; IndexDamaged if they cannot be read."""
        try:
            with np.load(folder / CACHE_NAME, allow_pickle=False) as saved:
                return cls(saved["digests"], saved["vectors"])
        except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile) as error:
            raise IndexDamaged(
                f"{folder / CACHE_NAME} cannot be read ({type(error).__name__}); run `python -m assistant index --rebuild`"
            ) from None

    def save(self, folder: Path) -> None:
        """Write the vectors beside the index that they belong to."""
        np.savez(folder / CACHE_NAME, digests=self.digests, vectors=self.vectors)

    def by_digest(self) -> dict[str, Vector]:
        """Digest to vector."""
        return dict(zip(self.digests.tolist(), self.vectors, strict=True))


@dataclass(frozen=True)
class EmbeddedEntries:
    """Vectors of shape (entries, dimension), the rows that are new, and the cache to keep."""

    vectors: Matrix
    changed: tuple[int, ...]
    cache: EmbeddingCache


def catalogue_entries(catalogue: Catalogue) -> list[TextEntry]:
    """Sentences, passages and stored questions, in the catalogue's order."""
    entries: list[TextEntry] = []
    for passage in catalogue.passages:
        first = len(entries)
        for number, sentence in enumerate(passage.sentence_texts()):
            entry = Entry(f"{passage.id}~{number}", "sentence", passage.section, passage.language)
            entries.append(TextEntry(entry, sentence))
        whole = Entry(passage.id, "passage", passage.section, passage.language)
        entries.append(TextEntry(whole, passage.text, tuple(range(first, len(entries)))))
    for key, (_, section) in catalogue.sections.items():
        for language, questions in section.questions.items():
            for number, question in enumerate(questions):
                entries.append(TextEntry(Entry(f"{key}/{language}?{number}", "question", key, language), question))
    return entries


def vectors_of(
    entries: Sequence[TextEntry], encoder: Encoder, cache: EmbeddingCache, report: Callable[[str, int, int], None]
) -> tuple[EmbeddedEntries, int]:
    """A vector for each entry, and how many texts were embedded for it.

    A passage's vector is the mean of its sentences' vectors, of unit length again: on this corpus the ranking that uses
    sentences gains nothing from embedding the passage once more, which would cost a fifth of the time.
    """
    known = cache.by_digest()
    digests = [one.digest for one in entries]
    vectors = np.zeros((len(entries), encoder.dimension), dtype=np.float32)
    changed = tuple(row for row, digest in enumerate(digests) if digest not in known)
    for row, digest in enumerate(digests):
        if digest in known:
            vectors[row] = known[digest]
    embedded = 0
    for kind, embed in (("question", encoder.embed_queries), ("sentence", encoder.embed_passages)):
        rows = [row for row in changed if entries[row].entry.kind == kind]
        texts = list(dict.fromkeys(entries[row].text for row in rows))
        done = _Counter(f"embedding {kind}s", len(texts), report)
        by_text = dict(zip(texts, embed(texts, done.advance), strict=True)) if texts else {}
        for row in rows:
            vectors[row] = by_text[entries[row].text]
        embedded += len(texts)
    for row in changed:
        if entries[row].entry.kind == "passage":
            mean = vectors[list(entries[row].parts)].mean(axis=0)
            vectors[row] = mean / max(float(np.linalg.norm(mean)), 1e-9)
    return EmbeddedEntries(vectors, changed, EmbeddingCache(np.array(digests, dtype="<U32"), vectors)), embedded


class _Counter:
    """Adds up what an embedding call reports."""

    def __init__(self, step: str, total: int, report: Callable[[str, int, int], None]) -> None:
        self._step, self._total, self._report, self._done = step, total, report, 0

    def advance(self, number: int) -> None:
        """`number` more texts are done."""
        self._done += number
        self._report(self._step, self._done, self._total)
