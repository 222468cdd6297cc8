"""The correction log, `corpus/CORRECTIONS.md`: what was wrong in a document, what is written instead, and when.

    ## 2026-12-03 signatories#count

    - fr: La fiche comptait deux fois l’Union européenne.
    - en: The fact sheet counted the European Union twice.
    - was fr: 66 signataires
    - now fr: 65 signataires

`fr` and `en` say what was wrong; `was` and `now`, in either language or both, quote the words before and after.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

from assistant.errors import CorpusError, InvalidMetadata
from assistant.reading.prose import line_of, read_text
from assistant.records import Bilingual, SectionKey

CORRECTIONS_NAME = "CORRECTIONS.md"
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_HEADING = re.compile(r"^## +(?P<day>\d{4}-\d\d-\d\d) +(?P<section>[^\s#]+#\S+)[ \t]*$")
_FIELD = re.compile(r"^[-*] +(?P<name>(?:was |now )?(?:fr|en))\s*:\s*(?P<text>\S.*)$")


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction: its day, the section that it is about, what was wrong, and the words before and after."""

    day: str
    section: SectionKey
    note: Bilingual
    was: Bilingual
    now: Bilingual

    @property
    def anchor(self) -> str:
        """Its place on the corrections page."""
        return f"{self.day}-{self.section.document_id}-{self.section.section_id}"


@dataclass(frozen=True, slots=True)
class CorrectionLog:
    """The corrections, the newest first, and what is wrong with those that could not be read."""

    corrections: tuple[Correction, ...] = ()
    problems: tuple[CorpusError, ...] = ()

    def of(self, section: SectionKey, since: date) -> tuple[Correction, ...]:
        """The corrections of a section made on a day or later."""
        return tuple(one for one in self.corrections if one.section == section and one.day >= since.isoformat())


def read_corrections(corpus_dir: Path) -> CorrectionLog:
    """Read the log; one bad entry never hides the others. A corpus without a log has an empty one."""
    path = corpus_dir / CORRECTIONS_NAME
    try:
        text = read_text(path)
    except FileNotFoundError:
        return CorrectionLog()
    except CorpusError as error:
        return CorrectionLog(problems=(error,))
    # Comments hold the form to copy; their line ends stay, so that line numbers are right.
    text = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)
    corrections: list[Correction] = []
    problems: list[CorpusError] = []
    for start, entry in _entries(text):
        try:
            corrections.append(_correction(entry))
        except ValueError as error:
            problems.append(InvalidMetadata(str(error), path, line_of(text, start)))
    return CorrectionLog(tuple(sorted(corrections, key=lambda one: one.day, reverse=True)), tuple(problems))


def _entries(text: str) -> Iterator[tuple[int, str]]:
    starts = [found.start() for found in re.finditer(r"^## ", text, re.MULTILINE)]
    for start, end in pairwise([*starts, len(text)]):
        yield start, text[start:end]


def _correction(entry: str) -> Correction:
    heading, *lines = entry.splitlines()
    found = _HEADING.match(heading)
    if found is None:
        raise ValueError(f"{heading[:80]!r} is no heading of a correction; write `## YYYY-MM-DD document#section`")
    date.fromisoformat(found["day"])
    fields = _fields(lines)
    note = _pair(fields, "")
    if not (note.fr and note.en):
        raise ValueError("a correction says what was wrong in both languages; add `- fr: ...` and `- en: ...`")
    return Correction(
        found["day"], SectionKey.parse(found["section"]), note, _pair(fields, "was "), _pair(fields, "now ")
    )


def _fields(lines: Iterable[str]) -> Mapping[str, str]:
    fields: dict[str, str] = {}
    last = ""
    for line in lines:
        if found := _FIELD.match(line):
            last = found["name"]
            fields[last] = found["text"].strip()
        elif line.startswith((" ", "\t")) and last and line.strip():
            fields[last] += " " + line.strip()
        elif line.strip():
            raise ValueError(f"{line[:80]!r} is no field; the fields are fr, en, was fr, was en, now fr, now en")
    return fields


def _pair(fields: Mapping[str, str], prefix: str) -> Bilingual:
    return Bilingual(fields.get(f"{prefix}fr"), fields.get(f"{prefix}en"))
