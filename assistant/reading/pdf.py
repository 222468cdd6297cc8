"""PDF by pdfium: text with page numbers, headings by their size or weight, and what the file says of itself."""

from __future__ import annotations

import re

import pypdfium2
import pypdfium2.raw as pdfium

from assistant.errors import DocumentTooLarge, UnreadableFile
from assistant.reading.extracted import ExtractedFile, Limits, TextBuilder, one_line
from assistant.reading.pdf_layout import Block, layout
from assistant.reading.pdf_lines import Line, read_lines

_MAGIC, _END = b"%PDF-", b"%%EOF"
# How far from the file's edges these two may stand; Acrobat allows about as much.
_SLACK = 2048
_NO_TITLE = re.compile(
    r"microsoft |untitled|sans (?:titre|nom)|document ?\d*$|.*\.(?:docx?|odt|pdf|indd|html?|pptx?)$", re.IGNORECASE
)
_BROWSERS = ("Mozilla/", "Skia/")


def read_pdf(data: bytes, limits: Limits) -> ExtractedFile:
    """The text of a PDF.

    Raises:
        UnreadableFile: for what is no PDF, is cut short, damaged, locked by a password, or holds only pictures.
        DocumentTooLarge: for more pages than `limits` allow.
    """
    if _MAGIC not in data[:_SLACK]:
        raise UnreadableFile(
            f"is no PDF: it does not begin with {_MAGIC.decode()}; give the file the suffix of what it is"
        )
    if _END not in data[-_SLACK:]:
        raise UnreadableFile(f"is cut short: {_END.decode()} is missing at its end; copy or download it again")
    with _open(data) as document:
        count = len(document)
        if count > limits.max_pages:
            raise DocumentTooLarge(
                f"has {count} pages, over the limit of {limits.max_pages}; split it or raise the limit"
            )
        blocks = layout([_lines(document, number) for number in range(1, count + 1)])
        about = document.get_metadata_dict()
    if not blocks:
        raise UnreadableFile(
            f"has no text layer on its {count} page(s); run OCR on it (for example ocrmypdf) and add the result"
        )
    return _build(blocks, about)


def _open(data: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pdfium.FPDF_ERR_PASSWORD:
            raise UnreadableFile("is locked by a password; save it without one and add it again") from None
        raise UnreadableFile(f"is damaged ({error}); copy or download it again") from None


def _lines(document: pypdfium2.PdfDocument, number: int) -> list[Line]:
    try:
        page = document[number - 1]
    except pypdfium2.PdfiumError:
        raise UnreadableFile(f"page {number} is damaged; copy or download the file again") from None
    try:
        return read_lines(page, number)
    finally:
        page.close()


def _build(blocks: list[Block], about: dict[str, str]) -> ExtractedFile:
    builder = TextBuilder()
    for block in blocks:
        if block.is_heading:
            builder.heading(block.text)
        else:
            builder.block(block.text, block.page)
    title = one_line(about.get("Title", ""))
    # A browser writes when it printed, which says nothing about the document.
    is_print = about.get("Creator", "").startswith(_BROWSERS) or about.get("Producer", "").startswith(_BROWSERS)
    return builder.finish(
        title=title if title and not _NO_TITLE.match(title) else _largest_heading(blocks),
        date=None if is_print else about.get("CreationDate"),
        author=about.get("Author"),
    )


def _largest_heading(blocks: list[Block]) -> str | None:
    """The heading of the first page that stands out most."""
    headings = [block for block in blocks if block.is_heading and block.page == blocks[0].page]
    return max(headings, key=lambda block: block.size).text if headings else None
