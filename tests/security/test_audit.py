"""The dependency audit is never green by accident."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

PATH = Path(__file__).parents[2] / ".ci" / "audit.py"


def audit() -> Any:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("audit", PATH)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


REACHED = [
    {"name": "jinja2", "version": "3.1.0", "vulns": [{"id": "PYSEC-1", "aliases": [], "fix_versions": ["3.1.6"]}]}
]
CHROMA = {
    "name": "chromadb",
    "version": "1.5.9",
    "vulns": [{"id": "GHSA-x", "aliases": ["CVE-2026-45829"], "fix_versions": []}],
}
CLEAN = {"name": "httpx", "version": "0.28.1", "vulns": []}
SKIPPED = {"name": "torch", "skip_reason": "Dependency not found"}
BAD = {"name": "lxml", "version": "1", "vulns": [{"id": "PYSEC-2", "aliases": ["CVE-2"], "fix_versions": ["2"]}]}


@pytest.mark.parametrize(
    ("canary", "found", "status", "words"),
    [
        ([], [], 3, "NOT AUDITED"),
        ([{"name": "jinja2", "skip_reason": "not found"}], [], 3, "NOT AUDITED"),
        ([{"name": "jinja2", "version": "3.1.0", "vulns": []}], [CLEAN, CHROMA], 3, "NOT AUDITED"),
        (REACHED, [CLEAN, CHROMA], 0, "audited 2 packages; accepted: CVE-2026-45829"),
        (REACHED, [CLEAN, CHROMA, SKIPPED], 1, "torch was skipped"),
        (REACHED, [CLEAN, CHROMA, BAD], 1, "lxml 1: CVE-2, PYSEC-2"),
        (REACHED, [CLEAN], 1, "CVE-2026-45829 is accepted but not reported any more"),
        (REACHED, [], 1, "gave no answer"),
    ],
    ids=[
        "no answer",
        "canary skipped",
        "canary clean",
        "clean",
        "one skipped",
        "one vulnerable",
        "stale exception",
        "empty",
    ],
)
def test_what_was_not_looked_up_does_not_pass(
    canary: list[dict[str, Any]], found: list[dict[str, Any]], status: int, words: str
) -> None:
    """Unreached is said as such, skipped and found are failures, and an exception that is not needed any more is one too."""
    got, said = audit().verdict(canary, found)
    assert got == status and words in said
