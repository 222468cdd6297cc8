"""Quotations as citations: numbered, with title, publisher, date and sources of the document that they come from."""

from __future__ import annotations

from assistant.records import Citation, Language, Passage, Quote
from assistant.search.catalogue import Catalogue


def cite(catalogue: Catalogue, quote: Quote, number: int, reader: Language) -> Citation:
    """The citation of `quote`; the title is in the reader's language where the document has it."""
    document, section = catalogue.sections[quote.passage.section]
    return Citation(
        number=number,
        quote=quote,
        title=document.titles.best(reader),
        publisher=document.publisher,
        author=document.author,
        date=document.date,
        as_of=section.as_of,
        url=document.url,
        sources=document.sources_of(section),
        translation=document.translation == quote.passage.language,
    )


def whole(passage: Passage) -> Quote:
    """The whole passage as a quotation."""
    return Quote(passage, 0, len(passage.text))
