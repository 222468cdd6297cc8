"""The corpus as it would be if some documents lacked one language: for questions whose source exists only in the other.

A view is a copy of the corpus folder without `fr.md` (or `en.md`) of the named documents, and without their titles and
stored questions in that language, so that nothing in it helps a reader across. It is kept in the run's cache folder
under the digest of its content, with its index beside it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from assistant.reading.documents import METADATA_NAME
from assistant.records import Language
from evals.cases import Case, read_yaml


def hidden_documents(cases: Iterable[Case]) -> Mapping[Language, frozenset[str]]:
    """For each language that cases hide, the documents that lose it."""
    hidden: dict[Language, set[str]] = {}
    for case in cases:
        if case.hide_language:
            hidden.setdefault(case.hide_language, set()).update(key.document_id for key in case.gold)
    return {language: frozenset(names) for language, names in hidden.items()}


def view_folder(cache: Path, corpus_dir: Path, language: Language, documents: frozenset[str]) -> Path:
    """The folder of a view, made if it is not there: `corpus/` is the copy, the rest is left to whoever indexes it."""
    names = hashlib.sha256(" ".join(sorted(documents)).encode()).hexdigest()[:6]
    return copied_view(
        cache, corpus_dir, f"without-{language}-{names}", lambda corpus: _hide(corpus, language, documents)
    )


def copied_view(cache: Path, corpus_dir: Path, name: str, change: Callable[[Path], None]) -> Path:
    """The folder of a changed copy of the corpus, made if it is not there; its name says what `change` does."""
    folder = cache / f"{name}-{_digest(corpus_dir)}"
    if not folder.exists():
        partial = folder.with_name(f"{folder.name}.{os.getpid()}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(corpus_dir, partial / "corpus")
        change(partial / "corpus")
        partial.replace(folder)
    return folder


def _digest(corpus_dir: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in corpus_dir.rglob("*") if path.is_file()):
        digest.update(str(path.relative_to(corpus_dir)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _hide(corpus: Path, language: Language, documents: frozenset[str]) -> None:
    for path in [folder for folder in corpus.rglob("*") if folder.is_dir() and folder.name in documents]:
        (path / f"{language}.md").unlink(missing_ok=True)
        metadata = path / METADATA_NAME
        if metadata.exists():
            loaded = read_yaml(metadata)
            metadata.write_text(
                yaml.safe_dump(_without(loaded, language), allow_unicode=True, sort_keys=False), "utf-8"
            )


def _without(metadata: dict[str, Any], language: Language) -> dict[str, Any]:
    """Titles and stored questions in the language taken out, sections that have no other text in them kept."""
    kept = dict(metadata)
    if isinstance(kept.get("title"), dict):
        kept["title"] = {name: text for name, text in kept["title"].items() if name != language}
    kept["sections"] = [
        {
            **section,
            "questions": {name: asked for name, asked in section.get("questions", {}).items() if name != language},
        }
        for section in kept.get("sections", [])
    ]
    return kept
