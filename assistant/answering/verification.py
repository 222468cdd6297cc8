"""Does a passage carry a sentence? Checked by rules and vectors, without a language model.

A sentence passes if it is plain text, if every number, date and name in it stands in the cited passages, if its words are theirs or
mean the same, if it neither denies what they affirm nor affirms what they deny, and if it would not fit them better with two of
their names or figures exchanged. `Verdict.reasons` says why one fails, each as `check: detail`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.answering.attribution import misattributed
from assistant.answering.closeness import Encode, alignments, cosine, coverage
from assistant.answering.exchange import better_exchanged
from assistant.answering.figures import says_figure, unsupported
from assistant.answering.modality import DONE, is_open, open_words
from assistant.answering.names import NameIndex, find_names, kind_of
from assistant.answering.plain import forbidden
from assistant.answering.statements import Source, Statement, read_sources, read_statement
from assistant.answering.vocabulary import SIDES, are_opposites
from assistant.answering.words import Word, is_content, segments
from assistant.answering.words import words as read_words
from assistant.records import Language, Passage, Quote, Support

# Tuned on the dev half of tests/answering/data; docs/language-models.md reports both halves.
MIN_CLOSENESS = 0.58
COSINE_WEIGHT = 5.0
TYPICAL_COSINE = 0.92
TYPICAL_COSINE_ACROSS = 0.9
MIN_SEGMENT_COVERAGE = 0.5
MIN_SEGMENT_COSINE = 0.89
SURELY_SAME = 0.93
_INVENTED_WORDS = 2


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
    ranked = _rank(statement, sources, encode)
    reasons = tuple(_reasons(statement, sources, ranked, encode))
    return Verdict(False, reasons) if reasons else Verdict(True, (), _quotes(statement, ranked))


def _fold_spaces(text: str) -> str:
    plain = text.translate({0xA0: " ", 0x202F: " ", 0x2019: "'", 0x201C: '"', 0x201D: '"', 0xAB: '"', 0xBB: '"'})
    return re.sub(r'"\s*|\s*"', '"', re.sub(r"\s+", " ", plain)).strip(" .").casefold()


def _verbatim(text: str, sources: Sequence[Source]) -> tuple[Quote, ...]:
    wanted = _fold_spaces(text)
    found = next((source for source in sources if _fold_spaces(source.statement.text) == wanted), None)
    return (Quote(found.passage, found.start, found.end),) if found else ()


@dataclass(frozen=True, slots=True)
class _Ranked:
    source: Source
    score: float
    cosine: float | None


def _rank(statement: Statement, sources: Sequence[Source], encode: Encode | None) -> list[_Ranked]:
    """The cited sentences, closest first: words in common, then figures and names in common, then the cosine."""
    cosines = cosine(statement.text, [source.statement.text for source in sources], encode) if encode else [None] * len(sources)
    ranked = []
    for source, near in zip(sources, cosines, strict=True):
        covered = coverage(alignments(statement.plain, source.statement.content, encode))
        keys = {name.key for name in statement.names}
        named = len(keys & {name.key for name in source.statement.names}) / len(keys) if keys else 0.0
        figures = statement.figures
        missing = len(list(unsupported(figures, [source.statement.figures])))
        told = 1 - missing / max(1, len(figures.dates) + len(figures.numbers))
        ranked.append(_Ranked(source, covered + 0.5 * named + 0.5 * told + 4 * (near or 0.0), near))
    return sorted(ranked, key=lambda one: -one.score)


def _reasons(statement: Statement, sources: Sequence[Source], ranked: Sequence[_Ranked], encode: Encode | None) -> Iterator[str]:
    yield from (f"figure: {figure}" for figure in unsupported(statement.figures, [source.statement.figures for source in sources]))
    index = NameIndex([*(source.statement.text for source in sources), *{source.passage.heading for source in sources}])
    yield from (f"name: {name.text}" for name in statement.names if not index.says(name))
    yield from _distance(statement, sources, encode)
    best = ranked[0].source.statement
    yield from _contradictions(statement, ranked, encode)
    yield from _fulfilled(statement, best, encode)
    yield from (f"attribution: {found}" for found in misattributed(statement, sources))
    exchanged = better_exchanged(statement, sources, encode)
    if exchanged:
        yield f"exchange: {exchanged}"


def _distance(statement: Statement, sources: Sequence[Source], encode: Encode | None) -> Iterator[str]:
    plain = statement.plain
    aligned = alignments(plain, [word for source in sources for word in source.statement.content], encode)
    parts = [part for source in sources for part in source.parts]
    near = max(cosine(statement.text, parts, encode)) if encode else None
    translated = all(source.passage.language != statement.language for source in sources)
    typical = TYPICAL_COSINE_ACROSS if translated else TYPICAL_COSINE
    closeness = coverage(aligned) + (COSINE_WEIGHT * (near - typical) if near is not None else 0.0)
    if closeness < MIN_CLOSENESS:
        yield f"closeness: {closeness:.2f}, below {MIN_CLOSENESS}"
    for start, end in segments(statement.text):
        inside = [aligned[place] for place, word in enumerate(plain) if start <= word.start < end]
        text = statement.text[start:end].strip()
        if sum(not places for places in inside) < _INVENTED_WORDS or coverage(inside) > MIN_SEGMENT_COVERAGE:
            continue
        if encode is None or max(cosine(text, parts, encode)) < MIN_SEGMENT_COSINE:
            yield f"half: {text!r} is not in the source"


def _fulfilled(statement: Statement, best: Statement, encode: Encode | None) -> Iterator[str]:
    """A plan or promise of the source that the sentence tells as done."""
    if is_open(statement.tokens):
        return
    source_words = best.content
    flags = dict(zip(best.tokens, open_words(best.tokens), strict=True))
    for word, places in zip(statement.plain, alignments(statement.plain, source_words, encode), strict=True):
        open_there = all(flags[source_words[place]] for place in places) if places else word.norm in DONE and (any(flags.values()) or is_open(best.tokens))
        if open_there:
            yield f"modality: {word.text} is planned or possible in the source"


def _contradictions(statement: Statement, ranked: Sequence[_Ranked], encode: Encode | None) -> Iterator[str]:
    """Words that the sentence affirms and its source denies, or the other way round; an opposite counts as a denial.

    Each word is compared in the part of the source that is closest to the sentence among those with a counterpart of it.
    """
    words = [word for word in _judged(statement) if statement.polarity_of(word)]
    words = [word for word in words if not any(name.start <= word.start < name.end for name in statement.names)]
    found: dict[Word, dict[tuple[str, str], list[int]]] = {word: {} for word in words}
    for one in _with_figures(statement, ranked):
        source = one.source.statement
        others = _judged(source)
        for word, places in zip(words, alignments(words, others, encode, SURELY_SAME), strict=True):
            for place, other in enumerate(others):
                opposite = are_opposites(word.norm, other.norm)
                if place in places or opposite:
                    value = source.polarity_of(other) * (-1 if opposite else 1)
                    found[word].setdefault((one.source.part_at(other.start), source.text), []).append(value)
    parts = list(dict.fromkeys(part for values in found.values() for part in values))
    nearness = dict(zip(parts, _nearness(statement, parts, encode), strict=True))
    for word, values in found.items():
        if values:
            nearest = values[max(values, key=lambda part: nearness[part])]
            if all(value == -statement.polarity_of(word) for value in nearest):
                yield f"polarity: {word.text}"
    yield from _contradicted_names(statement, ranked[0].source.statement)


def _judged(statement: Statement) -> list[Word]:
    """The words whose denial or opposite matters: content words, and `before`, `after`, `more` though they are small."""
    tokens = statement.tokens
    return [
        word
        for place, word in enumerate(tokens)
        if is_content(word) or (word.norm in SIDES and not (place and tokens[place - 1].norm == "d"))
    ]


def _with_figures(statement: Statement, ranked: Sequence[_Ranked]) -> Sequence[_Ranked]:
    """Only the source sentences that hold one of the sentence's own sums, if any does: what is denied of 2.5 billion is not of 400."""
    numbers = [number for number in statement.figures.numbers if number.kind == "money"]
    holding = [one for one in ranked if any(says_figure(number, one.source.statement.figures.numbers) for number in numbers)]
    return holding or ranked


