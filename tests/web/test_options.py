"""What the operator chooses is checked before anything starts."""

from __future__ import annotations

import pytest

from assistant.errors import SettingsError
from assistant.settings import Settings
from assistant.web.limits import RateLimiter
from assistant.web.options import WebOptions, check_mcp


@pytest.mark.parametrize(
    ("written", "origins"),
    [
        ("", ()),
        ("https://www.example.org", ("https://www.example.org",)),
        ("http://localhost:8080, https://*.gouv.fr", ("http://localhost:8080", "https://*.gouv.fr")),
    ],
)
def test_origins_are_taken_as_written(written: str, origins: tuple[str, ...]) -> None:
    """Commas and spaces separate; a port and any subdomain are allowed."""
    assert WebOptions.of(Settings(embed_origins=written)).embedders == origins


@pytest.mark.parametrize(
    "wrong",
    ["example.org", "https://example.org/", "https://example.org/page", "ftp://example.org", "*", "'self'", "https://a;script-src", "javascript:x", "https://", "https://exa_mple.org"],
)  # fmt: skip
def test_what_is_no_origin_is_refused(wrong: str) -> None:
    """The message says the value and what to write; nothing can end the policy's directive and begin another."""
    with pytest.raises(SettingsError, match=r"SUMMIT_EMBED_ORIGINS: .* is no origin; write https://") as caught:
        WebOptions.of(Settings(embed_origins=f"https://fine.example, {wrong}"))
    assert wrong in str(caught.value)


def test_no_limit_is_a_choice() -> None:
    """0 questions a minute means that nobody waits."""
    options = WebOptions.of(Settings.from_env({"SUMMIT_RATE_LIMIT_PER_MINUTE": "0"}))
    limiter = RateLimiter(options.rate_limit_per_minute)
    assert all(limiter.check("192.0.2.1") is None for _ in range(200))


@pytest.mark.parametrize("found", ["2.3.0", "none"])
def test_mcp_without_its_package_stops_with_the_remedy(found: str) -> None:
    """With 2.x Gradio would answer 404 without a word; the start says so instead."""
    with pytest.raises(SettingsError, match=rf"found {found}; `pip install -e '\.\[mcp\]'`"):
        check_mcp(found)
    check_mcp("1.30.0")
