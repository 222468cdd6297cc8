"""Requests that no browser would send, and what they must not bring about."""

from __future__ import annotations

import json
import random
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, quote_plus

from starlette.types import ASGIApp, Message

ELEMENT = "<x-hit onclick=hit()>"
PAYLOADS = (
    ELEMENT,
    f'"{ELEMENT}',
    f"'>{ELEMENT}",
    "{{7*7}}${7*7}<%= 7*7 %>",
    "'; DROP TABLE summit_answers; --",
    "' OR 1=1 --",
    "../../../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "/etc/passwd\x00.html",
    "__import__('os').system('touch hit')",
    "!!python/object/apply:os.system ['touch hit']",
    "$(touch hit)",
    "`touch hit`",
    "|touch hit",
    "\r\nX-Hit: 1\r\n\r\n",
    "%0d%0aX-Hit:%201",
    "\u202e\u200b\ufeff\x1b[31m",
    "A" * 5000,
    "é" * 3000,
    "\ud800",
    "𝕊" * 300,
    "-1",
    "9" * 400,
    "1e999",
    "NaN",
    "null",
    "[]",
    "{}",
    "%",
    "%ff%fe",
    "%00",
    "\x00",
    "\n" * 500,
    "http://169.254.169.254/",
    "file:///etc/passwd",
    "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>",
    "{0.__class__}",
    "%s%n%x",
    "; ".join(["q=0.5"] * 500),
    "W/" * 500,
    ",".join('"x"' for _ in range(500)),
)
QUESTIONS = (
    "Who co-chaired the summit?",
    "Qui a coprésidé le sommet ?",
    "What is Current AI?",
    "Quelle heure est-il à Tokyo ?",
)
PATHS = (
    "/ /fr/ /en/ /api/ask /api/feedback /api/documents /api/health /api/health/live /api/openapi.json /api/docs "
    "/favicon.ico /documents /timeline /about /quality /corrections /d/{} /a/{} /a/{}/references.{} /a/{}/feedback "
    "/a/{}/thanks /static/{} /fr/config /en/gradio_api/info /fr/gradio_api/queue/join /fr/gradio_api/queue/data "
    "/en/gradio_api/run/{} /en/gradio_api/call/{} /fr/gradio_api/reset /fr/gradio_api/cancel "
    "/en/gradio_api/heartbeat/{} /fr/gradio_api/upload /fr/gradio_api/file={} /fr/assets/{} /{} /{}/{} //{}"
).split()
POSTED = ("/ask", "/feedback", "/join", "/run/", "/call/", "/reset", "/cancel", "/upload")
METHODS = ("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "HIT")
HEADERS = (
    "accept accept-language content-type cookie host if-none-match if-modified-since origin range referer "
    "sec-fetch-site user-agent x-forwarded-for x-forwarded-host x-forwarded-proto forwarded x-original-url "
    "x-http-method-override transfer-encoding content-length content-encoding expect upgrade connection authorization"
).split()
TYPES = (
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/plain",
    "text/event-stream",
    "",
)


@dataclass(frozen=True)
class Sent:
    """One request."""

    method: str
    path: str
    query: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def scope(self) -> dict[str, Any]:
        """As the server hands it over: the path decoded, headers as bytes without line ends."""
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": self.method,
            "scheme": "http",
            "path": self.path,
            "raw_path": quote(self.path, errors="replace").encode(),
            "root_path": "",
            "query_string": self.query,
            "headers": list(self.headers),
            "client": ("203.0.113.7", 4711),
            "server": ("127.0.0.1", 80),
            "state": {},
        }


@dataclass
class Received:
    """What came back."""

    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""


class Fuzzer:
    """Makes requests, the same ones for the same seed."""

    def __init__(self, seed: int, known_ids: Sequence[str] = ()) -> None:
        self._chance = random.Random(seed)
        self._words = (*PAYLOADS, *QUESTIONS, *known_ids, "fr", "en", "opening", "page.css", "ask", "txt", "json", "x")

    def request(self) -> Sent:
        """The next one."""
        chance = self._chance
        path = chance.choice(PATHS)
        while "{}" in path:
            path = path.replace("{}", self._word(), 1)
        query = "&".join(
            f"{chance.choice(('q', 'lang', 'v', 'session_hash', 'x'))}={quote_plus(self._word(), errors='replace')}"
            for _ in range(chance.choice((0, 0, 1, 3)))
        )
        body = self._body(path)
        headers = {"host": "testserver", "content-type": chance.choice(TYPES), "content-length": str(len(body))}
        for _ in range(chance.choice((0, 0, 1, 4))):
            headers[chance.choice(HEADERS)] = self._word()
        usual = "POST" if any(word in path for word in POSTED) else "GET"
        method = usual if chance.random() < 0.75 else chance.choice(METHODS)
        return Sent(method, _valid(path), query.encode("ascii", "replace"), _encoded(headers), body)

    def _word(self) -> str:
        chance = self._chance
        word = chance.choice(self._words)
        if chance.random() < 0.2:
            word = "".join(chr(chance.randrange(1, 0x2FF)) for _ in range(chance.randrange(30)))
        return word + chance.choice(self._words) if chance.random() < 0.2 else word

    def _body(self, path: str) -> bytes:
        chance = self._chance
        if chance.random() < 0.15:
            return chance.randbytes(chance.randrange(300))
        if path.endswith("/feedback") and path != "/api/feedback":
            return f"verdict={quote_plus(self._word(), errors='replace')}&text={quote_plus(self._word(), errors='replace')}".encode()
        names = (
            "question",
            "id",
            "history",
            "language",
            "answer_id",
            "verdict",
            "text",
            "data",
            "fn_index",
            "session_hash",
            "event_id",
            "x",
        )
        content: dict[str, Any] = {chance.choice(names): self._value(3) for _ in range(chance.randrange(4))}
        if path == "/api/ask" and chance.random() < 0.8:
            content = {"question": self._word()} | ({"language": "en"} if chance.random() < 0.5 else {})
        return json.dumps(content).encode()

    def _value(self, depth: int) -> Any:
        chance = self._chance
        kinds: list[Callable[[], Any]] = [
            self._word,
            lambda: chance.randrange(-(2**70), 2**70),
            lambda: None,
            lambda: True,
            lambda: 1.5,
        ]
        if depth:
            kinds += [
                lambda: [self._value(depth - 1) for _ in range(3)],
                lambda: {self._word(): self._value(depth - 1)},
            ]
            kinds += [lambda: [{"question": self._word()}]]
        return chance.choice(kinds)()


