"""What every response passes: a content policy with a nonce, security headers, bounded requests, and only the routes that the page needs.

Gradio serves more than this site uses: uploads, a fetching proxy, shared links with the conversation in them. Of its routes only
those listed here are reachable; everything else below `/fr` and `/en` is 404.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.records import LANGUAGES, Language
from assistant.web.wording import words

MAX_BODY_BYTES = 2_000_000
_GRADIO_ROUTES = re.compile(
    r"|/|/config/?|/theme\.css|/favicon\.ico|/(?a:(?:assets|static|svelte)/[\w./-]{1,200})"
    r"|/gradio_api/(?:info/?|startup-events|run/predict/?|queue/(?:join|data)|cancel|reset/?|heartbeat/\w+|call/(?:v2/)?ask(?:/\w+)?)"
)
_MCP_ROUTES = re.compile(r"/gradio_api/mcp(?:/[\w./-]*)?")
_PAGE = re.compile(rf"/(?P<language>{'|'.join(LANGUAGES)})(?P<rest>(?:/.*)?)", re.DOTALL)
_HOST = re.compile(r"(?:[\w.-]{1,253}|\[[0-9a-fA-F:.]{2,45}\])(?::\d{1,5})?", re.ASCII)
_NO_PLACE = "Host, X-Forwarded-Host or X-Forwarded-Proto names no host or protocol; send the address that you ask"
_HASHED_ASSET = re.compile(rf"/(?:{'|'.join(LANGUAGES)})/assets/.+-[\w-]{{8}}\.\w+")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), clipboard-write=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
Dresser = Callable[[str, Language, str], str]
Missing = Callable[[Request], Response]


@dataclass(frozen=True, slots=True)
class Policy:
    """What the middleware allows. `embed_origins` may show the page in a frame; `dress` makes Gradio's HTML ours.

    `missing` answers a request for what is not served.
    """

    dress: Dresser
    missing: Missing
    embed_origins: tuple[str, ...] = ()
    mcp: bool = False
    max_body_bytes: int = MAX_BODY_BYTES

    def content_security(self, nonce: str, *, gradio: bool) -> str:
        """The Content-Security-Policy. Gradio writes style attributes, so its pages allow inline styles; ours do not."""
        styles = "'self' 'unsafe-inline'" if gradio else "'self'"
        frames = " ".join(self.embed_origins) or "'none'"
        return (
            f"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src {styles}; img-src 'self' data:; font-src 'self' data:; "
            f"connect-src 'self'; form-action 'self'; frame-ancestors {frames}; base-uri 'self'; object-src 'none'"
        )


class Guard:
    """ASGI middleware that holds the policy."""

    def __init__(self, app: ASGIApp, policy: Policy) -> None:
        self._app = app
        self._policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, turned away or answered with our headers."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1003})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        found = _PAGE.fullmatch(scope["path"])
        headers = Headers(scope=scope)
        guarded = _Response(send, self._policy, scope, _language(found))
        if found and not self._is_served(found["rest"]):
            await self._policy.missing(Request(scope))(scope, receive, guarded)
        elif not _names_a_place(headers):
            await JSONResponse({"error": _NO_PLACE}, 400)(scope, receive, guarded)
        elif refusal := self._too_large(scope, found):
            await refusal(scope, receive, guarded)
        else:
            await self._app(scope, receive, guarded)
            await guarded.finish()

    def _is_served(self, rest: str) -> bool:
        return (
            bool(_GRADIO_ROUTES.fullmatch(rest) or (self._policy.mcp and _MCP_ROUTES.fullmatch(rest)))
            and ".." not in rest
        )

    def _too_large(self, scope: Scope, found: re.Match[str] | None) -> JSONResponse | None:
        headers = Headers(scope=scope)
        if "transfer-encoding" in headers:
            return JSONResponse({"error": "send the length of the request (Content-Length)"}, 411)
        length = headers.get("content-length", "0")
        if length.isdigit() and int(length) <= self._policy.max_body_bytes:
            return None
        message = words(_language(found) or "en")["too_large"]
        return JSONResponse({"error": message, "detail": message, "limit": self._policy.max_body_bytes}, 413)


class _Response:
    """Adds headers to a response, and rewrites the page's HTML, which is held back until it is whole."""

    def __init__(self, send: Send, policy: Policy, scope: Scope, language: Language | None) -> None:
        self._send = send
        self._policy = policy
        self._path: str = scope["path"]
        self._versioned = scope["query_string"].startswith(b"v=")
        self._language = language
        self._nonce = secrets.token_urlsafe(16)
        self._held: Message | None = None
        self._body: list[bytes] = []

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            self._add_headers(headers)
            if self._must_change(message["status"], headers):
                self._held = message
                return
        elif self._held is not None:
            self._body.append(message.get("body", b""))
            if not message.get("more_body", False):
                await self._release()
            return
        await self._send(message)

    async def finish(self) -> None:
        """Send what is held back of a response that ended early."""
        if self._held is not None:
            await self._release()

    def _add_headers(self, headers: MutableHeaders) -> None:
        # Gradio allows every origin to read its responses; no page of another site needs that.
        for name in [one for one in headers if one.startswith("access-control-")]:
            del headers[name]
        for name, value in _HEADERS.items():
            headers[name] = value
        html = headers.get("content-type", "").startswith("text/html")
        headers["Content-Security-Policy"] = self._policy.content_security(
            self._nonce, gradio=self._language is not None
        )
        if not self._policy.embed_origins:
            headers["X-Frame-Options"] = "DENY"
        elif self._path == "/static/widget.js":
            headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if _HASHED_ASSET.fullmatch(self._path) or (self._path.startswith("/static/") and self._versioned):
            headers["Cache-Control"] = "public, max-age=31536000, immutable"
        elif html and self._language:
            headers["Cache-Control"] = "no-store"

    def _must_change(self, status: int, headers: MutableHeaders) -> bool:
        if self._language is None:
            return False
        page = status == 200 and headers.get("content-type", "").startswith("text/html")
        full = status == 503 and self._path.endswith("/queue/join")
        return page or full

    async def _release(self) -> None:
        start, self._held = self._held, None
        assert start is not None and self._language is not None
        body = b"".join(self._body)
        if start["status"] == 503:
            body = json.dumps({"detail": words(self._language)["busy"]}, ensure_ascii=False).encode()
        else:
            body = self._policy.dress(body.decode(), self._language, self._nonce).encode()
        MutableHeaders(scope=start)["Content-Length"] = str(len(body))
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})


