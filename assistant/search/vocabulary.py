"""Which words of a question does a section share, and how rare are they in the corpus?"""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import cached_property

from rapidfuzz import fuzz, process

from assistant.records import LANGUAGES, SectionKey
from assistant.search.catalogue import Catalogue
from assistant.search.folding import fold
from assistant.search.lexical import STOP_WORDS, content_words, stems

_NAME = re.compile(r"(?<![.!?:«“(]\s)(?<!^)\b[A-ZÀ-Ý][\w’'-]*\w")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
# Letters that a misspelt word may share with the right one, of 100 (Indel similarity).
_SPELLING = 82.0
_SHORTEST_MISSPELT = 5


class Vocabulary:
    """The words of every section, of its text and of the questions stored for it, folded and stemmed."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    @cached_property
    def _section_text(self) -> dict[SectionKey, str]:
        texts: dict[SectionKey, list[str]] = {key: [] for key in self._catalogue.sections}
        for passage in self._catalogue.passages:
            texts[passage.section].append(passage.text)
        return {key: "\n".join(found) for key, found in texts.items()}

    @cached_property
    def _text_stems(self) -> dict[SectionKey, frozenset[str]]:
        stems_of: dict[SectionKey, frozenset[str]] = {}
        for key, (document, section) in self._catalogue.sections.items():
            titles = [
                t
                for language in LANGUAGES
                for t in (section.headings.get(language), document.titles.get(language))
                if t
            ]
            stems_of[key] = stem_set("\n".join([self._section_text[key], *titles]))
        return stems_of

    @cached_property
    def _question_stems(self) -> dict[SectionKey, frozenset[str]]:
        return {
            key: stem_set("\n".join(q for questions in section.questions.values() for q in questions))
            for key, (_, section) in self._catalogue.sections.items()
        }

    @cached_property
    def _frequency(self) -> Counter[str]:
        counts: Counter[str] = Counter()
        for key in self._catalogue.sections:
            counts.update(self._text_stems[key] | self._question_stems[key])
        return counts

    @cached_property
    def _words(self) -> list[str]:
        """Every longer word of the texts, for mending spelling."""
        found = {word for text in self._section_text.values() for word in content_words(text)}
        return sorted(word for word in found if len(word) >= _SHORTEST_MISSPELT and not word.isdigit())

    @cached_property
    def names(self) -> frozenset[str]:
        """Words that the corpus writes with a capital inside a sentence, folded."""
        found: Counter[str] = Counter()
        lower: Counter[str] = Counter()
        for text in self._section_text.values():
            found.update(fold(match.group()) for match in _NAME.finditer(text))
            lower.update(word for word in re.findall(r"\b[a-zà-ÿ][\w’'-]*\w", text))
        return frozenset(word for word, count in found.items() if count > lower.get(word, 0) and word not in STOP_WORDS)

    def text(self, key: SectionKey) -> str:
        """A section's passages in both languages."""
        return self._section_text[key]

    def rarity(self, stem: str) -> float:
        """Inverse document frequency over sections, log((N + 1) / (df + 0.5)); largest for a word the corpus lacks."""
        return math.log((len(self._text_stems) + 1) / (self._frequency.get(stem, 0) + 0.5))

    def coverage(self, question: str, key: SectionKey) -> dict[str, float]:
        """How far a section covers the question's words, weighted by rarity, in its text and with its questions."""
        own, asked = self._text_stems[key], self._text_stems[key] | self._question_stems[key]
        total = in_text = in_all = rarest = unknown = unknown_count = missing_count = 0.0
        for word in content_words(question):
            forms = _forms(word)
            known = [form for form in forms if form in self._frequency]
            if not known:
                mended = self._mend(word)
                forms = _forms(mended) if mended else forms
                known = [form for form in forms if form in self._frequency]
            rarity = min((self.rarity(form) for form in known), default=self.rarity(""))
            total += rarity
            if not known:
                unknown += rarity
                unknown_count += 1
            if any(form in own for form in forms):
                in_text += rarity
            if any(form in asked for form in forms):
                in_all += rarity
            else:
                rarest = max(rarest, rarity)
                missing_count += 1
        scale = max(total, 1e-9)
        return {
            "covered_text": in_text / scale,
            "covered": in_all / scale,
            "missing": total - in_all,
            "missing_text": total - in_text,
            "missing_count": missing_count,
            "rarest_missing": rarest,
            "unknown_count": unknown_count,
            "total_rarity": total,
        }

    def missing_numbers(self, question: str, key: SectionKey) -> int:
        """Numbers of the question that the section's texts lack."""
        have = {_plain_number(n) for n in _NUMBER.findall(_joined(self._section_text[key]))}
        return sum(_plain_number(number) not in have for number in _NUMBER.findall(_joined(question)))

    def missing_names(self, question: str, key: SectionKey) -> tuple[int, int]:
        """Names of the corpus in the question that the section lacks, and capitalised words that the corpus lacks."""
        have = self._text_stems[key] | self._question_stems[key]
        absent = sum(word in self.names and not set(_forms(word)) & have for word in set(content_words(question)))
        strange = sum(
            not any(form in self._frequency for form in _forms(fold(match.group())))
            and self._mend(fold(match.group())) is None
            for match in _NAME.finditer(question)
        )
        return absent, strange

    def _mend(self, word: str) -> str | None:
        """The corpus' word that a misspelt one means, if one is near enough."""
        if len(word) < _SHORTEST_MISSPELT or word.isdigit():
            return None
        found = process.extractOne(word, self._words, scorer=fuzz.ratio, score_cutoff=_SPELLING)
        return found[0] if found else None


def stem_set(text: str) -> frozenset[str]:
    """The stems of a text's content words, by both languages' stemmers."""
    return frozenset(stem for word in set(content_words(text)) for stem in _forms(word))


def _forms(word: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(stem for language in LANGUAGES for stem in stems(word, language)))


def _joined(text: str) -> str:
    return re.sub(r"(?<=\d)[\u202f\u00a0 ,](?=\d{3}(?!\d))", "", text)


def _plain_number(number: str) -> str:
    return number.replace(",", ".").lstrip("0") or "0"
