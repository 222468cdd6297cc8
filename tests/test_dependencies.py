"""The versions that CI tests are the bounds that pyproject.toml names."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
EXTRAS = ("evals", "llm", "postgres", "redis", "tracing", "mcp", "test")


def requirements() -> list[Requirement]:
    """What the project asks for, with the extras that CI installs."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = [*project["dependencies"], *(line for extra in EXTRAS for line in project["optional-dependencies"][extra])]
    return [one for one in map(Requirement, lines) if one.name != project["name"]]


def pinned(name: str) -> dict[str, Version]:
    """Version by package of a constraints file."""
    found = re.findall(r"^([\w.-]+)==(\S+)$", (ROOT / name).read_text("utf-8"), re.MULTILINE)
    return {canonicalize_name(package): Version(version) for package, version in found}


@pytest.mark.parametrize("requirement", requirements(), ids=lambda one: one.name)
def test_both_tested_sets_lie_within_the_bounds(requirement: Requirement) -> None:
    """Every direct dependency is pinned in both files, at a version that its bounds allow."""
    for name in ("constraints.txt", "constraints-lowest.txt"):
        assert requirement.specifier.contains(pinned(name)[canonicalize_name(requirement.name)]), name


@pytest.mark.parametrize("requirement", requirements(), ids=lambda one: one.name)
def test_the_lower_bound_is_the_version_that_is_tested(requirement: Requirement) -> None:
    """A bound that nobody tries is a guess: the lowest set holds the first version of each range, to its last given digit."""
    lowest = pinned("constraints-lowest.txt")[canonicalize_name(requirement.name)]
    (bound,) = [Version(one.version) for one in requirement.specifier if one.operator in (">=", "==")]
    assert lowest.release[: len(bound.release)] == bound.release or lowest == bound
