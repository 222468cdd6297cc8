"""A real HTTP server on loopback that speaks the OpenAI chat-completions protocol, and misbehaves on demand.

Each request takes the next reply of the script; when the script has ended, the server answers 599 and `unexpected` counts it, so
that a test fails on a call that it did not foresee. `requests` holds what was asked, `strays` the paths of
requests for anything else.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

Trouble = Literal["", "stall", "cut", "half character", "invalid json", "endless"]


@dataclass(frozen=True)
class Reply:
    """One scripted reply: its text, sent in pieces of `piece` letters, and what goes wrong after `after` pieces."""

    text: str = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    trouble: Trouble = ""
    after: int = 2
    piece: int = 12
    usage: tuple[int, int] | None = (100, 20)
    error: str = "scripted error"


class OpenAIServer:
    """The running server: give `url` to a client."""

    def __init__(self, script: Sequence[Reply]) -> None:
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.unexpected = 0
        self.strays: list[str] = []
        self.closing = threading.Event()
        self._script = list(script)
        self._lock = threading.Lock()
        self._server = _QuietServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def take(self, body: dict[str, Any], headers: Mapping[str, str]) -> Reply:
        """The next reply of the script; the request is recorded."""
        with self._lock:
            self.requests.append(body)
            self.headers.append(dict(headers))
            if self._script:
                return self._script.pop(0)
            self.unexpected += 1
            return Reply(status=599, error="the script has ended")

    def close(self) -> None:
        """Stop, and end every reply that is still stalled."""
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def openai_server(*script: Reply) -> Iterator[OpenAIServer]:
    """A server with this script for the length of a `with` block."""
    server = OpenAIServer(script)
    try:
        yield server
    finally:
        server.close()


class _QuietServer(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what some tests want; anything else shows as a failed request."""


def _handler(server: OpenAIServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing on standard error."""

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length", "0")))
            if self.path != "/v1/chat/completions":
                server.strays.append(self.path)
                self._whole(Reply(status=404), {"error": {"message": "no such path"}})
                return
            body = json.loads(raw)
            reply = server.take(body, {key.lower(): value for key, value in self.headers.items()})
            server.closing.wait(reply.delay)
            try:
                if reply.status != 200:
                    self._whole(reply, {"error": {"message": reply.error, "type": "scripted", "code": None}})
                elif body.get("stream"):
                    self._streamed(reply, body["model"])
                else:
                    self._whole(reply, _completion(reply, body["model"]))
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # the client has given up, as some tests want

        def _whole(self, reply: Reply, payload: dict[str, Any]) -> None:
            data = json.dumps(payload).encode()
            if reply.trouble == "invalid json":
                data = data[: len(data) // 2]
            self.send_response(reply.status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def _streamed(self, reply: Reply, model: str) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.send_header("transfer-encoding", "chunked")
            self.end_headers()
            for place, piece in enumerate(_pieces(reply)):
                if reply.trouble and place == reply.after and reply.trouble != "endless":
                    self._misbehave(reply)
                    return
                self._event(_chunk(model, piece))
                if reply.trouble == "endless" and server.closing.wait(0.002):
                    return
            self._event(_chunk(model, "", finish="stop"))
            if reply.usage is not None:
                self._event({**_chunk(model, ""), "choices": [], "usage": _usage(reply.usage)})
            self._send(b"data: [DONE]\n\n")
            self._send(b"")

        def _misbehave(self, reply: Reply) -> None:
            if reply.trouble == "stall":
                server.closing.wait(30)
            elif reply.trouble == "half character":
                self._send('data: {"choices": [{"index": 0, "delta": {"content": "é'.encode()[:-1] + b'"}}]}\n\n')
            elif reply.trouble == "invalid json":
                self._send(b'data: {"choices": [{"delta": \n\n')
            self.close_connection = True
            self.connection.close()

        def _event(self, payload: dict[str, Any]) -> None:
            self._send(b"data: " + json.dumps(payload).encode() + b"\n\n")

        def _send(self, data: bytes) -> None:
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            self.wfile.flush()

    return Handler


def _pieces(reply: Reply) -> Iterator[str]:
    while True:
        yield from (reply.text[start : start + reply.piece] for start in range(0, len(reply.text), reply.piece))
        if reply.trouble != "endless":
            return


def _chunk(model: str, text: str, finish: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": finish}
    return {"id": "chatcmpl-test", "object": "chat.completion.chunk", "created": 0, "model": model, "choices": [choice]}


def _completion(reply: Reply, model: str) -> dict[str, Any]:
    choice = {"index": 0, "message": {"role": "assistant", "content": reply.text}, "finish_reason": "stop"}
    usage = _usage(reply.usage or (0, 0))
    return {
        "id": "chatcmpl-test",
        "object": "chat.completion",
        "created": 0,
        "model": model,
        "choices": [choice],
        "usage": usage,
    }


def _usage(usage: tuple[int, int]) -> dict[str, int]:
    return {"prompt_tokens": usage[0], "completion_tokens": usage[1], "total_tokens": sum(usage)}
