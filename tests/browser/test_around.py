"""What reaches beyond one page: a permalink in a fresh browser, other sites that embed the page, and a full house."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from assistant.settings import Settings
from assistant.web.options import WebOptions
from tests.browser.conftest import NewReader
from tests.web.scripted import FRENCH_QUESTION, FRENCH_SENTENCES, CountdownLimiter, ScriptedParts


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
    reader.page.click("#current .permalink")
    reader.page.wait_for_selector("main")
    other = new_reader(address=kept_address)
    other.page.goto(address)
    shown = other.page.inner_text("main")
    assert FRENCH_QUESTION in shown
    assert all(sentence in shown for sentence in FRENCH_SENTENCES)
    assert other.page.locator("script").count() == 0
    assert other.errors == []


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
    from assistant.web.application import create_app

    address = serve(create_app(ScriptedParts(), WebOptions(max_concurrent=1, max_waiting=1)))
    readers = [new_reader(address=address) for _ in range(4)]
    for reader in readers:
        reader.open("en")
        # Everything that is said is written down: a place in the queue may be free again before one looks.
        reader.page.evaluate(
            "window.noted = []; const line = document.querySelector('#note'); new MutationObserver(() =>"
            " noted.push(line.textContent)).observe(line, {childList: true, subtree: true, characterData: true})"
        )
        reader.page.fill("#question textarea", "slow")
    for reader in readers:
        reader.page.press("#question textarea", "Enter")
    for reader, said in ((readers[-1], "great demand"), (readers[1], "waiting for its turn")):
        reader.page.wait_for_function("said => noted.some(text => text.includes(said))", arg=said)
    assert "Error" not in readers[-1].page.inner_text("body")
