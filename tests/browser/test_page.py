"""A reader at the page: asks, checks the source, copies, goes on, changes language, stops."""

from __future__ import annotations

import json

import pytest

from tests.browser.conftest import NewReader, Site
from tests.web.scripted import (
    ENGLISH_QUESTION,
    ENGLISH_SENTENCES,
    FRENCH_QUESTION,
    FRENCH_SENTENCES,
    HOSTILE,
    ListStore,
    ScriptedParts,
)


@pytest.mark.parametrize(
    ("language", "question", "sentences"),
    [("fr", FRENCH_QUESTION, FRENCH_SENTENCES), ("en", ENGLISH_QUESTION, ENGLISH_SENTENCES)],
)
def test_a_question_gets_an_answer_whose_source_shows_the_quotation(
    new_reader: NewReader, language: str, question: str, sentences: tuple[str, ...]
) -> None:
    reader = new_reader()
    reader.open(language)
    assert reader.page.evaluate("document.documentElement.lang") == language
    reader.ask(question)
    assert [reader.page.inner_text("#current .text")] and all(
        one in reader.page.inner_text("#current .text") for one in sentences
    )
    reader.page.click("#current .reference >> nth=1")
    source = reader.page.locator("#t1-s2")
    assert source.get_attribute("open") is not None
    assert source.locator("mark").inner_text() == sentences[1]
    assert "Summit assistant" in source.inner_text()
    assert "2025" in source.locator(".as-of").inner_text()
    assert reader.errors == []


def test_enter_on_a_reference_opens_its_source_and_the_way_back_returns(new_reader: NewReader) -> None:
    reader = new_reader()
    reader.open("fr")
    reader.ask(FRENCH_QUESTION)
    reader.page.focus("#t1-r2")
    reader.page.keyboard.press("Enter")
    assert reader.page.evaluate("document.activeElement.parentElement.id") == "t1-s2"
    reader.page.click("#t1-s2 .back")
    assert reader.page.evaluate("document.activeElement.id") == "t1-r2"


def test_the_whole_page_can_be_used_by_keyboard(new_reader: NewReader) -> None:
    reader = new_reader()
    reader.open("en")
    reader.page.mouse.click(2, 2)
    reader.page.keyboard.press("Tab")
    assert reader.page.evaluate("document.activeElement.className") == "skip"
    reader.page.keyboard.press("Enter")
    reader.page.keyboard.type(ENGLISH_QUESTION)
    reader.page.keyboard.press("Enter")
    reader.page.wait_for_selector("#tools button")
    reached = []
    reader.page.evaluate("document.querySelector('#t1').focus()")
    for _ in range(40):
        reader.page.keyboard.press("Tab")
        reached.append(
            reader.page.evaluate(
                "document.activeElement.id || document.activeElement.className || document.activeElement.tagName"
            )
        )
    for part in ("t1-r1", "copy", "verdict", "SUMMARY", "retry", "new", "ask"):
        assert any(part in one for one in reached), (part, reached)


def test_screen_readers_are_told_the_start_and_the_end_only(new_reader: NewReader) -> None:
    reader = new_reader()
    reader.open("fr")
    reader.page.evaluate(
        "window.told = []; new MutationObserver(() => { const t = document.querySelector('#announcer').textContent;"
        " if (t) told.push(t) }).observe(document.querySelector('#announcer'), {childList: true, subtree: true})"
    )
    reader.ask(FRENCH_QUESTION)
    reader.announced("Réponse complète")
    told = reader.page.evaluate("told")
    assert told == ["Recherche en cours.", "Réponse complète\u00a0: 3\u00a0phrases, 3\u00a0sources."]


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("fr", "« Anne Bouverot"),
        ("en", "« Anne Bouverot"),
        ("bibtex", "@misc{"),
        ("csl", '"type": "webpage"'),
        ("notes", "[1]"),
    ],
)
def test_references_and_notes_can_be_copied(new_reader: NewReader, form: str, expected: str) -> None:
    reader = new_reader()
    reader.open("fr")
    reader.ask(FRENCH_QUESTION)
    if form == "notes":
        reader.page.click("button[value='t1-notes']")
    else:
        reader.page.click("#t1-r1")
        reader.page.click(f"button[value='t1-s1-{form}']")
    reader.announced("Copié.")
    copied = reader.page.evaluate("navigator.clipboard.readText()").replace("\u00a0", " ")
    assert expected in copied
    if form == "csl":
        json.loads(copied)


def test_examples_and_follow_ups_ask_with_the_history(new_reader: NewReader, site: Site) -> None:
    reader = new_reader()
    reader.open("fr")
    reader.ask("sources")
    reader.ask(FRENCH_QUESTION, 2)
    assert isinstance(site.parts, ScriptedParts)
    assert site.parts.assistant.asked[-1] == (FRENCH_QUESTION, ("sources",), "fr")
    assert reader.page.locator("#earlier .question").count() == 1
    reader.page.click("text=Nouvelle conversation")
    reader.page.wait_for_selector("#examples button")
    assert reader.page.locator(".turn").count() == 0
    reader.page.click("#examples button >> nth=0")
    reader.page.wait_for_selector("#current .refusal")
    assert site.parts.assistant.asked[-1][1] == ()
    assert reader.page.evaluate("document.activeElement.id") == "t1"


