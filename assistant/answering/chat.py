"""The assistant: from a question to an answer that carries its quotations."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from assistant.answering.followups import wanted_language
from assistant.answering.instructions import speaks_to_assistant
from assistant.answering.parts import second_section
from assistant.answering.questions import Question, clean, read_question, spoken_language
from assistant.answering.quotes import Composition, closest, compose, compose_more, passages_for
from assistant.answering.searching import Reading, Retrieval
from assistant.answering.wording import CLOSEST, EMPTY, REFUSAL, SOURCES_BELOW, TOO_LONG, refusal_suggestions
from assistant.records import Answer, Evidence, Language, Turn
from assistant.search.answerability import AnswerabilityCheck
from assistant.search.catalogue import Catalogue
from assistant.search.encoder import Encoder
from assistant.search.ranking import Candidate, Ranker
from assistant.search.reranking import Reranker
from assistant.search.spelling import NameSpelling
from assistant.search.word_languages import WordLanguages

if TYPE_CHECKING:
    from assistant.answering.writing import Commission, ModelWriter

_MAX_EVIDENCE = 10


@dataclass(frozen=True, slots=True)
class Trace:
    """An answer with how it came about; `reading` is None where nothing was searched for."""

    question: Question
    reading: Reading | None
    answer: Answer


@dataclass(frozen=True, slots=True)
class _Understood:
    """A question as it was read, and the model's commission to answer it."""

    question: Question
    reading: Reading | None = None
    commission: Commission | None = None


