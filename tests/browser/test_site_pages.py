"""The pages around the conversation in a browser: accessible, reflowing, printable, usable by keyboard, harmless."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pypdfium2
import pytest
from fastapi import FastAPI

from assistant.reading.documents import load_corpus
from assistant.records import LANGUAGES
from assistant.search.catalogue import Catalogue
from assistant.web.corrections import CORRECTIONS_NAME
from assistant.web.options import WebOptions
from tests.browser.axe import violations
from tests.browser.conftest import NewReader, Reader
from tests.conftest import ROOT
from tests.web.published import publish
from tests.web.scripted import FRENCH_QUESTION, FRENCH_SENTENCES, HOSTILE, ScriptedParts, scripted_answer, tiny_document

# Everything that is no answer's page; answers have their ids.
PAGES = (
    "/about",
    "/quality",
    "/timeline",
    "/corrections",
    "/documents",
    "/d/envoy-sheet",
    "/d/envoy-sheet?both=1",
    "/d/signatories",
    "/api/docs",
    "/a/0123/thanks",
    "/a/gone",
    "/nowhere",
)
ANSWERS = {
    "/a/answer": scripted_answer(FRENCH_QUESTION, "fr"),
    "/a/conflict": scripted_answer("conflict", "en"),
    "/a/closest": scripted_answer("closest", "fr"),
}
_CORRECTION = """## {day} envoy-sheet#envoy

- fr: Le titre était faux.
- en: The title was wrong.
- was fr: ambassadrice
- now fr: envoyée spéciale
- now en: special envoy
"""
_OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def whole_site(serve: Callable[[FastAPI], str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """The site on the shipped documents and the scripted one, with an evaluation, a correction and kept answers."""
    from assistant.web.application import create_app
    from assistant.web.database import open_database
    from assistant.web.permalinks import AnswerStore

    folder = tmp_path_factory.mktemp("site")
    publish(folder)
    (folder / CORRECTIONS_NAME).write_text(_CORRECTION.format(day=date.today()), "utf-8")
    documents = [tiny_document(), *load_corpus(ROOT / "corpus").documents]
    parts = ScriptedParts(catalogue=Catalogue.of(documents))
    store = AnswerStore(open_database("", folder), parts.catalogue)
    for answer in (*ANSWERS.values(), *(scripted_answer(text, "en") for text in HOSTILE)):
        store.save(answer)
    options = WebOptions(corpus_dir=folder, published_dir=folder / "published", contact="desk@assistant.example")
    return serve(create_app(parts, options, store))


def visit(reader: Reader, path: str, language: str) -> None:
    """Open a page in a language, everything on it unfolded."""
    path = f"/a/{ANSWERS[path].id}" if path in ANSWERS else path
    reader.page.goto(f"{reader.address}{path}{'&' if '?' in path else '?'}lang={language}")
    reader.page.eval_on_selector_all("details", "all => all.forEach(one => one.open = true)")


@pytest.mark.parametrize("path", [*PAGES, *ANSWERS])
def test_axe_finds_nothing_on_any_page(new_reader: NewReader, whole_site: str, axe: str, path: str) -> None:
    """No violation in either language, light or dark, and text at a contrast of 7:1."""
    for scheme in ("light", "dark"):
        reader = new_reader(scheme=scheme, address=whole_site, bypass_csp=True)
        for language in LANGUAGES:
            visit(reader, path, language)
            assert violations(reader.page, axe) == [], (scheme, language)


@pytest.mark.parametrize("path", [*PAGES, *ANSWERS])
def test_every_page_reflows(new_reader: NewReader, whole_site: str, path: str) -> None:
    """Nothing scrolls sideways at 200 % of a 1280 pixel window, on a phone, and at 320 pixels, which is 400 %."""
    for width in (640, 360, 320):
        reader = new_reader(width=width, height=720, address=whole_site)
        for language in LANGUAGES:
            visit(reader, path, language)
            assert reader.page.evaluate(_OVERFLOW) == 0, (width, language)


def test_pages_are_made_without_script_and_complain_of_nothing(new_reader: NewReader, whole_site: str) -> None:
    """Every page is whole where JavaScript is off, and asks for nothing that its policy refuses."""
    reader = new_reader(address=whole_site, java_script_enabled=False)
    for path in (*PAGES, *ANSWERS):
        reader.page.goto(f"{whole_site}{f'/a/{ANSWERS[path].id}' if path in ANSWERS else path}")
        assert reader.page.locator("main h1").is_visible()
    assert [one for one in reader.errors if "404" not in one] == []


def test_two_languages_stand_side_by_side(new_reader: NewReader, whole_site: str) -> None:
    """The same section in two texts, each marked with its language: beside each other, and one below the other on a phone."""
    for width, beside in ((1280, True), (360, False)):
        reader = new_reader(width=width, address=whole_site)
        visit(reader, "/d/envoy-sheet", "fr")
        reader.page.click("text=Afficher les deux langues")
        versions = reader.page.locator("#envoy .versions > div")
        assert [versions.nth(place).get_attribute("lang") for place in (0, 1)] == ["fr", "en"]
        first, second = (versions.nth(place).bounding_box() for place in (0, 1))
        assert first and second
        assert (first["y"] == second["y"]) is beside
        assert (second["x"] >= first["x"] + first["width"]) is beside


def test_an_answers_page_shows_both_languages_of_what_it_quotes(new_reader: NewReader, whole_site: str) -> None:
    """Beside the quotation stands the same section in the other language, and a correction made since is announced."""
    reader = new_reader(address=whole_site)
    visit(reader, "/a/answer", "fr")
    assert reader.page.locator("#q1 blockquote mark").inner_text() == FRENCH_SENTENCES[0]
    assert "Anne Bouverot was the special envoy." in reader.page.inner_text("#q1 .counterpart")
    assert "Le titre était faux." in reader.page.inner_text(".changes")


def printed(reader: Reader) -> str:
    """The text of the page printed to PDF, in one line."""
    reader.page.emulate_media(media="print")
    document = pypdfium2.PdfDocument(reader.page.pdf(format="A4"))
    return " ".join(" ".join(page.get_textpage().get_text_bounded() for page in document).split())


def test_an_answers_page_prints_whole(new_reader: NewReader, whole_site: str) -> None:
    """On paper: question, every quotation, the sources' addresses, the reference, the permanent address; no form, no menu."""
    reader = new_reader(address=whole_site)
    reader.page.goto(f"{whole_site}/a/{ANSWERS['/a/answer'].id}?lang=fr")
    text = printed(reader)
    assert all(sentence in text for sentence in FRENCH_SENTENCES)
    assert "https://press.example/article" in text and "Consulté le" in text.replace("consulté", "Consulté")
    assert f"/a/{ANSWERS['/a/answer'].id}" in text
    assert "Envoyer" not in text and "Chronologie" not in text


