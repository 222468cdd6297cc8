"""Every string of the page by language; `wording_fr.py` and `wording_en.py` have the same keys (tested)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from assistant.records import Language
from assistant.web.wording_en import ENGLISH
from assistant.web.wording_fr import FRENCH

WORDS: Final[Mapping[Language, Mapping[str, str]]] = {"fr": FRENCH, "en": ENGLISH}
