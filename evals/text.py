"""Texts made comparable: typography folded, and the language of what was written."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from assistant.records import Language

# NFKC already turns narrow and no-break spaces into spaces; apostrophes and the no-break hyphen it leaves alone.
_SIGNS = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "\u2010": "-", "\u2011": "-", "\u00ad": None})
_MIN_WORDS = 3


def normalise(text: str) -> str:
    """NFKC, every run of white space one space, typographic apostrophes and no-break hyphens as typed on a keyboard."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text).translate(_SIGNS))


def matches(pattern: str, text: str) -> bool:
    """Whether the regular expression occurs in the text, both normalised, upper and lower case alike."""
    return re.search(normalise(pattern), normalise(text), re.IGNORECASE) is not None


def folded_words(text: str) -> str:
    """Lower-case words without accents or punctuation, for comparing wordings."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(char))
    return " ".join(re.findall(r"\w+", plain))


def language_of(text: str) -> Language | None:
    """French or English by py3langid, apart from the assistant's own detector; None for fewer than three words."""
    if len(text.split()) < _MIN_WORDS:
        return None
    with _lock:
        name, _ = _identifier().classify(text)
    return "fr" if name == "fr" else "en"


def joined(texts: Iterable[str]) -> str:
    """The texts one after another, one a line."""
    return "\n".join(text for text in texts if text)


_lock = threading.Lock()


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(["fr", "en"])
    return identifier
