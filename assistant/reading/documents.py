"""The corpus folder as documents. One bad file never stops the others: what cannot be read is returned beside them."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import CorpusError, InvalidMetadata, UnreadableFile
from assistant.reading.formats import SUFFIXES, ExtractedFile, Part, read_file
from assistant.reading.language import detect_language
from assistant.reading.metadata import DocumentMetadata, SectionMetadata, read_metadata
from assistant.reading.prose import Prose, ProseSection, parse_prose, read_text
from assistant.records import LANGUAGES, Bilingual, Document, Language, Section

METADATA_NAME = "document.yaml"
# Files of the corpus folder that are about the corpus, not part of it.
_NOT_DOCUMENTS = frozenset({"CORRECTIONS.md", "README.md"})


@dataclass(frozen=True, slots=True)
class Corpus:
    """The documents that could be read, by id, and the errors of those that could not."""

    documents: tuple[Document, ...]
    skipped: tuple[CorpusError, ...] = ()


def load_corpus(folder: Path) -> Corpus:
    """Read every document below `folder`: folders with a document.yaml or prose, and single files dropped in.

    Raises:
        CorpusError: if the folder itself is missing or holds no document at all.
    """
    if not folder.is_dir():
        raise CorpusError("the corpus folder does not exist; create it or set SUMMIT_CORPUS_DIR", folder)
    documents: dict[str, Document] = {}
    skipped: list[CorpusError] = []
    for path in sorted(_document_paths(folder)):
        try:
            document = load_document(path)
            if document.id in documents:
                raise CorpusError(f"document id {document.id!r} is taken by another file; rename one of them", path)
            documents[document.id] = document
        except CorpusError as error:
            skipped.append(error)
        except OSError as error:
            skipped.append(UnreadableFile(f"cannot be read: {error.strerror}; check its permissions", path))
    if not documents and not skipped:
        raise CorpusError("the corpus folder holds no document; see docs/corpus.md", folder)
    return Corpus(tuple(documents.values()), tuple(skipped))


def load_document(path: Path) -> Document:
    """Read one document: its folder, or a single file with or without a YAML of the same name beside it."""
    if path.is_file():
        beside = path.with_suffix(".yaml")
        metadata = read_metadata(beside) if beside.exists() else DocumentMetadata()
        return _from_file(_slug(path.stem), path, metadata)
    metadata = read_metadata(path / METADATA_NAME) if (path / METADATA_NAME).exists() else DocumentMetadata()
    prose = {language: path / f"{language}.md" for language in LANGUAGES if (path / f"{language}.md").exists()}
    if prose:
        return _from_prose(path, {language: parse_prose(read_text(file)) for language, file in prose.items()}, metadata)
    files = sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES)
    if len(files) != 1:
        raise CorpusError(
            f"the folder holds {len(files)} readable files; it needs fr.md and en.md, or one document", path
        )
    return _from_file(path.name, files[0], metadata)


def corpus_digest(documents: tuple[Document, ...]) -> str:
    """A short name of the corpus' content: SHA-256 over every document, independent of the folder's place."""
    digest = hashlib.sha256()
    for document in sorted(documents, key=lambda one: one.id):
        digest.update(document_digest(document).encode())
    return digest.hexdigest()[:16]


def document_digest(document: Document) -> str:
    """SHA-256 of everything that a document says."""
    return hashlib.sha256(repr(document).encode()).hexdigest()


def _document_paths(folder: Path) -> list[Path]:
    paths: list[Path] = []
    for path in folder.iterdir():
        if path.name.startswith((".", "_")) or path.name in _NOT_DOCUMENTS:
            continue
        if path.is_dir():
            paths.extend(_document_paths(path) if _holds_documents(path) else [path])
        elif path.suffix.lower() in SUFFIXES:
            paths.append(path)
    return paths


def _holds_documents(folder: Path) -> bool:
    """Whether a folder is one of documents, not a document; one that cannot be looked into is left to its reader to report."""
    try:
        return not (folder / METADATA_NAME).exists() and any(child.is_dir() for child in folder.iterdir())
    except OSError:
        return False


def _from_prose(folder: Path, prose: dict[Language, Prose], metadata: DocumentMetadata) -> Document:
    described = {section.id: section for section in metadata.sections}
    order = list(dict.fromkeys(section.id for one in prose.values() for section in one.sections))
    for section_id in described:
        if section_id not in order:
            raise InvalidMetadata(
                f"section {section_id!r} stands in no prose file; remove it or write it", folder / METADATA_NAME
            )
    for language, one in prose.items():
        ids = [section.id for section in one.sections]
        twice = next((section_id for section_id in ids if ids.count(section_id) > 1), None)
        if twice:
            raise CorpusError(
                f"section id {twice!r} stands twice; give each section its own", folder / f"{language}.md"
            )
    by_language = {language: {section.id: section for section in one.sections} for language, one in prose.items()}
    sections = [
        _section(
            described.get(section_id, SectionMetadata(id=section_id)),
            {k: v[section_id] for k, v in by_language.items() if section_id in v},
        )
        for section_id in order
    ]
    titles = metadata.title.record()
    titles = Bilingual(titles.fr or _title(prose, "fr"), titles.en or _title(prose, "en"))
    return _document(folder.name, metadata, titles, {language: one.text for language, one in prose.items()}, sections)


def _title(prose: dict[Language, Prose], language: Language) -> str | None:
    return prose[language].title if language in prose else None


def _section(described: SectionMetadata, parts: dict[Language, ProseSection]) -> Section:
    return Section(
        id=described.id,
        headings=Bilingual(
            parts["fr"].heading if "fr" in parts else None, parts["en"].heading if "en" in parts else None
        ),
        spans={language: (part.start, part.end) for language, part in parts.items()},
        facts=tuple(described.facts),
        as_of=described.as_of,
        perishable=described.perishable,
        source_ids=tuple(described.sources),
        conflicts=tuple(conflict.record() for conflict in described.conflicts),
        questions={"fr": tuple(described.questions.fr), "en": tuple(described.questions.en)},
    )


def _from_file(document_id: str, path: Path, metadata: DocumentMetadata) -> Document:
    extracted = read_file(path)
    language = metadata.language or detect_language(extracted.text, "fr")
    sections = [
        _file_section(number, extracted, part, language, fixed=metadata.language is not None)
        for number, part in enumerate(extracted.parts, start=1)
        if extracted.text[part.start : part.end].strip()
    ]
    title = metadata.title.record()
    if not (title.fr or title.en):
        name = extracted.title or path.stem.replace("-", " ").replace("_", " ")
        title = Bilingual(fr=name) if language == "fr" else Bilingual(en=name)
    texts: dict[Language, str] = {one: extracted.text for section in sections for one in section.spans} or {
        language: extracted.text
    }
    filled = metadata.model_copy(
        update={"date": metadata.date or extracted.date, "author": metadata.author or extracted.author}
    )
    return _document(document_id, filled, title, texts, sections)


def _file_section(number: int, extracted: ExtractedFile, part: Part, language: Language, *, fixed: bool) -> Section:
    """A part of a dropped file; in a mixed document each part is in its own language."""
    own = language if fixed else detect_language(extracted.text[part.start : part.end], language)
    heading = Bilingual(fr=part.heading) if own == "fr" else Bilingual(en=part.heading)
    section_id = f"part-{number}" if part.page is None else f"page-{part.page}-{number}"
    return Section(id=section_id, headings=heading, spans={own: (part.start, part.end)}, page=part.page)


def _document(
    document_id: str, metadata: DocumentMetadata, titles: Bilingual, texts: dict[Language, str], sections: list[Section]
) -> Document:
    return Document(
        id=document_id,
        kind=metadata.kind,
        titles=titles,
        texts=texts,
        sections=tuple(sections),
        publisher=metadata.publisher or metadata.author or "",
        author=metadata.author,
        date=metadata.date,
        url=metadata.url,
        licence=metadata.licence,
        not_before=metadata.not_before,
        translation=metadata.translation.language if metadata.translation else None,
        sources=tuple(source.record() for source in metadata.sources),
        notes=metadata.notes,
    )


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "document"
