"""Citations to paste elsewhere: typography of both languages, BibTeX and CSL-JSON that a program can read."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.records import Citation, Passage, Quote, SectionKey, Source
from assistant.web.citation_formats import (
    answer_bibtex,
    answer_csl_json,
    answer_with_notes,
    bibtex,
    csl_json,
    plain,
)
from tests.web.scripted import HOSTILE, citation, scripted_answer

DAY = date(2026, 3, 1)
OURS = "https://assistant.example/d/envoy-sheet?lang=fr#envoy"


def plainly(text: str) -> str:
    """With ordinary spaces, to be read in a test."""
    return text.replace("\u00a0", " ")


def test_the_french_form() -> None:
    """Guillemets, the first of the month, sources with their dates, address and day of consultation."""
    assert plainly(plain(citation(1, "fr"), "fr", DAY, OURS)) == (
        "« Anne Bouverot était l’envoyée spéciale. », « L’envoyée spéciale », Summit assistant, 1er mars 2025, "
        "situation au 11 février 2025, d’après Le Quotidien (11 février 2025, https://press.example/article), "
        f"{OURS} (consulté le 1er mars 2026)."
    )


def test_the_english_form() -> None:
    """Curly quotation marks, no ordinal, the same parts."""
    assert plainly(plain(citation(1, "en"), "en", DAY, OURS)) == (
        "“Anne Bouverot was the special envoy.”, ‘The special envoy’, Summit assistant, 1 March 2025, "
        "as of 11 February 2025, based on Le Quotidien (11 February 2025, https://press.example/article), "
        f"{OURS} (consulted on 1 March 2026)."
    )


def test_french_spaces_do_not_break() -> None:
    """No line ends between a guillemet and its word."""
    assert plain(citation(1, "fr"), "fr", DAY).startswith("«\u00a0Anne")


def test_a_quotation_in_the_other_language_is_labelled_and_left_alone() -> None:
    """It keeps its own quotation marks; a translation says that it is one."""
    text = plainly(plain(replace(citation(1, "fr"), translation=True), "en", DAY))
    assert text.startswith("« Anne Bouverot était l’envoyée spéciale. » (in French, translation), ‘")


def test_author_page_and_own_address_are_named() -> None:
    """The document's own address comes before ours; an author who is the publisher is named once."""
    base = citation(1, "en")
    passage = replace(base.quote.passage, page=7)
    found = replace(
        base, author="A. Writer", url="https://press.example/x", quote=Quote(passage, base.quote.start, base.quote.end)
    )
    text = plainly(plain(found, "en", DAY, OURS))
    assert "A. Writer, ‘The special envoy’, Summit assistant, 1 March 2025, p. 7" in text
    assert "https://press.example/x (consulted" in text and OURS not in text
    same = plain(replace(found, author="Summit assistant"), "en", DAY)
    assert same.count("Summit assistant") == 1


@pytest.mark.parametrize(("iso", "fr", "en"), [("2025", "2025", "2025"), ("2025-02", "février 2025", "February 2025")])
def test_dates_are_as_precise_as_the_document(iso: str, fr: str, en: str) -> None:
    """A month stays a month."""
    found = replace(citation(1, "fr"), date=iso, as_of=None, sources=())
    assert f", {fr}, consulté" in plainly(plain(found, "fr", DAY))
    assert f", {en}, consulted" in plainly(plain(found, "en", DAY))
    (item,) = json.loads(csl_json(found, DAY))
    assert item["issued"]["date-parts"] == [[int(part) for part in iso.split("-")]]


def test_what_is_not_known_is_left_out() -> None:
    """No date, no publisher, no address: no empty places."""
    bare = replace(citation(1, "fr"), publisher="", date=None, as_of=None, sources=())
    assert plainly(plain(bare, "fr", DAY)) == (
        "« Anne Bouverot était l’envoyée spéciale. », « L’envoyée spéciale », consulté le 1er mars 2026."
    )
    assert "publisher" not in bibtex(bare, DAY) and "author" not in bibtex(bare, DAY)


def test_bibtex_has_what_a_reference_manager_wants() -> None:
    """One entry with a key, dates, address and the quotation as a note."""
    entry = bibtex(citation(2, "fr", 1), DAY, OURS)
    assert entry.startswith("@misc{envoy-sheet-work-2,\n")
    for line in (
        "author = {{Summit assistant}}",
        "title = {{L’envoyée spéciale}}",
        "year = {2025}",
        "date = {2025-03-01}",
        f"url = {{{OURS}}}",
        "urldate = {2026-03-01}",
        "langid = {french}",
    ):
        assert line in entry, line
    assert "Elle a préparé le sommet dès 2024." in entry


