"""PostgreSQL, Redis and nginx of Debian's packages and Chroma's server, started by the tests that need them: on loopback, in a temporary folder."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psycopg
import pytest
import redis

# Beside a busy neighbour Chroma takes half a minute to load.
_SECONDS = 90.0


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


@dataclass
class Chroma:
    """`chroma run`, which can be stopped, killed and started again on the same data and port."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """What SUMMIT_CHROMA_URL would say."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start, and return when it answers."""
        program = str(Path(sys.executable).with_name("chroma"))
        command = [program, "run", "--path", str(self.folder / "data"), "--host", "127.0.0.1", "--port", str(self.port)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder)
        _wait(lambda: httpx.get(f"{self.url}/api/v2/healthcheck").raise_for_status(), self.process, self.folder / "log")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop, and return when it is gone; once more does nothing."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(_SECONDS)
            self.process = None


@contextmanager
def chroma_server() -> Iterator[Chroma]:
    """A Chroma server without anything in it."""
    with tempfile.TemporaryDirectory(prefix="summit-", ignore_cleanup_errors=True) as name:
        chroma = Chroma(Path(name), _free_port())
        try:
            chroma.start()
            yield chroma
        finally:
            chroma.stop(signal.SIGKILL)


@contextmanager
def nginx(behind: Sequence[str]) -> Iterator[str]:
    """The address of an nginx before the web processes at the addresses `behind`, which asks another one where one is gone."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    if not Path(program).exists():
        _absent("nginx")
    with tempfile.TemporaryDirectory(prefix="summit-") as name:
        folder, port = Path(name), _free_port()
        servers = "\n".join(f"server {one.removeprefix('http://')} max_fails=1 fail_timeout=2s;" for one in behind)
        (folder / "nginx.conf").write_text(_NGINX.format(folder=folder, port=port, servers=servers), "utf-8")
        command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "log")]
        with _running(command, folder, None, lambda: httpx.get(f"http://127.0.0.1:{port}/")):
            yield f"http://127.0.0.1:{port}"


# Asking is repeated at another process, for the same question has the same answer; feedback is not.
_NGINX = """
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    upstream web {{
        {servers}
    }}
    upstream page {{
        hash $http_x_visitor consistent;
        {servers}
    }}
    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    proxy_set_header Connection "";
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_connect_timeout 1s;
    server {{
        listen 127.0.0.1:{port};
        location / {{ proxy_pass http://web; }}
        location = /api/ask {{
            proxy_pass http://web;
            proxy_next_upstream error timeout non_idempotent;
            proxy_next_upstream_tries 2;
        }}
        location ~ ^/(fr|en)/ {{
            proxy_pass http://page;
            proxy_buffering off;
            proxy_next_upstream error timeout non_idempotent;
        }}
    }}
}}
"""


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
        with suppress(ProcessLookupError):
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
        except (psycopg.OperationalError, redis.ConnectionError, httpx.HTTPError) as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{process.args!r} did not start: {log.read_text()[-2000:]}") from error
            time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
