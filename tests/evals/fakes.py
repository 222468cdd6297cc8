"""Small assistants for the suite's own tests: one that keeps every promise on the sample cases, and broken ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from assistant.reading.documents import load_corpus
from assistant.reading.passages import split_section
from assistant.records import (
    Answer,
    Citation,
    Document,
    Evidence,
    Language,
    Outcome,
    Passage,
    Quote,
    Sentence,
    Turn,
    other_language,
)
from evals.cases import Case, load_cases
from evals.systems import Answerer, System

DATA = Path(__file__).parent / "data"
CORPUS = DATA / "corpus"
CASES = DATA / "cases"
NOTICE: Mapping[Language, str] = {
    "fr": "Les documents dont je dispose ne disent rien de cela.",
    "en": "The documents that I have say nothing about this.",
}


def sample_cases() -> tuple[Case, ...]:
    """The sample cases on the sample corpus."""
    return load_cases(CASES)


class Oracle:
    """Answers each case with its first passages of gold, in the case's language where the corpus has it.

    It raises KeyError for a question that no case asks.
    """

    def __init__(self, documents: Sequence[Document], cases: Sequence[Case]) -> None:
        self.documents = {document.id: document for document in documents}
        self.cases = {case.question: case for case in cases}

    def ask(self, question: str, history: Sequence[Turn] = (), language: Language | None = None) -> Answer:
        """What the case expects; the earlier questions and the page's language must be those of the case."""
        case = self.cases[question]
        if ([turn.question for turn in history], language) != (list(case.history), case.page_language):
            raise AssertionError(f"{case.id} was asked with {history} and {language}")
        return self.answer(case)

    def answer(self, case: Case) -> Answer:
        """What the case expects."""
        if not case.answerable:
            outcome: Outcome = "closest" if case.expect == "closest" else "refusal"
            return Answer(question=case.question, language=case.language, outcome=outcome, notice=NOTICE[case.language])
        wanted = case.gold if case.all_gold else case.gold[:1]
        return self.quote(case, [self.passage(key.document_id, key.section_id, case.language) for key in wanted])

    def passage(self, document_id: str, section_id: str, language: Language) -> Passage:
        """The first passage of a section, in `language` if the document has it."""
        document = self.documents[document_id]
        section = document.section(section_id)
        found: Language = language if language in section.spans else other_language(language)
        return split_section(document, section, found)[0]

    def quote(self, case: Case, passages: Sequence[Passage]) -> Answer:
        """An answer that consists of whole passages, with everything that is known of their sections."""
        citations = tuple(self.citation(number, passage) for number, passage in enumerate(passages, start=1))
        sections = [self.documents[one.section.document_id].section(one.section.section_id) for one in passages]
        return Answer(
            question=case.question,
            language=case.language,
            outcome="answer",
            sentences=tuple(Sentence(one.quote.text, (one.number,)) for one in citations),
            citations=citations,
            conflicts=tuple(conflict for section in sections for conflict in section.conflicts),
            evidence=tuple(Evidence(passage, 1.0 / rank) for rank, passage in enumerate(passages, start=1)),
        )

    def citation(self, number: int, passage: Passage) -> Citation:
        """A whole passage as a citation."""
        document = self.documents[passage.section.document_id]
        as_of = document.section(passage.section.section_id).as_of or document.date
        title = document.titles.best(passage.language)
        return Citation(number, Quote(passage, 0, len(passage.text)), title, document.publisher, as_of=as_of)


class AlwaysFirstPassage(Oracle):
    """Whatever is asked, the corpus' first passage in the question's language."""

    def answer(self, case: Case) -> Answer:
        """The first passage."""
        first = next(iter(self.documents.values()))
        return self.quote(case, [self.passage(first.id, first.sections[0].id, case.language)])


class AlwaysRefuses(Oracle):
    """Whatever is asked, a refusal in the question's language."""

    def answer(self, case: Case) -> Answer:
        """A refusal."""
        return Answer(question=case.question, language=case.language, outcome="refusal", notice=NOTICE[case.language])


class WrongLanguage(Oracle):
    """Right passages in the other language, under the asked language's flag."""

    def passage(self, document_id: str, section_id: str, language: Language) -> Passage:
        """The first passage of a section, in the other language if the document has it."""
        return super().passage(document_id, section_id, other_language(language))


class AltersQuotes(Oracle):
    """Changes one letter of every passage, consistently: passage, quotation and sentence agree with one another."""

    def passage(self, document_id: str, section_id: str, language: Language) -> Passage:
        """A passage whose second letter is wrong."""
        passage = super().passage(document_id, section_id, language)
        return replace(passage, text=passage.text[0] + "x" + passage.text[2:])


class Breaks(Oracle):
    """Raises for one question, as a broken assistant might."""

    def answer(self, case: Case) -> Answer:
        """The oracle's answer, except to the weather."""
        if "weather" in case.id:
            raise RuntimeError("the model is on fire")
        return super().answer(case)


class Counted(Oracle):
    """Counts its answers, and is interrupted at the limit."""

    answers = 0
    limit = 5

    def answer(self, case: Case) -> Answer:
        """The oracle's answer, until the limit."""
        if Counted.answers == Counted.limit:
            raise KeyboardInterrupt
        Counted.answers += 1
        return super().answer(case)


def fake_system(cache: Path, kind: type[Oracle] = Oracle, cases: Sequence[Case] | None = None) -> System:
    """A system that answers the sample cases from the sample corpus, with an embedding that takes no time."""
    asked = cases or sample_cases()

    def build(corpus_dir: Path, _: Path) -> Answerer:
        return kind(load_corpus(corpus_dir).documents, asked)

    return System("assistant", CORPUS, cache, build, embed=len, settings={"embedding_model": "fake"})