def test_csl_json_has_what_a_citation_processor_wants() -> None:
    """Names, titles and dates in CSL's own form."""
    (item,) = json.loads(csl_json(citation(1, "en"), DAY, OURS))
    assert item["id"] == "envoy-sheet-envoy-1" and item["type"] == "webpage" and item["language"] == "en"
    assert item["author"] == [{"literal": "Summit assistant"}]
    assert item["issued"] == {"date-parts": [[2025, 3, 1]]} and item["accessed"] == {"date-parts": [[2026, 3, 1]]}
    assert item["URL"] == OURS and "based on Le Quotidien" in item["note"]


def test_two_citations_of_one_section_have_two_keys() -> None:
    """A bibliography with a key twice is broken."""
    answer = scripted_answer("sources", "fr")
    answer = replace(answer, citations=tuple(replace(one, quote=answer.citations[0].quote) for one in answer.citations))
    keys = re.findall(r"@misc\{([^,]+),", answer_bibtex(answer, DAY, lambda _: OURS))
    items = json.loads(answer_csl_json(answer, DAY, lambda _: OURS))
    assert len(keys) == len(set(keys)) == len({item["id"] for item in items}) == 3


def test_an_answer_with_its_notes() -> None:
    """Question, marked sentences, disagreement, a note for each number, who wrote it, the answer's address."""
    text = answer_with_notes(scripted_answer("conflict", "fr"), DAY, "https://assistant.example/a/1", lambda _: OURS)
    blocks = plainly(text).split("\n\n")
    assert blocks[0] == "conflict"
    assert blocks[1] == "Anne Bouverot était l’envoyée spéciale. [1]"
    assert blocks[2].splitlines() == [
        "Les décomptes diffèrent.", "– 58 pays (AFP, 11 février 2025)", "– 61 pays (Anadolu, février 2025)",
    ]  # fmt: skip
    assert blocks[3].startswith("[1] « Anne Bouverot")
    assert blocks[4].startswith("Rédigé par un modèle de langue (m)")
    assert blocks[5] == "https://assistant.example/a/1"


def test_nearest_passages_are_noted_as_such() -> None:
    """The notice stands before them."""
    text = answer_with_notes(scripted_answer("closest", "en"), DAY)
    assert "The documents do not say." in text and "[3] “" in text


def test_a_list_is_quoted_on_one_line() -> None:
    """Line ends become spaces, nothing else changes."""
    passage = Passage("p", SectionKey("d", "s"), "en", 0, 17, "Themes:\n\n- a;\n- b")
    found = replace(citation(1, "en"), quote=Quote(passage, 0, 17))
    assert "“Themes:  - a; - b”" in plain(found, "en", DAY)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_stay_inside_their_places(text: str) -> None:
    """One line of text, balanced braces, valid JSON, no address that is none, no control character."""
    (found,) = scripted_answer(text, "fr").citations
    for line in (plain(found, "fr", DAY, OURS), plain(found, "en", DAY, OURS)):
        assert "\n" not in line and not set("\x00\x07\x1b\u202e") & set(line)
        assert OURS in line, "an address that is none gives way to ours"
    assert_balanced(bibtex(found, DAY, OURS))
    (item,) = json.loads(csl_json(found, DAY, OURS))
    assert item["URL"] == OURS


texts = st.text(min_size=1, max_size=40)


@given(texts, texts, texts, texts)
def test_bibtex_is_balanced_whatever_a_document_says(title: str, publisher: str, quote: str, url: str) -> None:
    """Braces, backslashes and percent signs cannot end a field or an entry."""
    passage = Passage("p", SectionKey(title, publisher), "fr", 0, len(quote), quote)
    found = Citation(
        1, Quote(passage, 0, len(quote)), title, publisher, date=quote, author=url,
        url=f"https://x.example/{url}", sources=(Source("s", title, f"https://x.example/{url}"),),
    )  # fmt: skip
    assert_balanced(bibtex(found, DAY))
    json.loads(csl_json(found, DAY))
    assert "\n" not in plain(found, "fr", DAY)


def assert_balanced(entry: str) -> None:
    """One entry: its braces close at its very end and nowhere before, escaped ones not counted."""
    depth = 0
    bare = re.sub(r"\\.", "", entry)
    for position, letter in enumerate(bare):
        depth += (letter == "{") - (letter == "}")
        assert depth > 0 or position in range(len("@misc")) or position == len(bare) - 1, entry
    assert depth == 0
    assert re.fullmatch(r"@misc\{[A-Za-z0-9-]+,(\n  [a-z]+ = \{.*\},?)*\n\}", entry), entry
