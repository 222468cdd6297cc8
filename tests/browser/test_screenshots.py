"""Pictures of the page for the documentation, taken when asked for: TAKE_SCREENSHOTS=docs/screenshots pytest tests/browser/test_screenshots.py."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi import FastAPI

from assistant.settings import Settings
from assistant.wiring import Parts
from tests.browser.conftest import NewReader, Reader

FOLDER = os.environ.get("TAKE_SCREENSHOTS", "")
MOST_BYTES = 200_000
DISPUTED = {"fr": "Combien de pays ont signé la déclaration ?", "en": "Which countries refused to sign the statement?"}


@dataclass(frozen=True)
class Picture:
    """What is shown, and how: `start`, `answer`, `conflict`, `closest`, `permalink`, or the path of a page."""

    name: str
    shown: str
    language: str
    width: int
    scheme: str = "light"
    height: int = 800


PICTURES = (
    Picture("start", "start", "en", 1280),
    Picture("answer", "answer", "en", 1280),
    Picture("disagreement-phone", "conflict", "fr", 360, height=740),
    Picture("no-answer-dark", "closest", "en", 1280, "dark"),
    Picture("permanent-page-tablet", "permalink", "fr", 768, "dark", height=1000),
    Picture("timeline", "/timeline", "fr", 1280),
)


@pytest.fixture(scope="module")
def address(
    serve: Callable[[FastAPI], str],
    real_parts: Parts,
    real_settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """The application on the shipped corpus, with a database."""
    from assistant.web.application import create_app
    from assistant.web.database import open_database
    from assistant.web.permalinks import AnswerStore

    store = AnswerStore(open_database("", tmp_path_factory.mktemp("pictures")), real_parts.catalogue)
    yield serve(create_app(real_parts, real_settings, store))
    store.engine.dispose()


@pytest.mark.skipif(not FOLDER, reason="pictures are taken when TAKE_SCREENSHOTS names a folder")
@pytest.mark.parametrize("picture", PICTURES, ids=lambda one: one.name)
def test_a_picture_is_taken(new_reader: NewReader, address: str, picture: Picture) -> None:
    """The page as a reader sees it, without complaint, in a file that a documentation can carry."""
    reader = new_reader(
        width=picture.width, height=picture.height, scheme=picture.scheme, address=address, reduced_motion="reduce"
    )
    _bring_to(reader, picture)
    reader.page.evaluate("document.fonts.ready")
    reader.page.wait_for_timeout(800)
    file = Path(FOLDER) / f"{picture.name}.png"
    file.parent.mkdir(parents=True, exist_ok=True)
    reader.page.screenshot(path=file)
    assert reader.errors == []
    assert file.stat().st_size < MOST_BYTES


def _bring_to(reader: Reader, picture: Picture) -> None:
    if picture.shown.startswith("/"):
        reader.page.goto(f"{reader.address}{picture.shown}?lang={picture.language}")
        return
    reader.open(picture.language)
    match picture.shown:
        case "answer":
            reader.ask(DISPUTED[picture.language])
        case "conflict":
            reader.ask(DISPUTED[picture.language])
            reader.page.wait_for_timeout(800)
            reader.page.eval_on_selector("#current .conflict", "one => one.scrollIntoView({block: 'center'})")
        case "closest":
            reader.ask("How old is Anne Bouverot?")
        case "permalink":
            reader.ask(DISPUTED[picture.language])
            reader.page.goto(reader.address + (reader.page.get_attribute("#current .permalink", "href") or ""))
