"""Answers written by a language model, each sentence shown only after the checks let it pass.

`GenerationAnswerer.generate` yields sentences, then one record of the writing. `writing.py` makes answers of them, and serves the
quotes answer instead where the record is not `usable`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace

from assistant.answering.budget import DailyBudget
from assistant.answering.calls import Account, ModelCalls
from assistant.answering.closeness import Encode, RememberingEncoder
from assistant.answering.faults import ModelFault
from assistant.answering.figures import find_figures, unsupported
from assistant.answering.instructions import holds_instructions
from assistant.answering.markers import SentenceStream, parse_markers
from assistant.answering.models import LangChainModel, ModelOptions, TextModel
from assistant.answering.names import NameIndex, find_names
from assistant.answering.plain import forbidden, tidy
from assistant.answering.prompts import (
    answer_messages,
    approves,
    opinion_messages,
    rewrite_messages,
    says_cannot_answer,
)
from assistant.answering.verification import Verdict, verify_sentence
from assistant.reading.language import detect_language
from assistant.records import Citation, Evidence, Language, Passage, Quote, Sentence, Turn, Withheld, Writing

Cite = Callable[[Quote, int], Citation]

_log = logging.getLogger(__name__)
_MAX_PASSAGES = 8
_MAX_SENTENCES = 12
_MIN_WORDS_FOR_LANGUAGE = 4
_MAX_QUESTION_CHARS = 400


@dataclass(frozen=True, slots=True)
class GeneratedSentence:
    """A sentence that passed, with the citations that come with it for the first time."""

    sentence: Sentence
    citations: tuple[Citation, ...]


@dataclass(slots=True)
class _Draft:
    """What is known of an answer while it is written."""

    question: str
    language: Language
    passages: tuple[Passage, ...]
    cite: Cite
    account: Account
    numbers: dict[Quote, int] = field(default_factory=dict)
    shown: set[str] = field(default_factory=set)
    withheld: list[Withheld] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)
    refused: bool = False


class GenerationAnswerer:
    """Writes answers with a language model. Thread-safe; the client is built at the first answer."""

    def __init__(self, options: ModelOptions, encode: Encode | None = None, model: TextModel | None = None) -> None:
        self._options = options
        self._encode = RememberingEncoder(encode) if encode is not None else None
        budget = DailyBudget(options.daily_requests, options.daily_tokens, options.budget_path)
        self._calls = ModelCalls(model or LangChainModel(options), options, budget)

    @property
    def name(self) -> str:
        """The model as SUMMIT_LLM names it."""
        return self._calls.name

    def prepare(self) -> None:
        """Build the client now rather than in the first answer; asks nothing of the model.

        Raises:
            ModelFault: if it cannot be built.
        """
        self._calls.prepare()

    def open_account(self) -> Account:
        """The time and the tokens of an answer that begins now; the client is built before the time runs.

        Raises:
            ModelFault: if it cannot be built.
        """
        self.prepare()
        return self._calls.open_account()

    def generate(
        self,
        question: str,
        language: Language,
        evidence: Sequence[Evidence],
        cite: Cite,
        account: Account | None = None,
    ) -> Generator[GeneratedSentence | Writing, None, None]:
        """Each sentence that passed, as soon as it did; last, always, the record. Raises nothing that a model can cause."""
        given = [one.passage for one in evidence[:_MAX_PASSAGES]]
        passages = tuple(passage for passage in given if not holds_instructions(passage))
        writing = Writing(self.name, left_out=tuple(passage.id for passage in given if passage not in passages))
        try:
            draft = _Draft(question, language, passages, cite, account or self.open_account())
        except ModelFault as fault:
            yield failed(writing, fault)
            return
        count = 0
        try:
            for sentence in self._sentences(draft):
                count += 1
                yield sentence
        except ModelFault as fault:
            writing = failed(writing, fault)
        except Exception as error:  # noqa: BLE001  whatever a model wrote to break the checks, the reader gets an answer
            _log.exception("a sentence of the language model could not be checked")
            writing = failed(writing, ModelFault("check", f"the checks failed ({type(error).__name__})"))
        yield replace(
            writing,
            sentences=count,
            withheld=tuple(draft.withheld),
            unknown_markers=tuple(draft.unknown),
            refused=draft.refused,
            tokens=draft.account.tokens,
        )

    def rewrite_followup(
        self, question: str, history: Sequence[Turn], language: Language, account: Account | None = None
    ) -> str:
        """A follow-up as a question of its own; the question itself where there is no history.

        Raises:
            ModelFault: if the model fails, or (kind `rewriting`) brings in names or numbers that nobody asked about.
        """
        if not history:
            return question
        text = self._calls.complete(rewrite_messages(question, history, language), account or self.open_account())
        rewritten = tidy(text.splitlines()[0] if text else "").strip(' "“”«»\u00a0\u202f')
        asked = [question, *(turn.question for turn in history)]
        figures = list(unsupported(find_figures(rewritten, language), [find_figures(one, language) for one in asked]))
        index = NameIndex(asked)
        foreign = [*figures, *(name.text for name in find_names(rewritten) if not index.says(name))]
        if not rewritten or forbidden(rewritten) or foreign or len(rewritten) > _MAX_QUESTION_CHARS:
            raise ModelFault("rewriting", "the model's rewriting of the question cannot be used")
        return rewritten

    def _sentences(self, draft: _Draft) -> Iterator[GeneratedSentence]:
        if not draft.passages:
            draft.refused = True
            return
        shown = [
            draft.cite(Quote(passage, 0, len(passage.text)), number) for number, passage in enumerate(draft.passages, 1)
        ]
        messages = answer_messages(draft.question, draft.language, shown)
        stream = SentenceStream(draft.language)
        with closing(self._calls.stream(messages, draft.account)) as texts:
            for text in texts:
                yield from self._passed(draft, stream.feed(text))
                if len(draft.shown) >= _MAX_SENTENCES:
                    return
        yield from self._passed(draft, stream.close())

    def _passed(self, draft: _Draft, sentences: Sequence[str]) -> Iterator[GeneratedSentence]:
        for sentence in sentences:
            found = self._check(draft, sentence)
            if found is not None:
                yield found

    def _check(self, draft: _Draft, sentence: str) -> GeneratedSentence | None:
        marked = parse_markers(sentence)
        text = tidy(marked.text)
        if not any(letter.isalnum() for letter in text):
            return None
        if says_cannot_answer(text, draft.language):
            draft.refused = True
            return None
        unknown = [number for number in marked.numbers if not 1 <= number <= len(draft.passages)]
        draft.unknown.extend(unknown)
        cited = [draft.passages[number - 1] for number in marked.numbers if number not in unknown]
        reasons = _first_reasons(text, draft, cited, unknown)
        verdict = Verdict(False, reasons) if reasons else self._verdict(draft, text, cited)
        if not verdict.ok:
            draft.withheld.append(Withheld(text, verdict.reasons))
            return None
        draft.shown.add(text)
        return _shown(draft, text, verdict)

    def _verdict(self, draft: _Draft, text: str, cited: Sequence[Passage]) -> Verdict:
        """Check against each cited passage alone, keep those that carry the sentence; else against all of them together."""
        alone = [verify_sentence(text, [passage], draft.language, self._encode) for passage in cited]
        carrying = [verdict for verdict in alone if verdict.ok]
        if carrying:
            quotes = tuple(dict.fromkeys(quote for verdict in carrying for quote in verdict.quotes))
            verbatim = any(verdict.support == "verbatim" for verdict in carrying)
            verdict = Verdict(True, (), quotes, "verbatim" if verbatim else "supported")
        else:
            verdict = verify_sentence(text, cited, draft.language, self._encode) if len(cited) > 1 else alone[0]
        if verdict.ok and self._options.verify and verdict.support != "verbatim":
            quoted = [passage.text for passage in cited]
            messages = opinion_messages(text, quoted, draft.language)
            if not approves(self._calls.complete(messages, draft.account, nested=True)):
                return Verdict(False, ("opinion: the model itself does not find it in the passages",))
        return verdict


def failed(writing: Writing, fault: ModelFault) -> Writing:
    """The record of a writing that `fault` ended; the operator finds it in the log as well."""
    _log.warning("language model: %s", fault)
    return replace(writing, fault=str(fault), fault_kind=fault.kind)


def _first_reasons(text: str, draft: _Draft, cited: Sequence[Passage], unknown: Sequence[int]) -> tuple[str, ...]:
    """What forbids a sentence before its content is looked at."""
    if unknown:
        return (f"marker: there is no passage {', '.join(map(str, unknown))}",)
    if not cited:
        return ("marker: none",)
    what = forbidden(text)
    if what is not None:
        return (f"markup: {what}",)
    if text in draft.shown:
        return ("repeated: it was said before",)
    if len(text.split()) >= _MIN_WORDS_FOR_LANGUAGE and detect_language(text, draft.language) != draft.language:
        return ("language: it is not in the reader's language",)
    return ()


def _shown(draft: _Draft, text: str, verdict: Verdict) -> GeneratedSentence:
    fresh: list[Citation] = []
    for quote in verdict.quotes:
        if quote not in draft.numbers:
            draft.numbers[quote] = len(draft.numbers) + 1
            fresh.append(draft.cite(quote, draft.numbers[quote]))
    numbers = tuple(draft.numbers[quote] for quote in verdict.quotes)
    translated = all(quote.passage.language != draft.language for quote in verdict.quotes)
    return GeneratedSentence(Sentence(text, numbers, verdict.support, translated), tuple(fresh))
