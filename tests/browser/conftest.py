"""Debian's Chromium on the application, which runs on loopback in a thread of the tests."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from fastapi import FastAPI

from assistant.settings import Settings
from assistant.web.contracts import SiteParts, Store
from tests.web.scripted import ListStore, ScriptedAssistant, ScriptedParts

playwright = pytest.importorskip(
    "playwright.sync_api", reason="the browser tests need Playwright: pip install '.[test]'"
)
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs the browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[playwright.Browser]:
    """Chromium; without it the browser tests are left out, or fail under CI=true."""
    if not Path(CHROMIUM).exists():
        reason = "the browser tests were left out: there is no Chromium (apt-get install chromium)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, from npm; without it the accessibility tests are left out, or fail under CI=true."""
    if not AXE.exists():
        reason = "the accessibility tests were left out: axe-core is missing (npm install --prefix tests/browser)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return AXE.read_text("utf-8")


@dataclass
class Site:
    """A running server."""

    address: str
    parts: SiteParts
    store: Store | None = None


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[[FastAPI], str]]:
    """Starts servers and stops them at the end; gives their address."""
    import uvicorn

    servers: list[tuple[uvicorn.Server, threading.Thread]] = []

    def start(app: FastAPI) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        servers.append((server, thread))
        deadline = time.monotonic() + 30
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.05)
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for server, _ in servers:
        server.should_exit = True
    for _, thread in servers:
        thread.join(5)


@pytest.fixture(scope="session")
def site(serve: Callable[[FastAPI], str]) -> Site:
    """The application on the scripted assistant."""
    from assistant.web.application import create_app

    parts, store = ScriptedParts(ScriptedAssistant(pause=0.15)), ListStore()
    return Site(serve(create_app(parts, Settings(), store)), parts, store)


@dataclass
class Reader:
    """A visitor with a browser window; `foreign` holds requests to other hosts, `errors` what the page complained about."""

    page: playwright.Page
    address: str
    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(self, language: str, query: str = "") -> None:
        """Open the page and wait until it can be used."""
        self.page.goto(f"{self.address}/{language}/{query}")
        self.page.wait_for_selector("#question textarea")

    def ask(self, question: str, turn: int = 1, *, wait: bool = True) -> None:
        """Type a question and press Enter."""
        self.page.fill("#question textarea", question)
        self.page.press("#question textarea", "Enter")
        self.page.wait_for_selector(f"#current #t{turn}")
        if wait:
            self.page.wait_for_selector("#tools button")

    def announced(self, text: str) -> None:
        """Wait until a screen reader is told `text`."""
        self.page.wait_for_function("text => document.querySelector('#announcer').textContent.includes(text)", arg=text)


NewReader = Callable[..., Reader]


@pytest.fixture
def new_reader(browser: playwright.Browser, site: Site) -> Iterator[NewReader]:
    """Makes visitors; every one's window is closed, and none may have asked another host for anything."""
    readers: list[Reader] = []

    def make(
        width: int = 1280, height: int = 900, scheme: str = "light", address: str = "", **options: object
    ) -> Reader:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, locale="de-DE", **options
        )
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        reader = Reader(context.new_page(), address or site.address)
        # A busy machine is slow; what never comes still fails.
        reader.page.set_default_timeout(30_000)
        reader.page.on("request", lambda request: _note_foreign(reader, request.url))
        reader.page.on("pageerror", lambda error: reader.errors.append(str(error)))
        reader.page.on("console", lambda message: message.type == "error" and reader.errors.append(message.text))
        readers.append(reader)
        return reader

    yield make
    for reader in readers:
        reader.page.context.close()
    if isinstance(site.parts, ScriptedParts):
        site.parts.assistant.release()
    assert [reader.foreign for reader in readers] == [[]] * len(readers)


def _note_foreign(reader: Reader, address: str) -> None:
    if not address.startswith((reader.address, "data:", "blob:")):
        reader.foreign.append(address)
