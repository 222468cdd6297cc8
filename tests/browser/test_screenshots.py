"""Pictures of the page for the documentation, taken when asked for: TAKE_SCREENSHOTS=docs/screenshots pytest tests/browser/test_screenshots.py."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI

from assistant.settings import Settings
from assistant.wiring import Parts
from tests.browser.conftest import NewReader

FOLDER = os.environ.get("TAKE_SCREENSHOTS", "")
QUESTIONS = {"fr": "Combien de pays ont signé la déclaration ?", "en": "Which countries refused to sign the statement?"}


@pytest.mark.skipif(not FOLDER, reason="pictures are taken when TAKE_SCREENSHOTS names a folder")
def test_pictures_at_three_widths(
    new_reader: NewReader, serve: Callable[[FastAPI], str], real_parts: Parts, real_settings: Settings, tmp_path: Path
) -> None:
    from assistant.web.application import create_app
    from assistant.web.database import open_database
    from assistant.web.permalinks import AnswerStore

    store = AnswerStore(open_database("", tmp_path), real_parts.catalogue)
    address = serve(create_app(real_parts, real_settings, store))
    folder = Path(FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    for language, scheme in (("fr", "light"), ("en", "light"), ("fr", "dark")):
        for width in (360, 768, 1280):
            reader = new_reader(width=width, height=800, scheme=scheme, address=address)
            reader.open(language)
            reader.page.wait_for_timeout(300)
            reader.page.screenshot(path=folder / f"{language}-{scheme}-{width}-start.png")
            reader.ask(QUESTIONS[language])
            reader.page.wait_for_timeout(600)
            reader.page.screenshot(path=folder / f"{language}-{scheme}-{width}-answer.png")
            assert reader.errors == []
