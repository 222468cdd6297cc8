"""Documents as pages and as a timeline, and what has become of a quoted passage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from assistant.reading.documents import load_corpus
from assistant.records import Document, Language, Quote
from assistant.search.catalogue import Catalogue
from assistant.web.documents import (
    blocks,
    documents_by_kind,
    events_by_day,
    find_document,
    line_blocks,
    shown_documents,
    timeline,
    view_document,
    what_became,
)
from assistant.wiring import Parts
from tests.conftest import ROOT
from tests.fakes import TODAY, write_document
from tests.web.kept import client_for, store_for
from tests.web.markup import assert_harmless, elements_of, read_elements
from tests.web.scripted import HOSTILE

SUMMIT = tuple(date(2025, 2, day) for day in range(6, 12))


def site_of(folder: Path, documents: Sequence[Document]) -> TestClient:
    """The pages of some documents."""
    catalogue = Catalogue.of(documents)
    return client_for(catalogue, store_for(catalogue, folder), folder)


@pytest.fixture
def site(tmp_path: Path, tiny_parts: Parts) -> TestClient:
    """The pages of the tiny corpus."""
    return site_of(tmp_path, tiny_parts.catalogue.documents)


def document(parts: Parts, document_id: str) -> Document:
    """A document of the tiny corpus."""
    return next(one for one in parts.catalogue.documents if one.id == document_id)


def written(folder: Path, metadata: dict[str, Any], fr: str) -> Document:
    """A document of one French text, read from a corpus folder."""
    write_document(folder / "corpus", "timeline", metadata, fr=fr)
    (one,) = load_corpus(folder / "corpus").documents
    return one


def test_a_page_has_every_section_under_its_id(site: TestClient) -> None:
    """`/d/<document>#<section>` leads to the section, with date, sources and disagreement."""
    page = site.get("/d/money?lang=fr").text
    ids = [attributes.get("id") for tag, attributes in read_elements(page) if tag == "section"]
    assert ids[:1] == ["total"] and "fund" in ids
    for expected in (
        "Test desk",
        "109 milliards d’euros",
        "Situation au 11\u00a0février\u00a02025",
        "Les sources divergent",
        "TF1",
    ):
        assert expected in page
    assert 'href="https://www.elysee.fr/sommet"' in page


def test_both_languages_are_one_click_away(site: TestClient) -> None:
    """Side by side, each in its own language, and back again."""
    one = site.get("/d/opening?lang=en").text
    assert "France and India" in one and "La France et l’Inde" not in one
    assert 'href="/d/opening?lang=en&amp;both=1"' in one
    both = site.get("/d/opening?lang=en&both=1").text
    assert both.index('<div lang="en">') < both.index('<div lang="fr">')
    assert 'href="/d/opening?lang=fr&amp;both=1"' in both, "the other language keeps the view"


def test_a_document_of_one_language_says_so(site: TestClient) -> None:
    """An English reader sees the French text, marked as French."""
    page = site.get("/d/bulletin?lang=en").text
    assert "This document exists in French only." in page
    assert '<h1 lang="fr">Bulletin municipal</h1>' in page and '<div lang="fr">' in page
    assert "both=1" not in page


def test_a_translation_is_labelled(site: TestClient) -> None:
    """The English of the essay was made from the French."""
    assert "Translation of the original" in site.get("/d/essay?lang=en").text
    assert "Traduction de l’original" not in site.get("/d/essay?lang=fr").text


def test_lists_are_lists(site: TestClient) -> None:
    """A screen reader can count the themes."""
    page = site.get("/d/opening?lang=fr").text
    assert "<li>l’IA au service de l’intérêt public ;</li>" in page


@pytest.mark.parametrize(
    "path", ["/d/banquet", "/d/banquet?lang=fr", "/d/banquet?lang=fr&both=1", "/d/nothing?lang=fr"]
)
def test_embargoed_and_unknown_documents_are_the_same(site: TestClient, path: str) -> None:
    """Neither the text nor the existence of a document under embargo is told."""
    unknown = site.get("/d/nothing?lang=fr")
    response = site.get(path, headers={"Accept-Language": "fr"})
    assert (response.status_code, response.text) == (404, unknown.text)
    assert response.headers["cache-control"] == "no-store"


def test_the_list_of_documents_has_none_under_embargo(site: TestClient) -> None:
    """Four of five, by kind and title, each with a link."""
    page = site.get("/documents?lang=fr").text
    assert "4 documents, corpus" in page and "banquet" not in page.lower()
    assert page.index("Articles") < page.index("Fiches")
    assert '<a href="/d/bulletin?lang=fr">' in page
    assert '<a href="/d/bulletin?lang=en" lang="fr" hreflang="fr">' in site.get("/documents?lang=en").text


def test_an_embargo_ends_on_its_day(tiny_parts: Parts) -> None:
    """On the day itself the document is shown."""
    assert find_document(tiny_parts.catalogue, "banquet", date(2098, 12, 31)) is None
    assert find_document(tiny_parts.catalogue, "banquet", date(2099, 1, 1)) is not None
    assert len(shown_documents(tiny_parts.catalogue, TODAY)) == 4


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_documents_are_text(tmp_path: Path, tiny_parts: Parts, text: str) -> None:
    """Titles, headings, publishers, licences, sources and sections with markup in them add no element to the page."""
    money = document(tiny_parts, "money")
    pages = []
    for name, words in (("hostile", text), ("harmless", "x")):
        client = site_of(tmp_path / name, [hostile_document(money, words)])
        pages.append(client.get("/d/hostile?lang=fr&both=1").text)
        assert_harmless(client.get("/documents?lang=en").text)
    assert_harmless(pages[0])
    assert elements_of(pages[0]) == elements_of(pages[1])


def hostile_document(tiny: Document, text: str) -> Document:
    """The document with `text` wherever it can stand."""
    body = " ".join(text.split())
    sections = tuple(
        replace(
            one,
            headings=replace(one.headings, fr=text, en=text),
            spans={"fr": (0, len(body)), "en": (0, len(body))},
            as_of=text,
            conflicts=tuple(
                replace(
                    c,
                    note=replace(c.note, fr=text, en=text),
                    figures=tuple(replace(f, source=text, date=text) for f in c.figures),
                )
                for c in one.conflicts
            ),
        )
        for one in tiny.sections
    )
    return replace(
        tiny,
        id="hostile",
        kind=text,
        titles=replace(tiny.titles, fr=text, en=text),
        texts={"fr": body, "en": body},
        sections=sections,
        publisher=text,
        author=text + "!",
        date=text,
        url="javascript:window.hit=1",
        licence=text,
        sources=tuple(replace(one, name=text, url="javascript:window.hit=1", date=text) for one in tiny.sources),
    )


@given(st.text(alphabet="ab -*\n.\u2019", max_size=60))
def test_every_line_stands_where_it_says(text: str) -> None:
    """Blocks lose nothing but list marks and white space at the ends of lines."""
    for _, lines in line_blocks(text):
        for line in lines:
            assert text[line.start : line.start + len(line.text)] == line.text
    kept = "".join(line for block in blocks(text) for line in block.lines)
    assert [one for one in kept if one in "ab.\u2019"] == [one for one in text if one in "ab.\u2019"]


def test_documents_are_grouped_by_kind(tiny_parts: Parts) -> None:
    """Each kind once, titles in the reader's alphabet."""
    groups = documents_by_kind(shown_documents(tiny_parts.catalogue, TODAY), "fr")
    assert [kind for kind, _ in groups] == ["article", "fact-sheet"]
    assert [one.id for one in groups[1][1]] == ["bulletin", "money", "opening"]


