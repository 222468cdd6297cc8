"""A sentence taken apart once: its words with their polarity, its figures, its names. Sentences and sources alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.answering.figures import Figures, find_figures
from assistant.answering.instructions import addresses_assistant
from assistant.answering.names import Name, find_names
from assistant.answering.polarity import polarities
from assistant.answering.words import Word, clauses, is_content, words
from assistant.reading.sentences import sentence_spans
from assistant.records import Language, Passage


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence or part of one. `polarity` runs beside `tokens`: 1 affirmed, -1 denied, 0 open."""

    text: str
    language: Language
    tokens: tuple[Word, ...]
    polarity: tuple[int, ...]
    figures: Figures
    names: tuple[Name, ...]

    @property
    def plain(self) -> tuple[Word, ...]:
        """The content words that are neither name nor figure."""
        taken = [*((name.start, name.end) for name in self.names), *self.figures.spans]
        return tuple(
            word
            for word in self.tokens
            if is_content(word) and not any(start <= word.start < end for start, end in taken)
        )

    @property
    def content(self) -> tuple[Word, ...]:
        """Every content word, names included."""
        return tuple(word for word in self.tokens if is_content(word))

    def is_quoted(self, place: int) -> bool:
        """Does the character at `place` stand between quotation marks, as in a title?"""
        before = self.text[:place]
        return (
            any(before.count(left) > before.count(right) for left, right in ("«»", "“”")) or before.count('"') % 2 == 1
        )

    def polarity_of(self, word: Word) -> int:
        """The polarity of one of its words."""
        return self.polarity[self.tokens.index(word)]

    def polarity_at(self, start: int) -> int:
        """The polarity of the word that begins at `start`; 0 if none does."""
        return next((value for word, value in zip(self.tokens, self.polarity, strict=True) if word.start == start), 0)


@dataclass(frozen=True, slots=True)
class Source:
    """A sentence of a cited passage, at `passage.text[start:end]`."""

    passage: Passage
    start: int
    end: int
    statement: Statement

    @property
    def parts(self) -> tuple[str, ...]:
        """The whole sentence and its longer parts between commas and conjunctions."""
        text = self.statement.text
        inner = (text[start:end].strip() for start, end in clauses(text))
        return tuple(dict.fromkeys((text, *inner)))

    def part_at(self, place: int) -> str:
        """The part that holds the character at `place`."""
        text = self.statement.text
        return next((text[start:end].strip() for start, end in clauses(text) if start <= place < end), text)


@lru_cache(maxsize=4096)
def read_statement(text: str, language: Language) -> Statement:
    """Take a sentence apart."""
    tokens = tuple(words(text))
    return Statement(
        text, language, tokens, tuple(polarities(text, tokens)), find_figures(text, language), tuple(find_names(text))
    )


def read_sources(cited: Sequence[Passage]) -> tuple[Source, ...]:
    """The sentences of the cited passages, each once; those that give orders to the assistant support nothing."""
    found: list[Source] = []
    for passage in dict.fromkeys(cited):
        spans = passage.sentences or sentence_spans(passage.text, passage.language)
        for start, end in spans:
            text = passage.text[start:end]
            if text.strip() and not addresses_assistant(text):
                found.append(Source(passage, start, end, read_statement(text, passage.language)))
    return tuple(found)
