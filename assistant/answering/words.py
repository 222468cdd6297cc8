"""The words of a sentence with what checking needs of each: its place, its folded form, its stems."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from assistant.search.folding import fold
from assistant.search.lexical import STOP_WORDS, stems

_WORD = re.compile(r"n['’]t\b|[^\W_]+(?=n['’]t\b)|(?:[^\W\d_]\.){2,}|[^\W_]+")
# A one-letter elision (l', d', qu') is a word of its own; so is n', which negates.
_POSSESSIVE = re.compile(r"(?<=\w)['’]s\b")
# Among them the verbs that say little by themselves: come, put, prendre, figurer.
_MORE_STOP_WORDS = frozenset(
    "also thus therefore then both each other another some any such only just very too so but if than into over about after before during while "
    "between among through alongside under against within upon per via those these itself himself themselves being having may might must shall "
    "aussi ainsi donc alors chaque autre autres tel telle tels telles meme memes tres trop si mais entre parmi lors pendant depuis avant apres "
    "sous contre vers chez sans selon dont cela ceci celui celle ceux celles fut furent soit sera seront serait etant ete avoir etre avaient ayant "
    "notamment egalement toujours encore deja tout tous toute toutes bien peu beaucoup fait faire faut si ni non or nor no never jamais lui leur elles "
    "aucun aucune ait aient put puts prend prennent pris prise rest rests figure figurait still since shortly toutefois plutot however next suivant suivante "
    "more most less fewer neither environ around roughly nearly presque pres almost some several plusieurs chacun chacune yes oui doit doivent devait must can could peut "
    "d l s c j m t n qu jusqu lorsqu puisqu puis ne pas plus moins one ones him her his them us our ours i me ii".split()
)
# The subject of every document and the frame of every report: they support nothing and contradict nothing.
GENERIC = frozenset(
    "summit summits sommet sommets ai ia artificial intelligence artificielle according accord said say says told declare indique indiquait rapporte "
    "reported reports report rapport communique source sources event evenement held hold took take place tenu lieu tenue eu year annee jour day "
    "named name nom intitule titled known dit pour".split()
)


@dataclass(frozen=True)
class Word:
    """One word: `text` at [start:end], `norm` without case and accents."""

    text: str
    start: int
    end: int
    norm: str

    @cached_property
    def stems(self) -> frozenset[str]:
        """The word's stems by the stemmers of both languages, so that shared and borrowed words meet."""
        return frozenset((*stems(self.text, "fr"), *stems(self.text, "en"), self.norm))

    @property
    def is_capitalised(self) -> bool:
        """Does it begin with a capital, or hold one (`iRAISE`)?"""
        return any(letter.isupper() for letter in self.text)


def words(text: str) -> list[Word]:
    """Every word of `text` in order; hyphens part words, `didn't` is `did` and `n't`, a possessive 's is no word."""
    plain = _POSSESSIVE.sub(lambda match: " " * len(match.group()), text)
    return [Word(match.group(), match.start(), match.end(), fold(match.group())) for match in _WORD.finditer(plain)]


def is_content(word: Word) -> bool:
    """Does the word carry meaning of its own: no function word, no number, not the subject of every document?"""
    return (
        not word.norm[0].isdigit()
        and word.norm not in STOP_WORDS
        and word.norm not in _MORE_STOP_WORDS
        and word.norm not in GENERIC
        and len(word.norm) > 1
    )


def same_word(one: Word, other: Word) -> bool:
    """Do two words share a stem, or a beginning of five letters that makes up two thirds of the longer one?"""
    if one.stems & other.stems:
        return True
    shared = next((i for i, (a, b) in enumerate(zip(one.norm, other.norm, strict=False)) if a != b), None)
    length = min(len(one.norm), len(other.norm)) if shared is None else shared
    return length >= 5 and 3 * length >= 2 * max(len(one.norm), len(other.norm))


def segments(text: str) -> Iterator[tuple[int, int]]:
    """The parts of a sentence between commas, colons, brackets and conjunctions, as offsets."""
    start = 0
    for match in _SEGMENT_END.finditer(text):
        if match.start() > start:
            yield (start, match.start())
        start = match.end()
    if start < len(text):
        yield (start, len(text))


def clauses(text: str, least: int = 4) -> list[tuple[int, int]]:
    """The same parts, those of fewer than `least` words joined to the next, so that an enumeration stays with its verb."""
    joined: list[tuple[int, int]] = []
    start: int | None = None
    for begin, end in segments(text):
        start = begin if start is None else start
        if len(text[begin:end].split()) >= least:
            joined.append((start, end))
            start = None
    if start is not None:
        joined = [*joined[:-1], (joined[-1][0] if joined else start, len(text))]
    return joined


_SEGMENT_END = re.compile(
    r"[;:()«»“”]|,(?!\d)|\s[–—-]\s|(?<!\d)\s(?:and|et)\s(?!\d)|\s(?:but|mais|while|whereas|tandis|alors que)\s"
)
