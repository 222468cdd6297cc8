"""axe on every state of the page, in both languages, light and dark; large text, no motion, and what is read aloud."""

from __future__ import annotations

import pytest

from tests.browser.axe import violations
from tests.browser.conftest import NewReader, Reader
from tests.web.scripted import FRENCH_QUESTION

STATES = ("idle", FRENCH_QUESTION, "conflict", "closest", "refused", "slow", "stopped", "failed")


def bring_to(reader: Reader, state: str) -> None:
    """Bring the page to a state of `STATES`."""
    match state:
        case "idle":
            return
        case "slow":
            reader.ask("slow", wait=False)
            reader.page.wait_for_selector("#current .reference")
        case "stopped":
            reader.ask("slow", wait=False)
            reader.page.click("#stop")
            reader.page.wait_for_selector("#current .stopped-turn")
        case "failed":
            reader.ask("broken")
        case _:
            reader.ask(state)
            reader.page.eval_on_selector_all("#current details", "all => all.forEach(one => one.open = true)")


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_axe_finds_nothing(new_reader: NewReader, axe: str, language: str, scheme: str, state: str) -> None:
    # The page's own policy would keep axe out; it is the same page without the policy.
    reader = new_reader(scheme=scheme, bypass_csp=True, reduced_motion="reduce")
    reader.open(language)
    bring_to(reader, state)
    assert violations(reader.page, axe) == []


def test_text_of_twice_the_size_fits(new_reader: NewReader) -> None:
    reader = new_reader(width=640, height=450)  # what 1280 by 900 is at 200 %
    reader.open("fr")
    reader.ask(FRENCH_QUESTION)
    assert reader.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    assert reader.page.locator("#t1").is_visible()


def test_reduced_motion_stops_every_animation(new_reader: NewReader) -> None:
    reader = new_reader(reduced_motion="reduce")
    reader.open("fr")
    reader.ask(FRENCH_QUESTION)
    reader.page.click("#t1-r1")
    running = "document.getAnimations().filter(one => one.playState === 'running' && one.effect.target.closest('#current')).length"
    assert reader.page.evaluate(running) == 0


@pytest.mark.parametrize("language", ["fr", "en"])
def test_nothing_is_read_aloud_in_another_language(new_reader: NewReader, language: str) -> None:
    reader = new_reader()
    reader.open(language)
    reader.ask(FRENCH_QUESTION)
    labels = reader.page.eval_on_selector_all("[aria-label]", "all => all.map(one => one.getAttribute('aria-label'))")
    own = {"fr": {"Pages du site"}, "en": {"Pages of this site"}}[language]
    assert set(labels) <= own
