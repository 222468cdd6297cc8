"""Answers as HTML: what is shown, and that no text of a document or a visitor is ever markup."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest

from assistant.records import LANGUAGES, Language, Sentence
from assistant.web.escaping import is_web_address
from assistant.web.rendering import answer_turn, status_text
from assistant.web.rendering_sources import View
from assistant.web.suggestions import related_questions
from assistant.web.typography import counted, long_date, quoted, tidied
from assistant.web.wording import words
from tests.web.scripted import FRENCH_QUESTION, FRENCH_SENTENCES, HOSTILE, ScriptedParts, citation, scripted_answer

VIEW = View("fr", date(2025, 3, 2))
_ALLOWED = frozenset(
    "article h2 h3 div span p sup a aside ol ul li details summary blockquote mark section table thead tbody tr th td button pre".split()
)


class Markup(HTMLParser):
    """Collects elements, attributes and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_texts_stay_texts(text: str, language: Language) -> None:
    html = answer_turn(
        scripted_answer(text, language), "t1", replace(VIEW, language=language, permalinks=True, document_pages=True)
    )
    markup = Markup(html)
    assert "\n" not in html
    assert markup.names <= _ALLOWED
    assert not [name for name, _ in markup.attributes if name.startswith("on") or name in {"style", "src", "srcdoc"}]
    assert all(re.match(r"https?://|/|#", value) for name, value in markup.attributes if name == "href")


def test_sentences_carry_links_to_their_sources_and_the_quotation_is_marked() -> None:
    html = answer_turn(scripted_answer(FRENCH_QUESTION, "fr"), "t4", VIEW)
    assert [(html.count(f'href="#t4-s{n}"'), html.count(f'id="t4-s{n}"')) for n in (1, 2, 3)] == [(1, 1)] * 3
    assert [f"<mark>{one}</mark>" in html for one in FRENCH_SENTENCES] == [True] * 3
    assert "Situation au 11\u00a0février\u00a02025" in html


def test_the_page_says_which_spelling_was_searched_for() -> None:
    """A mended name stands above the answer, in the answer's language, as text."""
    answer = replace(scripted_answer(FRENCH_QUESTION, "fr"), did_you_mean=("Bouverot", "<Vance>"))
    html = answer_turn(answer, "t1", VIEW)
    assert "Vouliez-vous dire Bouverot, &lt;Vance&gt;" in html
    assert "Vouliez-vous dire" not in answer_turn(scripted_answer(FRENCH_QUESTION, "fr"), "t1", VIEW)


def test_a_list_becomes_a_list() -> None:
    answer = scripted_answer("conflict", "fr")
    html = answer_turn(
        replace(answer, sentences=(Sentence("Trois thèmes :\n- le travail\n- la science", (1,)),)), "t1", VIEW
    )
    assert "<ul><li>le travail</li><li>la science</li></ul>" in html


def test_a_disagreement_shows_every_figure_with_source_and_date() -> None:
    html = answer_turn(scripted_answer("conflict", "en"), "t1", replace(VIEW, language="en"))
    for text in ("58 countries", "61 countries", "AFP", "11\u00a0February\u00a02025", "Sources disagree", "supported"):
        assert text in html
    assert "2 unsupported sentences were withheld" in html


def test_nearest_passages_are_not_an_answer() -> None:
    html = answer_turn(scripted_answer("closest", "fr"), "t1", VIEW)
    assert words("fr")["closest_title"] in html
    assert "<mark>" not in html
    assert 'class="reference"' not in html


def test_a_passage_in_the_other_language_is_labelled() -> None:
    answer = scripted_answer(FRENCH_QUESTION, "fr")
    foreign = replace(answer, sentences=answer.sentences[:1], citations=(citation(1, "en", translation=True),))
    html = answer_turn(foreign, "t1", VIEW)
    assert '<blockquote lang="en">' in html
    assert "Passage en anglais" in html
    assert "Traduction de l’original" in html


def test_the_status_counts_in_the_pages_language() -> None:
    answer = scripted_answer(FRENCH_QUESTION, "fr")
    assert status_text(answer, VIEW) == "Réponse complète\u00a0: 3\u00a0phrases, 3\u00a0sources."
    assert "nearest passages" in status_text(scripted_answer("closest", "en"), replace(VIEW, language="en"))


def test_follow_ups_come_from_the_neighbouring_sections() -> None:
    answer = scripted_answer(FRENCH_QUESTION, "fr")
    first = replace(answer, sentences=answer.sentences[:1], citations=answer.citations[:1])
    assert related_questions(first, ScriptedParts().catalogue, date(2025, 3, 2)) == (
        "Question work\u202f?",
        "Question place\u202f?",
    )


@pytest.mark.parametrize(
    ("iso", "language", "text"),
    [
        ("2025-02-01", "fr", "1er\u00a0février\u00a02025"),
        ("2025-02-11", "en", "11\u00a0February\u00a02025"),
        ("2025-02", "fr", "février\u00a02025"),
        ("2025", "en", "2025"),
        ("2025-99-01", "en", "2025-99-01"),
        ("<b>", "fr", "<b>"),
    ],
)
def test_dates(iso: str, language: Language, text: str) -> None:
    assert long_date(iso, language) == text


def test_counts_and_quotation_marks() -> None:
    assert (counted(0, "source", "sources", "fr"), counted(0, "source", "sources", "en")) == (
        "0\u00a0source",
        "0\u00a0sources",
    )
    assert (quoted("a", "fr"), quoted("a", "en")) == ("«\u00a0a\u00a0»", "“a”")
    assert tidied("Qu'est-ce ?", "fr") == "Qu’est-ce\u202f?"


@pytest.mark.parametrize(
    ("address", "is_one"),
    [
        ("https://press.example/a", True),
        ("http://press.example", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//evil.example", False),
        ("https://", False),
        ("http://[", False),
    ],
)
def test_only_web_addresses_become_links(address: str, is_one: bool) -> None:
    assert is_web_address(address) is is_one
