"""How many questions a client may ask a minute, and who the client is behind a proxy.

An address lives in the counter for the minute that it is counted in, in memory or in Redis, and nowhere else.
"""

from __future__ import annotations

import ipaddress
import logging
import time
from collections.abc import Sequence

from limits import RateLimitItemPerMinute
from limits.errors import ConfigurationError, StorageError
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.errors import SettingsError

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IpNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
_MAX_HOPS = 20
_NAMESPACE = "summit"
# A storage that is away costs a question this much at most, and is not tried again for a while.
_STORAGE_SECONDS = 1.0
_RETRY_SECONDS = 30.0
_LOG = logging.getLogger(__name__)


class RateLimiter:
    """So many questions a minute for each client. Where Redis fails, each process counts for itself until it is back."""

    def __init__(self, per_minute: int, storage_url: str = "") -> None:
        """Count in memory, or in the Redis at `storage_url`; 0 `per_minute` means no limit.

        Raises:
            SettingsError: for a URL that names no storage, or one whose client is not installed.
        """
        self._item = RateLimitItemPerMinute(per_minute, namespace=_NAMESPACE) if per_minute else None
        self._own = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._shared = SlidingWindowCounterRateLimiter(_storage(storage_url)) if storage_url else None
        self._shared_from = 0.0

    @property
    def problem(self) -> str:
        """Why clients are not counted together with the other processes; empty where they are, or need not be."""
        away = self._shared is not None and time.monotonic() < self._shared_from
        return "the shared rate limit cannot be reached" if away else ""

    def check(self, client_key: str) -> float | None:
        """Count one question of `client_key`: None where it may be answered, else the seconds to wait."""
        if self._item is None:
            return None
        key = grouped(client_key)
        if self._shared is not None and time.monotonic() >= self._shared_from:
            try:
                return _check(self._shared, self._item, key)
            except StorageError as error:
                self._shared_from = time.monotonic() + _RETRY_SECONDS
                _LOG.warning(
                    "the shared rate limit failed (%s); this process counts alone", type(error.storage_error).__name__
                )
        return _check(self._own, self._item, key)


class TrustedProxies:
    """ASGI middleware: takes a client's address from `X-Forwarded-For` where a trusted proxy wrote it, and only there.

    It must be the outermost, and the server's own handling of the header must be off (uvicorn: `proxy_headers=False`),
    for that believes the header's first entry, which anyone may write.
    """

    def __init__(self, app: ASGIApp, networks: Sequence[IpNetwork]) -> None:
        self._app = app
        self._networks = tuple(networks)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with the client's own address."""
        client = scope.get("client")
        if self._networks and client and scope["type"] in ("http", "websocket"):
            forwarded = Headers(scope=scope).getlist("x-forwarded-for")
            scope = {**scope, "client": (client_address(client[0], forwarded, self._networks), client[1])}
        await self._app(scope, receive, send)


def read_networks(text: str) -> tuple[IpNetwork, ...]:
    """`127.0.0.1, 10.0.0.0/8` as networks.

    Raises:
        SettingsError: for what is neither an address nor a network.
    """
    networks = []
    for part in text.replace(",", " ").split():
        try:
            networks.append(ipaddress.ip_network(part, strict=False))
        except ValueError:
            raise SettingsError(
                f"SUMMIT_TRUSTED_PROXIES: {part!r} is no address and no network; write 10.0.0.1 or 10.0.0.0/8"
            ) from None
    return tuple(networks)


def client_address(peer: str, forwarded: Sequence[str], trusted: Sequence[IpNetwork]) -> str:
    """The address of the client: the nearest one that no trusted proxy has.

    Each proxy adds the address that it sees at the right end of `X-Forwarded-For`, so the header is read from there; what
    stands further left than the first stranger was written by that stranger.
    """
    hops = [hop for header in forwarded for hop in header.split(",")][-_MAX_HOPS:]
    nearest = peer
    for hop in reversed(hops):
        if not _is_trusted(nearest, trusted):
            break
        address = _address(hop)
        if address is None:
            break
        nearest = str(address)
    return nearest


def grouped(client: str) -> str:
    """What counts as one client: an IPv4 address, or the 64-bit network of an IPv6 one, which is one subscriber's."""
    address = _address(client)
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address) if address else client[:100]


def _check(limiter: SlidingWindowCounterRateLimiter, item: RateLimitItemPerMinute, key: str) -> float | None:
    if limiter.hit(item, key):
        return None
    return max(1.0, limiter.get_window_stats(item, key).reset_time - time.time())


def _storage(url: str) -> Storage:
    timeouts = {"socket_timeout": _STORAGE_SECONDS, "socket_connect_timeout": _STORAGE_SECONDS}
    options = timeouts if url.startswith("redis") else {}
    try:
        storage = storage_from_string(url, wrap_exceptions=True, **options)
    except (ConfigurationError, ValueError) as error:
        raise SettingsError(
            f"SUMMIT_RATE_LIMIT_URL cannot be used ({error}); write redis://host:6379/0 or leave it empty"
        ) from None
    if isinstance(storage, Storage):
        return storage
    raise SettingsError(
        "SUMMIT_RATE_LIMIT_URL names an asynchronous storage; write redis://host:6379/0 or leave it empty"
    )


def _is_trusted(host: str, trusted: Sequence[IpNetwork]) -> bool:
    address = _address(host)
    return address is not None and any(address in network for network in trusted)


def _address(text: str) -> IpAddress | None:
    """An address out of `1.2.3.4`, `1.2.3.4:80`, `::1` or `[::1]:80`; an IPv4 address in IPv6 clothes is an IPv4 address."""
    host = text.strip().strip('"')
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, ipaddress.IPv6Address) else address