def _nearness(statement: Statement, parts: Sequence[tuple[str, str]], encode: Encode | None) -> list[float]:
    """How close each part and its whole sentence are to the sentence, shared names counting for a tenth."""
    near = _similar(statement, [part for part, _ in parts], encode)
    whole = _similar(statement, [text for _, text in parts], encode)
    keys = {name.key for name in statement.names if kind_of(name)}
    shared = [len(keys & {name.key for name in find_names(text)}) / len(keys) if keys else 0.0 for _, text in parts]
    return [one + 0.5 * two + 0.1 * three for one, two, three in zip(near, whole, shared, strict=True)]


def _similar(statement: Statement, texts: Sequence[str], encode: Encode | None) -> list[float]:
    if encode is not None:
        return cosine(statement.text, texts, encode)
    mine = {word.norm for word in statement.tokens}
    return [len(mine & {word.norm for word in read_words(text)}) / len(mine) for text in texts]


def _contradicted_names(statement: Statement, best: Statement) -> Iterator[str]:
    # "Neither X nor Y signed" denies the signing, which the words check; "Y, not X" denies X.
    denies_whole = any(word.norm in ("neither", "nor", "ni", "no", "none", "aucun", "aucune") for word in statement.tokens)
    for name in statement.names:
        mine = statement.polarity_at(name.start)
        if mine < 0 and denies_whole:
            continue
        theirs = [best.polarity_at(other.start) for other in best.names if other.key == name.key]
        if mine and theirs and all(their == -mine for their in theirs):
            yield f"polarity: {name.text}"


def _quotes(statement: Statement, ranked: Sequence[_Ranked]) -> tuple[Quote, ...]:
    """One quotation from each cited passage: its closest sentence, widened to those that hold further figures or names."""
    quotes: list[Quote] = []
    for passage in dict.fromkeys(one.source.passage for one in ranked):
        mine = [one.source for one in ranked if one.source.passage == passage]
        start, end = mine[0].start, mine[0].end
        lacking = set(unsupported(statement.figures, [mine[0].statement.figures]))
        for source in mine[1:]:
            if lacking and lacking - set(unsupported(statement.figures, [source.statement.figures])):
                start, end = min(start, source.start), max(end, source.end)
                lacking &= set(unsupported(statement.figures, [source.statement.figures]))
        quotes.append(Quote(passage, start, end))
    return tuple(quotes)
