"""What is counted while serving: requests, answers, refusals, times. Nothing that a visitor typed, no address."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.records import Answer
from assistant.web.health import Health

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
Trace = Callable[[str, str, int, float], None]
_LOG = logging.getLogger(__name__)


class Metrics:
    """The service's own counters, in a registry of their own."""

    def __init__(self, trace: Trace | None = None) -> None:
        """`trace` is told of each response as well."""
        self._trace = trace
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "summit_requests",
            "Requests by route, method and status",
            ["route", "method", "status"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "summit_request_seconds",
            "Time to the end of a response",
            ["route"],
            registry=self.registry,
            buckets=_SECONDS,
        )
        self._answers = Counter(
            "summit_answers",
            "Answers by outcome, language and mode",
            ["outcome", "language", "mode"],
            registry=self.registry,
        )
        self._answer_seconds = Histogram(
            "summit_answer_seconds", "Time to find an answer", registry=self.registry, buckets=_SECONDS
        )
        self._turned_away = Counter(
            "summit_turned_away",
            "Questions not taken: too many of one client (rate) or of all (busy)",
            ["reason"],
            registry=self.registry,
        )

    def answered(self, answer: Answer) -> None:
        """An answer was given."""
        self._answers.labels(answer.outcome, answer.language, answer.mode).inc()
        self._answer_seconds.observe(answer.elapsed_ms / 1000)
        told = {"outcome": answer.outcome, "language": answer.language, "mode": answer.mode, "ms": answer.elapsed_ms}
        _LOG.info("answer", extra=told)

    def turned_away(self, reason: str) -> None:
        """A question was not taken."""
        self._turned_away.labels(reason).inc()

    def requested(self, route: str, method: str, status: int, seconds: float) -> None:
        """A response was sent."""
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route).observe(seconds)
        told: Mapping[str, Any] = {"route": route, "method": method, "status": status, "ms": round(seconds * 1000, 1)}
        _LOG.info("request", extra=told)
        if self._trace:
            self._trace(route, method, status, seconds)

    def watch(self, health: Health, parts: tuple[str, ...]) -> None:
        """Show the parts' health as gauges, looked at when they are asked for."""
        for name in parts:
            gauge = Gauge(f"summit_{name}_healthy", f"1 where the {name} is well", registry=self.registry)
            gauge.set_function(partial(_healthy, health, name))

    def serve(self, host: str, port: int) -> Any:
        """Show the counters at `http://host:port/metrics` until the returned server is shut down."""
        server, _ = start_http_server(port, host, self.registry)
        return server


def _healthy(health: Health, part: str) -> float:
    return float(part not in health.ill())


class Observed:
    """ASGI middleware that counts each request by its route's pattern; the path itself may hold a visitor's words."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and count its end."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status = time.perf_counter(), 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self._metrics.requested(_route(scope), method, status, time.perf_counter() - begun)


def _route(scope: Scope) -> str:
    found = getattr(scope.get("route"), "path", None)
    if found:
        return str(found)
    first = scope["path"].split("/")[1] if "/" in scope["path"] else ""
    return f"/{first}/..." if first in {"fr", "en", "static"} else "other"
