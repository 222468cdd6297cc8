"""What was indexed: documents and passages, kept beside the vectors so that answering needs the index alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from assistant.errors import IndexDamaged
from assistant.reading.documents import corpus_digest
from assistant.reading.passages import split_document
from assistant.records import Document, Language, Passage, Section, SectionKey

CATALOGUE_NAME = "catalogue.json"


@dataclass(frozen=True)
class Catalogue:
    """The documents of one index with their passages, in reading order."""

    documents: tuple[Document, ...]
    passages: tuple[Passage, ...] = field(repr=False)

    @classmethod
    def of(cls, documents: Iterable[Document]) -> Catalogue:
        """Split `documents` into passages."""
        documents = tuple(documents)
        return cls(documents, tuple(passage for document in documents for passage in split_document(document)))

    @cached_property
    def version(self) -> str:
        """Names the content: the corpus digest."""
        return corpus_digest(self.documents)

    @cached_property
    def sections(self) -> Mapping[SectionKey, tuple[Document, Section]]:
        """Every section that has a passage, with its document, in reading order."""
        by_key = {
            SectionKey(document.id, section.id): (document, section)
            for document in self.documents
            for section in document.sections
        }
        return {key: by_key[key] for key in dict.fromkeys(passage.section for passage in self.passages)}

    @cached_property
    def _by_section(self) -> Mapping[tuple[SectionKey, Language], tuple[Passage, ...]]:
        grouped: dict[tuple[SectionKey, Language], list[Passage]] = {}
        for passage in self.passages:
            grouped.setdefault((passage.section, passage.language), []).append(passage)
        return {key: tuple(passages) for key, passages in grouped.items()}

    @cached_property
    def _by_id(self) -> Mapping[str, Passage]:
        return {passage.id: passage for passage in self.passages}

    def passage(self, passage_id: str) -> Passage:
        """The passage named `passage_id`; KeyError if there is none."""
        return self._by_id[passage_id]

    def passages_of(self, key: SectionKey, language: Language) -> tuple[Passage, ...]:
        """The passages of a section in one language; empty where the section lacks that language."""
        return self._by_section.get((key, language), ())

    def embargoed(self, today: date) -> frozenset[str]:
        """Ids of the documents that may not be shown yet on `today`."""
        return frozenset(
            d.id for d in self.documents if d.not_before and d.not_before > today.isoformat()[: len(d.not_before)]
        )

    def save(self, folder: Path) -> None:
        """Write the documents; passages follow from them."""
        (folder / CATALOGUE_NAME).write_bytes(_DOCUMENTS.dump_json(self.documents))

    @classmethod
    def load(cls, folder: Path) -> Catalogue:
        """Read a saved catalogue.

        Raises:
            IndexDamaged: if the file is missing or cannot be read.
        """
        path = folder / CATALOGUE_NAME
        try:
            return cls.of(_DOCUMENTS.validate_json(path.read_bytes()))
        except (OSError, ValidationError) as error:
            raise IndexDamaged(
                f"{path} cannot be read ({type(error).__name__}); run `python -m assistant index --rebuild`"
            ) from None


_DOCUMENTS: TypeAdapter[tuple[Document, ...]] = TypeAdapter(tuple[Document, ...])
