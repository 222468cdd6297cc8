"""Numbers written in digits or words, French or English, and their scales."""

from __future__ import annotations

import re

from assistant.records import Language

_SMALL = {
    "zero": 0, "un": 1, "une": 1, "one": 1, "deux": 2, "two": 2, "trois": 3, "three": 3, "quatre": 4, "four": 4, "cinq": 5, "five": 5,
    "six": 6, "sept": 7, "seven": 7, "huit": 8, "eight": 8, "neuf": 9, "nine": 9, "dix": 10, "ten": 10, "onze": 11, "eleven": 11,
    "douze": 12, "twelve": 12, "treize": 13, "thirteen": 13, "quatorze": 14, "fourteen": 14, "quinze": 15, "fifteen": 15, "seize": 16,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "vingt": 20, "vingts": 20, "twenty": 20, "trente": 30, "thirty": 30,
    "quarante": 40, "forty": 40, "cinquante": 50, "fifty": 50, "soixante": 60, "sixty": 60, "septante": 70, "seventy": 70,
    "octante": 80, "huitante": 80, "eighty": 80, "nonante": 90, "ninety": 90,
}  # fmt: skip
# "une vingtaine", "a dozen": the article before these is no one.
_TIMES = {
    "dizaine": 10, "douzaine": 12, "dozen": 12, "quinzaine": 15, "vingtaine": 20, "trentaine": 30, "quarantaine": 40, "cinquantaine": 50,
    "soixantaine": 60, "centaine": 100, "cent": 100, "cents": 100, "hundred": 100, "mille": 1000, "thousand": 1000, "millier": 1000,
}  # fmt: skip
_SCALES = {
    "millions": 1e6, "million": 1e6, "mn": 1e6, "mio": 1e6, "m": 1e6, "milliards": 1e9, "milliard": 1e9, "mds": 1e9, "md": 1e9, "mrd": 1e9,
    "billions": 1e9, "billion": 1e9, "bn": 1e9, "b": 1e9, "trillions": 1e12, "trillion": 1e12, "tn": 1e12, "thousand": 1e3, "k": 1e3,
}  # fmt: skip
_ONE_WORD = "|".join(sorted((*_SMALL, *_TIMES), key=len, reverse=True))
_DIGITS = r"\d{1,3}(?:[ .,]\d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)?"
NUMERAL = rf"(?:{_DIGITS}|(?:an?\s(?=hundred|dozen|thousand|million|billion))?\b(?:{_ONE_WORD})(?:(?:[\s-]et[\s-]|[\s-]and[\s-]|[\s-])(?:{_ONE_WORD}))*\b|\ba(?=\s(?:million|billion)))"
SCALE = "|".join(sorted(_SCALES, key=len, reverse=True))

_ORDINALS = (
    "first|premiere?s?|1ere?", "second|seconde|deuxieme", "third|troisieme", "fourth|quatrieme", "fifth|cinquieme", "sixth|sixieme",
    "seventh|septieme", "eighth|huitieme", "ninth|neuvieme", "tenth|dixieme",
)  # fmt: skip
# A "Premier ministre" leads a government; nobody counts him.
ORDINAL = re.compile(
    r"(?<![\w-])(?:"
    + "|".join(_ORDINALS)
    + r"|\d+(?:th|st|nd|rd|e|eme))\b(?![\s-]+(?:ministre|minister|ministers|ministres|lady))"
)
_ORDINAL_FORMS = tuple((float(number), re.compile(forms)) for number, forms in enumerate(_ORDINALS, start=1))


def numeral_value(text: str, language: Language) -> frozenset[float]:
    """The values that a numeral may have: `1,200` is 1200 in English; in French it may also be 1.2."""
    if text[0].isdigit():
        return _digits_value(text, language)
    total = current = 0
    for word in re.split(r"[\s-]+", text):
        if word in _TIMES:
            current = max(current, 1) * _TIMES[word]
        elif word in ("vingt", "vingts") and current % 100 == 4:
            current += 76
        elif word in _SMALL:
            current += _SMALL[word]
    # `a million`: the article is the one.
    return frozenset({float(total + current) if total + current or text != "a" else 1.0})


def _digits_value(text: str, language: Language) -> frozenset[float]:
    plain = text.replace(" ", "")
    separators = [letter for letter in plain if letter in ".,"]
    if not separators:
        return frozenset({float(plain)})
    last = separators[-1]
    head, _, tail = plain.rpartition(last)
    whole = float(re.sub(r"[.,]", "", plain))
    parted = float(re.sub(r"[.,]", "", head) + "." + tail)
    if len(set(separators)) == 2:
        return frozenset({parted})
    if len(separators) > 1:
        return frozenset({whole})
    if len(tail) != 3 or head.lstrip("0") == "":
        return frozenset({parted})
    # One separator before three digits: the writer's language says which it is, but translators mix notations.
    if language == "en" and last == ",":
        return frozenset({whole})
    return frozenset({whole, parted})


def scale_value(text: str, language: Language) -> float:
    """What a scale word multiplies by. A French `billion` is a million millions."""
    if language == "fr" and text in ("billion", "billions"):
        return 1e12
    if language == "fr" and text in ("trillion", "trillions"):
        return 1e18
    return _SCALES[text]


def ordinal_value(text: str) -> float:
    """The place that an ordinal names."""
    digits = re.match(r"\d+", text)
    return float(digits.group()) if digits else next(number for number, form in _ORDINAL_FORMS if form.fullmatch(text))
