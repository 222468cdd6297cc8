"""Whole sentences of French and English prose, as offsets into the text.

The segmentation is sentencex's (Wikimedia); what it cuts after French abbreviations and inside list items is mended here.
"""

from __future__ import annotations

import re
from itertools import pairwise

from sentencex import get_sentence_boundaries

from assistant.records import Language

Span = tuple[int, int]

# After these a full stop does not end a sentence; sentencex does not know them for French.
_ABBREVIATION = re.compile(
    r"(?:^|[\s(«“’'])(?:M|MM|Mme|Mmes|Mlle|Dr|Pr|Me|Mr|Mrs|Ms|St|Ste|art|al|cf|ch|env|éd|ex|fig|janv|févr|avr|juil|sept|oct|nov|déc"
    r"|Jan|Feb|Mar|Apr|Aug|Sept|Sep|Oct|Nov|Dec|n°|no|No|p|pp|vol|vs|etc|i\.e|e\.g|[A-ZÀ-Ý])\.\s*$"
)
_LIST_NUMBER = re.compile(r"\d{1,3}[.)]")
_ENDS = re.compile(r"[.!?…:;][\s»”\"’')\]]*$")


def sentence_spans(text: str, language: Language) -> tuple[Span, ...]:
    """The sentences of `text` as (start, end) offsets, white space at both ends left out.

    A line break ends a sentence only before a list item or an empty line; each list item is a sentence of its own.
    """
    spans: list[Span] = []
    for start, end in _blocks(text):
        spans.extend(_merge(text, _segments(text, start, end, language)))
    return tuple(spans)


def _blocks(text: str) -> list[Span]:
    """Stretches that no sentence crosses: paragraphs and list items."""
    cuts = [0, *(match.end() for match in re.finditer(r"\n\s*\n|\n(?=[ \t]*(?:[-*•]|\d+[.)])\s)", text)), len(text)]
    return [(start, end) for start, end in pairwise(cuts) if text[start:end].strip()]


def _segments(text: str, start: int, end: int, language: Language) -> list[Span]:
    block = text[start:end]
    found: list[Span] = []
    for boundary in get_sentence_boundaries(language, block.replace("\n", " ")):
        begin, stop = start + boundary["start_index"], start + boundary["end_index"]
        piece = text[begin:stop]
        trimmed = (begin + len(piece) - len(piece.lstrip()), begin + len(piece.rstrip()))
        if trimmed[0] < trimmed[1]:
            found.append(trimmed)
    return found


def _merge(text: str, spans: list[Span]) -> list[Span]:
    """Join what was cut inside a word ("etU.S."), after a list item's number or an abbreviation, or before a small letter."""
    merged: list[Span] = []
    for start, end in spans:
        if merged and (merged[-1][1] == start or _belongs_together(text[slice(*merged[-1])], text[start:end])):
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


def _belongs_together(before: str, after: str) -> bool:
    return (
        bool(_LIST_NUMBER.fullmatch(before) or _ABBREVIATION.search(before))
        or after[0].islower()
        or not _ENDS.search(before)
    )
