"""Which sections answer a question? A learned linear mixture of what the vectors, the words and the classifier say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from assistant.records import LANGUAGES, Language, SectionKey
from assistant.search.catalogue import Catalogue
from assistant.search.classifier import SectionClassifier
from assistant.search.encoder import Vector
from assistant.search.lexical import LexicalIndex
from assistant.search.store import Hit, VectorStore
from assistant.search.weights import RankingWeights

# How many neighbours of each kind are looked at. A section beyond them gets the similarity of the last one.
_QUESTION_HITS = 40
_SENTENCE_HITS = 60
_LEXICAL_CANDIDATES = 20
_CLASSIFIER_CANDIDATES = 20
# A class this improbable is as good as excluded; its exact improbability says nothing more.
_LOWEST_LOG_PROBABILITY = -9.0
# A stored question, asked as it is, is answered by its own section: so much is added to the section's score.
_SAME_QUESTION = 0.995
_SAME_QUESTION_BONUS = 20.0
# Documents that say again, in a list or from another side, what a section of another document says in full.
_SUMMARISING = frozenset({"reference"})
_CORRECTING = frozenset({"corrected-premises"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A section with what speaks for it.

    `probability` is a softmax of the scores over all candidates; `sentences` holds the cosine of each of its sentences
    that is near the question, by the sentence's id (`<passage id>~<number>`).
    """

    section: SectionKey
    score: float
    probability: float
    features: Mapping[str, float]
    sentences: Mapping[str, float] = field(default_factory=dict)


class Ranker:
    """Scores sections for a question. Stateless: the same index and question give the same order."""

    def __init__(
        self, catalogue: Catalogue, store: VectorStore, classifier: SectionClassifier, weights: RankingWeights
    ) -> None:
        self._catalogue = catalogue
        self._store = store
        self._classifier = classifier
        self._weights = weights
        self._keys = tuple(catalogue.sections)
        self._position = {key: number for number, key in enumerate(self._keys)}
        self._trained = frozenset(classifier.sections)

    def _kind(self, key: SectionKey) -> str:
        return self._catalogue.sections[key][0].kind

    @cached_property
    def _lexical(self) -> LexicalIndex:
        return LexicalIndex([_searchable_texts(self._catalogue, key) for key in self._keys])

    def rank(
        self, question: str, query: Vector, hidden: frozenset[str] = frozenset(), *, recall_stored: bool = True
    ) -> tuple[Candidate, ...]:
        """Every candidate section, best first; documents in `hidden` do not exist.

        `recall_stored` lets a stored question that is asked as it is find its own section whatever the mixture says.
        """
        sentences = {
            language: self._store.nearest("sentence", language, query, _SENTENCE_HITS) for language in LANGUAGES
        }
        features = self.features(question, query, sentences)
        visible = {key: one for key, one in features.items() if key.document_id not in hidden}
        if not visible:
            return ()
        scores = {
            key: self._weights.score(one)
            + (_SAME_QUESTION_BONUS if recall_stored and one["question"] >= _SAME_QUESTION else 0.0)
            for key, one in visible.items()
        }
        order, probabilities = _ordered(scores)
        near: dict[SectionKey, dict[str, float]] = {}
        for hit in (hit for hits in sentences.values() for hit in hits):
            near.setdefault(hit.section, {})[hit.id] = hit.similarity
        return tuple(
            Candidate(key, scores[key], float(probability), visible[key], near.get(key, {}))
            for key, probability in zip(order, probabilities, strict=True)
        )

    def features(
        self, question: str, query: Vector, sentences: Mapping[Language, Sequence[Hit]]
    ) -> dict[SectionKey, dict[str, float]]:
        """What speaks for each candidate section.

        `classifier`: log-probability; `question`: cosine to the nearest stored question; `sentence_mean` and
        `sentence_max`: cosine to the best sentence, mean and maximum of the section's language versions;
        `lexical`: BM25; `stored`: 1 if the section has stored questions; `summarises`, `corrects`: 1 for the documents
        that say again what another one says.
        """
        logs = self._classifier.log_probabilities(query)
        questions = [
            hit for language in LANGUAGES for hit in self._store.nearest("question", language, query, _QUESTION_HITS)
        ]
        lexical = self._lexical.scores(question)
        candidates = dict.fromkeys(
            hit.section for hit in (*questions, *(hit for hits in sentences.values() for hit in hits))
        )
        likely = sorted(logs, key=lambda key: (-logs[key], key))[:_CLASSIFIER_CANDIDATES]
        best_words = np.argsort(-lexical, kind="stable")[:_LEXICAL_CANDIDATES]
        candidates.update(dict.fromkeys((*likely, *(self._keys[i] for i in best_words if lexical[i] > 0))))
        near_questions, question_floor = _best_by_section(questions)
        versions = [_best_by_section(hits) for hits in sentences.values()]
        table: dict[SectionKey, dict[str, float]] = {}
        for key in candidates:
            if key not in self._position:
                continue
            best = [found.get(key, floor) for found, floor in versions]
            stored = key in self._trained
            table[key] = {
                "classifier": max(logs.get(key, _LOWEST_LOG_PROBABILITY), _LOWEST_LOG_PROBABILITY),
                "question": near_questions.get(key, question_floor),
                "sentence_mean": sum(best) / len(best),
                "sentence_max": max(best),
                "lexical": float(lexical[self._position[key]]),
                "stored": float(stored),
                "summarises": float(self._kind(key) in _SUMMARISING),
                "corrects": float(self._kind(key) in _CORRECTING),
            }
        return table


def _best_by_section(hits: Sequence[Hit]) -> tuple[dict[SectionKey, float], float]:
    """The best similarity of each section, and that of the last hit: the most a section not among them can have."""
    best: dict[SectionKey, float] = {}
    for hit in hits:
        best[hit.section] = max(best.get(hit.section, -1.0), hit.similarity)
    return best, min((hit.similarity for hit in hits), default=0.0)


def combined(candidates: Sequence[Candidate], others: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """`candidates` in the order that two questions give together: their scores added, a section absent from `others` last there."""
    second = {one.section: one.score for one in others}
    least = min(second.values(), default=0.0)
    by_section = {one.section: one for one in candidates}
    scores = {key: one.score + second.get(key, least) for key, one in by_section.items()}
    order, probabilities = _ordered(scores)
    return tuple(
        replace(by_section[key], score=scores[key], probability=float(probability))
        for key, probability in zip(order, probabilities, strict=True)
    )


def _ordered(scores: Mapping[SectionKey, float]) -> tuple[list[SectionKey], npt.NDArray[np.float64]]:
    """The sections, best first, and the softmax of their scores in the same order."""
    order = sorted(scores, key=lambda key: (-scores[key], key))
    values = np.array([scores[key] for key in order])
    exponentials = np.exp(values - values.max())
    return order, exponentials / exponentials.sum()


def _searchable_texts(catalogue: Catalogue, key: SectionKey) -> list[tuple[str, Language]]:
    document, section = catalogue.sections[key]
    texts: list[tuple[str, Language]] = []
    for language in LANGUAGES:
        texts.extend((passage.text, language) for passage in catalogue.passages_of(key, language))
        for title in (section.headings.get(language), document.titles.get(language)):
            if title:
                texts.append((title, language))
    return texts
