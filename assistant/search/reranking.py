"""Another order of the first sections, by a model that reads question and text together (SUMMIT_RERANKER; off by default)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from assistant.records import LANGUAGES
from assistant.search.catalogue import Catalogue
from assistant.search.ranking import Candidate

# The right section is among so many nearly always; each more costs the model another pass.
DEPTH = 10


class PairScorer(Protocol):
    """Anything that says how well a text answers a question, such as a cross-encoder."""

    @property
    def name(self) -> str:
        """Names the model."""

    def score(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """One number for each text, larger where it answers better; only their order counts."""


class Reranker:
    """Puts the best sections into the order that a pair scorer gives. Stateless."""

    def __init__(self, catalogue: Catalogue, scorer: PairScorer, depth: int = DEPTH) -> None:
        self._catalogue = catalogue
        self._scorer = scorer
        self._depth = depth

    def rerank(self, question: str, candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
        """`candidates` with the first ones exchanged; the places keep their scores and probabilities.

        A section counts as the better of its two language versions. Where the model finds two alike, they stay as they were.
        """
        first, rest = candidates[: self._depth], candidates[self._depth :]
        owners, texts = self._texts(first)
        best = [float("-inf")] * len(first)
        for place, value in zip(owners, self._scorer.score(question, texts), strict=True):
            best[place] = max(best[place], float(value))
        order = sorted(range(len(first)), key=lambda place: -best[place])
        moved = (
            replace(first[old], score=first[new].score, probability=first[new].probability)
            for new, old in enumerate(order)
        )
        return (*moved, *rest)

    def _texts(self, candidates: Sequence[Candidate]) -> tuple[list[int], list[str]]:
        """The passages of the candidates in both languages, each after its heading, with the place of the candidate."""
        owners: list[int] = []
        texts: list[str] = []
        for place, candidate in enumerate(candidates):
            for language in LANGUAGES:
                for passage in self._catalogue.passages_of(candidate.section, language):
                    owners.append(place)
                    texts.append(f"{passage.heading}\n{passage.text}".strip())
        return owners, texts
