"""The page on the real index, in a real browser: one French and one English question, and their citations."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi import FastAPI

from assistant.settings import Settings
from assistant.wiring import Parts
from tests.browser.conftest import NewReader


@pytest.fixture(scope="session")
def real_address(serve: Callable[[FastAPI], str], real_parts: Parts, real_settings: Settings) -> str:
    """The application on the shipped corpus."""
    from assistant.web.application import create_app

    return serve(create_app(real_parts, real_settings))


@pytest.mark.parametrize(
    ("language", "question", "said"),
    [
        ("fr", "Quels pays coprésidaient le sommet ?", "Inde"),
        ("en", "Who was the special envoy for the summit?", "Anne Bouverot"),
    ],
)
def test_a_visitor_reads_a_cited_answer(
    new_reader: NewReader, real_address: str, language: str, question: str, said: str
) -> None:
    """The answer names what was asked; its first source opens with the quotation marked, its title and its date."""
    reader = new_reader(address=real_address)
    reader.open(language)
    reader.ask(question)
    assert said in reader.page.inner_text("#current .text")
    reader.page.click("#current .reference >> nth=0")
    source = reader.page.locator("#t1-s1")
    quoted = source.locator("mark").first.inner_text()
    assert quoted and quoted[:40] in reader.page.inner_text("#current .text").replace("\n", " ")
    assert "2025" in source.inner_text()
    assert reader.errors == []


def test_another_subject_is_refused_on_the_page(new_reader: NewReader, real_address: str) -> None:
    """The weather is no subject of the summit: one sentence, and questions to go on with."""
    reader = new_reader(address=real_address)
    reader.open("fr")
    reader.ask("Quelle est la météo demain ?")
    assert "Sommet pour l’action sur l’IA" in reader.page.inner_text("#current")
    assert reader.page.locator("#current .reference").count() == 0
