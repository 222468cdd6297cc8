"""Answers that a language model writes, and the quotes answer wherever it does not."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace

from assistant.answering.calls import Account
from assistant.answering.citing import cite
from assistant.answering.faults import ModelFault
from assistant.answering.generation import GeneratedSentence, GenerationAnswerer, failed
from assistant.answering.quotes import nearest_passage, passages_for
from assistant.answering.wording import fallback_notice
from assistant.records import Answer, Citation, Conflict, Evidence, Language, Quote, Turn, Writing
from assistant.search.catalogue import Catalogue
from assistant.search.ranking import Candidate

# Earlier questions shown to the model; a follow-up rarely leans on one further back.
_MAX_TURNS = 6


class ModelWriter:
    """Lets one language model write the answers of any number of indexes. Thread-safe."""

    def __init__(self, model: GenerationAnswerer) -> None:
        self._model = model

    def prepare(self) -> None:
        """Build the client now rather than in the first answer; asks nothing of the model.

        Raises:
            ModelFault: if it cannot be built.
        """
        self._model.prepare()

    def begin(self, catalogue: Catalogue, language: Language) -> Commission:
        """Take on one answer in `language` from the documents of `catalogue`; the model is not asked yet."""
        return Commission(self._model, catalogue, language)


class Commission:
    """One answer that a model is to write: its time, its cost, and the record of what came of it.

    Rewriting and writing share one deadline, and a fault of the first is not waited for again in the second.
    """

    def __init__(self, model: GenerationAnswerer, catalogue: Catalogue, language: Language) -> None:
        self._model = model
        self._catalogue = catalogue
        self._language: Language = language
        self._account: Account | None = None
        self._writing = Writing(model.name)

    def rewrite(self, question: str, history: Sequence[Turn]) -> str | None:
        """A follow-up as a question of its own; None where it stands as it was asked."""
        try:
            self._account = self._model.open_account()
            rewritten = self._model.rewrite_followup(question, history[-_MAX_TURNS:], self._language, self._account)
        except ModelFault as fault:
            if fault.kind != "rewriting":
                self._writing = failed(self._writing, fault)
            return None
        if rewritten == question:
            return None
        self._writing = replace(self._writing, rewritten=rewritten)
        return rewritten

    def unwritten(self, quotes: Answer) -> Answer:
        """An answer that the model is not asked to write; with the record, where it was asked for a rewriting."""
        if self._account is None:
            return quotes
        return replace(quotes, writing=replace(self._writing, tokens=self._account.tokens))

    def write(self, quotes: Answer, question: str, candidates: Sequence[Candidate]) -> Generator[Answer, None, Answer]:
        """Yield the answer with one sentence more each time, then return the complete one: `quotes` where the model failed.

        `question` is what was searched for, so a follow-up is complete in it; `candidates` are the sections found, best first.
        """
        answer = quotes
        if self._writing.fault is None:
            answer = yield from self._sentences(quotes, question, candidates)
        if not self._writing.usable:
            answer = replace(quotes, notice=fallback_notice(self._writing, self._language))
        return replace(answer, withheld=len(self._writing.withheld), writing=self._writing)

    def _sentences(
        self, quotes: Answer, question: str, candidates: Sequence[Candidate]
    ) -> Generator[Answer, None, Answer]:
        answer = replace(quotes, mode="generation", model=self._writing.model)
        shown: tuple[GeneratedSentence, ...] = ()
        evidence = self._evidence(candidates)
        for part in self._model.generate(question, self._language, evidence, self._cite, self._account):
            if isinstance(part, Writing):
                self._writing = replace(part, rewritten=self._writing.rewritten)
                continue
            shown = (*shown, part)
            citations = tuple(citation for one in shown for citation in one.citations)
            answer = replace(
                answer,
                sentences=tuple(one.sentence for one in shown),
                citations=citations,
                conflicts=self._conflicts(citations),
            )
            yield answer
        return answer

    def _evidence(self, candidates: Sequence[Candidate]) -> list[Evidence]:
        """What the model writes from: the best section whole, and of each further one the passage nearest to the question."""
        best, *others = candidates
        found = [Evidence(one, best.score) for one in passages_for(self._catalogue, best.section, self._language)]
        nearest = ((nearest_passage(self._catalogue, one, self._language), one.score) for one in others)
        return [*found, *(Evidence(passage, score) for passage, score in nearest)]

    def _cite(self, quote: Quote, number: int) -> Citation:
        return cite(self._catalogue, quote, number, self._language)

    def _conflicts(self, citations: Sequence[Citation]) -> tuple[Conflict, ...]:
        """The known disagreements of the sections that are quoted."""
        sections = dict.fromkeys(citation.quote.passage.section for citation in citations)
        return tuple(conflict for key in sections for conflict in self._catalogue.sections[key][1].conflicts)
