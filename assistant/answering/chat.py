"""The assistant: from a question to an answer that carries its quotations."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from assistant.answering.followups import asks_for_more, completed, may_lean, points_back
from assistant.answering.questions import Question, clean, read_question
from assistant.answering.quotes import closest, compose, passages_for
from assistant.answering.wording import CLOSEST, EMPTY, REFUSAL, TOO_LONG, refusal_suggestions
from assistant.records import Answer, Evidence, Language, Turn
from assistant.search.answerability import AnswerabilityCheck, Verdict
from assistant.search.catalogue import Catalogue
from assistant.search.encoder import Encoder, Vector
from assistant.search.ranking import Candidate, Ranker, combined

if TYPE_CHECKING:
    from assistant.answering.writing import Commission, ModelWriter

_MAX_EVIDENCE = 10
# A short question belongs to the one before if one of so many sections knows so much of it, weighted by rarity.
_SUBJECT_SECTIONS = 3
_MOST = 0.5


@dataclass(frozen=True, slots=True)
class Found:
    """What the search says of one question."""

    text: str
    vector: Vector
    candidates: tuple[Candidate, ...]
    verdict: Verdict


class Assistant:
    """Answers questions from one index. Thread-safe: it keeps nothing between questions."""

    def __init__(
        self,
        catalogue: Catalogue,
        encoder: Encoder,
        ranker: Ranker,
        check: AnswerabilityCheck,
        *,
        max_question_chars: int = 1000,
        today: Callable[[], date] = date.today,
        writer: ModelWriter | None = None,
    ) -> None:
        """`writer` is the language model that writes answers; without one they are quoted."""
        self.catalogue = catalogue
        self._encoder = encoder
        self._ranker = ranker
        self._check = check
        self._limit = max_question_chars
        self._today = today
        self._writer = writer

    def ask(self, question: str, history: Sequence[Turn] = (), language: Language | None = None) -> Answer:
        """Answer `question`; `language` is the page's language, which breaks ties only.

        Never raises for anything that a visitor can type.
        """
        *_, answer = self.stream(question, history, language)
        return answer

    def stream(self, question: str, history: Sequence[Turn] = (), language: Language | None = None) -> Iterator[Answer]:
        """The same answer in parts, the complete one last; each part before has one sentence more than the one before it.

        Where a language model fails after its first sentences, the complete answer is the quotes answer instead of them.
        """
        started = time.perf_counter()
        answer = yield from self._answer(read_question(question, language, self._limit), history)
        answer = self._finish(answer, started)
        if answer.mode == "quotes":
            yield from _beginnings(answer)
        yield answer

    def _answer(self, question: Question, history: Sequence[Turn]) -> Generator[Answer, None, Answer]:
        """Yield what a language model writes as it passes the checks; return the complete answer."""
        language = question.language
        if not question.readable:
            return self._refuse(question, EMPTY[language])
        if question.length > self._limit:
            return self._refuse(question, TOO_LONG[language].format(length=question.length, limit=self._limit))
        commission = self._writer.begin(self.catalogue, language) if self._writer else None
        found = self._search_with(question.text, history, commission)
        quotes = self._quoted(question, found)
        if commission is None:
            return quotes
        if quotes.outcome != "answer":
            return commission.unwritten(quotes)
        return (yield from commission.write(quotes, found.text, found.candidates))

    def _quoted(self, question: Question, found: Found) -> Answer:
        language = question.language
        evidence = self._evidence(found.candidates, language)
        match found.verdict.outcome:
            case "answer":
                composition = compose(self.catalogue, found.text, found.candidates[:1], language)
                return Answer(
                    question.text,
                    language,
                    "answer",
                    sentences=composition.sentences,
                    citations=composition.citations,
                    conflicts=composition.conflicts,
                    evidence=evidence,
                )
            case "closest":
                nearest = closest(self.catalogue, found.candidates, language)
                return Answer(
                    question.text, language, "closest", closest=nearest, evidence=evidence, notice=CLOSEST[language]
                )
            case "refusal":
                return self._refuse(question, REFUSAL[language], evidence)

    def _search_with(self, text: str, history: Sequence[Turn], commission: Commission | None) -> Found:
        """The bare question wins where it is good enough alone; a refused subject is never carried forward."""
        bare = self._search(text)
        if not history or not may_lean(text):
            return bare
        turns = [Turn(clean(turn.question[: self._limit])) for turn in history]
        rewritten = commission.rewrite(text, turns) if commission else None
        if rewritten and _is_as_good(found := self._search(rewritten), bare):
            return found
        whole = completed(clean(text), turns)
        if whole is None:
            return bare
        before = self._search(whole.removesuffix(text).strip() or whole)
        if before.verdict.outcome == "refusal":
            return bare
        both = before if asks_for_more(text) else self._search_both(whole, bare)
        if not points_back(text) and not self._goes_on(text, both):
            return bare
        return both if _is_better(both, bare) else bare

    def _search_both(self, whole: str, bare: Found) -> Found:
        """The completed question brings the subject, the bare one what is asked of it; alone, the first asks the old question again."""
        found = self._search(whole)
        candidates = combined(found.candidates, bare.candidates)
        return replace(found, candidates=candidates, verdict=self._check.judge(whole, found.vector, candidates))

    def _goes_on(self, text: str, found: Found) -> bool:
        """Do the sections found know most of the new question? Else they answer the one before, whatever is asked now."""
        sections = [candidate.section for candidate in found.candidates[:_SUBJECT_SECTIONS]]
        return any(self._check.vocabulary.coverage(text, key)["covered"] >= _MOST for key in sections)

    def _search(self, text: str) -> Found:
        vector = self._encoder.embed_query(text)
        candidates = self._ranker.rank(text, vector, self.catalogue.embargoed(self._today()))
        return Found(text, vector, candidates, self._check.judge(text, vector, candidates))

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


def _is_as_good(found: Found, bare: Found) -> bool:
    """Does a question that a model completed come as near to an answer as the bare one? What the bare one finds may be chance."""
    ranks = ("refusal", "closest", "answer")
    return found.verdict.outcome != "refusal" and ranks.index(found.verdict.outcome) >= ranks.index(
        bare.verdict.outcome
    )


def _is_better(found: Found, bare: Found) -> bool:
    """Does the completed question find a better answer than the bare one?"""
    better = found.verdict.answers > bare.verdict.answers or bare.verdict.outcome != "answer"
    return better and found.verdict.outcome != "refusal"


def _beginnings(answer: Answer) -> Iterator[Answer]:
    """The answer with one sentence, with two, and so on; without the complete one."""
    for count in range(1, len(answer.sentences)):
        sentences = answer.sentences[:count]
        cited = {number for sentence in sentences for number in sentence.citations}
        yield replace(answer, sentences=sentences, citations=tuple(c for c in answer.citations if c.number in cited))


def answer_id(answer: Answer, corpus_version: str) -> str:
    """Names an answer by its content: the same answer from the same corpus has the same id."""
    quoted = [(c.quote.passage.id, c.quote.start, c.quote.end) for c in (*answer.citations, *answer.closest)]
    said = (corpus_version, answer.question, answer.language, answer.outcome, answer.text, quoted)
    # Who wrote a sentence, and what it is said to be, is part of what a reader may rely on.
    written = (answer.model, [(one.support, one.translated) for one in answer.sentences])
    content = repr(said if answer.mode == "quotes" else (*said, written))
    return hashlib.sha256(content.encode()).hexdigest()[:20]
