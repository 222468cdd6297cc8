"""Does a sentence deny what its source affirms, or affirm what it denies? An opposite counts as a denial."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.answering.closeness import Encode, alignments, cosine
from assistant.answering.figures import says_figure
from assistant.answering.names import find_names, kind_of
from assistant.answering.statements import Source, Statement
from assistant.answering.vocabulary import SIDES, are_opposites
from assistant.answering.words import Word, is_content
from assistant.answering.words import words as read_words

# Words this near by their vectors are one word in two languages; less near ones must not make a contradiction.
SURELY_SAME = 0.93
# A part of a source sentence, and the whole of it.
_Part = tuple[str, str]


def contradictions(statement: Statement, ranked: Sequence[Source], encode: Encode | None) -> Iterator[str]:
    """The words and names that are affirmed on one side and denied on the other; `ranked` is the source, closest first.

    Each word is compared in the part of the source that is closest to the sentence among those with a counterpart of it.
    """
    found = _counterparts(statement, _with_sums(statement, ranked), encode)
    parts = list(dict.fromkeys(part for values in found.values() for part in values))
    nearness = dict(zip(parts, _nearness(statement, parts, encode), strict=True))
    for word, values in found.items():
        if values:
            nearest = values[max(values, key=lambda part: nearness[part])]
            if all(value == -statement.polarity_of(word) for value in nearest):
                yield f"polarity: {word.text}"
    yield from _contradicted_names(statement, ranked[0].statement)


def _counterparts(
    statement: Statement, ranked: Sequence[Source], encode: Encode | None
) -> dict[Word, dict[_Part, list[int]]]:
    """For each word that is affirmed or denied: by part of the source, the polarities of its counterparts there."""
    inside_names = {
        word for word in statement.tokens for name in statement.names if name.start <= word.start < name.end
    }
    words = [word for word in _judged(statement) if statement.polarity_of(word) and word not in inside_names]
    found: dict[Word, dict[_Part, list[int]]] = {word: {} for word in words}
    for source in ranked:
        others = _judged(source.statement)
        for word, places in zip(words, alignments(words, others, encode, SURELY_SAME), strict=True):
            for place, other in enumerate(others):
                opposite = are_opposites(word.norm, other.norm)
                if place in places or opposite:
                    value = source.statement.polarity_of(other) * (-1 if opposite else 1)
                    part = (source.part_at(other.start), source.statement.text)
                    found[word].setdefault(part, []).append(value)
    return found


def _judged(statement: Statement) -> list[Word]:
    """The words whose denial or opposite matters: content words, and `before`, `after`, `more` though they are small."""
    tokens = statement.tokens
    return [
        word
        for place, word in enumerate(tokens)
        if is_content(word) or (word.norm in SIDES and not (place and tokens[place - 1].norm == "d"))
    ]


def _with_sums(statement: Statement, ranked: Sequence[Source]) -> Sequence[Source]:
    """Only the sources that hold one of the sentence's own sums, if any does: what is denied of 2.5 billion is not of 400 million."""
    sums = [number for number in statement.figures.numbers if number.kind == "money"]
    holding = [one for one in ranked if any(says_figure(number, one.statement.figures.numbers) for number in sums)]
    return holding or ranked


def _nearness(statement: Statement, parts: Sequence[_Part], encode: Encode | None) -> list[float]:
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
    denies_whole = any(
        word.norm in ("neither", "nor", "ni", "no", "none", "aucun", "aucune") for word in statement.tokens
    )
    for name in statement.names:
        mine = statement.polarity_at(name.start)
        if mine < 0 and denies_whole:
            continue
        theirs = [best.polarity_at(other.start) for other in best.names if other.key == name.key]
        if mine and theirs and all(their == -mine for their in theirs):
            yield f"polarity: {name.text}"
