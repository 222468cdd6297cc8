"""How often a client may ask, who counts as one client, and whom we believe about it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message, Receive, Scope, Send

from assistant.errors import SettingsError
from assistant.web.limits import RateLimiter, TrustedProxies, client_address, grouped, read_networks
from tests.web.services import redis_server

STORAGES = ["memory", pytest.param("redis", marks=[pytest.mark.services, pytest.mark.slow])]
PROXIES = read_networks("10.0.0.0/8, 2001:db8:ffff::/48")
_STRANGERS = iter(range(1, 10_000))


@pytest.fixture(scope="module", params=STORAGES)
def storage_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Empty for memory, else the URL of a running Redis."""
    with ExitStack() as stack:
        yield stack.enter_context(redis_server())[0] if request.param == "redis" else ""


@pytest.fixture
def client() -> str:
    """An address that no other test uses."""
    number = next(_STRANGERS)
    return f"198.51.{number // 250}.{number % 250}"


def test_so_many_a_minute_and_then_seconds_to_wait(storage_url: str, client: str) -> None:
    """The wait is told, and is no longer than the two minutes that an address is counted for."""
    limiter = RateLimiter(5, storage_url)
    assert [limiter.check(client) for _ in range(5)] == [None] * 5
    wait = limiter.check(client)
    assert wait is not None and 1 <= wait <= 120


def test_each_client_has_its_own_count(storage_url: str, client: str) -> None:
    """One that asks too often does not stop another."""
    limiter = RateLimiter(1, storage_url)
    assert limiter.check(client) is None
    assert limiter.check(client) is not None
    assert limiter.check(client + "0") is None


def test_no_limit_where_it_is_zero(storage_url: str, client: str) -> None:
    """The operator may leave it to the web server in front."""
    limiter = RateLimiter(0, storage_url)
    assert all(limiter.check(client) is None for _ in range(100))


def test_threads_share_one_count(storage_url: str, client: str) -> None:
    """Twenty at once, ten of them in time: exactly ten."""
    limiter = RateLimiter(10, storage_url)
    waits: list[float | None] = []
    threads = [threading.Thread(target=lambda: waits.append(limiter.check(client))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert waits.count(None) == 10


@pytest.mark.services
@pytest.mark.slow
def test_two_processes_share_redis_and_live_without_it(client: str) -> None:
    """With Redis both count together; when it stops, each counts for itself and nobody is turned away for it."""
    with redis_server() as (url, stop):
        one, two = RateLimiter(2, url), RateLimiter(2, url)
        assert (one.check(client), two.check(client)) == (None, None)
        assert one.check(client) is not None
        stop()
        assert [two.check(client) for _ in range(2)] == [None, None]
        assert two.check(client) is not None


@pytest.mark.parametrize("url", ["nonsense", "mongodb-not://x", "://", "async+redis://127.0.0.1/0"])
def test_a_storage_that_we_do_not_know_is_refused(url: str) -> None:
    """The message says what to write."""
    with pytest.raises(SettingsError, match=r"SUMMIT_RATE_LIMIT_URL .* redis://host:6379/0"):
        RateLimiter(1, url)


def test_one_subscriber_is_one_client() -> None:
    """IPv6 addresses count by network: whoever has 2^64 of them gets neither more questions nor our memory."""
    limiter = RateLimiter(3)
    for number in range(3):
        assert limiter.check(f"2001:db8:1:2::{number}") is None
    assert limiter.check("2001:db8:1:2:ffff::1") is not None
    assert limiter.check("2001:db8:1:3::1") is None


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["1.2.3.4, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["1.2.3.4, 198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", ["1.2.3.4", "198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", ["198.51.100.1:4711"], "198.51.100.1"),
        ("10.0.0.1", ['"[2001:db8::7]:4711"'], "2001:db8::7"),
        ("10.0.0.1", ["::ffff:198.51.100.1"], "198.51.100.1"),
        ("::ffff:10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("2001:db8:ffff::1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["unknown"], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1, nonsense"], "10.0.0.1"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("testclient", ["198.51.100.1"], "testclient"),
        ("10.0.0.1", [", ".join(["198.51.100.1"] + ["10.0.0.2"] * 5000)], "10.0.0.2"),
    ],
)
def test_only_a_trusted_proxy_is_believed(peer: str, forwarded: list[str], expected: str) -> None:
    """The nearest stranger counts; what a stranger writes into the header does not."""
    assert client_address(peer, forwarded, PROXIES) == expected


@given(st.lists(st.text(max_size=60), max_size=5), st.ip_addresses())
def test_no_header_hides_a_stranger(forwarded: list[str], peer: object) -> None:
    """Whatever a client writes, without a proxy in between it is known by its own address."""
    address = str(peer)
    if not any(peer in network for network in PROXIES):
        assert client_address(address, forwarded, PROXIES) == address


@given(st.text(max_size=300))
def test_any_text_is_one_client(text: str) -> None:
    """A key is bounded, whatever the server calls its peer."""
    assert len(grouped(text)) <= 100


def test_networks_are_read_with_commas_or_spaces() -> None:
    """An address alone is a network of one; what is neither is named."""
    assert [str(one) for one in read_networks("127.0.0.1, 10.1.2.3/8 ::1")] == ["127.0.0.1/32", "10.0.0.0/8", "::1/128"]
    assert read_networks("") == ()
    with pytest.raises(SettingsError, match=r"SUMMIT_TRUSTED_PROXIES: '10.0.0.0/99' .* write 10.0.0.1 or 10.0.0.0/8"):
        read_networks("10.0.0.0/99")


@pytest.mark.parametrize(
    ("networks", "expected"), [(PROXIES, ("198.51.100.1", 5000)), ((), ("10.0.0.1", 5000))], ids=["trusted", "none"]
)
def test_the_middleware_puts_the_client_in_its_place(networks: tuple[object, ...], expected: tuple[str, int]) -> None:
    """Everything behind it sees the client's own address, and without proxies the peer's."""
    seen: list[object] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        del receive, send
        seen.append(scope["client"])

    scope: Scope = {
        "type": "http", "client": ("10.0.0.1", 5000), "headers": [(b"x-forwarded-for", b"1.1.1.1, 198.51.100.1")],
    }  # fmt: skip
    asyncio.run(TrustedProxies(app, networks)(scope, _nothing, _ignore))  # type: ignore[arg-type]
    assert seen == [expected]
    assert scope["client"] == ("10.0.0.1", 5000), "the scope of others is left alone"


def test_other_connections_pass_untouched() -> None:
    """Start-up events have no client."""
    seen: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        del receive, send
        seen.append(scope)

    asyncio.run(TrustedProxies(app, PROXIES)({"type": "lifespan"}, _nothing, _ignore))
    assert seen == [{"type": "lifespan"}]


async def _nothing() -> Message:
    return {}


async def _ignore(message: Message) -> None:
    del message
