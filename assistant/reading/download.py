"""Polite downloads: robots.txt obeyed, a pause between requests to a host, few and patient retries, bounded sizes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self

import httpx

from assistant.errors import FetchError
from assistant.reading.network import NetworkPolicy, host_key
from assistant.reading.robots import Download, Robots

AGENT = "summit-assistant"
_HEADERS = {
    "User-Agent": f"{AGENT} (fetches a short list of official pages, one at a time, for reading offline)",
    "Accept": "text/html,application/xhtml+xml,application/pdf;q=0.9,*/*;q=0.1",
    # What is not compressed cannot unpack to more than was counted.
    "Accept-Encoding": "identity",
}
_TEMPORARY = frozenset({429, 500, 502, 503, 504})
_MAX_ROBOTS_BYTES = 500_000


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """What one download may cost, and how patient it is. Times are in seconds."""

    max_bytes: int = 50_000_000
    timeout: float = 30.0
    max_seconds: float = 300.0
    pause: float = 2.0
    max_crawl_delay: float = 30.0
    attempts: int = 3
    backoff: float = 2.0
    max_retry_after: float = 120.0
    max_redirects: int = 5


class _TemporaryError(Exception):
    """A failure that may be over in a moment."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Downloader:
    """Fetches from the listed hosts, one request at a time. Use it in a `with` statement."""

    def __init__(
        self,
        hosts: frozenset[str],
        limits: FetchLimits,
        policy: NetworkPolicy,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._hosts = hosts
        self._limits = limits
        self._policy = policy
        self._robots = Robots(
            AGENT, lambda address: self._patiently(address, lambda: self._follow(address, _MAX_ROBOTS_BYTES))
        )
        self._free_at: dict[str, float] = {}
        # No proxy from the environment: behind one, the address that is checked would be the proxy's.
        self._client = httpx.Client(transport=transport, headers=_HEADERS, timeout=limits.timeout, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def get(self, address: str) -> Download:
        """Fetch a URL that robots.txt allows, following redirects within the listed hosts.

        Raises:
            FetchError: with what the server said, the rule or limit that was met, and what to do.
        """
        found = self._patiently(address, lambda: self._follow(address, self._limits.max_bytes, self._robots.check))
        if found.status != 200:
            raise FetchError(f"{found.url} answered {found.status}; correct or drop the entry")
        return found

    def _patiently(self, address: str, fetch: Callable[[], Download]) -> Download:
        """Try again what failed for the moment: as late as the server asks, else after ever longer pauses."""
        reason = ""
        for attempt in range(self._limits.attempts):
            try:
                return fetch()
            except _TemporaryError as failure:
                reason = str(failure)
                wait = self._limits.backoff * 2**attempt if failure.retry_after is None else failure.retry_after
            if wait > self._limits.max_retry_after:
                limit = f"over the limit of {self._limits.max_retry_after:g}"
                raise FetchError(
                    f"{address} {reason} and asks to wait {wait:g} seconds, {limit}; run fetch again later"
                )
            if attempt + 1 < self._limits.attempts:
                time.sleep(wait)
        raise FetchError(f"{address} {reason}, {self._limits.attempts} times; run fetch again later")

    def _follow(self, address: str, max_bytes: int, check: Callable[[httpx.URL], None] | None = None) -> Download:
        url = _url(address)
        for _ in range(self._limits.max_redirects + 1):
            self._check_url(url)
            if check is not None:
                check(url)
            found = self._exchange(url, max_bytes)
            if isinstance(found, Download):
                return found
            url = found
        raise FetchError(f"{address} redirects over {self._limits.max_redirects} times; correct or drop the entry")

    def _check_url(self, url: httpx.URL) -> None:
        try:
            self._policy.check_url(url, self._hosts)
        except OSError as error:
            raise _TemporaryError(f"cannot be found ({error.strerror or error})") from None
        except UnicodeError as error:
            raise FetchError(f"{url} names no possible host ({error}); correct or drop the entry") from None

    def _exchange(self, url: httpx.URL, max_bytes: int) -> Download | httpx.URL:
        """One request: what was sent, or where it leads."""
        self._pause(url)
        try:
            with self._client.stream("GET", url) as response:
                self._check_peer(response)
                if response.has_redirect_location:
                    return _url(str(url.join(response.headers["location"])))
                if response.status_code in _TEMPORARY:
                    raise _TemporaryError(f"answered {response.status_code}", _retry_after(response))
                body = self._body(response, max_bytes) if response.status_code == 200 else b""
                return Download(str(url), response.status_code, response.headers.get("content-type", ""), body)
        except httpx.TimeoutException:
            raise _TemporaryError(f"did not answer within {self._limits.timeout:g} seconds") from None
        except httpx.DecodingError as error:
            raise FetchError(f"{url} sent broken compression ({error}); correct or drop the entry") from None
        except httpx.InvalidURL as error:
            raise FetchError(f"{url} redirects to no URL ({error}); correct or drop the entry") from None
        except httpx.TransportError as error:
            # The server broke off: a body shorter than announced comes here, too.
            raise _TemporaryError(f"broke off ({error})") from None
        finally:
            self._free_at[host_key(url)] = time.monotonic()

    def _body(self, response: httpx.Response, max_bytes: int) -> bytes:
        """The body, counted as it comes: what the server announced about its size is not believed."""
        deadline = time.monotonic() + self._limits.max_seconds
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > max_bytes:
                raise FetchError(
                    f"{response.url} sends over {max_bytes} bytes, the limit; raise the limit or drop the entry"
                )
            if time.monotonic() > deadline:
                raise FetchError(
                    f"{response.url} takes over {self._limits.max_seconds:g} seconds, the limit; try again later"
                )
        return bytes(body)

    def _check_peer(self, response: httpx.Response) -> None:
        """The name was resolved twice, by the policy and by the connection; the answers may differ."""
        stream = response.extensions.get("network_stream")
        peer = stream.get_extra_info("server_addr") if stream is not None else None
        if peer:
            self._policy.check_address(str(peer[0]))

    def _pause(self, url: httpx.URL) -> None:
        pause = max(self._limits.pause, min(self._robots.crawl_delay(url), self._limits.max_crawl_delay))
        free_at = self._free_at.get(host_key(url))
        if free_at is not None:
            time.sleep(max(0.0, free_at + pause - time.monotonic()))


def _url(address: str) -> httpx.URL:
    try:
        return httpx.URL(address).copy_with(fragment=None)
    except httpx.InvalidURL as error:
        raise FetchError(f"{address!r} is no URL ({error}); correct it") from None


def _retry_after(response: httpx.Response) -> float | None:
    """The wait that a server asks for, as seconds or as a date; None if it asks for none that can be understood."""
    asked = response.headers.get("retry-after", "").strip()
    if response.status_code not in (429, 503) or not asked:
        return None
    if asked.isdecimal():
        return float(asked)
    try:
        until = parsedate_to_datetime(asked)
    except ValueError:
        return None
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
