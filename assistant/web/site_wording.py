"""What the pages around the conversation say, by language; `site_wording_fr.py` and `_en.py` have the same keys (tested)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from assistant.records import Language
from assistant.web.site_wording_en import SITE_ENGLISH
from assistant.web.site_wording_fr import SITE_FRENCH

SITE_WORDS: Final[Mapping[Language, Mapping[str, str]]] = {"fr": SITE_FRENCH, "en": SITE_ENGLISH}
WEEKDAYS: Final[Mapping[Language, tuple[str, ...]]] = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
# The summit's.
MONTH: Final[Mapping[Language, str]] = {"fr": "février", "en": "February"}


def duration(days: int, language: Language) -> str:
    """A number of days, in years where it is whole years."""
    count, unit = (days // 365, "year") if days % 365 == 0 and days else (days, "day")
    return SITE_WORDS[language][f"{unit}_{'one' if count == 1 else 'many'}"].format(count=count)
