"""The whole server as a process of its own, as `python app.py` starts it, and a visitor that speaks the page's protocol."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from assistant.settings import Settings

_START_SECONDS = 300.0


@dataclass(frozen=True)
class Running:
    """A server that answers."""

    address: str
    process: int

    def resident_megabytes(self) -> float:
        """The memory that the process holds."""
        status = Path(f"/proc/{self.process}/status").read_text("utf-8")
        return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS:"))


@contextmanager
def running_server(settings: Settings) -> Iterator[Running]:
    """`python app.py` on these folders, on a free port, without a rate limit: everyone here is one client."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {
        **os.environ,
        "SUMMIT_CORPUS_DIR": str(settings.corpus_dir),
        "SUMMIT_DATA_DIR": str(settings.data_dir),
        "SUMMIT_PORT": str(port),
        "SUMMIT_RATE_LIMIT_PER_MINUTE": "0",
        "HF_HUB_OFFLINE": "1",
    }
    process = subprocess.Popen([sys.executable, "app.py"], env=environ, stdout=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(f"{address}/api/health", process)
        yield Running(address, process.pid)
    finally:
        process.terminate()
        process.wait(30)


def ask_the_page(client: httpx.Client, language: str, question: str) -> str:
    """Ask as the page does, in a new conversation; what the page shows in the end."""
    session = secrets.token_hex(6)
    # `ask` of page.py: question, earlier, current, memory. Gradio numbers events in the order of `build`; the first is the API's.
    event = {"data": [question, "", "", None], "fn_index": 1, "session_hash": session}
    base = f"/{language}/gradio_api/queue"
    client.post(f"{base}/join", json=event).raise_for_status()
    with client.stream("GET", f"{base}/data", params={"session_hash": session}) as stream:
        for line in stream.iter_lines():
            if not line.startswith("data: "):
                continue
            message = json.loads(line[6:])
            if message["msg"] == "process_completed":
                shown: str = message["output"]["data"][1]
                return shown
    raise AssertionError("the stream ended without an answer")


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(address).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise RuntimeError(f"the server did not start within {_START_SECONDS:.0f} s")
