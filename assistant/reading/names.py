"""Proper names that are spelled in two ways: a rare spelling one letter away from a common one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from rapidfuzz.distance import OSA

from assistant.reading.findings import Finding, Places
from assistant.records import Document, Language

_NAME = re.compile(r"\b[A-ZÀ-Ý][a-zà-ÿ]{5,}\b")
_COMMON = 4


def misspelt_names(documents: Sequence[Document], places: Places) -> Iterator[Finding]:
    """Capitalised words that stand once or twice and differ by one letter from one that stands often, by language.

    Words that also stand in small letters, and inflected forms (a letter more at the end), are no misspelt names.
    """
    counts: dict[Language, Counter[str]] = {"fr": Counter(), "en": Counter()}
    small: set[str] = set()
    for document in documents:
        for language, text in document.texts.items():
            counts[language].update(_NAME.findall(text))
            small.update(re.findall(r"\b[a-zà-ÿ]{6,}\b", text))
    for document in documents:
        for language, text in document.texts.items():
            common = [
                name for name, count in counts[language].items() if count >= _COMMON and name.lower() not in small
            ]
            for name in sorted(set(_NAME.findall(text))):
                if counts[language][name] > 2 or name.lower() in small:
                    continue
                near = next((other for other in common if _one_letter_apart(name, other)), None)
                if near:
                    yield places.prose(
                        document,
                        language,
                        name,
                        f"the name {name!r} is spelled {near!r} elsewhere; which one is right?",
                    )


def _one_letter_apart(name: str, other: str) -> bool:
    if name.startswith(other) or other.startswith(name):
        return False
    return abs(len(name) - len(other)) <= 1 and OSA.distance(name, other, score_cutoff=1) == 1
