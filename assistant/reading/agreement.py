"""Do the two versions of a section say the same numbers and the same months?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from assistant.records import Language

_GROUPED = re.compile(r"(?<=\d)[\u202f\u00a0 ,](?=\d{3}(?!\d))")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_MONTHS: dict[Language, str] = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "en": "January February March April May June July August September October November December",
}


def _dated(language: Language, flags: re.RegexFlag) -> re.Pattern[str]:
    names = _MONTHS[language].replace(" ", "|")
    return re.compile(rf"\d(?:er)?\s(?P<after>{names})\b|\b(?P<before>{names})\s\d{{4}}\b", flags)


# A month counts beside a day or a year only, and in English by its capital letter: "may" and "march" are words as well.
_DATED: dict[Language, re.Pattern[str]] = {"fr": _dated("fr", re.IGNORECASE), "en": _dated("en", re.NOFLAG)}


def disagreements(french: str, english: str) -> Iterator[str]:
    """What one version says and the other does not: `the numbers 12, 13`, `the months 2, 3` (January is 1)."""
    ours, theirs = _numbers(french), _numbers(english)
    if ours != theirs:
        yield "the numbers " + ", ".join(sorted((ours - theirs) + (theirs - ours)))
    only_one = _months(french, "fr") ^ _months(english, "en")
    if only_one:
        yield "the months " + ", ".join(map(str, sorted(only_one)))


def _numbers(text: str) -> Counter[str]:
    return Counter(number.replace(",", ".") for number in _NUMBER.findall(_GROUPED.sub("", text)))


def _months(text: str, language: Language) -> set[int]:
    names = _MONTHS[language].lower().split()
    return {names.index((match["after"] or match["before"]).lower()) + 1 for match in _DATED[language].finditer(text)}
