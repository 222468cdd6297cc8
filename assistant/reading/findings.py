"""One thing that is wrong with the corpus, in plain words, with its place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from assistant.reading.documents import METADATA_NAME
from assistant.records import Document, Language


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """`path:line: message`."""

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


class Places:
    """Finds the lines of a document's files that a finding is about."""

    def __init__(self, corpus_dir: Path) -> None:
        self._corpus_dir = corpus_dir
        self._lines: dict[Path, list[str]] = {}

    def metadata(self, document: Document, needle: str, message: str) -> Finding:
        """A finding in document.yaml, at the first line that holds `needle`."""
        return self._find(self._corpus_dir / document.id / METADATA_NAME, needle, message)

    def prose(self, document: Document, language: Language, needle: str, message: str) -> Finding:
        """A finding in a prose file, at the first line that holds `needle`."""
        return self._find(self._corpus_dir / document.id / f"{language}.md", needle, message)

    def _find(self, path: Path, needle: str, message: str) -> Finding:
        if path not in self._lines:
            self._lines[path] = path.read_text("utf-8").split("\n") if path.exists() else []
        start = needle.split("\n")[0][:60]
        line = next((number for number, text in enumerate(self._lines[path], start=1) if start in text), 1)
        return Finding(path, line, message)
