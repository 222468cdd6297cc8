"""What a language model wrote, on the page, on its permanent page and over the interface."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from assistant.answering.generation import GenerationAnswerer
from assistant.answering.wording import NOT_SUPPORTED, NOT_WRITTEN
from assistant.answering.writing import ModelWriter
from assistant.records import LANGUAGES, Answer, Language, Sentence
from assistant.settings import Settings
from assistant.web.rendering import answer_turn
from assistant.web.rendering_sources import View
from assistant.wiring import Parts
from tests.answering.scripted import OPTIONS, ScriptedModel
from tests.fakes import memory_parts, tiny_documents
from tests.web.kept import named, store_for
from tests.web.scripted import ENGLISH_SENTENCES, FRENCH_SENTENCES, citation

QUESTION = "What is Current AI?"
TRUE = "Current AI is a foundation that has 400 million dollars [1]. "
FALSE = "Current AI is a foundation that has 900 million dollars [1]. "
VIEW = {language: View(language, date(2026, 3, 1)) for language in LANGUAGES}


def writing(folder: Path, *script: str | Exception) -> Parts:
    """The tiny corpus with a model that follows `script`."""
    writer = ModelWriter(GenerationAnswerer(OPTIONS, None, ScriptedModel(*script)))
    return memory_parts(tiny_documents(folder), writer=writer)


def written(sentence: Sentence, quoted: Language) -> Answer:
    """A written answer of one sentence whose quotation is in the language `quoted`."""
    cited = (citation(1, quoted),)
    return Answer("q", "en", "answer", (sentence,), cited, mode="generation", model="openai:m", corpus_version="v")


def test_under_a_sentence_stands_its_quotation_with_its_source() -> None:
    """In the quotation marks of its language, named by title and date, linked to the whole source beside it."""
    html = answer_turn(written(Sentence("The envoy was Anne Bouverot.", (1,), "supported"), "en"), "t1", VIEW["en"])
    under = re.search(r'</p><blockquote class="carrying">(.*?)</blockquote>', html)
    assert under
    assert f'<p lang="en">“{ENGLISH_SENTENCES[0]}”</p>' in under[1]
    assert 'href="#t1-s1"' in under[1]
    assert "The special envoy, 1\u00a0March\u00a02025" in under[1]
    assert 'id="t1-s1"' in html


@pytest.mark.parametrize(("language", "label"), [("en", "translated"), ("fr", "traduite")])
def test_a_translation_is_labelled_beside_the_original(language: Language, label: str) -> None:
    """The sentence says that it is translated, the quotation under it in which language it is."""
    translated = Sentence("The envoy was Anne Bouverot.", (1,), "supported", translated=True)
    html = answer_turn(written(translated, "fr"), "t1", VIEW[language])
    assert f">{label}</span></sup>" in html
    assert f'<p lang="fr">«\u00a0{FRENCH_SENTENCES[0]}\u00a0»</p>' in html
    assert ("quotation in French" in html) == (language == "en")


def test_a_sentence_taken_word_for_word_is_not_shown_twice() -> None:
    """It is its own quotation; the passage stands beside it as ever."""
    html = answer_turn(written(Sentence(ENGLISH_SENTENCES[0], (1,)), "en"), "t1", VIEW["en"])
    assert "carrying" not in html
    assert f"<mark>{ENGLISH_SENTENCES[0]}</mark>" in html


def test_the_page_says_who_wrote_and_what_was_withheld(tmp_path: Path) -> None:
    """Model, count and corpus stand under the answer; the withheld words stand nowhere."""
    answer = writing(tmp_path, TRUE + FALSE).assistant.ask(QUESTION)
    html = answer_turn(answer, "t1", VIEW["en"])
    assert "Written by a language model (openai:scripted) and checked sentence by sentence." in html
    assert "One unsupported sentence was withheld." in html
    assert "900" not in html


@pytest.mark.parametrize(("script", "notice"), [(FALSE, NOT_SUPPORTED), (RuntimeError("boom"), NOT_WRITTEN)])
def test_where_the_model_failed_one_line_says_so(
    tmp_path: Path, script: str | Exception, notice: dict[Language, str]
) -> None:
    """The line stands above the quoted sentences, which are the default mode's."""
    answer = writing(tmp_path, script).assistant.ask(QUESTION)
    html = answer_turn(answer, "t1", VIEW["en"])
    assert html.index(notice["en"]) < html.index("Current AI is a foundation with")
    assert "Written by" not in html
    assert "carrying" not in html