class Assistant:
    """Answers questions from one index. Thread-safe: it keeps nothing between questions."""

    def __init__(
        self,
        catalogue: Catalogue,
        encoder: Encoder,
        ranker: Ranker,
        check: AnswerabilityCheck,
        *,
        reranker: Reranker | None = None,
        max_question_chars: int = 1000,
        today: Callable[[], date] = date.today,
        writer: ModelWriter | None = None,
    ) -> None:
        """`writer` is the language model that writes answers; without one they are quoted."""
        self.catalogue = catalogue
        self._limit = max_question_chars
        self._words = WordLanguages(catalogue)
        self._retrieval = Retrieval(
            encoder, ranker, check, NameSpelling(catalogue), reranker, lambda: catalogue.embargoed(today())
        )
        self._writer = writer

    def ask(self, question: str, history: Sequence[Turn] = (), language: Language | None = None) -> Answer:
        """Answer `question`; `language` is the page's language, which breaks ties only.

        Never raises for anything that a visitor can type.
        """
        return self.trace(question, history, language).answer

    def trace(self, question: str, history: Sequence[Turn] = (), language: Language | None = None) -> Trace:
        """The same answer, with what was understood and found on the way."""
        started = time.perf_counter()
        understood = self._understand(question, history, language)
        *_, answer = self._answers(understood, started)
        return Trace(understood.question, understood.reading, answer)

    def stream(self, question: str, history: Sequence[Turn] = (), language: Language | None = None) -> Iterator[Answer]:
        """The same answer in parts, the complete one last; each part before has one sentence more than the one before it.

        Where a language model fails after its first sentences, the complete answer is the quotes answer instead of them.
        """
        started = time.perf_counter()
        yield from self._answers(self._understand(question, history, language), started)

    def _understand(self, question: str, history: Sequence[Turn], language: Language | None) -> _Understood:
        turns = [Turn(clean(turn.question[: self._limit])) for turn in history]
        asked = read_question(question, spoken_language(turns, language), self._limit, self._words)
        if not asked.readable or asked.length > self._limit:
            return _Understood(asked)
        commission = self._commission(asked.language)
        reading = self._retrieval.read(asked.text, turns, commission.rewrite if commission else None)
        if reading.follow_up == "language":
            asked = replace(asked, language=wanted_language(asked.text), language_reason="asked for in the question")
            commission = self._commission(
                asked.language
            )  # such a question is not rewritten, so the other one cost nothing
        return _Understood(asked, reading, commission)

    def _commission(self, language: Language) -> Commission | None:
        return self._writer.begin(self.catalogue, language) if self._writer else None

    def _answers(self, understood: _Understood, started: float) -> Iterator[Answer]:
        answer = self._finish((yield from self._written(understood)), started)
        if answer.mode == "quotes":
            yield from _beginnings(answer)
        yield answer

    def _written(self, understood: _Understood) -> Generator[Answer, None, Answer]:
        """Yield what a language model writes as it passes the checks; return the complete answer."""
        quotes = self._quoted(understood.question, understood.reading)
        if understood.commission is None or understood.reading is None:
            return quotes
        # For "more" a model would write the same again: the passage's further sentences are quoted.
        if quotes.outcome != "answer" or understood.reading.follow_up == "more":
            return understood.commission.unwritten(quotes)
        found = understood.reading.found
        return (yield from understood.commission.write(quotes, found.text, found.candidates))

    def _quoted(self, question: Question, reading: Reading | None) -> Answer:
        language = question.language
        if reading is None:
            too_long = TOO_LONG[language].format(length=question.length, limit=self._limit)
            return self._refuse(question, too_long if question.readable else EMPTY[language])
        found = reading.found
        evidence = self._evidence(found.candidates, language)
        if speaks_to_assistant(question.text):
            return self._refuse(question, REFUSAL[language], evidence)
        corrected = tuple(one.name for one in reading.corrections)
        match found.verdict.outcome:
            case "answer":
                composition = self._compose(reading, language)
                return Answer(
                    question.text,
                    language,
                    "answer",
                    sentences=composition.sentences,
                    citations=composition.citations,
                    conflicts=composition.conflicts,
                    evidence=evidence,
                    notice=SOURCES_BELOW[language] if reading.follow_up == "source" else "",
                    did_you_mean=corrected,
                )
            case "closest":
                nearest = closest(self.catalogue, found.candidates, language)
                return Answer(
                    question.text,
                    language,
                    "closest",
                    closest=nearest,
                    evidence=evidence,
                    notice=CLOSEST[language],
                    did_you_mean=corrected,
                )
            case "refusal":
                return self._refuse(question, REFUSAL[language], evidence)

    def _compose(self, reading: Reading, language: Language) -> Composition:
        asked, candidates = reading.bare.text, reading.found.candidates
        if reading.follow_up == "more":
            return compose_more(self.catalogue, candidates[:1], language)
        second = second_section(asked, candidates, self._retrieval.check.vocabulary)
        return compose(self.catalogue, asked, [candidates[0], *([second] if second else [])], language)

    def _evidence(self, candidates: Sequence[Candidate], language: Language) -> tuple[Evidence, ...]:
        return tuple(
            Evidence(passages_for(self.catalogue, candidate.section, language)[0], candidate.score)
            for candidate in candidates[:_MAX_EVIDENCE]
        )

    def _refuse(self, question: Question, notice: str, evidence: tuple[Evidence, ...] = ()) -> Answer:
        return Answer(
            question.text,
            question.language,
            "refusal",
            evidence=evidence,
            notice=notice,
            suggestions=refusal_suggestions(question.language),
        )

    def _finish(self, answer: Answer, started: float) -> Answer:
        version = self.catalogue.version
        return replace(
            answer,
            id=answer_id(answer, version),
            corpus_version=version,
            elapsed_ms=round((time.perf_counter() - started) * 1000, 1),
        )


def _beginnings(answer: Answer) -> Iterator[Answer]:
    """The answer with one sentence, with two, and so on; without the complete one."""
    for count in range(1, len(answer.sentences)):
        sentences = answer.sentences[:count]
        cited = {number for sentence in sentences for number in sentence.citations}
        yield replace(answer, sentences=sentences, citations=tuple(c for c in answer.citations if c.number in cited))


def answer_id(answer: Answer, corpus_version: str) -> str:
    """Names an answer by its content: the same answer from the same corpus has the same id."""
    quoted = [(c.quote.passage.id, c.quote.start, c.quote.end) for c in (*answer.citations, *answer.closest)]
    said = (corpus_version, answer.question, answer.language, answer.outcome, answer.text, quoted, *answer.did_you_mean)
    # Who wrote a sentence, and what it is said to be, is part of what a reader may rely on.
    written = (answer.model, [(one.support, one.translated) for one in answer.sentences])
    content = repr(said if answer.mode == "quotes" else (*said, written))
    return hashlib.sha256(content.encode()).hexdigest()[:20]
