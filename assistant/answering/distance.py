"""Is a sentence near enough to its source, as a whole and in each of its parts? And which source sentence is nearest?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.answering.closeness import Encode, alignments, cosine, coverage
from assistant.answering.figures import unsupported
from assistant.answering.statements import Source, Statement
from assistant.answering.words import segments

# Tuned on the dev half of tests/answering/data; docs/language-models.md reports both halves.
# Closeness = share of words found in the source + WEIGHT x (cosine - typical cosine of a paraphrase, or of a translation).
MIN_CLOSENESS = 0.58
COSINE_WEIGHT = 5.0
TYPICAL_COSINE = 0.92
TYPICAL_COSINE_ACROSS = 0.9
MIN_SEGMENT_COVERAGE = 0.5
MIN_SEGMENT_COSINE = 0.89
_INVENTED_WORDS = 2


def rank_sources(statement: Statement, sources: Sequence[Source], encode: Encode | None) -> list[Source]:
    """The cited sentences, closest first: words in common, names and figures for half as much each, the cosine for four times."""
    texts = [source.statement.text for source in sources]
    cosines = cosine(statement.text, texts, encode) if encode else [0.0] * len(texts)
    scores = [
        _overlap(statement, source.statement, encode) + 4 * near for source, near in zip(sources, cosines, strict=True)
    ]
    return [sources[place] for place in sorted(range(len(sources)), key=lambda place: -scores[place])]


def _overlap(statement: Statement, source: Statement, encode: Encode | None) -> float:
    covered = coverage(alignments(statement.plain, source.content, encode))
    keys = {name.key for name in statement.names}
    named = len(keys & {name.key for name in source.names}) / len(keys) if keys else 0.0
    missing = len(list(unsupported(statement.figures, [source.figures])))
    return covered + 0.5 * named + 0.5 * (1 - missing / max(1, len(statement.figures.spans)))


def distances(statement: Statement, sources: Sequence[Source], encode: Encode | None) -> Iterator[str]:
    """Why the sentence is too far from its sources, if it is: `closeness` for the whole, `half` for a part of it."""
    plain = statement.plain
    aligned = alignments(plain, [word for source in sources for word in source.statement.content], encode)
    parts = [part for source in sources for part in source.parts]
    closeness = coverage(aligned)
    if encode is not None:
        translated = all(source.passage.language != statement.language for source in sources)
        typical = TYPICAL_COSINE_ACROSS if translated else TYPICAL_COSINE
        closeness += COSINE_WEIGHT * (max(cosine(statement.text, parts, encode)) - typical)
    if closeness < MIN_CLOSENESS:
        yield f"closeness: {closeness:.2f}, below {MIN_CLOSENESS}"
    for start, end in segments(statement.text):
        inside = [aligned[place] for place, word in enumerate(plain) if start <= word.start < end]
        text = statement.text[start:end].strip()
        if sum(not places for places in inside) < _INVENTED_WORDS or coverage(inside) > MIN_SEGMENT_COVERAGE:
            continue
        if encode is None or max(cosine(text, parts, encode)) < MIN_SEGMENT_COSINE:
            yield f"half: {text!r} is not in the source"
