"""Markdown and plain text: UTF-8, with what Markdown marks as a heading kept as one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from assistant.errors import UnreadableFile
from assistant.reading.extracted import ExtractedFile, TextBuilder, one_line

_MAX_TITLE = 120
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?P<yaml>.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_HEADING_ID = re.compile(r"\s*\{#[^{}]*\}\s*$")


def decode(data: bytes) -> str:
    """The text of UTF-8 bytes, with or without a byte order mark, with line ends as `\\n`.

    Raises:
        UnreadableFile: naming the first byte that is not UTF-8 and its place.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        message = f"byte 0x{data[error.start]:02x} at offset {error.start} is not UTF-8; save the file as UTF-8"
        raise UnreadableFile(message, line=line) from None
    if "\x00" in text:
        raise UnreadableFile(f"byte 0x00 at offset {data.find(0)}: this is no text; save the file as UTF-8 text")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_text(data: bytes) -> ExtractedFile:
    """Plain text: its paragraphs as one part; a short first line with an empty line after it is the title."""
    text = decode(data).strip("\n")
    first, _, rest = text.partition("\n")
    stands_alone = not rest.partition("\n")[0].strip()
    title = first if stands_alone and len(first.strip()) <= _MAX_TITLE else None
    builder = TextBuilder()
    if title and rest.strip():
        builder.heading(title)
        text = rest
    for paragraph in re.split(r"\n[ \t]*\n", text):
        builder.block(paragraph)
    return builder.finish(title=title)


def read_markdown(data: bytes) -> ExtractedFile:
    """Markdown: each heading begins a part; emphasis, links and HTML comments leave only their text."""
    text = decode(data)
    front = _FRONT_MATTER.match(text)
    about = _front_matter(front["yaml"]) if front else {}
    tokens = MarkdownIt("commonmark").enable("table").parse(text[front.end() :] if front else text)
    builder = TextBuilder()
    title = about.get("title")
    for level, block in _blocks(tokens):
        if level:
            heading = _HEADING_ID.sub("", block)
            title = title or (heading if level == 1 else None)
            builder.heading(heading)
        else:
            builder.block(block)
    return builder.finish(title=title, date=about.get("date"), author=about.get("author"))


def _front_matter(text: str) -> Mapping[str, str]:
    """The plain values of a YAML header, as pandoc and site generators write it. A broken one is no reason to stop."""
    try:
        loaded = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}
    if not isinstance(loaded, dict):
        return {}
    return {
        str(key): one_line(str(value)) for key, value in loaded.items() if value and not isinstance(value, (dict, list))
    }


def _blocks(tokens: list[Token]) -> Iterator[tuple[int, str]]:
    """(heading level or 0, text) of each block in reading order. A table is one block, a row a line."""
    heading, bullet = 0, ""
    ordinals: list[int | None] = []
    rows: list[list[str]] = []
    for token in tokens:
        match token.type:
            case "heading_open":
                heading = int(token.tag[1])
            case "heading_close":
                heading = 0
            case "bullet_list_open":
                ordinals.append(None)
            case "ordered_list_open":
                ordinals.append(int(token.attrGet("start") or 1))
            case "bullet_list_close" | "ordered_list_close":
                ordinals.pop()
            case "list_item_open":
                bullet = "- " if ordinals[-1] is None else f"{ordinals[-1]}. "
                ordinals[-1] = None if ordinals[-1] is None else ordinals[-1] + 1
            case "tr_open":
                rows.append([])
            case "table_close":
                yield 0, "\n".join(" | ".join(row) for row in rows)
                rows.clear()
            case "inline" if rows:
                rows[-1].append(_inline(token))
            case "inline":
                yield heading, bullet + _inline(token)
                bullet = ""
            case "fence" | "code_block":
                yield 0, token.content


def _inline(token: Token) -> str:
    pieces = []
    for child in token.children or ():
        if child.type in ("text", "code_inline"):
            pieces.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            pieces.append(" ")
    return "".join(pieces)