def test_a_view_leaves_out_sections_without_a_text(tiny_parts: Parts) -> None:
    """An empty section is nothing to read."""
    opening = document(tiny_parts, "opening")
    empty = replace(opening.sections[0], spans={"fr": (5, 5)})
    view = view_document(replace(opening, sections=(empty, *opening.sections[1:])), "fr", both=True)
    assert [one.id for one in view.sections] == ["themes"]


def test_a_passage_split_otherwise_is_unchanged(tiny_parts: Parts) -> None:
    """What counts is the text of the section, not how it is cut into passages."""
    passage = tiny_parts.catalogue.passage("opening#dates/fr")
    part = replace(passage, id="opening#dates/fr/1", text=passage.text[:40])
    now = what_became(Quote(part, 0, 10), tiny_parts.catalogue)
    assert (now.state, now.current) == ("unchanged", None)
    assert now.counterpart is not None and now.counterpart.language == "en"


TIMELINE = """# Chronologie

## Avant {#before}

Quelques étapes :

- Septembre à novembre 2024 : consultation en ligne.
- 1er et 2 novembre 2023 : Bletchley Park.
- Mi-2026 : une carte.
- sans date, mais avec deux points : rien.
- rien du tout

## Le sommet {#summit}

- 9 février 2025, à la télévision : 109 milliards, contre 100 le 8 février 2025.
- 8 et 9 février 2025 : week-end culturel.
- 10 février 2025, le soir : dîner.
"""


