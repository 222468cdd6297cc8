"""Which addresses the program may talk to when it fetches: listed hosts on the public internet, and nothing else.

A list entry, a redirect or a name server must not make the program ask the machine itself or its neighbours.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass

import httpx

from assistant.errors import FetchError

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class NetworkPolicy:
    """`allow_loopback` and plain http are for tests, which serve their own pages."""

    schemes: frozenset[str] = frozenset({"https"})
    allow_loopback: bool = False

    def check_url(self, url: httpx.URL, hosts: frozenset[str]) -> None:
        """Refuse a URL of another scheme or host than the list's, or whose host has an address that is not public.

        Raises:
            FetchError: naming the URL and the rule.
            OSError: if the host's name cannot be resolved now.
        """
        if url.scheme not in self.schemes:
            raise FetchError(f"{url} is not {' or '.join(sorted(self.schemes))}; only that is fetched")
        if url.userinfo or not url.host:
            raise FetchError(f"{url} carries a user name or no host; write it without")
        if host_key(url) not in hosts:
            raise FetchError(
                f"{url} leads to {url.host}, which no entry of the list names; add an entry for it or drop this one"
            )
        for found in socket.getaddrinfo(url.host, url.port or 443, type=socket.SOCK_STREAM):
            self.check_address(str(found[4][0]))

    def check_address(self, text: str) -> None:
        """Refuse an address that is not on the public internet.

        Raises:
            FetchError: naming the address.
        """
        address = _plain(ipaddress.ip_address(text.partition("%")[0]))
        if self.allow_loopback and address.is_loopback:
            return
        if not address.is_global or address.is_multicast:
            raise FetchError(f"{text} is a private, local or reserved address; only public ones are fetched from")


def host_key(url: httpx.URL) -> str:
    """Host and port, a leading `www.` left out: sites send readers from one form to the other."""
    return url.netloc.decode("ascii").lower().removeprefix("www.")


def _plain(address: _Address) -> _Address:
    """The IPv4 address that an IPv6 one only wraps."""
    if isinstance(address, ipaddress.IPv6Address):
        teredo = address.teredo
        return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else address)
    return address
