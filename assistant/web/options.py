"""What the operator chooses for the web floor, with the values that hold where the settings do not say otherwise."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

from assistant.settings import Settings
from assistant.web.permalinks import Keeping


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
    max_concurrent: int = 4
    max_waiting: int = 32
    max_sessions: int = 500
    permalink_days: int = 1825
    feedback_days: int = 365
    max_permalinks: int = 100_000
    keep_unanswered: bool = False
    mcp: bool = False

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
