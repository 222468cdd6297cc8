"""Which language do the corpus's own words belong to? For questions that are made of keywords, without a function word."""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property

from assistant.records import LANGUAGES, Language
from assistant.search.catalogue import Catalogue
from assistant.search.folding import fold

_WORD = re.compile(r"[^\W\d_]+")
# A word belongs to the language in which it is so much more frequent than in the other one.
_TIMES = 8.0


class WordLanguages:
    """Word frequencies of the passages and stored questions by language."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def of(self, word: str) -> Language | None:
        """The language of a word; None where the corpus does not know it, or knows it in both (names, mostly)."""
        french, english = (self._counts[language][fold(word)] + 0.25 for language in LANGUAGES)
        if french >= _TIMES * english:
            return "fr"
        return "en" if english >= _TIMES * french else None

    def knows(self, word: str) -> bool:
        """Does the corpus use the word at all?"""
        return any(fold(word) in self._counts[language] for language in LANGUAGES)

    @cached_property
    def _counts(self) -> dict[Language, Counter[str]]:
        counts: dict[Language, Counter[str]] = {language: Counter() for language in LANGUAGES}
        for passage in self._catalogue.passages:
            counts[passage.language].update(fold(word) for word in _WORD.findall(passage.text))
        for _, section in self._catalogue.sections.values():
            for language, questions in section.questions.items():
                counts[language].update(fold(word) for question in questions for word in _WORD.findall(question))
        return counts
