"""What a browser would make of a page: its elements with their attributes."""

from __future__ import annotations

from html.parser import HTMLParser

Element = tuple[str, dict[str, str]]
_ADDRESSES = ("href", "src", "action", "cite", "formaction", "data", "srcdoc", "poster")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.elements: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))


def read_elements(page: str) -> list[Element]:
    """Every element, in order."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.elements


def elements_of(page: str) -> list[tuple[str, tuple[str, ...]]]:
    """The names of the elements and of their attributes, in order."""
    return [(tag, tuple(sorted(attributes))) for tag, attributes in read_elements(page)]


def assert_harmless(page: str) -> None:
    """Nothing that a strict content policy would refuse: no script, no inline style or handler, no strange address."""
    for tag, attributes in read_elements(page):
        assert tag not in {"script", "style", "iframe", "object", "embed", "base", "img", "svg"}, tag
        for name, value in attributes.items():
            assert name != "style" and not name.startswith("on"), (tag, name)
            if name in _ADDRESSES:
                assert value.startswith(("/", "#", "http://", "https://", "mailto:")), (tag, name, value)
        if tag == "meta":
            assert attributes.get("http-equiv", "") == "", attributes
        if tag == "link":
            assert attributes["href"].startswith("/"), attributes
