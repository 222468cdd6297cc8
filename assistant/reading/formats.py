"""The files that can be dropped into the corpus: PDF, DOCX, HTML, Markdown and plain text."""

from __future__ import annotations

import stat
from pathlib import Path

from assistant.errors import CorpusError, DocumentTooLarge, UnreadableFile
from assistant.reading.extracted import ExtractedFile, Limits, Part
from assistant.reading.worker import parse, read_apart

__all__ = ["DEFAULT_LIMITS", "SUFFIXES", "ExtractedFile", "Limits", "Part", "read_file"]

SUFFIXES = frozenset({".pdf", ".docx", ".html", ".htm", ".md", ".txt"})
DEFAULT_LIMITS = Limits()
_TEXT_SUFFIXES = frozenset({".md", ".txt"})
# Smaller texts are read at once: starting a process would take longer than any text of this size can.
_SMALL_TEXT = 1_000_000


def read_file(path: Path, limits: Limits = DEFAULT_LIMITS) -> ExtractedFile:
    """Read a file by its suffix.

    Raises:
        UnreadableFile: the file is not what its suffix says, is damaged, locked or empty, or cannot be opened.
        DocumentTooLarge: the file breaks a limit of size, pages, expansion, memory or time.
    """
    try:
        suffix = path.suffix.lower()
        if suffix not in SUFFIXES:
            raise UnreadableFile(
                f"suffix {suffix!r} is not one of {', '.join(sorted(SUFFIXES))}; convert the file to one of them"
            )
        data = _read_bytes(path, limits)
        is_quick = suffix in _TEXT_SUFFIXES and len(data) <= _SMALL_TEXT
        return parse(suffix, data, limits) if is_quick else read_apart(suffix, data, limits)
    except CorpusError as error:
        raise type(error)(error.message, path, error.line) from None


def _read_bytes(path: Path, limits: Limits) -> bytes:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise UnreadableFile("is no regular file; put the document itself here")
        with path.open("rb") as file:
            data = file.read(limits.max_bytes + 1)
    except OSError as error:
        raise UnreadableFile(
            f"cannot be opened: {error.strerror or error}; check that it is there and may be read"
        ) from None
    except ValueError as error:  # a name with a null character
        raise UnreadableFile(f"cannot be opened: {error}; rename it") from None
    if len(data) > limits.max_bytes:
        size = path.stat().st_size
        raise DocumentTooLarge(f"has {size} bytes, over the limit of {limits.max_bytes}; split it or raise the limit")
    return data
