"""What a run keeps of each answer: plain records that are written as JSON lines and that the measures read."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace

from pydantic import TypeAdapter

from assistant.records import Answer, Citation, Evidence, Language, Mode, Outcome, SectionKey, Support


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation as shown, placed in its document: `document.texts[language][start:end]` should be `text`."""

    number: int
    section: str
    language: Language
    start: int
    end: int
    text: str
    as_of: str | None

    @property
    def key(self) -> SectionKey:
        """The section that is quoted."""
        return SectionKey.parse(self.section)


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence as shown, with the numbers of its quotations."""

    text: str
    citations: tuple[int, ...]
    support: Support


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A disagreement as shown: its note and the figures, each with source and date."""

    note: str
    figures: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that was retrieved."""

    section: str
    language: Language
    score: float
    text: str


@dataclass(frozen=True, slots=True)
class Observation:
    """One answer to one case, in one of the run's repeats; `error` is filled where the assistant failed instead.

    `tokens` is what a language model has cost for it; None where none was asked.
    """

    case_id: str
    repeat: int = 0
    outcome: Outcome | None = None
    language: Language | None = None
    notice: str = ""
    statements: tuple[Statement, ...] = ()
    quotations: tuple[Quotation, ...] = ()
    closest: tuple[Quotation, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    evidence: tuple[Found, ...] = ()
    confidence: float | None = None
    mode: Mode = "quotes"
    model: str | None = None
    withheld: int = 0
    tokens: int | None = None
    elapsed_ms: float = 0.0
    embedding_ms: float | None = None
    grade: float | None = None
    error: str | None = None

    @property
    def all_quotations(self) -> tuple[Quotation, ...]:
        """Every quotation shown, those of the nearest passages included."""
        return (*self.quotations, *self.closest)

    @property
    def text(self) -> str:
        """All that the answer states: sentences, quotations, disagreements, or the notice where it states nothing."""
        parts = [one.text for one in self.statements] + [one.text for one in self.quotations]
        for one in self.disagreements:
            parts += [one.note, *(" ".join(figure) for figure in one.figures)]
        return "\n".join(parts) or self.notice

    @property
    def shown(self) -> str:
        """Everything that the reader sees, nearest passages included."""
        return "\n".join([self.text, self.notice, *(one.text for one in self.closest)])

    @property
    def digest(self) -> str:
        """Names what the answer says, times, cost and repeat left out: two answers are identical if their digests are."""
        same = replace(self, repeat=0, tokens=None, elapsed_ms=0.0, embedding_ms=None, confidence=None, grade=None)
        return hashlib.sha256(json.dumps(asdict(same), ensure_ascii=False).encode()).hexdigest()[:16]


_ADAPTER = TypeAdapter(Observation)


def observe(case_id: str, answer: Answer, elapsed_ms: float) -> Observation:
    """Flatten an answer."""
    return Observation(
        case_id=case_id,
        outcome=answer.outcome,
        language=answer.language,
        notice=answer.notice,
        statements=tuple(Statement(one.text, one.citations, one.support) for one in answer.sentences),
        quotations=tuple(_quotation(one) for one in answer.citations),
        closest=tuple(_quotation(one) for one in answer.closest),
        disagreements=tuple(_disagreements(answer)),
        evidence=tuple(_found(one) for one in answer.evidence),
        mode=answer.mode,
        model=answer.model,
        withheld=answer.withheld,
        tokens=answer.writing.tokens if answer.writing else None,
        elapsed_ms=round(elapsed_ms, 6),
    )


def to_line(observation: Observation) -> str:
    """One line of JSON, without its end."""
    return json.dumps(asdict(observation), ensure_ascii=False)


def from_line(line: str) -> Observation:
    """The inverse of `to_line`."""
    return _ADAPTER.validate_json(line)


def _quotation(citation: Citation) -> Quotation:
    quote = citation.quote
    passage = quote.passage
    return Quotation(
        number=citation.number,
        section=str(passage.section),
        language=passage.language,
        start=passage.start + quote.start,
        end=passage.start + quote.end,
        text=quote.text,
        as_of=citation.as_of,
    )


def _disagreements(answer: Answer) -> list[Disagreement]:
    return [
        Disagreement(
            conflict.note.best(answer.language),
            tuple((figure.value.best(answer.language), figure.source, figure.date) for figure in conflict.figures),
        )
        for conflict in answer.conflicts
    ]


def _found(evidence: Evidence) -> Found:
    passage = evidence.passage
    return Found(str(passage.section), passage.language, round(evidence.score, 6), passage.text)