def _valid(path: str) -> str:
    """As a server would decode it: no lone surrogates."""
    return path.encode("utf-8", "replace").decode("utf-8")


def _encoded(headers: dict[str, str]) -> tuple[tuple[bytes, bytes], ...]:
    """Bytes, without the line ends that a server would cut at."""
    table = {ord(sign): " " for sign in "\r\n\x00"}
    return tuple((name.encode(), value.translate(table).encode("utf-8", "replace")) for name, value in headers.items())


async def send_to(app: ASGIApp, sent: Sent) -> Received:
    """Send one request, and hang up once its body is told: streams that would never end do."""
    received, parts = Received(), iter([{"type": "http.request", "body": sent.body, "more_body": False}])

    async def receive() -> Message:
        return next(parts, {"type": "http.disconnect"})

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            received.status, received.headers = message["status"], list(message["headers"])
        elif message["type"] == "http.response.body":
            received.body += message.get("body", b"")

    try:
        await app(sent.scope(), receive, send)
    except Exception as error:  # noqa: BLE001  whatever it is, it is what the test looks for
        place = traceback.extract_tb(error.__traceback__)[-1]
        received.status, received.body = (
            500,
            f"{type(error).__name__}: {error} at {place}"[:300].encode("utf-8", "replace"),
        )
    return received


class Watched:
    """What Python itself reports while requests are served: programs started, connections made, files written."""

    _EVENTS = (
        "subprocess.Popen",
        "os.system",
        "os.exec",
        "os.posix_spawn",
        "os.fork",
        "pty.spawn",
        "os.remove",
        "os.rename",
        "ctypes.dlopen",
    )

    def __init__(self, allowed_folder: str) -> None:
        self._folder = allowed_folder
        self.on = False
        self.seen: Counter[str] = Counter()
        sys.addaudithook(self._note)

    def _note(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.on:
            return
        if event in self._EVENTS:
            self.seen[f"{event} {arguments!r:.200}"] += 1
        elif event == "socket.connect" and not str(arguments[1]).startswith("("):
            self.seen[f"{event} {arguments[1]!r:.200}"] += 1
        elif event == "open" and self._is_written_elsewhere(arguments[0], arguments[1]):
            self.seen[f"open for writing {arguments[0]!r:.200}"] += 1

    def _is_written_elsewhere(self, path: object, mode: object) -> bool:
        """Outside of our folder. The temporary folder itself is named where a nameless file is made in it: a form's parts."""
        writes = isinstance(mode, str) and bool(set(mode) & set("wax+"))
        return writes and not str(path).startswith(self._folder) and path != tempfile.gettempdir()


def problems(sent: Sent, received: Received) -> Iterator[str]:
    """What is wrong with a response, whatever the request was."""
    headers = {name.lower(): value for name, value in received.headers}
    shown = f"{sent.method} {sent.path[:80]!r} {sent.query[:80]!r} -> {received.status}"
    if not 200 <= received.status < 500:
        yield f"{shown}: {received.body[:200]!r}"
    if b"Traceback" in received.body or b'File "/' in received.body or b"site-packages" in received.body:
        yield f"{shown}: a traceback"
    if headers.get(b"content-type", b"").startswith(b"text/html") and b"<x-hit" in received.body:
        yield f"{shown}: markup of the visitor's in the page"
    if any(b"\r" in value or b"\n" in value for value in headers.values()) or b"x-hit" in headers:
        yield f"{shown}: a header of the visitor's"
    if b"root:x:0" in received.body:
        yield f"{shown}: a file of the machine's"
    for name in (b"access-control-allow-origin", b"set-cookie"):
        if name in headers:
            yield f"{shown}: {name.decode()}: {headers[name]!r}"
    if headers.get(b"x-content-type-options") != b"nosniff":
        yield f"{shown}: without our headers"
