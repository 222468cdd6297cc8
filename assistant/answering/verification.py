"""Does a passage carry a sentence? Checked by rules and vectors, without a language model.

A sentence passes if it is plain text, if every number, date and name in it stands in the cited passages, if its words are theirs or
mean the same, if it neither denies what they affirm nor affirms what they deny, and if it would not fit them better with two of
their names or figures exchanged. `Verdict.reasons` says why one fails, each as `check: detail`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from assistant.answering.attribution import misattributed
from assistant.answering.closeness import Encode
from assistant.answering.contradiction import contradictions
from assistant.answering.distance import distances, rank_sources
from assistant.answering.exchange import better_exchanged
from assistant.answering.figures import unsupported
from assistant.answering.modality import fulfilled
from assistant.answering.names import NameIndex
from assistant.answering.plain import forbidden
from assistant.answering.statements import Source, Statement, read_sources, read_statement
from assistant.records import Language, Passage, Quote, Support


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a sentence may be shown; the quotations that carry it; else why not."""

    ok: bool
    reasons: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()
    support: Support = "supported"


def verify_sentence(text: str, cited: Sequence[Passage], language: Language, encode: Encode | None = None) -> Verdict:
    """Check one sentence, its markers taken out, against the passages that it cites.

    `encode` gives unit vectors (multilingual e5); without it, words alone decide, and a sentence in the other language than its
    passage rarely passes.
    """
    what = forbidden(text)
    if what is not None:
        return Verdict(False, (f"markup: {what}",))
    sources = read_sources(cited)
    if not sources:
        return Verdict(False, ("source: no cited sentence can carry anything",))
    verbatim = _verbatim(text, sources)
    if verbatim:
        return Verdict(True, (), verbatim, "verbatim")
    statement = read_statement(text, language)
    if not statement.plain and not statement.names and not statement.figures.numbers:
        return Verdict(False, ("closeness: the sentence says nothing",))
    reasons = tuple(_unsaid(statement, sources))
    if reasons:
        return Verdict(False, reasons)
    ranked = rank_sources(statement, sources, encode)
    reasons = tuple(_unlike(statement, ranked, encode))
    return Verdict(False, reasons) if reasons else Verdict(True, (), _quotes(statement, ranked))


def _fold_spaces(text: str) -> str:
    plain = text.translate({0xA0: " ", 0x202F: " ", 0x2019: "'", 0x201C: '"', 0x201D: '"', 0xAB: '"', 0xBB: '"'})
    return re.sub(r'"\s*|\s*"', '"', re.sub(r"\s+", " ", plain)).strip(" .").casefold()


def _verbatim(text: str, sources: Sequence[Source]) -> tuple[Quote, ...]:
    wanted = _fold_spaces(text)
    found = next((source for source in sources if _fold_spaces(source.statement.text) == wanted), None)
    return (Quote(found.passage, found.start, found.end),) if found else ()


def _unsaid(statement: Statement, sources: Sequence[Source]) -> Iterator[str]:
    """Figures and names that the sources do not say, or say of others. Needs no vectors."""
    told = [source.statement.figures for source in sources]
    yield from (f"figure: {figure}" for figure in unsupported(statement.figures, told))
    index = NameIndex([*(source.statement.text for source in sources), *{source.passage.heading for source in sources}])
    yield from (f"name: {name.text}" for name in statement.names if not index.says(name))
    yield from (f"attribution: {found}" for found in misattributed(statement, sources))


def _unlike(statement: Statement, ranked: Sequence[Source], encode: Encode | None) -> Iterator[str]:
    """What else parts the sentence from its sources; the dearest comparison only where nothing else was found."""
    found = False
    checks = (
        distances(statement, ranked, encode),
        contradictions(statement, ranked, encode),
        fulfilled(statement, ranked[0].statement, encode),
    )
    for reason in chain(*checks):
        found = True
        yield reason
    exchanged = None if found else better_exchanged(statement, ranked, encode)
    if exchanged:
        yield f"exchange: {exchanged}"


def _quotes(statement: Statement, ranked: Sequence[Source]) -> tuple[Quote, ...]:
    """One quotation from each cited passage: its closest sentence, widened to those that hold further figures or names."""
    quotes: list[Quote] = []
    for passage in dict.fromkeys(source.passage for source in ranked):
        first, *others = [source for source in ranked if source.passage == passage]
        start, end = first.start, first.end
        lacking = _lacking(statement, first)
        for source in others:
            still = lacking & _lacking(statement, source)
            if still != lacking:
                lacking, start, end = still, min(start, source.start), max(end, source.end)
        quotes.append(Quote(passage, start, end))
    return tuple(quotes)


def _lacking(statement: Statement, source: Source) -> set[str]:
    """The figures and names of the sentence that this source sentence does not say."""
    index = NameIndex([source.statement.text])
    names = {name.key for name in statement.names if not index.says(name)}
    return names | set(unsupported(statement.figures, [source.statement.figures]))
