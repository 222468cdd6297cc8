"""Does a question ask for the same thing as the questions that a section answers?

Two questions about one person or sum may be near in the encoder's space while only one is answered. The matcher compares
them in smaller spaces that were learned to keep what is asked for (metric learning by a siamese projection: Bromley et al.
1993), and the question with the section's sentences likewise. Fitted by `python -m evals fit`; answering needs numpy alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from assistant.records import SectionKey
from assistant.search.catalogue import Catalogue
from assistant.search.encoder import Matrix, Vector
from assistant.search.entries import TextEntry, catalogue_entries

# The similarity of what is not there.
NOTHING = -1.0
NEAREST_QUESTIONS = 3
NEAREST_SENTENCES = 2


@dataclass(frozen=True)
class MatcherWeights:
    """One member of the ensemble. Projections have shape (size, dimension); a layer is a matrix and a bias."""

    question: Matrix
    asking: Matrix
    sentence: Matrix
    direction: tuple[Matrix, Vector]
    hidden: tuple[Matrix, Vector]
    output: tuple[Matrix, Vector]
    sharpness: float

    def logit(self, query: Vector, questions: Matrix | None, sentences: Matrix | None) -> float:
        """How much speaks for the section's answering, for centred unit vectors; `questions` and `sentences` are projected, None where there are none."""
        near = np.concatenate(
            [
                _summary(questions, self.question @ query, NEAREST_QUESTIONS, self.sharpness),
                _summary(sentences, self.asking @ query, NEAREST_SENTENCES, self.sharpness),
            ]
        )
        asked = np.tanh(self.direction[0] @ query + self.direction[1])
        inner = np.maximum(self.hidden[0] @ np.concatenate([near * 3.0, asked]) + self.hidden[1], 0.0)
        return float((self.output[0] @ inner + self.output[1])[0])


@dataclass(frozen=True)
class Matcher:
    """The ensemble with the centres of question and sentence vectors that it was fitted on."""

    question_centre: Vector
    sentence_centre: Vector
    members: tuple[MatcherWeights, ...]

    @property
    def dimension(self) -> int:
        """Length of the embeddings that it was fitted on."""
        return len(self.question_centre)

    def on(self, questions: Mapping[SectionKey, Matrix], sentences: Mapping[SectionKey, Matrix]) -> SectionMatcher:
        """Ready for the sections of an index: their stored questions and sentences as embeddings, one a row."""
        return SectionMatcher(self, questions, sentences)


class SectionMatcher:
    """A matcher with the projected questions and sentences of every section. Thread-safe: it changes nothing."""

    def __init__(
        self, matcher: Matcher, questions: Mapping[SectionKey, Matrix], sentences: Mapping[SectionKey, Matrix]
    ) -> None:
        self._matcher = matcher
        self._questions = {key: unit(rows - matcher.question_centre) for key, rows in questions.items()}
        self._sentences = {key: unit(rows - matcher.sentence_centre) for key, rows in sentences.items()}
        self._projected = [
            (
                {key: unit(rows @ member.question.T) for key, rows in self._questions.items()},
                {key: unit(rows @ member.sentence.T) for key, rows in self._sentences.items()},
            )
            for member in matcher.members
        ]
        self._questions.clear()
        self._sentences.clear()

    def logit(self, query: Vector, section: SectionKey) -> float:
        """The ensemble's mean logit that `section` answers the question embedded as `query`."""
        centred = unit(query - self._matcher.question_centre)
        return float(
            np.mean(
                [
                    member.logit(centred, questions.get(section), sentences.get(section))
                    for member, (questions, sentences) in zip(self._matcher.members, self._projected, strict=True)
                ]
            )
        )


def section_vectors(
    catalogue: Catalogue, vector_of: Callable[[TextEntry], Vector]
) -> tuple[dict[SectionKey, Matrix], dict[SectionKey, Matrix]]:
    """The embeddings of every section's stored questions and of its sentences, in the order of `catalogue_entries`."""
    found: dict[str, dict[SectionKey, list[Vector]]] = {"question": {}, "sentence": {}}
    for one in catalogue_entries(catalogue):
        if one.entry.kind in found:
            found[one.entry.kind].setdefault(one.entry.section, []).append(vector_of(one))
    questions, sentences = ({key: np.array(rows) for key, rows in found[kind].items()} for kind in found)
    return questions, sentences


def unit(rows: Matrix) -> Matrix:
    """Each row, or the vector, of unit length."""
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9), dtype=np.float32)


def _summary(rows: Matrix | None, projected: Vector, count: int, sharpness: float) -> Vector:
    """The `count` largest cosines, then their soft maximum log(sum(exp(sharpness s))) / sharpness."""
    similarities = np.full(1, NOTHING, dtype=np.float32) if rows is None else rows @ unit(projected)
    nearest = np.full(count, NOTHING)
    found = np.sort(similarities)[::-1][:count]
    nearest[: len(found)] = found
    return np.append(nearest, np.log(np.exp(similarities * sharpness).sum()) / sharpness)
