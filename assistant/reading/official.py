"""`fetch`: the official documents of corpus/official.toml, downloaded into the corpus folder, never committed."""

from __future__ import annotations

import hashlib
import io
import os
import re
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import httpx
import yaml

from assistant.errors import FetchError
from assistant.reading.download import Downloader, FetchLimits
from assistant.reading.network import NetworkPolicy, host_key
from assistant.reading.official_list import OfficialPage, read_list
from assistant.reading.robots import Download

METADATA_NAME = "document.yaml"
DEFAULT_LIMITS = FetchLimits()
PUBLIC_ONLY = NetworkPolicy()

Status = Literal["new", "updated", "unchanged", "failed"]

_HEAD_BYTES, _TAIL_BYTES = 4096, 65536
_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]|<head[\s>]", re.IGNORECASE)
_CONTENT_TYPES = {
    "html": {"text/html", "application/xhtml+xml"},
    "pdf": {"application/pdf", "application/x-pdf"},
    "docx": {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/zip"},
}
# What a server says that does not know better.
_UNKNOWN_TYPES = {"", "application/octet-stream", "binary/octet-stream", "application/force-download"}


@dataclass(frozen=True, slots=True)
class FetchResult:
    """What became of one entry. `message` says why it failed."""

    id: str
    url: str
    status: Status
    message: str = ""
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class FetchReport:
    """What became of every entry, in the list's order."""

    results: tuple[FetchResult, ...]

    @property
    def failed(self) -> tuple[FetchResult, ...]:
        """The entries that could not be fetched; what was fetched for them earlier is still there."""
        return tuple(result for result in self.results if result.status == "failed")


def fetch_official(
    list_path: Path,
    target_dir: Path,
    *,
    progress: Callable[[FetchResult], None] | None = None,
    limits: FetchLimits = DEFAULT_LIMITS,
    policy: NetworkPolicy = PUBLIC_ONLY,
    transport: httpx.BaseTransport | None = None,
) -> FetchReport:
    """Download every entry of the list into `target_dir/<id>/`; one that fails does not stop the others.

    Raises:
        InvalidMetadata: if the list itself cannot be used.
    """
    pages = read_list(list_path)
    hosts = frozenset(host_key(httpx.URL(page.url)) for page in pages)
    results = []
    with Downloader(hosts, limits, policy, transport) as downloader:
        for page in pages:
            result = _fetch(page, target_dir / page.id, downloader)
            results.append(result)
            if progress is not None:
                progress(result)
    return FetchReport(tuple(results))


def _fetch(page: OfficialPage, folder: Path, downloader: Downloader) -> FetchResult:
    try:
        found = downloader.get(page.url)
        _check_content(page, found)
        status = _store(page, found.body, folder)
    except FetchError as error:
        return FetchResult(page.id, page.url, "failed", str(error))
    except OSError as error:
        return FetchResult(
            page.id, page.url, "failed", f"{folder} cannot be written: {error.strerror}; check its permissions"
        )
    return FetchResult(page.id, page.url, status, path=folder / _source_name(page))


def _check_content(page: OfficialPage, found: Download) -> None:
    """Believe neither the list nor the server about what was sent, but its bytes."""
    claimed = found.content_type.partition(";")[0].strip().lower()
    actual = _format(found.body)
    if actual != page.format:
        raise FetchError(
            f"{found.url} sent {actual or 'something unknown'}, not {page.format}; correct the entry's format"
        )
    if claimed not in _CONTENT_TYPES[actual] | _UNKNOWN_TYPES:
        raise FetchError(f"{found.url} sent {actual} and calls it {claimed!r}; look at the page and save it by hand")
    if not _is_whole(actual, found.body):
        raise FetchError(f"{found.url} sent only the beginning of the file; run fetch again later")


def _format(body: bytes) -> str | None:
    head = body[:_HEAD_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return "docx"
    return "html" if _HTML.search(head) else None


def _is_whole(kind: str, body: bytes) -> bool:
    """A connection that ends early may look like one that ends; the file's own end does not."""
    if kind == "docx":
        return zipfile.is_zipfile(io.BytesIO(body))
    return b"%%EOF" in body[-2048:] if kind == "pdf" else b"</html" in body[-_TAIL_BYTES:].lower()


def _source_name(page: OfficialPage) -> str:
    return f"source.{page.format}"


def _store(page: OfficialPage, body: bytes, folder: Path) -> Status:
    """Write the file and, after it, its document.yaml; what is there already and the same is left alone."""
    source, about = folder / _source_name(page), folder / METADATA_NAME
    digest = hashlib.sha256(body).hexdigest()
    wanted = _metadata(page, digest)
    known = _known_metadata(about)
    is_known = source.is_file() and hashlib.sha256(source.read_bytes()).hexdigest() == digest
    if is_known and known == wanted | {"retrieved": known.get("retrieved")}:
        return "unchanged"
    folder.mkdir(parents=True, exist_ok=True)
    _write(source, body)
    _write(about, yaml.safe_dump(wanted, allow_unicode=True, sort_keys=False).encode())
    for other in folder.glob("source.*"):
        if other != source:
            other.unlink()
    return "updated" if known else "new"


def _metadata(page: OfficialPage, digest: str) -> dict[str, Any]:
    values = {
        "title": {page.language: page.title},
        "kind": "official",
        "publisher": page.publisher,
        "date": page.date,
        "url": page.url,
        "licence": page.licence,
        "language": page.language,
        "retrieved": datetime.now(UTC).date().isoformat(),
        "sha256": digest,
    }
    return {key: value for key, value in values.items() if value is not None}


def _known_metadata(path: Path) -> dict[str, Any]:
    """What an earlier fetch wrote; a file that cannot be read is written anew."""
    try:
        loaded = yaml.safe_load(path.read_bytes())
    except (OSError, yaml.YAMLError):
        return {}
    return loaded if isinstance(loaded, dict) else {}


def _write(path: Path, content: bytes) -> None:
    """Write so that a reader sees the old file or the new one, whenever this is stopped."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes files that only their owner reads; the corpus is for everyone who may read the folder.
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
