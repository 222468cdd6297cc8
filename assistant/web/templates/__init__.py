"""The templates of the pages around the conversation, and how they are filled: every value is escaped, links are checked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from assistant.records import Language, other_language
from assistant.web.escaping import escaped, is_web_address
from assistant.web.typography import long_date, quoted
from assistant.web.wording import words

_FOLDER = Path(__file__).parent
_STATIC = _FOLDER.parent / "static"
_STYLES = ("tokens.css", "site.css")


@dataclass(frozen=True, slots=True)
class Frame:
    """What surrounds a page: its language, its path without the query, whether search engines are kept out.

    `around` says whether the other pages are served.
    """

    language: Language
    path: str
    indexed: bool = True
    query: str = ""
    around: bool = True

    def in_language(self, language: Language) -> str:
        """The address of this page in `language`."""
        return f"{self.path}?lang={language}{self.query}"


class Templates:
    """The templates, read once."""

    def __init__(self) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(_FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            finalize=_finalized,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.filters.update(
            web=lambda address: address if address and is_web_address(address) else None,
            segment=lambda text: quote(text, safe=""),
            quoted=quoted,
        )
        self._environment.globals["styles"] = [(name, _digest(_STATIC / name)) for name in _STYLES]

    def render(self, name: str, frame: Frame, **values: Any) -> str:
        """The page `name` in its frame; `say` is the wording and `day` writes dates, in the frame's language."""
        return self._environment.get_template(name).render(
            frame=frame,
            language=frame.language,
            other=other_language(frame.language),
            say=_say(words(frame.language)),
            day=lambda iso: long_date(str(iso), frame.language),
            **values,
        )


def _finalized(value: object) -> object:
    """Every text that a template shows, escaped as on the conversation's page: no control character, no mark that reorders."""
    return Markup(escaped(value)) if isinstance(value, str) and not isinstance(value, Markup) else value  # nosec B704 # just escaped


def _say(known: Mapping[str, str]) -> Callable[..., str]:
    def say(key: str, **values: object) -> str:
        return known[key].format(**values) if values else known[key]

    return say


def _digest(path: Path) -> str:
    """Changes with the file, so that a browser may keep it for ever."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
