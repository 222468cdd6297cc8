"""What the operator chooses for the web floor, with the values that hold where the settings do not say otherwise."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Self

from assistant.errors import SettingsError
from assistant.settings import Settings
from assistant.web.permalinks import Keeping

_SHORTEST_TOKEN = 16
# As a Content-Security-Policy takes it: scheme, host (any subdomain: `*.`), port; no path, and nothing that ends a directive.
_ORIGIN = re.compile(r"https?://(?:\*\.)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class WebOptions:
    """The options, each named as its setting."""

    corpus_dir: Path = Path("corpus")
    published_dir: Path = Path("evals/published")
    public_url: str = ""
    contact: str = ""
    database_url: str = ""
    rate_limit_per_minute: int = 30
    rate_limit_url: str = ""
    trusted_proxies: str = ""
    embed_origins: str = ""
    staff_token: str = field(default="", repr=False)
    max_concurrent: int = 4
    max_waiting: int = 32
    max_sessions: int = 500
    permalink_days: int = 1825
    feedback_days: int = 365
    max_permalinks: int = 100_000
    keep_unanswered: bool = False
    mcp: bool = False

    def __post_init__(self) -> None:
        for origin in self.embedders:
            if not _ORIGIN.fullmatch(origin):
                raise SettingsError(
                    f"SUMMIT_EMBED_ORIGINS: {origin!r} is no origin; write https://www.example.org, without a path, separated by commas"
                )
        if self.staff_token and len(self.staff_token) < _SHORTEST_TOKEN:
            raise SettingsError(
                f"SUMMIT_STAFF_TOKEN has {len(self.staff_token)} characters, the least is {_SHORTEST_TOKEN}; "
                "make one with `python -c 'import secrets; print(secrets.token_urlsafe())'`, or unset it"
            )
        if self.mcp:
            check_mcp(_installed("mcp"))

    @classmethod
    def of(cls, settings: Settings | WebOptions) -> Self:
        """Every option that `settings` has a value for, the defaults for the others."""
        return cls(**{one.name: getattr(settings, one.name) for one in fields(cls) if hasattr(settings, one.name)})

    @property
    def keeping(self) -> Keeping:
        """What the database keeps and for how long."""
        return Keeping(self.permalink_days, self.feedback_days, self.max_permalinks, self.keep_unanswered)

    @property
    def embedders(self) -> tuple[str, ...]:
        """The origins that may show the page in a frame."""
        return tuple(self.embed_origins.replace(",", " ").split())


def check_mcp(found: str) -> None:
    """Gradio needs the package below 2: with a later one its endpoint is missing, and it does not say so.

    Raises:
        SettingsError: for another version than 1.x, or none.
    """
    if found.partition(".")[0] != "1":
        raise SettingsError(
            f"SUMMIT_MCP needs the package mcp, from 1.30 and below 2, found {found}; `pip install -e '.[mcp]'`, or unset it"
        )


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"
