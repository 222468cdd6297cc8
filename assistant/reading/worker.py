"""Reads a file in a process of its own, so that one that hangs, eats memory or crashes its reader stops nothing else.

The bytes go in by standard input, JSON comes out by standard output: nothing that a hostile file makes of its reader is
unpickled. `parse` is what runs there.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
from dataclasses import asdict
from typing import Any

from assistant.errors import CorpusError, DocumentTooLarge, UnreadableFile
from assistant.reading.extracted import ExtractedFile, Limits, Part

_log = logging.getLogger(__name__)
_REMEDY = "split the file or raise the limit"


def parse(suffix: str, data: bytes, limits: Limits) -> ExtractedFile:
    """Read the bytes of a file with this suffix. A library is loaded only where a file needs it: all take a second."""
    match suffix:
        case ".pdf":
            from assistant.reading.pdf import read_pdf

            found = read_pdf(data, limits)
        case ".docx":
            from assistant.reading.word import read_docx

            found = read_docx(data, limits)
        case ".html" | ".htm":
            from assistant.reading.webpage import read_html

            found = read_html(data)
        case ".md":
            from assistant.reading.plain import read_markdown

            found = read_markdown(data)
        case _:
            from assistant.reading.plain import read_text

            found = read_text(data)
    if not found.parts:
        raise UnreadableFile("holds no text; fill it or remove it")
    return found


def read_apart(suffix: str, data: bytes, limits: Limits) -> ExtractedFile:
    """`parse` in another process, within the time and memory that `limits` allow.

    Raises:
        CorpusError: what `parse` raises, and for a reader that takes too long or stops.
    """
    command = [sys.executable, "-P", "-m", "assistant.reading.worker", suffix, json.dumps(asdict(limits))]
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, timeout=limits.max_seconds, env=_environment(), check=False
        )
    except subprocess.TimeoutExpired:
        raise DocumentTooLarge(f"reading it took over {limits.max_seconds:g} seconds, the limit; {_REMEDY}") from None
    except OSError as error:
        raise UnreadableFile(
            f"its reader could not be started: {error}; see that Python can start processes here"
        ) from None
    if done.stderr:
        _log.debug("reader of %s: %s", suffix, done.stderr[-1000:].decode(errors="replace"))
    if done.returncode != 0:
        raise UnreadableFile(
            f"its reader stopped ({_cause(done.returncode)}); the file is probably damaged: make or save it anew"
        )
    return _found(done.stdout)


def _environment() -> dict[str, str]:
    """The same modules as here, and none of the program's secrets."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("SUMMIT_")}
    return {**kept, "PYTHONPATH": os.pathsep.join(path or "." for path in sys.path), "PYTHONIOENCODING": "utf-8"}


def _cause(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


def _found(answer: bytes) -> ExtractedFile:
    try:
        told: dict[str, Any] = json.loads(answer)
        if "error" in told:
            kind = {"DocumentTooLarge": DocumentTooLarge}.get(told["error"], UnreadableFile)
            raise kind(str(told["message"]), line=told["line"])
        parts = tuple(Part(**part) for part in told.pop("parts"))
        return ExtractedFile(**told, parts=parts)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise UnreadableFile(
            f"its reader gave no usable answer ({error}); the file is probably damaged: make or save it anew"
        ) from None


def _answer(suffix: str, data: bytes, limits: Limits) -> dict[str, Any]:
    try:
        return asdict(parse(suffix, data, limits))
    except CorpusError as error:
        return {"error": type(error).__name__, "message": error.message, "line": error.line}
    except MemoryError:
        message = f"reading it took over {limits.max_memory_bytes} bytes of memory, the limit; {_REMEDY}"
        return {"error": "DocumentTooLarge", "message": message, "line": None}
    except Exception as error:  # noqa: BLE001 - the formats' libraries raise anything at all on files that are broken on purpose
        message = f"cannot be read ({type(error).__name__}: {' '.join(str(error).split())[:200]}); make or save it anew"
        return {"error": "UnreadableFile", "message": message, "line": None}


def _bound(limits: Limits) -> None:
    """Let the system hold this process to its limits, where the system can."""
    try:
        import resource
    except ImportError:  # Windows
        return
    seconds = int(limits.max_seconds) + 5
    wanted = ((resource.RLIMIT_AS, limits.max_memory_bytes), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_CORE, 0))
    for kind, value in wanted:
        try:
            resource.setrlimit(kind, (value, value))
        except (ValueError, OSError):  # a lower limit is in force already, or the system knows none of this kind
            continue


def main() -> None:
    """Answer the one job that the command line and standard input hold."""
    suffix, limits = sys.argv[1], Limits(**json.loads(sys.argv[2]))
    _bound(limits)
    # What a library prints must not mix with the answer.
    answer_to = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    answer = json.dumps(_answer(suffix, sys.stdin.buffer.read(), limits))
    with os.fdopen(answer_to, "w", encoding="utf-8") as out:
        out.write(answer)


if __name__ == "__main__":
    main()
