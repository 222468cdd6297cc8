"""How quick the page is in Chromium, warm; measured when asked for: MEASURE_SPEED=1 pytest -s tests/browser/test_speed.py."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Iterator, Sequence

import httpx
import pytest

from assistant.records import LANGUAGES
from assistant.settings import Settings
from assistant.wiring import Parts
from tests.browser.conftest import NewReader
from tests.web.running import Running, running_server

pytestmark = pytest.mark.skipif("MEASURE_SPEED" not in os.environ, reason="asked for by MEASURE_SPEED=1")
_VISITS = 15
_QUESTIONS = 30
_CONTENT_SECONDS = 1.5
_SENTENCE_SECONDS = 0.5
_PAINTED = """() => new Promise(done => new PerformanceObserver(list => {
    for (const one of list.getEntriesByName("first-contentful-paint")) done(one.startTime / 1000);
}).observe({type: "paint", buffered: true}))"""
# From the key that asks to the first sentence with its reference, on the page's own clock.
_WATCH = """() => {
    window.asked = window.said = 0;
    document.querySelector("#question textarea").addEventListener("keydown", (event) => {
        if (event.key === "Enter") [window.asked, window.said] = [performance.now(), 0];
    }, true);
    new MutationObserver(() => {
        const answered = document.querySelector("#current .turn:not(.pending-turn) :is(.text, .notice)");
        if (window.asked && !window.said && answered) requestAnimationFrame(() => (window.said ||= performance.now()));
    }).observe(document.body, {childList: true, subtree: true});
}"""


@pytest.fixture(scope="module")
def server(real_settings: Settings, real_parts: Parts) -> Iterator[Running]:
    """The server as it is started by hand; `real_parts` has brought the index up to date."""
    del real_parts
    with running_server(real_settings) as started:
        yield started


def test_first_content_comes_within_a_second_and_a_half(new_reader: NewReader, server: Running) -> None:
    """First contentful paint of the page in a fresh browser, and when the question box is there; median of the visits."""
    painted, usable = [], []
    for number in range(_VISITS + 1):
        reader = new_reader(address=server.address)
        begun = time.perf_counter()
        reader.open(LANGUAGES[number % 2])
        usable.append(time.perf_counter() - begun)
        painted.append(reader.page.evaluate(_PAINTED))
        reader.page.context.close()
    _tell("first content", painted[1:])
    _tell("question box usable", usable[1:])
    assert statistics.median(painted[1:]) < _CONTENT_SECONDS


def test_the_first_sentence_comes_within_half_a_second(
    new_reader: NewReader, server: Running, real_parts: Parts
) -> None:
    """From Enter to the first sentence on the screen, beside the same questions through the API; each in its own conversation."""
    sections = list(real_parts.catalogue.sections.values())
    step = max(1, len(sections) // (_QUESTIONS + 1))
    questions = [one for _, section in sections[::step] for one in section.questions.get("en", ())[:1]]
    reader = new_reader(address=server.address)
    reader.open("en")
    reader.page.evaluate(_WATCH)
    said, api = [], []
    with httpx.Client(base_url=server.address, timeout=60) as client:
        for question in questions[: _QUESTIONS + 1]:
            reader.ask(question)
            reader.page.wait_for_function("window.said > 0")
            said.append(reader.page.evaluate("(window.said - window.asked) / 1000"))
            reader.page.click("#new")
            reader.page.wait_for_selector("#examples button")
            begun = time.perf_counter()
            client.post("/api/ask", json={"question": question}).raise_for_status()
            api.append(time.perf_counter() - begun)
    _tell("first sentence", said[1:])
    _tell("the same through the API", api[1:])
    print(f"ratio of the medians: {statistics.median(said[1:]) / statistics.median(api[1:]):.1f}")
    assert statistics.median(said[1:]) < _SENTENCE_SECONDS


def _tell(what: str, seconds: Sequence[float]) -> None:
    tenths = statistics.quantiles(seconds, n=20)
    print(
        f"\n{what}: median {statistics.median(seconds):.3f} s, 95th percentile {tenths[-1]:.3f} s, n = {len(seconds)}"
    )
