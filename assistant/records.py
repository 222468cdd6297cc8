"""The frozen records that every part of the program exchanges.

They carry no type of any library and do no work beyond keeping their own promises: an `Answer` cannot be built without
quotations, a `Quote` is always an exact slice of its passage.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, get_args

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
Outcome = Literal["answer", "closest", "refusal"]
Support = Literal["verbatim", "supported"]
Mode = Literal["quotes", "generation"]


def other_language(language: Language) -> Language:
    """The second of the two languages."""
    return "en" if language == "fr" else "fr"


@dataclass(frozen=True, slots=True)
class Bilingual:
    """One text in French, in English or in both."""

    fr: str | None = None
    en: str | None = None

    def get(self, language: Language) -> str | None:
        """The text in `language`, or None."""
        return self.fr if language == "fr" else self.en

    def best(self, language: Language) -> str:
        """The text in `language`, else in the other one, else an empty text."""
        return self.get(language) or self.get(other_language(language)) or ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a document's statement comes from: a publication that a reader can open."""

    id: str
    name: str
    url: str | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One source's value of a disputed figure."""

    value: Bilingual
    source: str
    date: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """A known disagreement between sources; every figure is shown, none is chosen."""

    note: Bilingual
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One thing that a document says, in each language that the document has.

    `questions` holds the stored questions by language; those at the same position are counterparts of one another.
    `spans` holds, by language, where the section's body stands in the document's text: (start, end).
    `pages` holds the page number of each span where the document has pages.
    """

    id: str
    headings: Bilingual
    spans: Mapping[Language, tuple[int, int]]
    facts: tuple[str, ...] = ()
    as_of: str | None = None
    perishable: bool = False
    source_ids: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    questions: Mapping[Language, tuple[str, ...]] = field(default_factory=dict)
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A document of the corpus with its text in each language that it has."""

    id: str
    kind: str
    titles: Bilingual
    texts: Mapping[Language, str]
    sections: tuple[Section, ...]
    publisher: str
    author: str | None = None
    date: str | None = None
    url: str | None = None
    licence: str | None = None
    not_before: str | None = None
    translation: Language | None = None
    sources: tuple[Source, ...] = ()
    notes: str | None = None

    def section(self, section_id: str) -> Section:
        """The section named `section_id`; KeyError if there is none."""
        for section in self.sections:
            if section.id == section_id:
                return section
        raise KeyError(section_id)

    def sources_of(self, section: Section) -> tuple[Source, ...]:
        """The sources that support `section`, in the document's order."""
        return tuple(source for source in self.sources if source.id in section.source_ids)


class SectionKey(NamedTuple):
    """Names a section in the whole corpus. Its two language versions share it.

    A tuple, because ranking looks thousands of them up for each question, and tuples are hashed without running Python code.
    """

    document_id: str
    section_id: str

    def __str__(self) -> str:
        return f"{self.document_id}#{self.section_id}"

    @classmethod
    def parse(cls, text: str) -> SectionKey:
        """The inverse of `str(key)`."""
        document_id, _, section_id = text.rpartition("#")
        return cls(document_id, section_id)


@dataclass(frozen=True, slots=True)
class Passage:
    """Whole sentences of one section in one language: `document.texts[language][start:end] == text`."""

    id: str
    section: SectionKey
    language: Language
    start: int
    end: int
    text: str
    heading: str = ""
    page: int | None = None
    sentences: tuple[tuple[int, int], ...] = ()

    def sentence_texts(self) -> tuple[str, ...]:
        """The passage's sentences, each an exact slice of its text."""
        return tuple(self.text[start:end] for start, end in self.sentences)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage found for a question, with the score that placed it (larger is better)."""

    passage: Passage
    score: float


@dataclass(frozen=True, slots=True)
class Quote:
    """An exact slice of a passage."""

    passage: Passage
    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= len(self.passage.text):
            raise ValueError(
                f"quote [{self.start}:{self.end}] does not lie in passage {self.passage.id!r} "
                f"of {len(self.passage.text)} characters; give offsets inside the passage"
            )

    @property
    def text(self) -> str:
        """The quoted characters."""
        return self.passage.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered quotation with what a reader needs to check it."""

    number: int
    quote: Quote
    title: str
    publisher: str
    date: str | None = None
    author: str | None = None
    as_of: str | None = None
    url: str | None = None
    sources: tuple[Source, ...] = ()
    translation: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence shown to the reader, with the numbers of the citations that carry it.

    `translated`: a language model put into the reader's language what all its quotations say in the other one.
    """

    text: str
    citations: tuple[int, ...]
    support: Support = "verbatim"
    translated: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of the conversation. Only questions are kept, never what was answered."""

    question: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """A sentence of a language model that no reader sees, and why: each reason is `check: detail`."""

    text: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Writing:
    """What a language model had to do with an answer: for the operator and the evaluations, never for the reader.

    `sentences` counts those that passed, `rewritten` is a follow-up as the model completed it, `unknown_markers` are numbers that it
    cited and that name no passage, `left_out` names passages that it was not shown because they give it orders, `refused` says
    that it found no answer in the passages, `tokens` is what all its calls have cost.
    """

    model: str
    sentences: int = 0
    rewritten: str | None = None
    withheld: tuple[Withheld, ...] = ()
    unknown_markers: tuple[int, ...] = ()
    left_out: tuple[str, ...] = ()
    refused: bool = False
    fault: str | None = None
    fault_kind: str | None = None
    tokens: int = 0

    @property
    def usable(self) -> bool:
        """May its sentences stand as the answer?"""
        return self.fault is None and self.sentences > 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What the assistant says to one question; it refuses to exist without the quotations that its outcome needs."""

    question: str
    language: Language
    outcome: Outcome
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    closest: tuple[Citation, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    notice: str = ""
    did_you_mean: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    mode: Mode = "quotes"
    model: str | None = None
    withheld: int = 0
    corpus_version: str = ""
    elapsed_ms: float = 0.0
    id: str = ""
    writing: Writing | None = None

    def __post_init__(self) -> None:
        numbers = {citation.number for citation in self.citations}
        cited = {number for sentence in self.sentences for number in sentence.citations}
        if self.outcome == "answer":
            if not self.sentences or not all(sentence.citations for sentence in self.sentences):
                raise ValueError(
                    "an answer needs sentences that each carry a citation; use outcome 'closest' or 'refusal'"
                )
            if cited != numbers:
                raise ValueError(
                    f"cited numbers {sorted(cited)} differ from the citations' {sorted(numbers)}; renumber them"
                )
        elif self.sentences or self.citations or self.conflicts:
            raise ValueError(
                f"outcome {self.outcome!r} cannot carry sentences, citations or conflicts; use outcome 'answer'"
            )
        if self.outcome != "closest" and self.closest:
            raise ValueError(f"outcome {self.outcome!r} cannot carry closest passages; use outcome 'closest'")

    @property
    def text(self) -> str:
        """The sentences joined, each followed by its markers, or the notice where there are none."""
        if not self.sentences:
            return self.notice
        return " ".join(marked_text(sentence) for sentence in self.sentences)

    def passages(self) -> Iterator[Passage]:
        """Every passage that the reader is shown."""
        for citation in (*self.citations, *self.closest):
            yield citation.quote.passage


def marked_text(sentence: Sentence) -> str:
    """A sentence followed by its citation markers: `Text. [1][2]`."""
    return sentence.text + " " + "".join(f"[{number}]" for number in sentence.citations)
