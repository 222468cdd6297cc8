"""robots.txt: what a site lets programs fetch, and how long they are to wait in between."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from urllib.robotparser import RobotFileParser

import httpx

from assistant.errors import FetchError


@dataclass(frozen=True, slots=True)
class Download:
    """What a server sent in the end."""

    url: str
    status: int
    content_type: str
    body: bytes


class Robots:
    """The rules of each site, read once by the same downloads as everything else."""

    def __init__(self, agent: str, fetch: Callable[[str], Download]) -> None:
        self._agent = agent
        self._fetch = fetch
        self._rules: dict[str, RobotFileParser | str] = {}

    def check(self, url: httpx.URL) -> None:
        """Refuse what the site's rules forbid.

        Raises:
            FetchError: for a forbidden URL, and for every URL of a site whose rules cannot be read.
        """
        origin = _origin(url)
        if origin not in self._rules:
            self._rules[origin] = self._read(f"{origin}/robots.txt")
        rules = self._rules[origin]
        if isinstance(rules, str):
            message = f"{origin}/robots.txt cannot be read ({rules}), so nothing is fetched from there; try again later"
            raise FetchError(message)
        if not rules.can_fetch(self._agent, str(url)):
            raise FetchError(f"{url} must not be fetched, says its robots.txt; drop the entry or save the page by hand")

    def crawl_delay(self, url: httpx.URL) -> float:
        """The pause between two requests that the site asks for, in seconds; 0 if it asks for none."""
        rules = self._rules.get(_origin(url))
        if not isinstance(rules, RobotFileParser):
            return 0.0
        try:
            return float(rules.crawl_delay(self._agent) or 0)
        except OverflowError:  # more digits than a number of seconds has
            return math.inf

    def _read(self, address: str) -> RobotFileParser | str:
        """The rules, or why they cannot be read. A site without the file allows everything (RFC 9309)."""
        try:
            found = self._fetch(address)
        except FetchError as error:
            return str(error)
        if found.status in (401, 403):
            return f"it answered {found.status}"
        rules = RobotFileParser(address)
        try:
            rules.parse(found.body.decode("utf-8", errors="replace").splitlines() if found.status == 200 else [])
        except ValueError as error:  # a number that int() does not take, a URL that urlsplit does not
            return f"line that cannot be understood: {type(error).__name__}"
        return rules


def _origin(url: httpx.URL) -> str:
    return f"{url.scheme}://{url.netloc.decode('ascii')}"
