"""A release is whole: one version, a changelog that knows it, and a wheel that needs no checkout."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from datetime import date
from pathlib import Path

import pytest
from packaging.version import Version

from assistant.settings import Settings

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security", "Upgrading"}


def changelog() -> list[tuple[str, str]]:
    """Heading and text of each version, newest first."""
    parts = re.split(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), flags=re.MULTILINE)[1:]
    return list(zip(parts[::2], parts[1::2], strict=True))


def test_the_changelog_knows_the_version() -> None:
    """A released version has its heading with a day and entries; one in development has entries under Unreleased."""
    sections, version = dict(changelog()), Version(PROJECT["version"])
    if version.is_devrelease:
        assert "- " in sections["[Unreleased]"]
    else:
        (heading,) = [one for one in sections if one.startswith(f"[{version}] - ")]
        assert "- " in sections[heading]


def test_the_changelog_has_its_form() -> None:
    """Unreleased first, then versions and days in falling order, each with entries under known headings."""
    headings = [heading for heading, _ in changelog()]
    assert headings[0] == "[Unreleased]"
    found = [re.fullmatch(r"\[([\d.]+)\] - (\d{4}-\d\d-\d\d)", heading) for heading in headings[1:]]
    assert found and all(found)
    versions = [Version(one[1]) for one in found if one]
    days = [date.fromisoformat(one[2]) for one in found if one]
    assert versions == sorted(set(versions), reverse=True) and days == sorted(days, reverse=True)
    for heading, text in changelog():
        kinds = re.findall(r"^### (.+)$", text, re.MULTILINE)
        assert set(kinds) <= KINDS and len(kinds) == len(set(kinds)), heading
        assert bool(kinds) == ("- " in text), heading


@pytest.mark.parametrize("name", ["compose.yaml", "docs/deploying.md"])
def test_images_are_named_after_the_version(name: str) -> None:
    """Where the version is written a second time, it is the same one."""
    named = re.findall(r"summit-assistant:(\d+\.\d+\.\d+)", (ROOT / name).read_text("utf-8"))
    assert named and set(named) == {PROJECT["version"]}


def test_nothing_in_the_code_repeats_the_version() -> None:
    """It stands in pyproject.toml; the program reads what is installed."""
    for folder in ("assistant", "evals"):
        for path in (ROOT / folder).rglob("*.py"):
            assert f'"{PROJECT["version"]}"' not in path.read_text("utf-8"), path


@pytest.mark.slow
def test_the_wheel_carries_the_corpus(tmp_path: Path) -> None:
    """Built from the checkout by way of the source package, it holds every file that git keeps below corpus/, byte for byte."""
    command = [sys.executable, "-m", "build", "--outdir", str(tmp_path), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    (wheel,) = tmp_path.glob(f"summit_assistant-{PROJECT['version']}-py3-none-any.whl")
    listed = subprocess.run(["git", "ls-files", "-z", "corpus"], cwd=ROOT, capture_output=True, check=True).stdout
    kept = [name for name in listed.decode().split("\0") if name and (ROOT / name).exists()]
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        assert len(kept) > 50
        for name in kept:
            assert archive.read(f"assistant/shipped/{name}") == (ROOT / name).read_bytes(), name
    assert {"assistant/web/static/site.css", "evals/templates/report.html"} <= set(names)
    assert not [name for name in names if name.startswith(("tests", "corpus/", "assistant/shipped/corpus/official/"))]


def test_elsewhere_the_shipped_corpus_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a corpus folder in the current directory the program answers from the one that came with it."""
    monkeypatch.chdir(tmp_path)
    assert Settings().corpus_dir == ROOT / "corpus"
    (tmp_path / "corpus").mkdir()
    assert Settings().corpus_dir == Path("corpus")