def _names_a_place(headers: Headers) -> bool:
    """Could the host be one? Gradio makes addresses of these headers, and fails where they are none."""
    hosts = [*headers.getlist("host"), *_listed(headers, "x-forwarded-host")]
    protocols = _listed(headers, "x-forwarded-proto")
    return all(_HOST.fullmatch(one) for one in hosts) and all(one in ("http", "https") for one in protocols)


def _listed(headers: Headers, name: str) -> list[str]:
    """The values of a header to which each proxy adds its own."""
    return [one.strip() for value in headers.getlist(name) for one in value.split(",")]


def _language(found: re.Match[str] | None) -> Language | None:
    if found is None:
        return None
    return "fr" if found["language"] == "fr" else "en"


def preferred_language(accept: str, available: Sequence[Language] = LANGUAGES) -> Language:
    """The language that an Accept-Language header likes best; the first available one where it likes none."""
    wanted: list[tuple[float, int, Language]] = []
    for place, part in enumerate(accept.split(",")[:50]):
        name, _, quality = part.strip().partition(";")
        for language in available:
            if name.strip().lower().split("-")[0] == language:
                wanted.append((-_quality(quality), place, language))
    wanted = [one for one in wanted if one[0] < 0]
    return min(wanted)[2] if wanted else available[0]


def _quality(text: str) -> float:
    found = re.fullmatch(r"\s*q=([01](?:\.\d{1,3})?)\s*", text)
    return float(found[1]) if found else 1.0
