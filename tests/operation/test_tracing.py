"""Traces go to the operator's own collector, and only where one is named."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc
import pytest
from fastapi.testclient import TestClient
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import (
    TraceServiceServicer,
    add_TraceServiceServicer_to_server,
)

from assistant.errors import SettingsError
from assistant.settings import Settings
from assistant.web.application import Operation, create_app
from assistant.web.health import Health
from assistant.web.metrics import Metrics
from assistant.web.tracing import Tracing
from assistant.wiring import Parts


class Collector(TraceServiceServicer):  # type: ignore[misc]
    """Takes spans and keeps them."""

    def __init__(self) -> None:
        self.received = ""
        self.spans: list[Any] = []

    def Export(self, request: Any, context: object) -> Any:  # noqa: N802  the protocol's name
        """Take one batch."""
        self.received += str(request)
        self.spans += [span for one in request.resource_spans for scope in one.scope_spans for span in scope.spans]
        return ExportTraceServiceResponse()


@contextmanager
def collector() -> Iterator[tuple[Collector, str]]:
    """A running collector and its address."""
    taken, server = Collector(), grpc.server(ThreadPoolExecutor(2))
    add_TraceServiceServicer_to_server(taken, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield taken, f"http://127.0.0.1:{port}"
    finally:
        server.stop(0)


def test_a_request_is_a_span_without_its_words(tiny_parts: Parts) -> None:
    """Route, method and status reach the collector; question, path, query and headers do not."""
    with collector() as (taken, url):
        tracing = Tracing(url)
        client = TestClient(
            create_app(tiny_parts, Settings(), operation=Operation(Health(), Metrics(tracing.requested)))
        )
        client.post("/api/ask?zebra=1", json={"question": "Who chaired the zebra summit?"}, headers={"X-Z": "zebra"})
        client.get("/zebra/zebra")
        tracing.close()
    assert [span.name for span in taken.spans] == ["POST /api/ask", "GET other"]
    assert all(span.end_time_unix_nano > span.start_time_unix_nano for span in taken.spans)
    assert "summit-assistant" in taken.received and "zebra" not in taken.received


def test_a_collector_that_is_away_costs_nothing(tiny_parts: Parts) -> None:
    """Questions are answered, and stopping ends, though nobody takes the spans."""
    tracing = Tracing("http://127.0.0.1:9")
    client = TestClient(create_app(tiny_parts, Settings(), operation=Operation(Health(), Metrics(tracing.requested))))
    assert client.post("/api/ask", json={"question": "Who co-chaired the summit?"}).json()["outcome"] == "answer"
    tracing.close()


@pytest.mark.parametrize("url", ["collector", "ftp://collector:4317", "http://", "//x"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    """The message says what to write."""
    with pytest.raises(SettingsError, match=r"SUMMIT_OTLP_URL=.* write http://127.0.0.1:4317"):
        Tracing(url)


def test_without_a_collector_nothing_of_it_is_loaded() -> None:
    """The setting is empty by default, and serving imports no exporter."""
    assert Settings().otlp_url == ""
    code = "import sys, assistant.serving\nprint([name for name in sys.modules if name.startswith('opentelemetry.exporter')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
