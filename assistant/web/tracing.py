"""Traces for an operator's own OpenTelemetry collector: a span a request, with route, method and status, and no word of a visitor.

Nothing of OpenTelemetry is loaded, and nothing sent, unless the operator names a collector.
"""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlsplit

from assistant.errors import SettingsError

_NANOSECONDS = 1_000_000_000


class Tracing:
    """Sends spans in the background; a collector that is away costs a request nothing."""

    def __init__(self, url: str) -> None:
        """Send to the collector's gRPC port at `url`.

        Raises:
            SettingsError: for a URL without scheme and host, or where the exporter is not installed.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise SettingsError(
                f"SUMMIT_OTLP_URL={url!r} is no address; write http://127.0.0.1:4317, or leave it empty"
            )
        self._provider = _provider(url, insecure=parts.scheme == "http")
        self._tracer = self._provider.get_tracer("assistant")

    def requested(self, route: str, method: str, status: int, seconds: float) -> None:
        """A response was sent, after so many seconds."""
        end = time.time_ns()
        told = {"http.route": route, "http.request.method": method, "http.response.status_code": status}
        span = self._tracer.start_span(
            f"{method} {route}", attributes=told, start_time=end - int(seconds * _NANOSECONDS)
        )
        span.end(end)

    def close(self) -> None:
        """Send what waits, a few seconds at most."""
        self._provider.shutdown()


def _provider(url: str, *, insecure: bool) -> Any:
    try:
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import SERVICE_NAME, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ModuleNotFoundError:
        raise SettingsError(
            "SUMMIT_OTLP_URL needs the exporter; `pip install -e '.[tracing]'`, or leave it empty"
        ) from None
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: "summit-assistant"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(url, insecure=insecure, timeout=3)))
    return provider
