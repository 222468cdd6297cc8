"""Files dropped into the corpus as they are: cited with page or heading after one run of `index`, gone after another."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from assistant.reading.documents import load_corpus
from assistant.records import Citation
from assistant.search.catalogue import CATALOGUE_NAME
from assistant.search.index_files import current_folder
from assistant.search.indexing import build_index
from assistant.search.store import KINDS
from assistant.wiring import Parts
from tests.fakes import FakeEncoder, indexed_parts, tiny_corpus

DATA = Path(__file__).parents[1] / "data"


@contextmanager
def indexed(corpus: Path, data: Path) -> Iterator[Parts]:
    """The assistant after one run of `index`."""
    build_index(load_corpus(corpus).documents, FakeEncoder(), data)
    parts = indexed_parts(data)
    try:
        yield parts
    finally:
        parts.store.close()


def cited(parts: Parts, document_id: str) -> list[Citation]:
    """What the reader is shown of a document when each of its passages' first sentences is asked for."""
    shown: list[Citation] = []
    for passage in parts.catalogue.passages:
        if passage.section.document_id == document_id:
            answer = parts.assistant.ask(passage.sentence_texts()[0])
            shown += [
                one for one in (*answer.citations, *answer.closest) if one.quote.passage.section == passage.section
            ]
    return shown


@pytest.mark.parametrize(
    ("name", "document_id", "paged"),
    [
        ("bulletin-fr.pdf", "bulletin-fr", True),
        ("report-en.docx", "report-en", False),
        ("page-en.html", "page-en", False),
    ],
)
def test_a_dropped_file_is_cited_and_leaves_no_trace(tmp_path: Path, name: str, document_id: str, paged: bool) -> None:
    """A PDF is cited with its page, a DOCX and a page with the heading; without the file nothing of it is left."""
    corpus, data = tiny_corpus(tmp_path), tmp_path / "data"
    shutil.copy(DATA / name, corpus / name)
    with indexed(corpus, data) as parts:
        citations = cited(parts, document_id)
        assert citations
        for citation in citations:
            passage = citation.quote.passage
            assert citation.quote.text in parts.catalogue.sections[passage.section][0].texts[passage.language]
        if paged:
            assert all(citation.quote.passage.page for citation in citations)
        assert any(citation.quote.passage.heading for citation in citations)
    (corpus / name).unlink()
    with indexed(corpus, data) as parts:
        assert cited(parts, document_id) == []
        assert not [id_ for kind in KINDS for id_ in parts.store.ids(kind) if id_.startswith(document_id)]
    folder = current_folder(data)
    assert folder is not None
    assert document_id not in (folder / CATALOGUE_NAME).read_text("utf-8")
