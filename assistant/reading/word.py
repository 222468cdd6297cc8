"""Word documents by python-docx: headings, paragraphs, lists and tables in reading order."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, cast

import docx
from docx.document import Document as DocxDocument
from docx.opc.exceptions import OpcError
from docx.opc.parts.coreprops import CorePropertiesPart
from docx.oxml.ns import qn

from assistant.errors import DocumentTooLarge, UnreadableFile
from assistant.reading.extracted import ExtractedFile, Limits, TextBuilder, clean
from assistant.reading.word_text import PARAGRAPH, TABLE, UNSEEN, table_text, visible_text

# Below this a high ratio is no danger: a short document of equal lines packs very well.
_HARMLESS_BYTES = 10_000_000
_MAX_MEMBERS = 10_000
_MAX_DEPTH = 30
_CONTENTS = "toc "
_OLE_MAGIC = b"\xd0\xcf\x11\xe0"

# zipfile's and python-docx's ways to say that a file is broken; lxml's error for broken XML is a SyntaxError.
_BROKEN = (OpcError, zipfile.BadZipFile, zlib.error, NotImplementedError, KeyError, ValueError, SyntaxError, EOFError)


def read_docx(data: bytes, limits: Limits) -> ExtractedFile:
    """The text of a DOCX.

    Raises:
        UnreadableFile: for what is no DOCX, is damaged or encrypted.
        DocumentTooLarge: for what unpacks to more than `limits` allow.
    """
    if data.startswith(_OLE_MAGIC):
        raise UnreadableFile("is an old .doc or is protected by a password; save it as .docx without a password")
    try:
        _check_size(data, limits)
        return _read(docx.Document(io.BytesIO(data)))
    except _BROKEN as error:
        detail = " ".join(str(error).split())[:200]
        raise UnreadableFile(
            f"is no DOCX that can be opened ({detail}); open it in a word processor and save it again"
        ) from None


def _check_size(data: bytes, limits: Limits) -> None:
    """Refuse a zip bomb before anything is unpacked. A member that lies about its size fails its checksum later."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    remedy = "remove large pictures or split the document"
    if len(members) > _MAX_MEMBERS:
        raise DocumentTooLarge(f"has {len(members)} files inside, over the limit of {_MAX_MEMBERS}; {remedy}")
    if unpacked > limits.max_unpacked_bytes:
        raise DocumentTooLarge(f"unpacks to {unpacked} bytes, over the limit of {limits.max_unpacked_bytes}; {remedy}")
    ratio = unpacked // max(1, len(data))
    if unpacked > _HARMLESS_BYTES and ratio > limits.max_expansion:
        raise DocumentTooLarge(f"unpacks to {ratio} times its size, over the limit of {limits.max_expansion}; {remedy}")


def _read(document: DocxDocument) -> ExtractedFile:
    builder = TextBuilder()
    title, level_names = None, _heading_styles(document)
    for element in _body_blocks(document.element.body):
        if element.tag == TABLE:
            builder.block(table_text(element))
            continue
        text, style = clean(visible_text(element)), _style_id(element)
        if level_names.get(style) == _CONTENTS:
            continue
        if style in level_names or _outline_level(element) is not None:
            builder.heading(text)
            title = title or (text if level_names.get(style) == "Title" else None)
        else:
            builder.block(("- " if _is_list_item(element) and text else "") + text)
    about = _core_properties(document)
    return builder.finish(title=about.get("title") or title, date=about.get("created"), author=about.get("creator"))


def _core_properties(document: DocxDocument) -> dict[str, str]:
    """Title, creator and day of creation.

    Found by the part's kind: LibreOffice misspells the relation, and python-docx then invents properties of its own.
    """
    part = next((part for part in document.part.package.iter_parts() if isinstance(part, CorePropertiesPart)), None)
    elements = () if part is None else part.element
    return {
        element.tag.rpartition("}")[2]: element.text
        for element in elements
        if isinstance(element.tag, str) and element.text
    }


def _heading_styles(document: DocxDocument) -> dict[str, str]:
    """The ids of heading styles, with the built-in name that they are or rest on: English in every language's Word."""
    found = {}
    for style in document.styles:
        base: Any = style
        for _ in range(_MAX_DEPTH):
            if base is None:
                break
            name = base.name or ""
            if name.startswith("Heading ") or name in ("Title", "Subtitle"):
                found[style.style_id] = name
                break
            if name.lower().startswith(_CONTENTS):
                found[style.style_id] = _CONTENTS
                break
            base = getattr(base, "base_style", None)
    return found


def _body_blocks(parent: Any, depth: int = 0) -> Iterator[Any]:
    """Paragraphs and tables in reading order, those inside content controls and tracked insertions too."""
    for element in parent:
        if element.tag in (PARAGRAPH, TABLE):
            yield element
        elif element.tag not in UNSEEN and isinstance(element.tag, str) and depth < _MAX_DEPTH:
            yield from _body_blocks(element, depth + 1)


def _style_id(paragraph: Any) -> str:
    style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    return cast(str, style.get(qn("w:val"), "")) if style is not None else ""


def _outline_level(paragraph: Any) -> str | None:
    level = paragraph.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
    value = level.get(qn("w:val")) if level is not None else None
    # Level 9 is Word's way to say body text.
    return None if value in (None, "9") else cast(str, value)


def _is_list_item(paragraph: Any) -> bool:
    number = paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}/{qn('w:numId')}")
    return number is not None and number.get(qn("w:val")) != "0"
