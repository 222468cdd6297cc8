"""Cases: what is asked, and what a right answer must and must not say. docs/evaluating.md explains the keys."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from assistant.records import Document, Language, SectionKey
from evals.errors import CaseError, UsageError
from evals.text import normalise

Part = Literal["dev", "test"]
Expectation = Literal["answer", "closest", "refusal", "not-answer"]
Kind = Literal[
    "factoid", "number", "date", "who", "list", "why", "definition", "comparison", "yesno", "followup", "typo", "mixed",
    "cross", "disagreement", "unanswerable", "near-miss", "false-premise", "outside", "injection",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)
PARTS: tuple[Part, ...] = get_args(Part)
# The C parser where PyYAML has it: ten times faster.
_YAML_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Case:
    """One question with what is expected of its answer. Gold is a section, never a passage."""

    id: str
    part: Part
    kind: Kind
    question: str
    language: Language
    expect: Expectation
    history: tuple[str, ...] = ()
    page_language: Language | None = None
    gold: tuple[SectionKey, ...] = ()
    all_gold: bool = False
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    figure: bool = False
    conflict: bool = False
    asks_language: bool = False
    hide_language: Language | None = None

    @property
    def answerable(self) -> bool:
        """Whether the corpus answers the question."""
        return self.expect == "answer"

    @property
    def document(self) -> str:
        """The document of the first gold section, or `none`."""
        return self.gold[0].document_id if self.gold else "none"

    def facet(self, name: str) -> str:
        """The value by which slices and charts group cases: lang, kind, part, document or expect."""
        facets = {
            "lang": self.language,
            "kind": self.kind,
            "part": self.part,
            "document": self.document,
            "expect": self.expect,
        }
        if name not in facets:
            raise UsageError(f"cannot slice by {name!r}; slice by {', '.join(facets)}")
        return facets[name]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Gold(_Strict):
    document: str
    section: str


class _Entry(_Strict):
    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    part: Part
    kind: Kind
    question: str
    language: Language
    expect: Expectation
    history: list[str] = []
    page_language: Language | None = None
    gold: list[_Gold] = []
    all_gold: bool = False
    must: list[str] = []
    must_not: list[str] = []
    figure: bool = False
    conflict: bool = False
    asks_language: bool = False
    hide_language: Language | None = None

    @field_validator("must", "must_not")
    @classmethod
    def _compiles(cls, patterns: list[str]) -> list[str]:
        for pattern in patterns:
            try:
                re.compile(normalise(pattern))
            except re.error as error:
                raise ValueError(f"{pattern!r} is no regular expression: {error}") from None
        return patterns

    @model_validator(mode="after")
    def _makes_sense(self) -> _Entry:
        if self.expect == "answer" and not self.gold:
            raise ValueError("expects an answer but names no gold section; add `gold`")
        if self.hide_language and not self.gold:
            raise ValueError("hides a language of its gold document but names none; add `gold`")
        if self.kind == "followup" and not self.history:
            raise ValueError("is a follow-up without an earlier question; add `history`")
        return self

    def record(self) -> Case:
        fields: dict[str, Any] = {name: getattr(self, name) for name in type(self).model_fields if name != "gold"}
        fields = {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}
        return Case(**fields, gold=tuple(SectionKey(one.document, one.section) for one in self.gold))


def load_cases(folder: Path) -> tuple[Case, ...]:
    """Every case of `folder/*.yaml`, in the order of file names and lines.

    Raises:
        CaseError: for a case that is not what it should be, or an id that is taken, with the file and the case.
    """
    cases: dict[str, Case] = {}
    for path in sorted(folder.glob("*.yaml")):
        for position, entry in enumerate(_entries(path), start=1):
            case = _case(path, position, entry)
            if case.id in cases:
                raise CaseError(f"{path.name}, {case.id}: the id is taken by another case; give each its own")
            cases[case.id] = case
    if not cases:
        raise CaseError(f"{folder} holds no cases; write a .yaml file there or name the folder with --cases")
    return tuple(cases.values())


def read_yaml(path: Path) -> Any:
    """What a YAML file holds.

    Raises:
        CaseError: if it is broken.
    """
    try:
        return yaml.load(path.read_text("utf-8"), Loader=_YAML_LOADER)  # nosec B506 # a safe loader
    except yaml.YAMLError as error:
        raise CaseError(f"{path.name}: broken YAML: {' '.join(str(error).split())}") from None


def _entries(path: Path) -> list[Any]:
    loaded = read_yaml(path)
    if not isinstance(loaded, list):
        raise CaseError(
            f"{path.name} holds a {type(loaded).__name__}; write a list of cases, each beginning with `- id:`"
        )
    return loaded


def _case(path: Path, position: int, entry: Any) -> Case:
    try:
        return _Entry.model_validate(entry).record()
    except ValidationError as error:
        first = error.errors()[0]
        name = entry.get("id", f"case {position}") if isinstance(entry, Mapping) else f"case {position}"
        key = ".".join(str(part) for part in first["loc"])
        raise CaseError(
            f"{path.name}, {name}: {f'{key}: ' if key else ''}{first['msg'].removeprefix('Value error, ')}"
        ) from None


def unknown_gold(cases: Iterable[Case], documents: Iterable[Document]) -> tuple[str, ...]:
    """One line for each gold section that the corpus does not have."""
    known = {SectionKey(document.id, section.id) for document in documents for section in document.sections}
    return tuple(
        f"{case.id}: the corpus has no section {key}" for case in cases for key in case.gold if key not in known
    )


def select(cases: Iterable[Case], part: str | None = None, slices: Sequence[str] = ()) -> tuple[Case, ...]:
    """The cases of a part whose facets have the asked values; `slices` holds texts such as `lang=fr`.

    Raises:
        UsageError: for a slice that is not `facet=value`, or that leaves no case.
    """
    wanted = [_facet_and_value(one) for one in slices]
    chosen = tuple(
        case
        for case in cases
        if part in (None, case.part) and all(case.facet(facet) == value for facet, value in wanted)
    )
    if not chosen:
        raise UsageError(f"no case is left by part {part or 'any'} and {', '.join(slices) or 'no slice'}; widen them")
    return chosen


def _facet_and_value(text: str) -> tuple[str, str]:
    facet, separator, value = text.partition("=")
    if not separator:
        raise UsageError(f"{text!r} is no slice; write facet=value, for example lang=fr")
    return facet, value


def cases_digest(cases: Iterable[Case]) -> str:
    """A short name of what the cases say: SHA-256 over them in the order of their ids."""
    return hashlib.sha256("\n".join(repr(case) for case in sorted(cases, key=lambda one: one.id)).encode()).hexdigest()[
        :16
    ]
