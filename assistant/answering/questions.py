"""A visitor's text as a question: cleaned, bounded, with the language to answer in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.reading.language import (
    LanguageReading,
    WordLanguages,
    detect_language,
    read_language,
    requested_language,
)
from assistant.records import Language, Turn

_SPACE = re.compile(r"\s+")
# "Answer in French: who signed?" asks "who signed?".
_LANGUAGE_REQUEST = re.compile(
    r"(?:^\W{0,20}(?:please )?(?:answer|reply|respond)(?: me)? in (?:french|english)(?: please)?\W{0,20}[:,.;-]\s*)"
    r"|(?:^\W{0,20}r[ée]pon(?:ds|dez)(?:-moi)?(?: s['’]il (?:te|vous) pla[iî]t)? en (?:fran[çc]ais|anglais)\W{0,20}[:,.;-]\s*)"
    r"|(?:[,.;(?!]?\s*(?:please )?(?:answer|reply|respond)(?: me)? in (?:french|english)(?: please)?\W{0,20}$)"
    r"|(?:[,.;(?!]?\s*(?:merci de )?r[ée]pon(?:ds|dez|dre)(?:-moi)?(?: s['’]il (?:te|vous) pla[iî]t)? en (?:fran[çc]ais|anglais)\W{0,20}$)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked. `text` is clean; `length` is how long the visitor's text was; `language_reason` is what decided."""

    text: str
    language: Language
    length: int
    language_reason: str = ""

    @property
    def readable(self) -> bool:
        """Whether there is a letter or a digit to go by."""
        return any(letter.isalnum() for letter in self.text)


def read_question(
    text: str, page_language: Language | None, limit: int, words: WordLanguages | None = None
) -> Question:
    """Clean a visitor's text. At most `limit` + 1 characters of it are looked at, whatever its length."""
    length = len(text)
    cleaned = clean(text[: limit + 1])
    requested = requested_language(cleaned)
    seen = (
        LanguageReading(requested, "asked for in the question", 0.0)
        if requested
        else read_language(cleaned, page_language, words)
    )
    without_request = _LANGUAGE_REQUEST.sub("", cleaned).strip()
    asked = without_request if any(map(str.isalnum, without_request)) else cleaned
    return Question(asked, seen.language, length, seen.reason)


def spoken_language(history: Sequence[Turn], page_language: Language | None) -> Language | None:
    """What breaks ties of language: that of the last question before, else the page's."""
    for turn in reversed(history):
        if any(letter.isalnum() for letter in turn.question):
            return requested_language(turn.question) or detect_language(turn.question, page_language)
    return page_language


def clean(text: str) -> str:
    """Composed characters (NFKC), control and invisible characters dropped, white space folded."""
    composed = unicodedata.normalize("NFKC", text)
    kept = "".join(
        " " if letter.isspace() else letter
        for letter in composed
        if letter.isspace() or unicodedata.category(letter)[0] != "C"
    )
    return _SPACE.sub(" ", kept).strip()
