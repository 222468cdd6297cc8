"""Invented documents that make a corpus larger, and an encoder that need not embed them all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from assistant.reading.documents import load_corpus
from assistant.reading.passages import split_document
from assistant.records import LANGUAGES, Language
from assistant.search.encoder import Encoder, Matrix, Progress, Vector
from evals.views import copied_view

MARK = "Valbrume"  # a town that no corpus knows
_SECTIONS = 50
_EMBEDDED = 64
_NOISE = 0.4
_TITLES = {"fr": "Registre", "en": "Register"}
_SENTENCES: dict[Language, str] = {
    "fr": "La commune de {mark}-{place} a compté {count} visiteurs à sa foire aux {thing} de {year}.",
    "en": "The town of {mark}-{place} counted {count} visitors at its {thing} fair of {year}.",
}
_THINGS: dict[Language, tuple[str, ...]] = {
    "fr": ("fromages", "livres", "vins", "robots", "chevaux", "cerises", "voiles", "orgues"),
    "en": ("cheese", "book", "wine", "robot", "horse", "cherry", "sail", "organ"),
}


class DistractorEncoder:
    """The encoder, except that invented passages get a vector near that of one of a few that were really embedded."""

    def __init__(self, inner: Encoder) -> None:
        self._inner = inner

    @property
    def name(self) -> str:
        """The inner encoder's name, for all other vectors are its own."""
        return self._inner.name

    @property
    def dimension(self) -> int:
        """Length of the vectors."""
        return self._inner.dimension

    @cached_property
    def _centres(self) -> Matrix:
        return self._inner.embed_passages([_sentence("en", number) for number in range(_EMBEDDED)])

    def embed_query(self, text: str) -> Vector:
        """One question as a vector."""
        return self._inner.embed_query(text)

    def embed_queries(self, texts: Sequence[str], progress: Progress | None = None) -> Matrix:
        """Questions as a matrix, one row each."""
        return self._inner.embed_queries(texts, progress)

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Matrix:
        """Real texts by the inner encoder, invented ones beside a centre."""
        rows = np.empty((len(texts), self.dimension), dtype=np.float32)
        real = [row for row, text in enumerate(texts) if MARK not in text]
        rows[real] = self._inner.embed_passages([texts[row] for row in real], progress)
        invented = sorted(set(range(len(texts))) - set(real))
        for row in invented:
            rows[row] = self._near_a_centre(texts[row])
        if progress is not None:
            progress(len(invented))
        return rows

    def _near_a_centre(self, text: str) -> Vector:
        rng = np.random.default_rng(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big"))
        direction = rng.standard_normal(self.dimension)
        moved = self._centres[rng.integers(_EMBEDDED)] + _NOISE * direction / np.linalg.norm(direction)
        return np.asarray(moved / np.linalg.norm(moved), dtype=np.float32)


def crowded_view(cache: Path, corpus_dir: Path, times: int) -> Path:
    """The folder of a copy of the corpus with invented documents, so that it holds `times` as many passages."""
    passages = sum(len(split_document(document)) for document in load_corpus(corpus_dir).documents)
    return copied_view(cache, corpus_dir, f"crowd-{times}", lambda corpus: _invent(corpus, (times - 1) * passages))


def _invent(corpus: Path, passages: int) -> None:
    """Documents of fifty sections in both languages, one passage each, until there are as many passages."""
    sections = -(-passages // len(LANGUAGES))
    for first in range(0, sections, _SECTIONS):
        folder = corpus / f"register-{first // _SECTIONS:05}"
        folder.mkdir()
        numbers = range(first, min(first + _SECTIONS, sections))
        for language in LANGUAGES:
            title = f"# {_TITLES[language]} {first // _SECTIONS}\n"
            (folder / f"{language}.md").write_text(title + "".join(_sections(language, numbers)), "utf-8")


def _sections(language: Language, numbers: range) -> Iterator[str]:
    for number in numbers:
        yield f"\n## {_TITLES[language]} {number} {{#s{number}}}\n\n{_sentence(language, number)}\n"


def _sentence(language: Language, number: int) -> str:
    things = _THINGS[language]
    return _SENTENCES[language].format(
        mark=MARK,
        place=number,
        count=100 + 37 * number % 9000,
        thing=things[number % len(things)],
        year=1900 + number % 120,
    )
