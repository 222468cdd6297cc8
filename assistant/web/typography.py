"""Dates, numbers and quotation marks as each language writes them."""

from __future__ import annotations

import re
from typing import Final

from assistant.records import Language
from assistant.web.wording import wording, words

NBSP: Final = "\u00a0"
_HIGH_PUNCTUATION = re.compile(r"(?<![ \u00a0])[ \u00a0]+(?=[?!;])")
_ISO = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")


def long_date(iso: str, language: Language) -> str:
    """`2025-02-11` as "11 février 2025" or "11 February 2025"; a text that is no ISO date stays as it is."""
    found = _ISO.fullmatch(iso)
    if not found:
        return iso
    year, month, day = found.groups()
    if month is None or not 1 <= int(month) <= 12:
        return iso if month else year
    name = wording(language).months[int(month) - 1]
    if day is None:
        return f"{name}{NBSP}{year}"
    number = "1er" if language == "fr" and int(day) == 1 else str(int(day))
    return f"{number}{NBSP}{name}{NBSP}{year}"


def quoted(text: str, language: Language) -> str:
    """`text` between the language's quotation marks; a text that has its own keeps them."""
    if language == "fr":
        return f"«{NBSP}{text}{NBSP}»"
    return f"“{text}”"


def counted(number: int, one: str, many: str, language: Language) -> str:
    """A number with its noun; French counts zero and one alike."""
    single = number < 2 if language == "fr" else number == 1
    return f"{number}{NBSP}{one if single else many}"


def duration(days: int, language: Language) -> str:
    """A number of days, in years where it is whole years."""
    count, unit = (days // 365, "year") if days % 365 == 0 and days else (days, "day")
    return words(language)[f"{unit}_{'one' if count == 1 else 'many'}"].format(count=count)


def tidied(text: str, language: Language) -> str:
    """A stored question as it should be printed: curly apostrophes, and in French a thin space before high punctuation."""
    text = text.replace("'", "’")
    return _HIGH_PUNCTUATION.sub("\u202f", text) if language == "fr" else text
