"""The main text of a web page by trafilatura: headings, paragraphs, lists and tables, no menus, banners or scripts."""

from __future__ import annotations

import codecs
import re
from configparser import ConfigParser
from typing import Any

import trafilatura
from trafilatura.settings import use_config
from trafilatura.utils import load_html

from assistant.errors import UnreadableFile
from assistant.reading.extracted import ExtractedFile, TextBuilder, one_line, raised_digits
from assistant.reading.plain import decode

_DECLARED = re.compile(rb"<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z0-9._-]+)", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_HEAD_BYTES = 4096
# What makes a div more than a paragraph.
_BLOCKS = (
    *("address", "article", "aside", "blockquote", "body", "center", "details", "dl", "div", "fieldset", "figure"),
    *("footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre"),
    *("section", "table", "ul"),
)
_NO_TEXT = (
    "the page holds no text; open it in a browser, wait until its text shows, and save it again, or print it to PDF"
)


def read_html(data: bytes) -> ExtractedFile:
    """The main text of a page, with its title, date and author where the page states them.

    Raises:
        UnreadableFile: for a page without text of its own, or bytes that are not in the encoding that they claim.
    """
    tree = load_html(_XML_DECLARATION.sub("", _decode(data)))
    if tree is None:
        raise UnreadableFile(_NO_TEXT)
    _mark_main_text(tree)
    page = trafilatura.bare_extraction(
        tree,
        fast=True,
        favor_recall=True,
        include_comments=False,
        with_metadata=True,
        date_extraction_params={"extensive_search": False, "original_date": True},
        config=_settings(),
    )
    body: Any = getattr(page, "body", None)
    builder = TextBuilder()
    for element in () if body is None else body:
        _add(builder, element)
    found = builder.finish(
        title=getattr(page, "title", None), date=getattr(page, "date", None), author=getattr(page, "author", None)
    )
    if not found.parts:
        raise UnreadableFile(_NO_TEXT)
    return found


def _decode(data: bytes) -> str:
    """A page may say its encoding; what does not say, or says nothing known, is UTF-8."""
    declared = _DECLARED.search(data[:_HEAD_BYTES])
    name = declared[1].decode("ascii") if declared and not data.startswith(codecs.BOM_UTF8) else "utf-8"
    try:
        # Browsers read Latin-1 as Windows-1252, and so does everyone who writes such pages.
        codec = "cp1252" if codecs.lookup(name).name in ("iso8859-1", "ascii") else codecs.lookup(name).name
    except LookupError:
        codec = "utf-8"
    if codec == "utf-8":
        return decode(data)
    try:
        return str(data, codec)
    except (UnicodeError, LookupError) as error:
        raise UnreadableFile(f"says that it is {name}, but is not ({error}); save the page as UTF-8") from None


def _settings() -> ConfigParser:
    """A short page is no failure: by default trafilatura takes under 250 letters for one, and drops the structure."""
    settings = use_config()
    settings.set("DEFAULT", "min_extracted_size", "1")
    return settings


def _mark_main_text(tree: Any) -> None:
    """Mark what trafilatura would guess, and lose: text in a bare div, and the main text of a page without <main>."""
    for element in tree.iter("sup"):
        digits = one_line(element.text_content())
        if digits.isdecimal():
            before = element.getprevious().tail if element.getprevious() is not None else element.getparent().text
            tail = element.tail
            element.clear()
            element.text, element.tail = raised_digits(digits, before or ""), tail
    for element in tree.iter("div"):
        if next(element.iterdescendants(*_BLOCKS), None) is None and one_line(element.text_content()):
            element.tag = "p"
    body = tree.find(".//body")
    if body is not None and next(body.iter("main", "article"), None) is None and not body.xpath('.//*[@role="main"]'):
        main = body.makeelement("main")
        main.text, body.text = body.text, None
        main.extend(list(body))
        body.append(main)


def _add(builder: TextBuilder, element: Any) -> None:
    match element.tag:
        case "head":
            builder.heading(_text(element))
        case "list":
            for item in element.iter("item"):
                builder.block("- " + _own_text(item))
        case "table":
            rows = ([one_line(_text(cell)) for cell in row.iterchildren("cell")] for row in element.iter("row"))
            builder.block("\n".join(" | ".join(cells) for cells in rows if any(cells)))
        case "quote" | "div" if len(element) and element[0].tag in ("p", "list", "head", "quote"):
            builder.block(element.text or "")
            for child in element:
                _add(builder, child)
        case _:
            builder.block(_text(element))


def _own_text(item: Any) -> str:
    """A list item without the lists inside it, which are items of their own."""
    return one_line(_text(item, without="list"))


def _text(element: Any, without: str | None = None) -> str:
    pieces = [element.text or ""]
    for child in element:
        if child.tag == "lb":
            pieces.append("\n")
        elif child.tag != without:
            pieces.append(_text(child, without))
        pieces.append(child.tail or "")
    return "".join(pieces)
