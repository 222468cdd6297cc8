"""Questions written to learn from: for each section, what it answers and what it does not. Never measured with.

`evals/learning/<document>.yaml` is a list of `{section, answered: {fr, en}, unanswered: {fr, en}}`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from assistant.records import LANGUAGES, Language, SectionKey
from evals.cases import read_yaml
from evals.errors import CaseError

FOLDER = Path(__file__).parent / "learning"


@dataclass(frozen=True, slots=True)
class LearningQuestion:
    """A question about a section, which answers it or not; `section` is None for a question on another subject."""

    text: str
    language: Language
    section: SectionKey | None
    answered: bool


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    section: str = Field(pattern=r"^[a-z0-9-]+#[a-z0-9-]+$")
    answered: dict[Language, list[str]]
    unanswered: dict[Language, list[str]]


class _Outside(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    outside: dict[Language, list[str]]


_FILE: TypeAdapter[list[_Entry | _Outside]] = TypeAdapter(list[_Entry | _Outside])


def load_learning(folder: Path = FOLDER) -> tuple[LearningQuestion, ...]:
    """Every question of the folder, in the order of its files.

    Raises:
        CaseError: for a file that does not have this form; says which and why.
    """
    return tuple(question for path in sorted(folder.glob("*.yaml")) for question in _read(path))


def _read(path: Path) -> Iterator[LearningQuestion]:
    try:
        entries = _FILE.validate_python(read_yaml(path))
    except ValidationError as error:
        raise CaseError(f"{path}: {error}; correct it") from None
    for entry in entries:
        if isinstance(entry, _Outside):
            yield from _questions(entry.outside, None, answered=False)
        else:
            key = SectionKey.parse(entry.section)
            yield from _questions(entry.answered, key, answered=True)
            yield from _questions(entry.unanswered, key, answered=False)


def _questions(
    texts: dict[Language, list[str]], section: SectionKey | None, *, answered: bool
) -> Iterator[LearningQuestion]:
    for language in LANGUAGES:
        for text in texts.get(language, ()):
            yield LearningQuestion(text, language, section, answered)
