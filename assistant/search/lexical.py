"""Words in common: BM25 over sections, blind to accents, elisions and inflection in both languages."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import bm25s
import numpy as np
import numpy.typing as npt
import Stemmer

from assistant.records import LANGUAGES, Language
from assistant.search.folding import fold

_WORD = re.compile(r"\w+(?:[.,]\d+)*")
_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quelqu)['’](?=\w)", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['’]s\b", re.IGNORECASE)
_GROUPED_NUMBER = re.compile(r"(?<=\d)[\u202f\u00a0 ,](?=\d{3}(?!\d))")
_STEMMERS = {"fr": "french", "en": "english"}
STOP_WORDS = frozenset(
    "le la les un une des du de au aux et ou qui que quoi quel quelle quels quelles est sont etait etaient pour dans sur avec par pas ne "
    "ce cette ces il elle ils elles on nous vous je tu a ont avait se sa son ses leur leurs en y d l s c qu plus comment combien quand "
    "the an of and or to in for on at by with from is are was were be been did do does has have had not this that it its as who whom "
    "what which when where why how there their they he she i we you your my me can could would should will".split()
)


def words(text: str) -> list[str]:
    """The words and numbers of a text, lower case and accents folded, grouped digits joined, elisions stripped."""
    text = _plain(text)
    return [fold(match.group()).replace(",", ".") for match in _WORD.finditer(text)]


def content_words(text: str) -> list[str]:
    """`words` without those that say nothing of the subject."""
    return [word for word in words(text) if word not in STOP_WORDS]


@lru_cache(maxsize=65_536)
def stems(word: str, language: Language) -> tuple[str, ...]:
    """A word's stem, folded before and after: Snowball is not accent-blind, and either order alone loses pairs.

    `word` is as written. ("déclaration" gives "declar" both ways; "signée" and "signee" meet in the folded form.)
    """
    stemmer = _stemmer(language)
    return tuple(dict.fromkeys((fold(stemmer.stemWord(word.lower())), stemmer.stemWord(fold(word)))))


def terms(text: str, languages: Sequence[Language]) -> list[str]:
    """What BM25 counts: the stems of every content word, by the stemmers of `languages`."""
    text = _plain(text)
    found: list[str] = []
    for match in _WORD.finditer(text):
        word = match.group()
        if fold(word) in STOP_WORDS:
            continue
        found.extend(dict.fromkeys(stem for language in languages for stem in stems(word, language)))
    return found


def _plain(text: str) -> str:
    """Accents as one letter (files from a Mac have two), digits of one number together, no elisions and possessives."""
    text = _GROUPED_NUMBER.sub("", unicodedata.normalize("NFC", text))
    return _POSSESSIVE.sub("", _ELISION.sub("", text))


class LexicalIndex:
    """BM25 (Robertson & Zaragoza 2009; variant of Lucene, by bm25s) over texts that may mix both languages."""

    def __init__(self, texts: Sequence[Sequence[tuple[str, Language]]]) -> None:
        """`texts` holds, for each unit, its texts with their languages."""
        self._size = len(texts)
        tokens = [[term for text, language in unit for term in terms(text, (language,))] or ["\0"] for unit in texts]
        # bm25s sets its own logger to DEBUG and says so on every build.
        logging.getLogger("bm25s").setLevel(logging.WARNING)
        self._bm25 = bm25s.BM25(method="lucene", k1=1.2, b=0.6)
        self._vocabulary: dict[str, int] = {}
        if tokens:
            self._bm25.index(tokens, show_progress=False)
            self._vocabulary = self._bm25.vocab_dict

    def scores(self, question: str) -> npt.NDArray[np.float32]:
        """The BM25 score of every unit, shape (number of units,); zeros where no word is known."""
        known = [term for term in terms(question, LANGUAGES) if term in self._vocabulary]
        if not known:
            return np.zeros(self._size, dtype=np.float32)
        return np.asarray(self._bm25.get_scores(known), dtype=np.float32)


@lru_cache(maxsize=2)
def _stemmer(language: Language) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(_STEMMERS[language])