def test_the_timeline_reads_dates_as_they_are_written(tmp_path: Path) -> None:
    """A span, a month, a year before and after: what stands before the first colon dates the line."""
    periods = timeline(written(tmp_path, {"title": "Chronologie"}, TIMELINE), "fr")
    assert [one.id for one in periods] == ["before", "summit"]
    found = [(event.written, event.text, event.first, event.last) for event in periods[0].events]
    assert found == [
        ("Septembre à novembre 2024", "Consultation en ligne.", "2024-09", "2024-11"),
        ("1er et 2 novembre 2023", "Bletchley Park.", "2023-11-01", "2023-11-02"),
        ("Mi-2026", "Une carte.", "2026", "2026"),
        ("", "sans date, mais avec deux points : rien.", "", ""),
        ("", "rien du tout", "", ""),
    ]
    assert periods[1].events[0].text == "À la télévision : 109 milliards, contre 100 le 8 février 2025."


def test_events_stand_under_their_days(tmp_path: Path) -> None:
    """What takes several days is under each of them, and first; vague dates are under none."""
    periods = timeline(written(tmp_path, {"title": "Chronologie"}, TIMELINE), "fr")
    days = {day.day: [event.text for event in events] for day, events in events_by_day(periods, SUMMIT)}
    assert days[8] == ["Week-end culturel."]
    assert days[9][0] == "Week-end culturel." and len(days[9]) == 2
    assert days[10] == ["Le soir : dîner."]
    assert days[6] == days[7] == days[11] == []


def test_the_timeline_page_is_a_list_of_days(tmp_path: Path) -> None:
    """Six days in order, machine-readable, then the whole; without the document the page says so."""
    page = site_of(tmp_path, [written(tmp_path, {"title": "Chronologie"}, TIMELINE)]).get("/timeline?lang=fr").text
    days = [attributes["datetime"] for tag, attributes in read_elements(page) if tag == "time"]
    assert days[:6] == [day.isoformat() for day in SUMMIT]
    assert "Rien de noté ce jour-là." in page and "Quelques étapes" not in page
    assert 'href="/d/timeline?lang=fr#summit"' in page
    assert_harmless(page)


def test_a_missing_or_embargoed_timeline_is_not_shown(tmp_path: Path) -> None:
    """The page says that there is none at the moment."""
    embargoed = written(tmp_path, {"title": "Chronologie", "not_before": "2025-04-01"}, TIMELINE)
    page = site_of(tmp_path, [embargoed]).get("/timeline?lang=fr").text
    assert "Le corpus n’a pas de chronologie" in page and "dîner" not in page


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_shipped_timeline_has_the_summit_days(language: Language) -> None:
    """Every line of it is dated, and the two days of the summit have the most to show."""
    corpus = load_corpus(ROOT / "corpus")
    (found,) = [one for one in corpus.documents if one.id == "timeline"]
    periods = timeline(found, language)
    assert all(event.first for period in periods for event in period.events)
    counts = [len(events) for _, events in events_by_day(periods, SUMMIT)]
    assert min(counts) >= 1 and min(counts[-2:]) > max(counts[:-2])
