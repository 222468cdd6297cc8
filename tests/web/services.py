"""PostgreSQL and Redis of Debian's packages, started by the tests that need them: on loopback, in a temporary folder."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import redis

_SECONDS = 30.0


@contextmanager
def postgresql() -> Iterator[str]:
    """The URL of an empty database."""
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not binaries:
        _absent("postgresql")
    with _folder("postgres") as (folder, user):
        data, port = folder / "data", _free_port()
        initdb = [
            str(binaries[-1] / "initdb"), "-D", str(data), "-U", "summit", "-E", "UTF8", "--locale=C.UTF-8", "--auth=trust", "--no-sync",
        ]  # fmt: skip
        subprocess.run(initdb, check=True, capture_output=True, user=user, cwd=folder)
        server = [
            str(binaries[-1] / "postgres"), "-D", str(data), "-k", str(folder), "-p", str(port), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off",
        ]  # fmt: skip
        url = f"postgresql://summit@127.0.0.1:{port}/postgres"
        with _running(server, folder, user, lambda: psycopg.connect(url).close()):
            yield url


@contextmanager
def redis_server() -> Iterator[tuple[str, Callable[[], None]]]:
    """The URL of an empty Redis, and what stops it."""
    if shutil.which("redis-server") is None:
        _absent("redis-server")
    with _folder("nobody") as (folder, user):
        port = _free_port()
        server = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", str(folder)]
        url = f"redis://127.0.0.1:{port}/0"
        with _running(server, folder, user, lambda: redis.Redis.from_url(url).ping()) as stop:
            yield url, stop


def _absent(package: str) -> None:
    message = f"{package} is not installed; `apt-get install {package}`"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@contextmanager
def _folder(user: str) -> Iterator[tuple[Path, str | None]]:
    """A folder, owned by `user` where we are root: PostgreSQL refuses to be."""
    root = os.getuid() == 0
    with tempfile.TemporaryDirectory(prefix="summit-") as name:
        if root:
            shutil.chown(name, user)
        yield Path(name), user if root else None


@contextmanager
def _running(
    command: Sequence[str], folder: Path, user: str | None, ready: Callable[[], object]
) -> Iterator[Callable[[], None]]:
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, user=user, cwd=folder)

    def stop() -> None:
        # PostgreSQL's fast shutdown; the other signal waits for every client to leave.
        process.send_signal(signal.SIGINT)
        process.wait(_SECONDS)

    try:
        _wait(ready, process, folder / "log")
        yield stop
    finally:
        stop()


def _wait(ready: Callable[[], object], process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _SECONDS
    while True:
        try:
            ready()
            return
        except (psycopg.OperationalError, redis.ConnectionError) as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{process.args!r} did not start: {log.read_text()[-2000:]}") from error
            time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