def test_what_a_model_wrote_is_kept_without_its_record(tmp_path: Path) -> None:
    """A permanent page shows sentences, quotations, model and count; what was withheld is not kept."""
    parts = writing(tmp_path, TRUE + FALSE)
    answer = parts.assistant.ask(QUESTION)
    store = store_for(parts.catalogue, tmp_path)
    store.remember(answer)
    kept = store.recall(answer.id)
    assert kept is not None
    store.save(kept)
    found = store.find(answer.id)
    assert found is not None
    assert found.answer == replace(answer, evidence=(), suggestions=(), elapsed_ms=0.0, writing=None)
    assert b"900" not in (tmp_path / "assistant.db").read_bytes()


@dataclass
class Site:
    """The application, and the parts beneath it."""

    client: TestClient
    parts: Parts


def site(folder: Path, *script: str | Exception) -> Site:
    """The whole application with a model that follows `script`."""
    from assistant.web.application import create_app

    parts = writing(folder, *script)
    store = store_for(parts.catalogue, folder)
    return Site(TestClient(create_app(parts, Settings(), store), base_url="http://testserver"), parts)


def test_a_permanent_page_shows_the_quotation_under_each_sentence(tmp_path: Path) -> None:
    """Opened by its link, a written answer reads as it did in the conversation."""
    opened = site(tmp_path, TRUE)
    with opened.client as client:
        answer = client.post("/api/ask", json={"question": QUESTION}).json()
        page = client.get(f"/a/{answer['answer_id']}?lang=en").text
    assert re.search(r'<blockquote class="carrying">\s*<p lang="en">“Current AI is a foundation with 400', page)
    assert "openai:scripted" in page


def test_a_translation_is_labelled_on_its_permanent_page(tmp_path: Path) -> None:
    """The same label, and the original in its language."""
    parts = writing(tmp_path)
    answer = named(written(Sentence("The envoy was Anne Bouverot.", (1,), "supported", translated=True), "fr"))
    store = store_for(parts.catalogue, tmp_path)
    store.save(answer)
    from assistant.web.application import create_app

    with TestClient(create_app(parts, Settings(), store), base_url="http://testserver") as client:
        page = client.get(f"/a/{answer.id}?lang=en").text
    assert "translated" in page
    assert "quotation in French" in page


def _events(text: str) -> list[tuple[str, dict[str, object]]]:
    found = re.findall(r"event: (\w+)\ndata: (.*)\n\n", text)
    return [(name, json.loads(data)) for name, data in found]


def test_a_stream_takes_back_what_a_failing_model_wrote(tmp_path: Path) -> None:
    """The sentence went out as it passed; `restart` takes it back, and the quotes answer follows whole."""
    endless = TRUE + "And so it goes on and on. " * 1000
    with site(tmp_path, endless).client as client:
        text = client.post("/api/ask", json={"question": QUESTION}, headers={"Accept": "text/event-stream"}).text
    events = _events(text)
    names = [name for name, _ in events]
    assert names[:2] == ["sentence", "restart"]
    assert names[-1] == "answer"
    answer = events[-1][1]
    after = [content["text"] for name, content in events[2:] if name == "sentence"]
    assert after == [one["text"] for one in answer["sentences"]]  # type: ignore[index, attr-defined]
    assert answer["mode"] == "quotes"


def test_a_stream_of_a_written_answer_is_by_sentence(tmp_path: Path) -> None:
    """Each sentence once, with its support and its citations, then the whole answer."""
    with site(tmp_path, TRUE + "It pays for open data [1].").client as client:
        text = client.post("/api/ask", json={"question": QUESTION}, headers={"Accept": "text/event-stream"}).text
    events = _events(text)
    assert [name for name, _ in events] == ["sentence", "sentence", "answer"]
    assert [content["support"] for _, content in events[:2]] == ["supported", "verbatim"]
    assert all(content["citations"] for _, content in events[:2])
