"""Names of the corpus that a question misspells by a letter or two: "Bouverau" for "Bouverot"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import process
from rapidfuzz.distance import OSA

from assistant.search.catalogue import Catalogue
from assistant.search.folding import fold
from assistant.search.lexical import stems

_WORD = re.compile(r"[^\W\d_]{5,}")
# Letters that may differ (one exchanged, lost, added, or two that changed places), by the length of the shorter word.
_TWO_FROM = 8


@dataclass(frozen=True, slots=True)
class Correction:
    """What a question wrote, and the name of the corpus that it may mean."""

    written: str
    name: str


@dataclass(frozen=True, slots=True)
class Mended:
    """A question with the corpus's names in place of misspelt ones."""

    text: str
    corrections: tuple[Correction, ...]


class NameSpelling:
    """The corpus's names, and which of them a question misspells."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def mend(self, question: str) -> Mended | None:
        """`question` with its misspelt names mended; None where there are none.

        A word that the corpus or its stored questions know in any form is as it should be.
        """
        corrections: list[Correction] = []
        pieces: list[str] = []
        end = 0
        for match in _WORD.finditer(question):
            name = self._name_for(match.group())
            if name is not None:
                corrections.append(Correction(match.group(), name))
                pieces += [question[end : match.start()], name]
                end = match.end()
        return Mended("".join([*pieces, question[end:]]), tuple(corrections)) if corrections else None

    def _name_for(self, written: str) -> str | None:
        folded = fold(written)
        if self._knows(folded):
            return None
        found = process.extractOne(folded, self._folded_names, scorer=OSA.distance, score_cutoff=_allowed(folded))
        if found is None or found[0][0] != folded[0] or found[1] > _allowed(found[0]):
            return None
        return self._names[found[0]]

    def _knows(self, word: str) -> bool:
        return word in self._known or any(
            stem in self._known_stems for stem in (*stems(word, "fr"), *stems(word, "en"))
        )

    @cached_property
    def _texts(self) -> list[str]:
        asked = (q for _, section in self._catalogue.sections.values() for qs in section.questions.values() for q in qs)
        return [*(passage.text for passage in self._catalogue.passages), *asked]

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(fold(word) for text in self._texts for word in _WORD.findall(text))

    @cached_property
    def _known_stems(self) -> frozenset[str]:
        return frozenset(stem for word in self._known for stem in (*stems(word, "fr"), *stems(word, "en")))

    @cached_property
    def _names(self) -> dict[str, str]:
        """Names by their folded form: words of the passages that stand with a capital inside a sentence, and never without."""
        written: Counter[str] = Counter()
        small: set[str] = set()
        for passage in self._catalogue.passages:
            small.update(fold(word) for word in _WORD.findall(passage.text) if word[0].islower())
            for sentence in passage.sentence_texts():
                written.update(_inside(sentence))
        common = sorted(written, key=lambda name: (-written[name], name))
        names: dict[str, str] = {}
        for name in common:
            if fold(name) not in small:
                names.setdefault(fold(name), name)
        return names

    @cached_property
    def _folded_names(self) -> list[str]:
        return list(self._names)


def _inside(sentence: str) -> Iterator[str]:
    """The capitalised words of a sentence; the first one counts only where another capitalised word follows, as in a full name."""
    found = list(_WORD.finditer(sentence))
    for place, match in enumerate(found):
        follows = place + 1 < len(found) and sentence[match.end() : found[place + 1].start()] == " "
        if match.group()[0].isupper() and (match.start() > 0 or (follows and found[place + 1].group()[0].isupper())):
            yield match.group()


def _allowed(word: str) -> int:
    return 2 if len(word) >= _TWO_FROM else 1
