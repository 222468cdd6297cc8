"""What is embedded for a catalogue, and which vectors the last index has already."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from assistant.errors import IndexDamaged
from assistant.search.catalogue import Catalogue
from assistant.search.encoder import Encoder, Matrix, Vector
from assistant.search.store import Entry

CACHE_NAME = "vectors.npz"
# Vectors are kept in half precision: a cosine changes by less than 0.0005, and a vector that was read is the same as one just made.
_STORED = np.float16


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
    """Vectors by the digest of their text, as one encoder made them: kept with an index, and shipped with a corpus."""

    encoder: str
    digests: npt.NDArray[np.str_]
    vectors: Matrix

    @classmethod
    def empty(cls, encoder: Encoder) -> EmbeddingCache:
        """Knows nothing."""
        return cls(encoder.name, np.array([], dtype="<U32"), np.zeros((0, encoder.dimension), dtype=np.float32))

    @classmethod
    def load(cls, folder: Path) -> EmbeddingCache:
        """Read the vectors kept in `folder`; IndexDamaged if they cannot be read."""
        try:
            with np.load(folder / CACHE_NAME, allow_pickle=False) as saved:
                return cls(str(saved["encoder"]), saved["digests"], saved["vectors"].astype(np.float32))
        except (OSError, EOFError, KeyError, ValueError, BadZipFile) as error:
            raise IndexDamaged(
                f"{folder / CACHE_NAME} cannot be read ({type(error).__name__}); run `python -m assistant index --rebuild`"
            ) from None

    @classmethod
    def shipped(cls, corpus_dir: Path, encoder: Encoder) -> EmbeddingCache:
        """The vectors that come with a corpus, if they are of this encoder; a speed-up only, so anything else is ignored."""
        try:
            found = cls.load(corpus_dir)
        except IndexDamaged:
            return cls.empty(encoder)
        return found if found.encoder == encoder.name else cls.empty(encoder)

    def save(self, folder: Path) -> None:
        """Write the vectors into `folder`."""
        np.savez(
            folder / CACHE_NAME,
            encoder=np.array(self.encoder),
            digests=self.digests,
            vectors=self.vectors.astype(_STORED),
        )

    def by_digest(self) -> dict[str, Vector]:
        """Digest to vector."""
        return dict(zip(self.digests.tolist(), self.vectors, strict=True))


@dataclass(frozen=True)
class EmbeddedEntries:
    """Vectors of shape (entries, dimension), the cache to keep, and how many texts were embedded or found in a cache."""

    vectors: Matrix
    cache: EmbeddingCache
    embedded: int
    reused: int


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
    entries: Sequence[TextEntry],
    encoder: Encoder,
    caches: Sequence[EmbeddingCache],
    report: Callable[[str, int, int], None],
) -> EmbeddedEntries:
    """A vector for each entry; `caches` are asked first, in their order.

    A passage's vector is the mean of its sentences' vectors, of unit length again: on this corpus the ranking that uses
    sentences gains nothing from embedding the passage once more, which would cost a fifth of the time.
    """
    known = {digest: vector for cache in reversed(caches) for digest, vector in cache.by_digest().items()}
    digests = [one.digest for one in entries]
    vectors = np.zeros((len(entries), encoder.dimension), dtype=np.float32)
    embedded = 0
    for kind, embed in (("question", encoder.embed_queries), ("sentence", encoder.embed_passages)):
        rows = [row for row, one in enumerate(entries) if one.entry.kind == kind]
        texts = list(dict.fromkeys(entries[row].text for row in rows if digests[row] not in known))
        done = _Counter(f"embedding {kind}s", len(texts), report)
        fresh: Matrix | list[Vector] = embed(texts, done.advance).astype(_STORED).astype(np.float32) if texts else []
        by_text = dict(zip(texts, fresh, strict=True))
        for row in rows:
            vectors[row] = known[digests[row]] if digests[row] in known else by_text[entries[row].text]
        embedded += len(texts)
    for row, one in enumerate(entries):
        if one.entry.kind == "passage":
            mean = vectors[list(one.parts)].mean(axis=0)
            vectors[row] = mean / max(float(np.linalg.norm(mean)), 1e-9)
    kept = [row for row, one in enumerate(entries) if one.entry.kind != "passage"]
    cache = EmbeddingCache(encoder.name, np.array([digests[row] for row in kept], dtype="<U32"), vectors[kept])
    reused = sum(digests[row] in known for row in kept)
    return EmbeddedEntries(vectors, cache, embedded, reused)


class _Counter:
    """Adds up what an embedding call reports."""

    def __init__(self, step: str, total: int, report: Callable[[str, int, int], None]) -> None:
        self._step, self._total, self._report, self._done = step, total, report, 0

    def advance(self, number: int) -> None:
        """`number` more texts are done."""
        self._done += number
        self._report(self._step, self._done, self._total)
