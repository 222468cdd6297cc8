"""The stages of one answer as plain records, which the command line and the staff page render."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.answering.followups import FollowUp
from assistant.records import Answer, Language
from assistant.search.spelling import Correction


@dataclass(frozen=True, slots=True)
class Push:
    """A feature with its value and what it adds to a score or to log-odds; negative: it speaks against."""

    name: str
    value: float
    contribution: float


@dataclass(frozen=True, slots=True)
class UnderstoodStage:
    """How the question was read: its language, what the conversation brought, which names were mended.

    `searched` is the text that was searched for; empty where nothing was. `rewritten` is the question as a language model completed it.
    """

    language: Language
    language_reason: str
    follow_up: FollowUp
    subject: str | None
    corrections: tuple[Correction, ...]
    searched: str
    rewritten: str | None = None


@dataclass(frozen=True, slots=True)
class RankedSection:
    """A candidate with every feature; `pushes` are their contributions to its score, the strongest first."""

    section: str
    heading: str
    score: float
    probability: float
    features: Mapping[str, float]
    pushes: tuple[Push, ...]


@dataclass(frozen=True, slots=True)
class CheckStage:
    """One of the two checks: its probability, the threshold that it must reach, and the features that pushed most."""

    name: str
    probability: float
    threshold: float
    pushes: tuple[Push, ...]

    @property
    def passed(self) -> bool:
        """Did the probability reach the threshold?"""
        return self.probability >= self.threshold


@dataclass(frozen=True, slots=True)
class ScoredSentence:
    """A sentence of the best section with the score of its choice; `shown` if it is part of the answer."""

    text: str
    score: float
    shown: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """Every stage of one answer, in the order in which they worked.

    `changes` says, one line a stage, what would have to be otherwise for another outcome.
    """

    question: str
    understood: UnderstoodStage
    candidates: tuple[RankedSection, ...]
    checks: tuple[CheckStage, ...]
    sentences: tuple[ScoredSentence, ...]
    changes: tuple[str, ...]
    answer: Answer
