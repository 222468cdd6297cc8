"""`backup` and `restore`: what the operator would miss, in one file that any database of ours can take back.

A tar.gz with `manifest.json`, the index in force below `index/`, and a file of JSON lines for each table below `database/`.
Rows are read in one transaction, so a server may go on serving meanwhile.
"""

from __future__ import annotations

import gzip
import io
import json
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.errors import SummitError
from assistant.search.index_files import current_folder
from assistant.search.indexing import adopt_index
from assistant.web.database import SCHEMA, TABLES, count_rows, open_database, using

FORMAT = 1
_MANIFEST = "manifest.json"
_MAX_BYTES = 20 * 2**30
_MAX_FILES = 10_000


class BackupError(SummitError):
    """A backup cannot be written, or is not what it should be."""


class Manifest(BaseModel):
    """What a backup says of itself: its form, the day, the schema of the database, and rows by table."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int
    taken: str
    schema_version: int
    index: str
    rows: dict[str, int]


def back_up(data_dir: Path, database_url: str, target: Path) -> Manifest:
    """Write the index in force and the database of the service to `target`.

    Raises:
        BackupError: if `target` is there already or cannot be written.
        StoreError: if the database fails.
    """
    if target.exists():
        raise BackupError(f"{target} is there already; name another file")
    folder = current_folder(data_dir)
    fresh = target.with_name(target.name + ".part")
    try:
        fresh.touch(mode=0o600)  # it holds what visitors wrote
        with tarfile.open(fresh, "w:gz", compresslevel=6) as archive:
            rows = _add_tables(archive, database_url, data_dir)
            if folder is not None:
                archive.add(folder, f"index/{folder.name}")
            manifest = Manifest(
                format=FORMAT,
                taken=datetime.now(UTC).date().isoformat(),
                schema_version=SCHEMA,
                index=folder.name if folder else "",
                rows=rows,
            )
            _add(archive, _MANIFEST, manifest.model_dump_json().encode())
        fresh.replace(target)
    except OSError as error:
        raise BackupError(f"{target} cannot be written ({error.strerror}); free some space or name another") from None
    finally:
        fresh.unlink(missing_ok=True)
    return manifest


def restore(source: Path, data_dir: Path, database_url: str) -> Manifest:
    """Put a backup's index in force and its rows into the database, which must be empty.

    Raises:
        BackupError: if `source` is no backup of this form, or the database holds something already.
        SearchIndexError: if the index is not whole; StoreError: if the database fails.
    """
    with tempfile.TemporaryDirectory(prefix="summit-restore-") as name:
        folder = Path(name)
        manifest = _unpack(source, folder)
        rows = {table.name: _read_rows(folder, table, manifest) for table in TABLES}
        engine = open_database(database_url, data_dir)
        with using(engine) as connection:
            taken = [table.name for table in TABLES if count_rows(connection, table)]
            if taken:
                raise BackupError(f"the database holds rows already ({', '.join(taken)}); restore into an empty one")
            if manifest.index:
                adopt_index(data_dir, folder / "index" / manifest.index)
            for table in TABLES:
                if rows[table.name]:
                    connection.execute(sa.insert(table), rows[table.name])
        engine.dispose()
    return manifest


def _add_tables(archive: tarfile.TarFile, database_url: str, data_dir: Path) -> dict[str, int]:
    engine = open_database(database_url, data_dir)
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    counts = {}
    with using(engine) as connection:
        for table in TABLES:
            lines = [json.dumps(dict(row), default=str) for row in connection.execute(_ordered(table)).mappings()]
            _add(archive, f"database/{table.name}.jsonl", "".join(f"{line}\n" for line in lines).encode())
            counts[table.name] = len(lines)
    engine.dispose()
    return counts


def _ordered(table: sa.Table) -> sa.Select[Any]:
    """The rows in an order that does not change; numbers that the database gives are given anew when they are restored."""
    return sa.select(*_kept(table)).order_by(*table.primary_key.columns)


def _kept(table: sa.Table) -> list[sa.Column[Any]]:
    return [column for column in table.columns if column.autoincrement is not True]


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = len(content), 0o600, int(datetime.now(UTC).timestamp())
    archive.addfile(member, io.BytesIO(content))


def _unpack(source: Path, folder: Path) -> Manifest:
    """The files of a backup."""
    try:
        with tarfile.open(source, "r:gz") as archive:
            for member in _bounded(archive):
                _write(archive, member, folder.resolve())
        manifest = Manifest.model_validate_json((folder / _MANIFEST).read_bytes())
    except (OSError, EOFError, tarfile.TarError, gzip.BadGzipFile, zlib.error, ValidationError) as error:
        raise BackupError(
            f"{source} is no backup of this program ({type(error).__name__}); name another file"
        ) from None
    if (manifest.format, manifest.schema_version) != (FORMAT, SCHEMA):
        raise BackupError(
            f"{source} has format {manifest.format} and schema {manifest.schema_version}, this program reads {FORMAT} and {SCHEMA}; "
            "restore it with the version that wrote it"
        )
    if manifest.index and not _is_name(manifest.index):
        raise BackupError(f"{source} names the index {manifest.index[:60]!r}, which is no name; name another file")
    return manifest


def _write(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """A plain file or folder inside `folder`; tarfile's own filter for this is missing in Python before 3.11.4."""
    path = (folder / member.name).resolve()
    if not path.is_relative_to(folder) or not (member.isfile() or member.isdir()):
        raise tarfile.TarError(f"{member.name!r} is no file inside the backup")
    if member.isdir():
        path.mkdir(parents=True, exist_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    content = archive.extractfile(member)
    assert content is not None  # it is a regular file
    with content, path.open("wb") as file:
        shutil.copyfileobj(content, file)


def _bounded(archive: tarfile.TarFile) -> list[tarfile.TarInfo]:
    """The members, counted and measured before anything is written."""
    members: list[tarfile.TarInfo] = []
    size = 0
    for member in archive:
        members.append(member)
        size += member.size
        if len(members) > _MAX_FILES or size > _MAX_BYTES:
            raise BackupError(
                f"the backup unpacks to more than {_MAX_FILES} files or {_MAX_BYTES} bytes; it is not ours"
            )
    return members


def _is_name(text: str) -> bool:
    return text == Path(text).name and text not in {".", ".."}


def _read_rows(folder: Path, table: sa.Table, manifest: Manifest) -> Sequence[Mapping[str, Any]]:
    path = folder / "database" / f"{table.name}.jsonl"
    try:
        rows = [_row(table, json.loads(line)) for line in _lines(path)]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackupError(f"{path.name} of the backup cannot be read ({type(error).__name__})") from None
    if len(rows) != manifest.rows.get(table.name):
        raise BackupError(f"{path.name} of the backup has {len(rows)} rows, not {manifest.rows.get(table.name)}")
    return rows


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as stream:
        yield from stream


def _row(table: sa.Table, found: Mapping[str, Any]) -> Mapping[str, Any]:
    """A row as the database takes it; JSON knows no days."""
    row = {}
    for column in _kept(table):
        value = found[column.name]
        row[column.name] = date.fromisoformat(value) if isinstance(column.type, sa.Date) and value else value
    return row
