"""The reference documents of the corpus say nothing that the fact sheets do not say."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Set
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

CORPUS = Path(__file__).parents[1] / "corpus"
LANGUAGES = ("fr", "en")
DOCUMENTS = ("figures", "glossary", "timeline", "whos-who")
BOTH = [(document, language) for document in DOCUMENTS for language in LANGUAGES]

MONTHS = {
    "fr": [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    "en": [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ],
}
SCALES = {"million": 10**6, "milliard": 10**9, "billion": 10**9}

# Names that only the glossary has: it spells out acronyms which the sheets leave as they are.
EXCEPTIONS: dict[str, dict[str, str]] = {
    "fr": {},
    "en": {
        "United Nations Educational": "UNESCO, as far as the comma in its name",
        "Cultural Organization": "UNESCO, the end of its name",
        "Organization for Standardization": "ISO, after the word “International” that opens the line",
    },
}

_HEADING = re.compile(r"^## +(?P<heading>.+?) +\{#(?P<id>[a-z0-9-]+)\}$", re.MULTILINE)
_NUMBER = r"\d+(?:\.\d+)?"
_AMOUNT = re.compile(
    rf"(?:(?P<low>{_NUMBER}) (?:to|à|or|ou) )?(?P<high>{_NUMBER}) (?P<scale>million|milliard|billion)?s?"
    r"(?: d'| de | )?(?P<unit>euro|dollar)s?\b"
)
_PERCENTAGE = re.compile(rf"(?P<share>{_NUMBER}) ?%")
# A capital letter opens each word of a name; small particles may stand between two such words.
_CAPITALISED = r"[A-ZÀ-Ý][\w@&.-]*\w"
_PARTICLE = r"(?:d'|de l'|de la |de |des |du |of the |of |for |von der |bin |ben )"
_NAME = re.compile(rf"(?<![\w-]){_CAPITALISED}(?: {_PARTICLE}?{_CAPITALISED})+")
_OPENER = re.compile(rf"(?P<word>{_CAPITALISED}) {_PARTICLE}?")
# What may stand before the first word of a sentence, whose capital letter says nothing.
_BEFORE_SENTENCE = ("", "\n", "-", ".", ":", ";", "?", "!")


class Section(NamedTuple):
    """A section in one language, with the ids of the facts behind it."""

    document: str
    id: str
    heading: str
    body: str
    facts: frozenset[str]


def _plain(text: str) -> str:
    """The text with plain spaces and apostrophes, and with numbers written `1234.5`."""
    text = unicodedata.normalize("NFKC", text).replace("’", "'")
    text = re.sub(r"(?<=\d)[ ,](?=\d{3}(?!\d))", "", text)
    return re.sub(r"(?<=\d),(?=\d)", ".", text)


@cache
def _metadata(folder: Path) -> dict[str, Any]:
    """What `document.yaml` says about a document."""
    loaded: dict[str, Any] = yaml.safe_load((folder / "document.yaml").read_text(encoding="utf-8"))
    return loaded


@cache
def _sections(folder: Path, language: str) -> tuple[Section, ...]:
    """The sections of a document in one language, in reading order."""
    facts = {section["id"]: frozenset(section.get("facts", [])) for section in _metadata(folder)["sections"]}
    text = _plain((folder / f"{language}.md").read_text(encoding="utf-8"))
    headings = list(_HEADING.finditer(text))
    ends = [match.start() for match in headings[1:]] + [len(text)]
    return tuple(
        Section(folder.name, match["id"], match["heading"], text[match.end() : end].strip(), facts[match["id"]])
        for match, end in zip(headings, ends, strict=True)
    )


def _sheets(language: str) -> list[Section]:
    """The sections of every fact sheet in one language."""
    folders = sorted(path.parent for path in CORPUS.glob("*/document.yaml"))
    return [
        section
        for folder in folders
        if _metadata(folder)["kind"] == "fact-sheet"
        for section in _sections(folder, language)
    ]


def _text(section: Section) -> str:
    """A section's heading and body."""
    return f"{section.heading}\n{section.body}"


def _date_spans(text: str, language: str) -> Iterator[re.Match[str]]:
    """The dates of a text that have a day, a month and a year, pairs and ranges of days included."""
    months = "|".join(MONTHS[language])
    join = r"(?: et | au | à | and | to | - |-)"
    day = r"\d{1,2}(?:er)?"
    yield from re.finditer(rf"(?<!\d)(?:({day}){join})?({day}) ({months}) (\d{{4}})", text, re.IGNORECASE)


def _dates(text: str, language: str) -> set[tuple[int, int, int]]:
    """The dates of a text as (year, month, day)."""
    found = set()
    for match in _date_spans(text, language):
        month = MONTHS[language].index(match[3].lower()) + 1
        found |= {(int(match[4]), month, int(day.removesuffix("er"))) for day in match.groups()[:2] if day}
    return found


