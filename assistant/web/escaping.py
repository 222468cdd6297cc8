"""HTML built from parts: every text is escaped, and no line break is left that Markdown could take for its own."""

from __future__ import annotations

import html
import re
from urllib.parse import urlsplit

# C0 and C1 controls but line feed, and the marks that reorder text: none has a place in a page.
_UNWANTED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def escaped(text: str) -> str:
    """`text` as HTML text or attribute value."""
    return html.escape(_UNWANTED.sub(" ", text)).replace("\n", "&#10;")


def element(name: str, content: str, /, **attributes: str | None) -> str:
    """An element around `content`, which is HTML already. Attribute values are escaped, None leaves an attribute out.

    `class_` is `class`, `aria_label` is `aria-label`.
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escaped(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{given}>{content}</{name}>"


def link(address: str | None, content: str, /, **attributes: str | None) -> str:
    """A link where `address` is a web address or a place on this site, else `content` alone."""
    if address is None or not (is_web_address(address) or address.startswith(("/", "#"))):
        return content
    return element("a", content, href=address, **attributes)


def is_web_address(address: str) -> bool:
    """Whether `address` may be followed by a reader: http or https with a host."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def hidden_label(text: str) -> str:
    """Text for screen readers only."""
    return element("span", escaped(text), class_="vh")


def copy_button(label: str, target: str) -> str:
    """A button that copies the text of the element `target` (the page's script does it)."""
    return element("button", escaped(label), type="button", class_="copy", value=target)


def copy_text(identifier: str, text: str) -> str:
    """The hidden text that a copy button copies."""
    return element("pre", escaped(text), class_="copy-text", id=identifier, hidden="")
