"""What a screen reader is given: Chromium's accessibility tree of the page, from which readers take names, roles and announcements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest

from assistant.answering.wording import EXAMPLES
from assistant.records import LANGUAGES, Language
from assistant.web.wording import words
from tests.browser.conftest import NewReader, Reader
from tests.web.scripted import ENGLISH_QUESTION, FRENCH_QUESTION

_CONTROLS = {
    "button",
    "link",
    "textbox",
    "radio",
    "checkbox",
    "combobox",
    "tab",
    "DisclosureTriangle",
    "searchbox",
    "slider",
}
_QUESTIONS: dict[Language, str] = {"fr": FRENCH_QUESTION, "en": ENGLISH_QUESTION}
_LISTEN = """() => { window.said = [];
    for (const one of document.querySelectorAll("[aria-live], [role=status], [role=alert], [role=log]"))
        new MutationObserver(() => one.textContent && said.push([one.id, one.textContent]))
            .observe(one, {childList: true, subtree: true, characterData: true}); }"""


@dataclass(frozen=True, slots=True)
class Node:
    """A node as assistive technology sees it."""

    role: str
    name: str
    properties: dict[str, Any]


def tree(reader: Reader) -> tuple[Node, ...]:
    """Everything that is not hidden from assistive technology."""
    session = reader.page.context.new_cdp_session(reader.page)
    session.send("Accessibility.enable")
    found = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return tuple(
        Node(
            node["role"]["value"],
            node.get("name", {}).get("value", "").strip(),
            {one["name"]: one["value"].get("value") for one in node.get("properties", ())},
        )
        for node in found
        if not node.get("ignored")
    )


def named(nodes: tuple[Node, ...], role: str) -> list[str]:
    """The names of the nodes with a role."""
    return [node.name for node in nodes if node.role == role]


@pytest.fixture(params=LANGUAGES)
def at(request: pytest.FixtureRequest, new_reader: NewReader) -> Iterator[tuple[Language, Reader]]:
    """A reader at the page of each language."""
    reader = new_reader()
    reader.open(request.param)
    yield request.param, reader


def test_the_page_has_landmarks_one_heading_and_a_named_question_box(at: tuple[Language, Reader]) -> None:
    """Header, navigation, main part and footer can be jumped to; the box that has the focus says what it is for."""
    language, reader = at
    nodes = tree(reader)
    assert {"banner", "main", "contentinfo"} <= {node.role for node in nodes}
    assert named(nodes, "navigation") == [words(language)["navigation"]]
    assert [node.name for node in nodes if node.role == "heading" and node.properties["level"] == 1] == [
        words(language)["title"]
    ]
    boxes = [node for node in nodes if node.role == "textbox"]
    assert [(box.name, box.properties["focused"]) for box in boxes] == [(words(language)["question_label"], True)]


def test_every_control_of_an_answer_has_a_name_in_the_pages_language(at: tuple[Language, Reader]) -> None:
    """No nameless button or link; every button says one of our words or a question; nothing of Gradio's own English."""
    language, reader = at
    idle = tree(reader)
    reader.ask(_QUESTIONS[language])
    reader.page.eval_on_selector_all("#current details", "all => all.forEach(one => one.open = true)")
    answered = tree(reader)
    assert [node for node in (*idle, *answered) if node.role in _CONTROLS and not node.name] == []
    suggested = reader.page.locator("#followups button").all_inner_texts()
    ours = {*words(language).values(), *EXAMPLES[language], *(one.strip() for one in suggested)}
    assert set(named((*idle, *answered), "button")) <= ours
    assert set(named(answered, "group")) >= {words(language)[key] for key in ("feedback_title", "copy_reference")}
    levels = reader.page.eval_on_selector_all(
        "h1, h2, h3, h4", "all => all.filter(one => one.checkVisibility()).map(one => Number(one.tagName[1]))"
    )
    assert levels[0] == 1 and all(after - before <= 1 for before, after in pairwise(levels))


def test_a_reference_is_called_a_source_and_opens_it(at: tuple[Language, Reader]) -> None:
    """The number is a link "Source 1"; followed, its source is open, has the focus and says its title."""
    language, reader = at
    reader.ask(_QUESTIONS[language])
    name = f"{words(language)['source']} 1"
    assert name in named(tree(reader), "link")
    reader.page.focus("#t1-r1")
    reader.page.keyboard.press("Enter")
    sources = [node for node in tree(reader) if node.role == "DisclosureTriangle"]
    assert [node.properties["expanded"] for node in sources] == [True, *[False] * (len(sources) - 1)]
    assert sources[0].name.startswith(name) and sources[0].properties["focused"]


def test_only_our_region_speaks_and_says_start_and_end(at: tuple[Language, Reader]) -> None:
    """Of all live regions only ours says anything: that the search runs, and what came of it."""
    language, reader = at
    reader.page.evaluate(_LISTEN)
    reader.ask("conflict")
    reader.announced(words(language)["status_answer"].split("{")[0].strip())
    reader.ask("closest", 2)
    reader.announced(words(language)["status_closest"].split("{")[0].strip())
    said = reader.page.evaluate("said")
    assert {region for region, _ in said} == {"announcer"}
    pending = words(language)["status_pending"]
    assert [text == pending for _, text in said] == [True, False, True, False]


def test_a_disagreement_is_a_table_with_column_headers(at: tuple[Language, Reader]) -> None:
    """A reader of the table hears which column a figure stands in, and before it that the sources disagree."""
    language, reader = at
    reader.ask("conflict")
    nodes = tree(reader)
    assert named(nodes, "columnheader") == [words(language)[key] for key in ("figure", "source", "date")]
    assert words(language)["conflict"] in named(nodes, "heading")
    assert len(named(nodes, "cell")) % 3 == 0
