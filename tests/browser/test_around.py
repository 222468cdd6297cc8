"""What reaches beyond one page: a permalink in a fresh browser, other sites that embed the page, and a full house."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from assistant.settings import Settings
from assistant.web.options import WebOptions
from tests.browser.conftest import NewReader
from tests.web.scripted import FRENCH_QUESTION, FRENCH_SENTENCES, CountdownLimiter, ScriptedParts, scripted_answer


@pytest.fixture(scope="module")
def kept_address(serve: Callable[[FastAPI], str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """The application with the real database."""
    from assistant.web.application import create_app
    from assistant.web.database import open_database
    from assistant.web.permalinks import AnswerStore

    parts = ScriptedParts()
    engine = open_database("", tmp_path_factory.mktemp("kept"))
    return serve(create_app(parts, Settings(), AnswerStore(engine, parts.catalogue)))


def test_a_permalink_opens_in_a_fresh_browser(new_reader: NewReader, kept_address: str) -> None:
    reader = new_reader(address=kept_address)
    reader.open("fr")
    reader.ask(FRENCH_QUESTION)
    address = kept_address + (reader.page.get_attribute("#current .permalink", "href") or "")
    # In a tab of its own, for the conversation is kept nowhere else.
    with reader.page.expect_popup() as opened:
        reader.page.click("#current .permalink")
    opened.value.wait_for_selector("main.answer")
    other = new_reader(address=kept_address)
    other.page.goto(address)
    shown = other.page.inner_text("main")
    assert FRENCH_QUESTION in shown
    assert all(sentence in shown for sentence in FRENCH_SENTENCES)
    assert other.page.locator("script").count() == 0
    assert other.errors == []


@pytest.mark.parametrize("way", ["notes", "link", "menu"])
def test_a_copied_link_leads_somewhere(new_reader: NewReader, kept_address: str, way: str) -> None:
    """Copied with the notes, by its button or by the browser's own menu, the link opens in a fresh browser, though nobody opened it before."""
    reader = new_reader(address=kept_address)
    reader.open("fr")
    # Each way its own answer: one that another test has opened is alive already.
    reader.ask({"notes": "sources", "link": "conflict", "menu": "closest"}[way])
    address = kept_address + (reader.page.get_attribute("#current .permalink", "href") or "")
    with reader.page.expect_response(address) as kept:
        if way == "menu":
            reader.page.click("#current .permalink", button="right")
        else:
            reader.page.click(f"button[value='t1-{way}']")
    assert (kept.value.request.method, kept.value.status) == ("POST", 303)
    if way != "menu":
        reader.announced("Copié.")
        assert address in reader.page.evaluate("navigator.clipboard.readText()")
    assert reader.page.url.startswith(f"{kept_address}/fr")
    other = new_reader(address=kept_address)
    assert (shown := other.page.goto(address)) is not None and shown.status == 200
    assert reader.errors == other.errors == []


def test_a_link_that_cannot_be_kept_is_said_so(
    new_reader: NewReader, serve: Callable[[FastAPI], str], tmp_path: Path
) -> None:
    """Where the store is full the reader learns that the copied link will not do."""
    from assistant.web.application import create_app
    from assistant.web.database import open_database
    from assistant.web.permalinks import AnswerStore, Keeping

    parts = ScriptedParts()
    store = AnswerStore(open_database("", tmp_path), parts.catalogue, Keeping(max_answers=1))
    store.save(scripted_answer("closest", "en"))
    reader = new_reader(address=serve(create_app(parts, Settings(), store)))
    reader.open("en")
    reader.ask(FRENCH_QUESTION)
    reader.page.click("button[value='t1-link']")
    reader.announced("could not be made permanent")


def test_feedback_is_kept_in_the_real_database(new_reader: NewReader, kept_address: str) -> None:
    reader = new_reader(address=kept_address)
    reader.open("en")
    reader.ask(FRENCH_QUESTION)
    reader.page.click("button.verdict[value=right]")
    reader.announced("Thank you")


def test_the_pages_around_are_one_click_away(new_reader: NewReader, kept_address: str) -> None:
    reader = new_reader(address=kept_address)
    reader.open("fr")
    for name in ("À propos", "Documents", "Corrections"):
        reader.page.click(f".bar nav >> text={name}")
        reader.page.wait_for_selector("main h1")
        reader.open("fr")
    assert reader.errors == []


def test_only_listed_sites_may_embed_the_page(new_reader: NewReader, serve: Callable[[FastAPI], str]) -> None:
    from assistant.web.application import create_app

    host = FastAPI()
    shown = {"script": ""}
    host.add_api_route(
        "/", lambda: HTMLResponse(f'<!doctype html><p>Host</p><script src="{shown["script"]}"></script>')
    )
    host_address = serve(host)
    allowed = serve(create_app(ScriptedParts(), WebOptions(embed_origins=host_address)))
    closed = serve(create_app(ScriptedParts(), Settings()))
    for address, frames in ((allowed, True), (closed, False)):
        shown["script"] = f"{address}/static/widget.js"
        reader = new_reader(address="http://127.0.0.1")
        reader.page.goto(host_address)
        if not frames:
            reader.page.wait_for_timeout(500)
            assert reader.page.locator("iframe").count() == 0
            continue
        reader.page.frame_locator("iframe").locator("#question textarea").wait_for()
        assert reader.page.frame_locator("iframe").locator(".site-footer").is_hidden()
        box = reader.page.frame_locator("iframe").locator("#question textarea")
        box.fill(FRENCH_QUESTION)
        box.press("Enter")
        reader.page.frame_locator("iframe").locator("#current .reference").first.wait_for()


def test_a_reader_over_the_limit_is_told_so(new_reader: NewReader, serve: Callable[[FastAPI], str]) -> None:
    from assistant.web.application import create_app

    reader = new_reader(address=serve(create_app(ScriptedParts(), Settings(), limiter=CountdownLimiter(1))))
    reader.open("fr")
    reader.ask("sources")
    reader.ask("sources", 2)
    assert "60\u00a0secondes" in reader.page.inner_text("#current")


def test_a_full_house_says_so_politely(new_reader: NewReader, serve: Callable[[FastAPI], str]) -> None:
    """One place to answer and one to wait: the second reader waits, the third is asked to come back, and both first are served."""
    from assistant.web.application import create_app

    parts = ScriptedParts()
    address = serve(create_app(parts, WebOptions(max_concurrent=1, max_waiting=1)))
    served, waiting, refused = readers = [new_reader(address=address) for _ in range(3)]
    for reader in readers:
        reader.open("en")
        reader.page.fill("#question textarea", "slow")
    said = "said => document.querySelector('#note').textContent.includes(said)"
    served.page.press("#question textarea", "Enter")
    served.page.wait_for_selector("#current .reference")
    waiting.page.press("#question textarea", "Enter")
    waiting.page.wait_for_function(said, arg="waiting for its turn")
    refused.page.press("#question textarea", "Enter")
    refused.page.wait_for_function(said, arg="great demand")
    assert "Error" not in refused.page.inner_text("body")
    parts.assistant.release()
    served.page.wait_for_selector("#tools button")
    waiting.page.wait_for_selector("#current .reference")
    parts.assistant.release()
    waiting.page.wait_for_selector("#tools button")
    assert waiting.page.inner_text("#note") == ""
