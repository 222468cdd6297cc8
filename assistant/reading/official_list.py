"""corpus/official.toml: which official pages and PDFs about the summit may be fetched, and how to cite them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from assistant.errors import InvalidMetadata
from assistant.reading.metadata import IsoDate
from assistant.records import Language


class OfficialPage(BaseModel):
    """One entry: where a page is and what its document.yaml will say."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)
    title: str = Field(min_length=1)
    url: str = Field(pattern=r"^https?://[^\s/]+/\S*$")
    format: Literal["html", "pdf", "docx"] = "html"
    language: Language
    publisher: str = Field(min_length=1)
    date: IsoDate | None = None
    licence: str | None = None


class _List(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    page: tuple[OfficialPage, ...] = Field(min_length=1)

    @field_validator("page")
    @classmethod
    def _each_once(cls, pages: tuple[OfficialPage, ...]) -> tuple[OfficialPage, ...]:
        for name, values in (("id", [page.id for page in pages]), ("url", [page.url for page in pages])):
            twice = next((value for value in values if values.count(value) > 1), None)
            if twice:
                raise ValueError(f"{name} {twice!r} stands twice; remove one of the entries")
        return pages


def read_list(path: Path) -> tuple[OfficialPage, ...]:
    """The entries of the list, in its order.

    Raises:
        InvalidMetadata: if it cannot be opened, is no TOML, or an entry lacks something or says too much.
    """
    try:
        loaded = tomllib.loads(path.read_bytes().decode("utf-8"))
    except OSError as error:
        raise InvalidMetadata(
            f"cannot be opened: {error.strerror}; check that it is there and may be read", path
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidMetadata(f"is no TOML in UTF-8: {error}; correct it", path) from None
    try:
        return _List.model_validate(loaded).page
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InvalidMetadata(f"{place}: {first['msg']}; correct the entry", path) from None