def _amounts(text: str) -> set[tuple[float, str]]:
    """The sums of money and the percentages of a text, each as (value, unit)."""
    found = {(float(match["share"]), "%") for match in _PERCENTAGE.finditer(text)}
    for match in _AMOUNT.finditer(text):
        scale = SCALES.get(match["scale"] or "", 1)
        found |= {(float(number) * scale, match["unit"]) for number in (match["low"], match["high"]) if number}
    return found


def _counts(text: str, language: str) -> set[str]:
    """The numbers of a text that are not part of a date or of a year on its own."""
    for match in list(_date_spans(text, language)):
        text = text.replace(match.group(), " ")
    text = re.sub(rf"(?:{'|'.join(MONTHS[language])}) \d{{4}}", " ", text, flags=re.IGNORECASE)
    return {number for number in re.findall(_NUMBER, text) if not re.fullmatch(r"(?:19|20)\d\d", number)}


def _names(section: Section, common: Set[str]) -> Iterator[str]:
    """The names of two or more words of a section, without the common word that may open the sentence before one."""
    text = _text(section)
    for match in _NAME.finditer(text):
        name, before = match.group(), text[: match.start()].rstrip(" ")[-1:]
        opener = _OPENER.match(name)
        if opener and before in _BEFORE_SENTENCE and opener["word"].lower() in common:
            name = name[opener.end() :]
        if " " in name:
            yield name


def _unknown_names(document: str, language: str) -> set[str]:
    """The names of a reference document that no sheet has; a common word is one that the sheets write small."""
    sheets = "\n".join(map(_text, _sheets(language)))
    common = set(re.findall(r"(?<![\w-])[a-zà-ÿ][\w-]*", sheets))
    names = {name for section in _sections(CORPUS / document, language) for name in _names(section, common)}
    return {name for name in names if name not in sheets}


def test_the_four_documents_are_reference_documents() -> None:
    """The documents of kind `reference` are the four that this file checks."""
    kinds = {path.parent.name: _metadata(path.parent)["kind"] for path in CORPUS.glob("*/document.yaml")}
    assert sorted(name for name, kind in kinds.items() if kind == "reference") == list(DOCUMENTS)


def test_facts_are_known_to_the_sheets() -> None:
    """Every fact behind a reference section is told in at least one fact sheet."""
    told = frozenset[str]().union(*(section.facts for section in _sheets("en")))
    for document in DOCUMENTS:
        for section in _sections(CORPUS / document, "en"):
            assert section.facts, f"{document}#{section.id} has no fact"
            assert section.facts <= told, f"{document}#{section.id}: {sorted(section.facts - told)}"


@pytest.mark.parametrize(("document", "language"), BOTH)
def test_dates_stand_in_a_sheet(document: str, language: str) -> None:
    """Every date with day, month and year of a reference document stands in a fact sheet of the same language."""
    known = _dates("\n".join(map(_text, _sheets(language))), language)
    for section in _sections(CORPUS / document, language):
        unknown = _dates(_text(section), language) - known
        assert not unknown, f"{document}#{section.id}: {sorted(unknown)}"


@pytest.mark.parametrize(("document", "language"), BOTH)
def test_amounts_stand_in_a_sheet(document: str, language: str) -> None:
    """Every sum of money and percentage of a reference document stands in a fact sheet of the same language."""
    known = _amounts("\n".join(map(_text, _sheets(language))))
    for section in _sections(CORPUS / document, language):
        unknown = _amounts(_text(section)) - known
        assert not unknown, f"{document}#{section.id}: {sorted(unknown)}"


@pytest.mark.parametrize(("document", "language"), BOTH)
def test_names_stand_in_a_sheet(document: str, language: str) -> None:
    """Every proper name of two or more words of a reference document stands in a fact sheet of the same language."""
    unknown = _unknown_names(document, language) - set(EXCEPTIONS[language])
    assert not unknown, sorted(unknown)


@pytest.mark.parametrize("language", LANGUAGES)
def test_exceptions_are_needed(language: str) -> None:
    """No name stays on the list of exceptions once the sheets have it or the reference documents have lost it."""
    met = set[str]().union(*(_unknown_names(document, language) for document in DOCUMENTS))
    assert set(EXCEPTIONS[language]) <= met


@pytest.mark.parametrize("language", LANGUAGES)
def test_figures_stand_in_the_section_of_their_fact(language: str) -> None:
    """Every number of `figures` stands in a fact-sheet section that carries one of the same fact ids."""
    sheets = _sheets(language)
    for section in _sections(CORPUS / "figures", language):
        own = "\n".join(_text(sheet) for sheet in sheets if sheet.facts & section.facts)
        unknown = _counts(section.body, language) - _counts(own, language)
        assert not unknown, f"figures#{section.id}: {sorted(unknown)}"
        missing = _amounts(section.body) - _amounts(own)
        assert not missing, f"figures#{section.id}: {sorted(missing)}"
