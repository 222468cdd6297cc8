"""Which words of a sentence tell what is planned, promised or possible, rather than what is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.answering.closeness import Encode, alignments
from assistant.answering.statements import Statement
from assistant.answering.words import Word, is_content

_MODALS = frozenset("could would might may will should shall must can".split())
# Verbs and nouns whose infinitive is not done yet: `aims to raise`, « s'est engagé à investir ».
_OPENERS = re.compile(
    r"^(?:aim|plan|intend|hop|want|seek|sought|target|goal|commit|pledg|promis|agree|expect|schedul|set|due|meant|propos|offer|call|ask|invit|try|tri|"
    r"pourr|devr|doi|peu[tx]|pouv|veu|voul|vis|prevoi|prev|promet|engag|compt|entend|objectif|but|souhait|destin|projet|chercher|tent|demand|risqu|forecast|attendai)\w{0,6}$"
)
_BE = frozenset("is are was were be".split())
_INFINITIVE = re.compile(r"^\w{2,}(?:er|ir|re|oir)$")
_FUTURE = re.compile(r"^\w{3,}(?:era|eront|ira|iront|dra|dront)$")
_REACH = 12
# Words that say a thing is done.
DONE = frozenset(
    "attended assisted assiste venus "
    "already completed complete finished achieved built opened inaugurated reached delivered secured obtained collected spent deja acheve achevee termine "
    "terminee construit construite inaugure inauguree atteint livre livree obtenu obtenue realise realisee depense depenses fully entierement".split()
)


def open_words(tokens: Sequence[Word]) -> list[bool]:
    """For each word: does it tell something not done yet? Infinitives after a verb of plan or promise, what a modal governs, futures."""
    flags = [bool(_FUTURE.match(word.norm)) for word in tokens]
    for index, word in enumerate(tokens):
        if word.norm in _MODALS or (word.norm == "to" and index and (_is_to(tokens, index) or _opened(tokens, index))):
            _flag_next(tokens, flags, index)
        elif _INFINITIVE.match(word.norm) and _opened(tokens, index):
            flags[index] = True
    return flags


def _is_to(tokens: Sequence[Word], index: int) -> bool:
    """`is to run`, but not `how urgent it is to help`."""
    return tokens[index - 1].norm in _BE and not (index > 1 and tokens[index - 2].norm == "it")


def _flag_next(tokens: Sequence[Word], flags: list[bool], index: int) -> None:
    following = next(
        (place for place in range(index + 1, min(index + 4, len(tokens))) if is_content(tokens[place])), None
    )
    if following is not None:
        flags[following] = True


def _opened(tokens: Sequence[Word], index: int) -> bool:
    return any(_OPENERS.match(word.norm) for word in tokens[max(0, index - _REACH) : index])


def is_open(tokens: Sequence[Word]) -> bool:
    """Does the sentence speak of a plan, a promise or a possibility at all?"""
    return any(word.norm in _MODALS or _OPENERS.match(word.norm) or _FUTURE.match(word.norm) for word in tokens) or any(
        open_words(tokens)
    )


def fulfilled(statement: Statement, best: Statement, encode: Encode | None) -> Iterator[str]:
    """A plan or promise of the source that the sentence tells as done."""
    if is_open(statement.tokens):
        return
    source_words = best.content
    flags = dict(zip(best.tokens, open_words(best.tokens), strict=True))
    for word, places in zip(statement.plain, alignments(statement.plain, source_words, encode), strict=True):
        open_there = (
            all(flags[source_words[place]] for place in places)
            if places
            else word.norm in DONE and (any(flags.values()) or is_open(best.tokens))
        )
        if open_there:
            yield f"modality: {word.text} is planned or possible in the source"
