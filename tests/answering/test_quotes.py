"""The quotes answer: whole sentences in reading order, each an exact slice, cited with what a reader needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.answering.quotes import closest, compose, passages_for
from assistant.reading.documents import load_corpus
from assistant.records import LANGUAGES, Language, SectionKey
from assistant.search.ranking import Candidate
from assistant.wiring import Parts
from tests.fakes import memory_parts, write_document


def candidates(parts: Parts, question: str) -> tuple[Candidate, ...]:
    return parts.ranker.rank(question, parts.encoder.embed_query(question))


def plain(text: str) -> str:
    return " ".join(text.split())


def every_stored_question(parts: Parts) -> list[tuple[Language, str]]:
    return [
        (language, question)
        for _, section in parts.catalogue.sections.values()
        for language, questions in section.questions.items()
        for question in questions
    ]


@pytest.mark.parametrize("reader", LANGUAGES)
def test_every_composition_keeps_the_promise(tiny_parts: Parts, reader: Language) -> None:
    """For any question and reader: numbered from one, every sentence cited, every sentence in its quotation."""
    for _, question in every_stored_question(tiny_parts):
        found = compose(tiny_parts.catalogue, question, candidates(tiny_parts, question)[:2], reader)
        assert found.sentences
        assert [citation.number for citation in found.citations] == list(range(1, len(found.citations) + 1))
        assert {number for one in found.sentences for number in one.citations} == set(
            range(1, len(found.citations) + 1)
        )
        for sentence in found.sentences:
            quoted = [found.citations[number - 1].quote.text for number in sentence.citations]
            assert any(plain(sentence.text) in plain(quote) for quote in quoted)
        for citation in found.citations:
            passage = citation.quote.passage
            assert passage.text[citation.quote.start : citation.quote.end] == citation.quote.text
            starts, ends = zip(*passage.sentences, strict=True)
            assert citation.quote.start in starts
            assert citation.quote.end in ends


def test_a_section_in_the_readers_language_where_it_has_one(tiny_parts: Parts) -> None:
    """A section of both languages is quoted in the reader's; one of a single language in its own."""
    both, one = SectionKey("money", "fund"), SectionKey("bulletin", "bridge")
    for reader in LANGUAGES:
        assert {passage.language for passage in passages_for(tiny_parts.catalogue, both, reader)} == {reader}
        assert {passage.language for passage in passages_for(tiny_parts.catalogue, one, reader)} == {"fr"}


def test_a_citation_says_what_a_reader_needs(tiny_parts: Parts) -> None:
    """Title in the reader's language, publisher, dates and the sources of the section."""
    found = compose(
        tiny_parts.catalogue, "What is Current AI?", candidates(tiny_parts, "What is Current AI?")[:1], "en"
    )
    citation = found.citations[0]
    assert (citation.title, citation.publisher) == ("The money of the summit", "Test desk")
    assert (citation.date, citation.as_of) == ("2025-02-12", "2025-02-11")
    assert [(source.name, source.url) for source in citation.sources] == [("Élysée", "https://www.elysee.fr/sommet")]
    assert not citation.translation


def test_a_translation_is_marked(tiny_parts: Parts) -> None:
    """A quotation from a translated version says so; one from the original does not."""
    question = "souveraineté numérique sovereignty rules"
    found = candidates(tiny_parts, question)[:1]
    assert compose(tiny_parts.catalogue, question, found, "en").citations[0].translation
    assert not compose(tiny_parts.catalogue, question, found, "fr").citations[0].translation


def test_neighbouring_sentences_are_one_quotation(tmp_path: Path) -> None:
    """Two sentences that follow one another are quoted together; each is shown as a sentence of its own."""
    text = "# T\n\n## A {#a}\n\nThe zebra sleeps in spring. The zebra sleeps in autumn.\n"
    write_document(tmp_path, "d", None, en=text)
    parts = memory_parts(load_corpus(tmp_path).documents)
    found = compose(parts.catalogue, "zebra sleeps", candidates(parts, "zebra sleeps")[:1], "en")
    assert [sentence.text for sentence in found.sentences] == [
        "The zebra sleeps in spring.",
        "The zebra sleeps in autumn.",
    ]
    assert [citation.quote.text for citation in found.citations] == [
        "The zebra sleeps in spring. The zebra sleeps in autumn."
    ]


def test_reading_order_is_kept(tmp_path: Path) -> None:
    """Sentences are shown as they stand in the text, however similar each is."""
    text = "# T\n\n## A {#a}\n\nZebra one. Nothing of the kind. Zebra two zebra.\n"
    write_document(tmp_path, "d", None, en=text)
    parts = memory_parts(load_corpus(tmp_path).documents)
    found = compose(parts.catalogue, "zebra", candidates(parts, "zebra")[:1], "en")
    starts = [citation.quote.start for citation in found.citations]
    assert starts == sorted(starts)


def test_disagreements_of_the_section_come_along(tiny_parts: Parts) -> None:
    """Every figure of a disputed section is part of the answer, in the reader's language."""
    question = "How many billions did Emmanuel Macron announce?"
    found = compose(tiny_parts.catalogue, question, candidates(tiny_parts, question)[:1], "en")
    assert [figure.value.best("en") for figure in found.conflicts[0].figures] == ["France 2", "TF1"]


def test_the_closest_are_at_most_three_whole_passages(tiny_parts: Parts) -> None:
    """What is shown instead of an answer is whole, numbered, of different sections, never more than three."""
    found = closest(tiny_parts.catalogue, candidates(tiny_parts, "the summit"), "en")
    assert [citation.number for citation in found] == [1, 2, 3]
    assert all(citation.quote.text == citation.quote.passage.text for citation in found)
    assert len({citation.quote.passage.section for citation in found}) == 3


def test_nothing_found_has_no_closest(tiny_parts: Parts) -> None:
    """Without candidates there is nothing to show."""
    assert closest(tiny_parts.catalogue, (), "en") == ()
