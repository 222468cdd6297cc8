"""The web application on a loopback port, for tests that speak to it as a browser would."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[2]
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"


@contextmanager
def served(application: Any) -> Iterator[str]:
    """The address of a running server; it is stopped as Ctrl+C would stop it."""
    import uvicorn

    config = uvicorn.Config(
        application, host="127.0.0.1", port=0, log_level="error", access_log=False, proxy_headers=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 60
    while not server.started:
        if time.monotonic() > deadline or not thread.is_alive():
            raise RuntimeError("the server did not start")
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(30)
        assert not thread.is_alive()


@contextmanager
def program(data: Path, corpus: Path, log: Path, **settings: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The address of the server program in a process of its own, on the index in `data`; its log goes to `log`."""
    port = free_port()
    environ = {name: value for name, value in os.environ.items() if not name.startswith("SUMMIT_")}
    environ |= {"SUMMIT_DATA_DIR": str(data), "SUMMIT_CORPUS_DIR": str(corpus), "SUMMIT_PORT": str(port)}
    environ |= settings
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.operation.serve_tiny"], cwd=ROOT, env=environ, stdout=out, stderr=out
        )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(address, process, log)
        yield address, process
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 180  # beside busy neighbours
    while True:
        try:
            if httpx.get(f"{address}/api/health/live", timeout=5).status_code == 200:
                return
        except httpx.HTTPError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(log.read_text()[-2000:]) from error
            time.sleep(0.1)
