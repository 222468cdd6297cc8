"""docs/security.md promises nothing that no test holds."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "security.md").read_text("utf-8")
ROWS = [line for line in TEXT.splitlines() if line.startswith("| ") and not line.startswith("| threat |")]


def named_in(path: Path) -> set[str]:
    """The names of the tests in a file, those of classes as `Class::name`."""
    found = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        members = node.body if isinstance(node, ast.ClassDef) else [node]
        prefix = f"{node.name}::" if isinstance(node, ast.ClassDef) else ""
        found |= {prefix + one.name for one in members if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}
    return {name for name in found if name.split("::")[-1].startswith("test")}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip()[:50])
def test_every_threat_names_a_test_that_exists(row: str) -> None:
    """Three columns, and in the last one at least one test that pytest would find."""
    threat, held, named = (cell.strip() for cell in row.strip("|").split("|"))
    assert threat and held
    names = re.findall(r"`(tests/[\w/]+\.py)::([\w:]+)`", named)
    assert names
    for file, name in names:
        assert name in named_in(ROOT / file), f"{file}::{name}"


@pytest.mark.parametrize(
    "party",
    ["Visitors", "Hostile documents", "A hostile model", "A hostile site that embeds us", "The operator's mistakes"],
)
def test_each_party_has_its_threats(party: str) -> None:
    """The five parties of the model are there, each with a table."""
    (section,) = re.findall(rf"^## {re.escape(party)}\n(.*?)(?=^## )", TEXT, re.DOTALL | re.MULTILINE)
    assert section.count("\n| ") > 3


def test_the_accepted_advisories_are_those_of_the_audit() -> None:
    """What the audit lets pass has its reason in the document, and nothing else is called accepted."""
    accepted = TEXT.split("## Accepted")[1].split("## ")[0]
    audited = re.findall(r"CVE-\d+-\d+", (ROOT / ".ci" / "audit.py").read_text("utf-8"))
    assert set(re.findall(r"CVE-\d+-\d+", accepted)) == set(audited)
