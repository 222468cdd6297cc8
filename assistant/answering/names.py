"""Proper names of a text, known by one key under all their forms in both languages.

A capital in the middle of a sentence marks a name, unless the word is a title; so does a known form in small letters (`américain`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from assistant.answering.figures import find_figures
from assistant.answering.lexicon import (
    CAPITALS,
    COUNTRIES,
    NAME_FORMS,
    OTHER_SUMMITS,
    PLACES,
    STATEMENT_KEY,
    SUMMIT_KEY,
)
from assistant.answering.words import GENERIC, Word, is_content, words

_LONGEST = max(len(form) for form in NAME_FORMS)
_TITLES = frozenset(
    "president presidente prime minister ministre premier vice chancellor chancelier secretary secretaire general generale director directrice "
    "directeur chief executive officer king prince sheikh cheikh professor professeur doctor mr mrs ms dr monsieur madame mme mm commissioner "
    "commissaire ambassador ambassadeur envoy envoye envoyee summit sommet statement declaration week semaine day palace palais campus "
    "government gouvernement commission council conseil committee comite institute institut university universite prize prix award ministry ministere republic "
    "republique state etat states etats group groupe foundation fondation bank banque fund fonds charter charte agency agence report co ceo pdg "
    "january february march april may june july august september october november december janvier fevrier mars avril mai juin juillet aout "
    "septembre octobre novembre decembre monday tuesday wednesday thursday friday saturday sunday lundi mardi mercredi jeudi vendredi samedi "
    "dimanche".split()
)
# At the head of a sentence every word has a capital; these endings are those of common words that stand there without an article.
_COMMON_ENDING = re.compile(r"(?:s|ing|ly|ed|ee|er|ant|ment|ir|oi|if|al|ique|ople|one|bre|ogy|ity|ncy)$")
_CLOSE = 0.82


@dataclass(frozen=True, slots=True)
class Name:
    """A proper name at [start:end] by its key: the first form of its line in the lexicon, else its folded word."""

    start: int
    end: int
    key: str
    text: str
    known: bool = False


def find_names(text: str) -> list[Name]:
    """Every proper name of `text`, in order; words of a longer name are names of their own (`Emmanuel`, `Macron`)."""
    found: list[Name] = []
    tokens = words(text)
    taken = find_figures(text, "fr").spans
    index = 0
    while index < len(tokens):
        known = _known_name(text, tokens, index)
        if known is not None:
            name, length = known
            found.append(name)
            index += length
            continue
        word = tokens[index]
        if _is_name(text, tokens, index) and not any(start <= word.start < end for start, end in taken):
            found.append(Name(word.start, word.end, word.norm, word.text))
        index += 1
    return found


def kind_of(name: Name) -> str | None:
    """`country`, `place`, `body` or `other`: what one name may be mistaken for. None for the summit and the city that every passage names."""
    if name.key in (SUMMIT_KEY, STATEMENT_KEY, "paris", "europe"):
        return None
    if not name.known:
        return "other"
    return "country" if name.key in COUNTRIES else "place" if name.key in PLACES else "body"


def _known_name(text: str, tokens: Sequence[Word], index: int) -> tuple[Name, int] | None:
    for length in range(min(_LONGEST, len(tokens) - index), 0, -1):
        run = tokens[index : index + length]
        entry = NAME_FORMS.get(tuple(word.norm.replace(".", "") for word in run))
        if entry is None or (entry[1] and not run[0].text.isupper()):
            continue
        start, end = run[0].start, run[-1].end
        return Name(start, end, entry[0], text[start:end], known=True), length
    return None


def _is_name(text: str, tokens: Sequence[Word], index: int) -> bool:
    word = tokens[index]
    if not word.is_capitalised or word.norm in _TITLES or word.norm in GENERIC or not is_content(word):
        return False
    if not _begins_sentence(text, word):
        return True
    follows = (
        index + 1 < len(tokens)
        and tokens[index + 1].is_capitalised
        and text[word.end : tokens[index + 1].start] in (" ", "-")
    )
    if follows or sum(letter.isupper() for letter in word.text) > 1:
        return True
    return not _COMMON_ENDING.search(word.norm)


def _begins_sentence(text: str, word: Word) -> bool:
    before = text[: word.start].rstrip(" \"'“”«»‘’([-–•\u00a0\u202f")
    return not before or before[-1] in ".!?:\n"


class NameIndex:
    """The names and words of some passages: what a sentence may name."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._keys: set[str] = set()
        self._words: set[str] = set()
        self._initials: set[str] = set()
        for text in texts:
            self._keys.update(name.key for name in find_names(text))
            tokens = words(text)
            self._words.update(word.norm for word in tokens)
            self._initials.update(_initials(tokens))

    def says(self, name: Name) -> bool:
        """Do the passages name it, under any form, in full or by its initials?"""
        if name.key in self._keys or name.key in self._words or name.key.replace(" ", "") in self._initials:
            return True
        if name.key in CAPITALS and CAPITALS[name.key] in self._keys:
            return True
        if any(CAPITALS.get(key) == name.key for key in self._keys):
            return True
        if name.key in (SUMMIT_KEY, STATEMENT_KEY):
            return self._says_summit(name.key)
        return not name.known and self._says_nearly(name.key)

    def _says_summit(self, key: str) -> bool:
        if {"paris", SUMMIT_KEY, STATEMENT_KEY} & self._keys:
            return True
        common = {"summit", "sommet"} if key == SUMMIT_KEY else {"statement", "declaration"}
        return bool(common & self._words) and not OTHER_SUMMITS & self._keys

    def _says_nearly(self, key: str) -> bool:
        """`Agency` for `Agence`, `Nahyane` for `Nahyan`: long words that differ by their ending alone."""
        return len(key) >= 6 and any(
            abs(len(word) - len(key)) <= 3
            and word[:4] == key[:4]
            and SequenceMatcher(None, word, key).ratio() >= _CLOSE
            for word in self._words
        )


def _initials(tokens: Sequence[Word]) -> Iterator[str]:
    """The initials of every run of capitalised words, small words of up to three letters left out: `Institute of Global Politics`, IGP."""
    run = ""
    for word in tokens:
        if word.text[0].isupper() and (run or is_content(word)):
            run += word.norm[0]
        elif len(word.norm) > 3 or not run:
            if len(run) > 1:
                yield run
            run = ""
    if len(run) > 1:
        yield run