def test_a_conversation_prints_with_its_sources_open(new_reader: NewReader, whole_site: str) -> None:
    """Sources that are closed on the screen are there on paper; the question box and the buttons are not."""
    reader = new_reader(address=whole_site)
    reader.open("fr")
    reader.ask(FRENCH_QUESTION)
    assert reader.page.locator("#current details[open]").count() == 0
    text = printed(reader)
    assert text.count(FRENCH_SENTENCES[2]) >= 2, "once in the answer, once marked in its source"
    assert "Demander" not in text and "Copier" not in text


def test_an_answers_page_is_used_by_keyboard_alone(new_reader: NewReader, whole_site: str) -> None:
    """Skip link, a reference to its quotation, the reference's text, a verdict and its sending: Tab, Space and Enter."""
    reader = new_reader(address=whole_site)
    reader.page.goto(f"{whole_site}/a/{ANSWERS['/a/answer'].id}?lang=en")

    def tab_to(selector: str) -> None:
        for _ in range(60):
            reader.page.keyboard.press("Tab")
            if reader.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"Tab never reaches {selector}")

    tab_to("a.skip")
    reader.page.keyboard.press("Enter")
    tab_to("a.reference[href='#q2']")
    reader.page.keyboard.press("Enter")
    assert reader.page.url.endswith("#q2")
    tab_to("#q2 summary")
    reader.page.keyboard.press("Enter")
    assert reader.page.locator("#q2 .reference-text").first.is_visible()
    tab_to("input[type=radio]")
    reader.page.keyboard.press("Space")
    tab_to("textarea")
    reader.page.keyboard.type("read by keyboard")
    tab_to(".feedback button")
    reader.page.keyboard.press("Enter")
    reader.page.wait_for_url("**/thanks?lang=en")


def test_hostile_answers_execute_nothing_on_their_pages(new_reader: NewReader, whole_site: str) -> None:
    """A hostile question, passage, title, author, date and address are text on the permanent page as well."""
    assert len(HOSTILE) >= 20
    reader = new_reader(address=whole_site)
    for text in HOSTILE:
        reader.page.goto(f"{whole_site}/a/{scripted_answer(text, 'en').id}")
        assert reader.page.locator("main h1").is_visible()
        assert reader.page.evaluate("window.hit") is None
        assert reader.page.locator("main :is(script, iframe, style, img, object, embed, base)").count() == 0
        assert reader.page.locator("a[href^='javascript']").count() == 0
    assert reader.errors == []
