"""What the weights are learned from: stored questions, each ranked without itself and its counterpart, `dev` cases, and
questions written to learn from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from assistant.answering.questions import read_question
from assistant.records import SectionKey
from assistant.search.answerability import AnswerabilityCheck
from assistant.search.catalogue import Catalogue
from assistant.search.classifier import train_classifier
from assistant.search.encoder import Vector
from assistant.search.entries import catalogue_entries
from assistant.search.memory_store import MemoryStore
from assistant.search.ranking import Candidate, Ranker
from assistant.search.weights import LearnedWeights
from evals.cases import Case
from evals.learning import LearningQuestion

FOLDS = 5
# Of the stored questions, how many are also looked at with their own section taken away: every sixth.
_TAKEN_AWAY = 6
_MAX_CHARS = 1000


@dataclass(frozen=True)
class Example:
    """A question as the ranking and the check saw it. `gold` is empty where no section answers; `about` then names the nearest."""

    origin: str
    vector: Vector
    gold: frozenset[SectionKey]
    candidates: tuple[Candidate, ...]
    features: Mapping[str, float]
    case: Case | None = None
    about: frozenset[SectionKey] = frozenset()
    text: str = ""

    @property
    def outside(self) -> bool:
        """Whether the question is on another subject, or an instruction."""
        if self.case:
            return self.case.kind in ("outside", "injection")
        return self.origin == "learned" and not self.about

    @property
    def right(self) -> bool:
        """Whether the best section answers."""
        return bool(self.candidates) and self.candidates[0].section in self.gold


@dataclass(frozen=True)
class Texts:
    """The catalogue with the embedding of every text by the text."""

    catalogue: Catalogue
    vectors: Mapping[str, Vector]


def stored_examples(
    texts: Texts, weights: LearnedWeights, progress: Callable[[str], None], *, judged: bool
) -> Iterator[Example]:
    """Each stored question, ranked by an index that knows neither it nor the question at its place in the other language.

    Only what is `judged` gets the features of the check, which cost most of the time.
    """
    for fold in range(FOLDS):
        catalogue = without_fold(texts.catalogue, fold)
        ranker, check = _searcher(texts, catalogue, weights)
        held = [
            (key, question)
            for key, (_, section) in texts.catalogue.sections.items()
            for questions in section.questions.values()
            for place, question in enumerate(questions)
            if place % FOLDS == fold
        ]
        for number, (key, question) in enumerate(held):
            vector = texts.vectors[question]
            candidates = ranker.rank(question, vector)
            features = check.features(question, candidates) if judged else {}
            yield Example("stored", vector, frozenset({key}), candidates, features)
            if judged and number % _TAKEN_AWAY == 0:
                others = _without(candidates, key)
                yield Example("away", vector, frozenset(), others, check.features(question, others))
        progress(f"fold {fold + 1} of {FOLDS}")


def case_examples(
    texts: Texts, cases: Sequence[Case], weights: LearnedWeights, embed: Callable[[Sequence[str]], np.ndarray]
) -> Iterator[Example]:
    """The `dev` cases that stand alone, ranked by the whole index."""
    ranker, check = _searcher(texts, texts.catalogue, weights)
    asked = [(case, read_question(case.question, case.page_language, _MAX_CHARS)) for case in cases]
    usable = [(case, question) for case, question in asked if question.readable and not case.history]
    vectors = embed([question.text for _, question in usable])
    for (case, question), vector in zip(usable, vectors, strict=True):
        candidates = ranker.rank(question.text, vector)
        features = check.features(question.text, candidates)
        gold = frozenset(case.gold)
        about = gold or frozenset(candidate.section for candidate in candidates[:1])
        yield Example(
            "dev", vector, gold if case.answerable else frozenset(), candidates, features, case, about, case.question
        )


def learned_examples(
    texts: Texts,
    questions: Sequence[LearningQuestion],
    weights: LearnedWeights,
    embed: Callable[[Sequence[str]], np.ndarray],
) -> Iterator[Example]:
    """The questions written to learn from, ranked by the whole index, which does not store them."""
    ranker, check = _searcher(texts, texts.catalogue, weights)
    vectors = embed([question.text for question in questions])
    for question, vector in zip(questions, vectors, strict=True):
        candidates = ranker.rank(question.text, vector)
        features = check.features(question.text, candidates)
        about = frozenset([question.section]) if question.section else frozenset()
        gold = about if question.answered else frozenset()
        yield Example("learned", vector, gold, candidates, features, None, about, question.text)


def without_fold(catalogue: Catalogue, fold: int) -> Catalogue:
    """The catalogue without the stored questions of one fold, in both languages."""
    documents = tuple(
        replace(
            document,
            sections=tuple(
                replace(
                    section,
                    questions={
                        language: tuple(q for place, q in enumerate(questions) if place % FOLDS != fold)
                        for language, questions in section.questions.items()
                    },
                )
                for section in document.sections
            ),
        )
        for document in catalogue.documents
    )
    return Catalogue(documents, catalogue.passages)


def _searcher(texts: Texts, catalogue: Catalogue, weights: LearnedWeights) -> tuple[Ranker, AnswerabilityCheck]:
    entries = [one for one in catalogue_entries(catalogue) if one.entry.kind != "passage"]
    vectors = np.stack([texts.vectors[one.text] for one in entries])
    store = MemoryStore()
    store.add([one.entry for one in entries], vectors)
    questions = [row for row, one in enumerate(entries) if one.entry.kind == "question"]
    classifier = train_classifier([entries[row].entry.section for row in questions], vectors[questions])
    return Ranker(catalogue, store, classifier, weights.ranking), AnswerabilityCheck(catalogue, weights.answerability)


def _without(candidates: Sequence[Candidate], key: SectionKey) -> tuple[Candidate, ...]:
    """The candidates as if a section did not exist: its place taken, the probabilities those of the rest."""
    rest = [candidate for candidate in candidates if candidate.section != key]
    total = sum(candidate.probability for candidate in rest) or 1.0
    return tuple(replace(candidate, probability=candidate.probability / total) for candidate in rest)


def text_vectors(catalogue: Catalogue, by_digest: Mapping[str, Vector]) -> dict[str, Vector]:
    """Text to vector for sentences and questions. No text is both: sentences end otherwise than questions do."""
    return {one.text: by_digest[one.digest] for one in catalogue_entries(catalogue) if one.entry.kind != "passage"}
