"""Sections as passages: whole sentences, at most about 80 words, never across sections, with exact offsets."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.reading.sentences import Span, sentence_spans
from assistant.records import Document, Language, Passage, Section, SectionKey

MAX_WORDS = 80
# A part of the index stamp: raise it when passages come out differently for the same corpus.
SPLITTER_VERSION = "sentences-80-2"


def split_document(document: Document) -> tuple[Passage, ...]:
    """The passages of a document, in reading order. A text that repeats in the document gives one passage."""
    passages: list[Passage] = []
    seen: set[tuple[Language, str]] = set()
    for section in document.sections:
        for language in section.spans:
            for passage in split_section(document, section, language):
                if (language, passage.text) not in seen:
                    seen.add((language, passage.text))
                    passages.append(passage)
    return tuple(passages)


def split_section(document: Document, section: Section, language: Language) -> tuple[Passage, ...]:
    """The passages of one section in one language: one where it is short, else several of about the same size."""
    start, end = section.spans[language]
    text = document.texts[language]
    spans = [(start + a, start + b) for a, b in sentence_spans(text[start:end], language)]
    groups = _groups(text, _bounded(text, spans))
    key = SectionKey(document.id, section.id)
    return tuple(
        _passage(text, group, f"{key}/{language}" + (f"/{number}" if len(groups) > 1 else ""), key, section, language)
        for number, group in enumerate(groups, start=1)
    )


def _passage(
    text: str, group: list[Span], passage_id: str, key: SectionKey, section: Section, language: Language
) -> Passage:
    start, end = group[0][0], group[-1][1]
    return Passage(
        id=passage_id,
        section=key,
        language=language,
        start=start,
        end=end,
        text=text[start:end],
        heading=section.headings.get(language) or "",
        page=section.page,
        sentences=tuple((a - start, b - start) for a, b in group),
    )


def _words(text: str, span: Span) -> int:
    return len(text[span[0] : span[1]].split())


def _bounded(text: str, spans: Iterable[Span]) -> list[Span]:
    """Cut what has no sentence end for very long (a table, a broken PDF) at white space, so that the encoder's bound holds."""
    bounded: list[Span] = []
    for start, end in spans:
        while _words(text, (start, end)) > 2 * MAX_WORDS:
            cut = start
            for _ in range(MAX_WORDS):
                cut = next((i for i in range(cut + 1, end) if text[i].isspace() and not text[i - 1].isspace()), end)
            bounded.append((start, cut))
            start = next((i for i in range(cut, end) if not text[i].isspace()), end)
        bounded.append((start, end))
    return bounded


def _groups(text: str, spans: list[Span]) -> list[list[Span]]:
    total = sum(_words(text, span) for span in spans)
    parts = -(-total // MAX_WORDS)
    target = total / parts if parts else 0
    groups: list[list[Span]] = []
    size = 0
    for span in spans:
        words = _words(text, span)
        fits = size + words <= MAX_WORDS and (size < target or parts == 1)
        if groups and fits:
            groups[-1].append(span)
            size += words
        else:
            groups.append([span])
            size = words
    return groups
