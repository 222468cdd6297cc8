"""The documents of an index: what is kept, found by key, hidden until its day, and named by its content."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from assistant.reading.documents import load_corpus
from assistant.records import Document, SectionKey
from assistant.search.catalogue import Catalogue
from tests.fakes import TODAY, memory_parts, tiny_corpus, write_document


@pytest.fixture
def documents(tmp_path: Path) -> tuple[Document, ...]:
    """The tiny corpus, read."""
    return load_corpus(tiny_corpus(tmp_path)).documents


@pytest.fixture
def catalogue(documents: tuple[Document, ...]) -> Catalogue:
    """The tiny corpus, split."""
    return Catalogue.of(documents)


def test_what_was_saved_is_what_is_loaded(catalogue: Catalogue, tmp_path: Path) -> None:
    """Documents, passages and version survive the way to disk and back."""
    catalogue.save(tmp_path)
    loaded = Catalogue.load(tmp_path)
    assert loaded.documents == catalogue.documents
    assert loaded.passages == catalogue.passages
    assert loaded.version == catalogue.version


def test_the_version_names_the_content_alone(documents: tuple[Document, ...], tmp_path: Path) -> None:
    """Order and place of the documents do not matter; a changed letter, date or question does."""
    version = Catalogue.of(documents).version
    assert Catalogue.of(documents[::-1]).version == version
    for name, old, new in (
        ("money/fr.md", "400", "401"),
        ("money/document.yaml", "2025-02-12", "2025-02-13"),
        ("money/document.yaml", "How many billions", "How few billions"),
        ("banquet/document.yaml", "2099-01-01", "2099-01-02"),
    ):
        corpus = tiny_corpus(tmp_path / f"{name}-{new}".replace("/", "-"))
        path = corpus / name
        assert old in path.read_text("utf-8")
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
        assert Catalogue.of(load_corpus(corpus).documents).version != version


def test_sections_and_passages_find_one_another(catalogue: Catalogue) -> None:
    """Every passage is found by its id and among those of its section and language."""
    for passage in catalogue.passages:
        assert catalogue.passage(passage.id) == passage
        assert passage in catalogue.passages_of(passage.section, passage.language)
        document, section = catalogue.sections[passage.section]
        assert (document.id, section.id) == (passage.section.document_id, passage.section.section_id)


def test_ids_are_unique(catalogue: Catalogue) -> None:
    """No two passages share an id."""
    ids = [passage.id for passage in catalogue.passages]
    assert len(ids) == len(set(ids))


def test_a_section_in_one_language_has_no_passage_in_the_other(catalogue: Catalogue) -> None:
    """Asking for the missing language gives nothing, not an error."""
    key = SectionKey("bulletin", "bridge")
    assert len(catalogue.passages_of(key, "fr")) == 1
    assert catalogue.passages_of(key, "en") == ()


def test_unknown_ids_are_key_errors(catalogue: Catalogue) -> None:
    """A passage that is not there is not invented."""
    with pytest.raises(KeyError):
        catalogue.passage("nobody#nothing/fr")
    assert SectionKey("nobody", "nothing") not in catalogue.sections


@pytest.mark.parametrize(
    ("not_before", "today", "hidden"),
    [
        ("2025-02-12", date(2025, 2, 11), True),
        ("2025-02-12", date(2025, 2, 12), False),
        ("2025-02-12", date(2026, 1, 1), False),
        ("2025-03", date(2025, 2, 28), True),
        ("2025-03", date(2025, 3, 1), False),
        ("2026", date(2025, 12, 31), True),
        ("2026", date(2026, 1, 1), False),
    ],
)
def test_an_embargo_ends_on_its_first_day(tmp_path: Path, not_before: str, today: date, hidden: bool) -> None:
    """A document is hidden before `not_before` and shown from that day, month or year on."""
    write_document(tmp_path, "secret", {"not_before": not_before}, en="# Secret\n\n## A {#a}\n\nA secret sentence.\n")
    catalogue = Catalogue.of(load_corpus(tmp_path).documents)
    assert (catalogue.embargoed(today) == {"secret"}) == hidden


def test_only_the_embargoed_document_is_hidden(catalogue: Catalogue) -> None:
    """Documents without a date to wait for are never hidden."""
    assert catalogue.embargoed(TODAY) == {"banquet"}
    assert catalogue.embargoed(date(2099, 1, 1)) == frozenset()


@pytest.mark.parametrize("text", ["a#b", "article-1#p3", "Rapport 2025#s_1", "with#hash#p1"])
def test_a_section_key_is_read_as_it_was_written(text: str) -> None:
    """`parse` is the inverse of `str`: a section id never holds `#`, a folder's name may."""
    key = SectionKey(text.rpartition("#")[0], text.rpartition("#")[2])
    assert SectionKey.parse(str(key)) == key


@pytest.mark.parametrize("name", ["Rapport #2", "Été 2025", "UPPER", "a b", "a~b", "a?b"])
def test_any_folder_name_can_be_a_document(tmp_path: Path, name: str) -> None:
    """A document whose folder has spaces, accents or signs in its name is found and cited like any other."""
    corpus = tiny_corpus(tmp_path)
    question = {"en": ["Who painted the giraffe?"]}
    about = {"sections": [{"id": "a", "questions": question}]}
    write_document(corpus, name, about, en="# Giraffe\n\n## A {#a}\n\nThe giraffe was painted by Zoe.\n")
    parts = memory_parts(load_corpus(corpus).documents)
    answer = parts.assistant.ask("Who painted the giraffe?")
    assert answer.outcome == "answer"
    assert answer.citations[0].quote.text == "The giraffe was painted by Zoe."
