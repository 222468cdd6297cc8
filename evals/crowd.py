"""Many times the passages: how much slower does an answer become?

A copy of the corpus gets invented documents until it holds so many times the passages. A few of the invented texts are
embedded; the others get vectors near these, for embedding all would take hours and change no time of an answer.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from statistics import median

import numpy as np

from assistant.reading.documents import load_corpus
from assistant.reading.passages import split_document
from assistant.records import LANGUAGES, Language, Turn
from assistant.search.encoder import Encoder, Matrix, Progress, Vector
from evals.cases import Case
from evals.systems import Answerer
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


@dataclass(frozen=True, slots=True)
class Times:
    """Medians in milliseconds: one bare embedding, an answer from the corpus, an answer from the crowded one."""

    embedding: float
    alone: float
    crowded: float
    questions: int

    @property
    def ratio(self) -> float:
        """Median time of an answer among distractors / median time without them, asked in turns in one run."""
        return self.crowded / self.alone


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


def measure_times(cases: Sequence[Case], alone: Answerer, crowded: Answerer, embed: Callable[[str], object]) -> Times:
    """Ask each case of both in turns, after a question to each that nobody times."""
    for answerer in (alone, crowded):
        answerer.ask(cases[0].question)
    rows = [
        (_took(partial(embed, case.question + " ")), *(_took(_asking(one, case)) for one in (alone, crowded)))
        for case in cases
    ]
    embedding, first, second = (median(column) for column in zip(*rows, strict=True))
    return Times(embedding, first, second, len(cases))


def _asking(answerer: Answerer, case: Case) -> Callable[[], object]:
    return partial(answerer.ask, case.question, tuple(Turn(one) for one in case.history), case.page_language)


def _took(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return 1000 * (time.perf_counter() - started)


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
