"""document.yaml: what it may say, checked, with the line where it is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from assistant.errors import InvalidMetadata
from assistant.reading.prose import read_text
from assistant.records import Bilingual, Conflict, Figure, Language, Source

_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


def _as_date(value: object) -> object:
    """YAML reads 2025 as a number, TOML 2025-02-11 as a date; the records keep ISO text, as precise as the writer was."""
    text = value.isoformat() if isinstance(value, date) else str(value)
    if not (_DATE.fullmatch(text) and _in_calendar(text)):
        raise ValueError(f"{text!r} is no date; write YYYY, YYYY-MM or YYYY-MM-DD")
    return text


def _in_calendar(text: str) -> bool:
    try:
        date.fromisoformat((text + "-01-01")[:10])
    except ValueError:
        return False
    return True


IsoDate = Annotated[str, BeforeValidator(_as_date)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Bilingual(_Strict):
    fr: str | None = Field(None, min_length=1)
    en: str | None = Field(None, min_length=1)

    def record(self) -> Bilingual:
        return Bilingual(self.fr, self.en)


def _in_both(value: object) -> object:
    return {"fr": value, "en": value} if isinstance(value, str) else value


class _Figure(_Strict):
    value: Annotated[_Bilingual, BeforeValidator(_in_both)]
    source: str
    date: IsoDate

    def record(self) -> Figure:
        return Figure(self.value.record(), self.source, self.date)


class _Conflict(_Strict):
    note: _Bilingual
    figures: list[_Figure] = Field(min_length=2)

    def record(self) -> Conflict:
        return Conflict(self.note.record(), tuple(figure.record() for figure in self.figures))


class _Source(_Strict):
    id: str
    name: str
    url: str | None = Field(None, pattern=r"^https?://[^\s/]+")
    date: IsoDate | None = None

    def record(self) -> Source:
        return Source(self.id, self.name, self.url, self.date)


class _Questions(_Strict):
    fr: list[str] = []
    en: list[str] = []


class _Translation(_Strict):
    language: Language
    of: Language
    by: str


class SectionMetadata(_Strict):
    """What document.yaml says of one section."""

    id: str
    facts: list[str] = []
    as_of: IsoDate | None = None
    perishable: bool = False
    sources: list[str] = []
    conflicts: list[_Conflict] = []
    questions: _Questions = _Questions()


class DocumentMetadata(_Strict):
    """What document.yaml says; every key is optional for a file dropped into the corpus as it is."""

    title: Annotated[_Bilingual, BeforeValidator(_in_both)] = _Bilingual()
    kind: str = "document"
    publisher: str | None = None
    author: str | None = None
    date: IsoDate | None = None
    url: str | None = Field(None, pattern=r"^https?://[^\s/]+")
    licence: str | None = None
    language: Language | None = None
    not_before: IsoDate | None = None
    translation: _Translation | None = None
    retrieved: IsoDate | None = None
    sha256: str | None = None
    notes: str | None = None
    sources: list[_Source] = []
    sections: list[SectionMetadata] = []

    @model_validator(mode="after")
    def _ids_are_unique(self) -> DocumentMetadata:
        for name, ids in (("section", [s.id for s in self.sections]), ("source", [s.id for s in self.sources])):
            twice = sorted({one for one in ids if ids.count(one) > 1})
            if twice:
                raise ValueError(f"{name} id {twice[0]!r} stands twice; give each its own")
        return self


def read_metadata(path: Path) -> DocumentMetadata:
    """Read document.yaml.

    Raises:
        InvalidMetadata: for broken YAML, an unknown key or a value of the wrong form, with the line where it stands.
    """
    text = read_text(path)
    try:
        loaded: Any = yaml.load(text, Loader=_Loader)  # nosec B506 # a safe loader that refuses repeated keys
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise InvalidMetadata(
            f"broken YAML: {error.problem}; correct the line", path, mark.line + 1 if mark else None
        ) from None
    except yaml.YAMLError as error:
        raise InvalidMetadata(f"broken YAML: {' '.join(str(error).split())}", path) from None
    if not isinstance(loaded, Mapping):
        raise InvalidMetadata(f"holds a {type(loaded).__name__}, not keys and values; see docs/corpus.md", path, 1)
    try:
        return DocumentMetadata.model_validate(loaded)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "document"
        raise InvalidMetadata(f"{where}: {first['msg']}", path, _line_of_key(text, first["loc"])) from None


# The C parser where PyYAML has it: ten times faster on the corpus.
_SAFE_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_SAFE_LOADER):  # type: ignore[misc]  # either of two classes
    """Leaves dates as they are written, so that 30 February is ours to refuse, and lets no key stand twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """A mapping as a dictionary."""
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                problem = f"key {key.value!r} stands twice"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            seen.add(str(key.value))
        found: dict[Any, Any] = super().construct_mapping(node, deep)
        return found


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _SAFE_LOADER.construct_yaml_str)


def _line_of_key(text: str, location: tuple[int | str, ...]) -> int | None:
    """The line of the innermost key of `location` that the YAML has."""
    node: yaml.Node | None = yaml.compose(text, Loader=_Loader)
    line: int | None = 1
    for part in location:
        if isinstance(node, yaml.MappingNode):
            pair = next((pair for pair in node.value if pair[0].value == part), None)
            if pair is None:
                return line
            node, line = pair[1], pair[0].start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            return line
    return line