def test_what_is_no_answer_does_not_look_like_one(new_reader: NewReader) -> None:
    reader = new_reader()
    reader.open("en")
    reader.ask("closest")
    assert "This is not an answer" in reader.page.inner_text("#current .said")
    assert reader.page.locator("#current .reference").count() == 0
    assert reader.page.locator("#current .nearest details").count() == 3
    reader.ask("What will the weather be?", 2)
    assert "Outside the subject" in reader.page.inner_text("#current")


def test_sources_that_disagree_are_a_table(new_reader: NewReader) -> None:
    reader = new_reader()
    reader.open("en")
    reader.ask("conflict")
    assert reader.page.locator("#current .conflict tbody tr").count() == 2


def test_an_answer_can_be_stopped_and_asked_again(new_reader: NewReader, site: Site) -> None:
    reader = new_reader()
    reader.open("fr")
    reader.ask("slow", wait=False)
    reader.page.click("#stop")
    reader.page.wait_for_selector("#current .stopped-turn")
    reader.announced("interrompue")
    assert isinstance(site.parts, ScriptedParts)
    site.parts.assistant.release()
    reader.page.wait_for_timeout(1000)
    assert reader.page.locator("#current .stopped-turn").count() == 1
    reader.page.click("#retry")
    reader.page.wait_for_selector("#current .reference")
    site.parts.assistant.release()
    reader.page.wait_for_selector("#current .answer #t1")
    assert reader.page.locator("#earlier .turn").count() == 0


def test_what_goes_wrong_inside_is_a_polite_sentence(new_reader: NewReader) -> None:
    reader = new_reader()
    reader.open("fr")
    reader.ask("broken")
    assert "Réessayez" in reader.page.inner_text("#current")
    assert "script says" not in reader.page.content()


def test_an_empty_question_changes_nothing(new_reader: NewReader) -> None:
    reader = new_reader()
    reader.open("fr")
    reader.page.fill("#question textarea", "   ")
    reader.page.press("#question textarea", "Enter")
    reader.page.wait_for_timeout(500)
    assert reader.page.locator(".turn").count() == 0


def test_changing_the_language_keeps_the_question(new_reader: NewReader) -> None:
    reader = new_reader()
    reader.open("fr")
    reader.ask("sources")
    reader.page.click("#language")
    reader.page.wait_for_url("**/en/**")
    reader.page.wait_for_function("() => document.querySelector('#question textarea')?.value === 'sources'")
    assert reader.page.inner_text("#ask").strip() == "Ask"


def test_a_verdict_reaches_the_store(new_reader: NewReader, site: Site) -> None:
    reader = new_reader()
    reader.open("fr")
    reader.ask(FRENCH_QUESTION)
    reader.page.click("button.verdict[value=wrong-source]")
    reader.page.fill(".feedback textarea", "la bonne est ailleurs")
    reader.page.click(".feedback form button")
    reader.announced("Merci")
    assert isinstance(site.store, ListStore)
    assert site.store.said[-1][1:] == ("wrong-source", "la bonne est ailleurs")


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_nothing_sticks_out_at_any_width(new_reader: NewReader, width: int) -> None:
    reader = new_reader(width=width, height=720)
    reader.open("fr")
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert reader.page.evaluate(overflow) == 0
    reader.ask("conflict")
    assert reader.page.evaluate(overflow) == 0


def test_hostile_questions_and_documents_execute_nothing(new_reader: NewReader) -> None:
    reader = new_reader()
    reader.open("en")
    for turn, text in enumerate(HOSTILE, start=1):
        reader.page.fill("#question textarea", text)
        reader.page.click("#ask")
        reader.page.wait_for_selector(f"#current #t{turn}", state="attached")
        reader.page.wait_for_selector("#tools button")
    reader.page.wait_for_timeout(300)
    assert reader.page.evaluate("window.hit") is None
    assert reader.page.url.startswith(reader.address)
    assert (
        reader.page.locator("#current, #earlier").locator("script, iframe, form, style, img, object, base").count() == 0
    )


def test_nothing_is_kept_in_the_browser(new_reader: NewReader) -> None:
    reader = new_reader()
    reader.open("fr")
    reader.ask(FRENCH_QUESTION)
    assert reader.page.context.cookies() == []
    assert reader.page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_the_answer_prints(new_reader: NewReader) -> None:
    reader = new_reader()
    reader.open("fr")
    reader.ask(FRENCH_QUESTION)
    reader.page.emulate_media(media="print")
    assert not reader.page.locator("#composer").is_visible()
    assert reader.page.locator("#t1").is_visible()
    assert reader.page.pdf().startswith(b"%PDF")
