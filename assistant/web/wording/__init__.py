"""Every string of the web pages: one file per language, `fr.yaml` and `en.yaml`, with the same keys (tested).

Staff may change a file without knowing the program: a text that is missing or misspelt in its key stops the tests, and the
start where the file cannot be read at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field

from assistant.records import Language

_FOLDER = Path(__file__).parent


class Chapter(BaseModel):
    """A titled part of a page; `items` makes a list after the paragraphs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    heading: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


class Wording(BaseModel):
    """What the pages say in one language; what stands in braces is filled in by `str.format`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    words: Mapping[str, str]
    months: Annotated[tuple[str, ...], Field(min_length=12, max_length=12)]
    weekdays: Annotated[tuple[str, ...], Field(min_length=7, max_length=7)]
    about: tuple[Chapter, ...]


@cache
def wording(language: Language) -> Wording:
    """A language's file, read once.

    Raises:
        pydantic.ValidationError: if it is not what `Wording` describes.
    """
    return Wording.model_validate(yaml.safe_load((_FOLDER / f"{language}.yaml").read_text("utf-8")))


def words(language: Language) -> Mapping[str, str]:
    """The strings of a language by key."""
    return wording(language).words
