"""document.yaml: what it may say, and a line number for what it may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import CorpusError, InvalidMetadata
from assistant.reading.metadata import DocumentMetadata, read_metadata

WHOLE = """title: {fr: Le titre, en: The title}
kind: fact-sheet
publisher: Desk
author: A. Writer
date: 2025-02-11
url: https://example.org/a
licence: CC-BY-4.0
language: fr
not_before: 2025-03
translation: {language: en, of: fr, by: Desk}
retrieved: 2025
sha256: abc
notes: A note.
sources:
- {id: a, name: Agency, url: "https://example.org/b", date: 2025-02-10}
sections:
- id: one
  facts: [f1]
  as_of: 2025-02
  perishable: true
  sources: [a]
  questions: {fr: [Quoi ?], en: [What?]}
  conflicts:
  - note: {fr: Divergence., en: Disagreement.}
    figures:
    - {value: "5", source: A, date: 2025-02-10}
    - {value: {fr: six, en: six}, source: B, date: 2025-02-11}
"""


def read(tmp_path: Path, text: str) -> DocumentMetadata:
    path = tmp_path / "document.yaml"
    path.write_text(text, "utf-8")
    return read_metadata(path)


def test_everything_that_may_be_said_is_read(tmp_path: Path) -> None:
    """Each key reaches its place; dates stay as precise as they were written."""
    found = read(tmp_path, WHOLE)
    assert (found.title.fr, found.title.en) == ("Le titre", "The title")
    assert (found.date, found.not_before, found.retrieved) == ("2025-02-11", "2025-03", "2025")
    assert found.sources[0].record().date == "2025-02-10"
    section = found.sections[0]
    assert (section.as_of, section.perishable, section.sources) == ("2025-02", True, ["a"])
    figures = section.conflicts[0].record().figures
    assert [(one.value.fr, one.value.en) for one in figures] == [("5", "5"), ("six", "six")]


def test_everything_is_optional(tmp_path: Path) -> None:
    """A file dropped in may have next to nothing beside it."""
    found = read(tmp_path, "kind: report\n")
    assert (found.kind, found.title.fr, found.sections, found.sources) == ("report", None, [], [])


def test_one_title_serves_both_languages(tmp_path: Path) -> None:
    """A title given once is the title in each language."""
    found = read(tmp_path, "title: InvestAI\n")
    assert (found.title.fr, found.title.en) == ("InvestAI", "InvestAI")


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("kind: x\ntitle: [a\nb: c\n", None, "broken YAML"),
        ("a: b: c\n", 1, "broken YAML"),
        ("kind: x\n\tdate: y\n", 2, "broken YAML"),
        ("kind: 'x\n", None, "broken YAML"),
        ("kind: !!python/object:os.system x\n", 1, "broken YAML"),
        ("kind: \x07\n", None, "broken YAML"),
        ("", 1, "not keys and values"),
        ("just text\n", 1, "not keys and values"),
        ("kind: x\ntitel: y\n", 2, "titel"),
        ("1: x\n", 1, ""),
        ("sections:\n- id: a\n  question: {fr: [Quoi ?]}\n", 3, "question"),
        ("sections:\n- id: a\n- facts: [f]\n", 3, "sections.1.id"),
        ("language: de\n", 1, "language"),
        ("kind: x\nurl: example.org\n", 2, "url"),
        ("url: ftp://example.org\n", 1, "url"),
        ("kind: x\ndate: '11 February 2025'\n", 2, "is no date"),
        ("date: 2025-02-11 10:00:00\n", 1, "is no date"),
        ("title: {fr: ''}\n", 1, "title"),
        ("sources:\n- {id: a, name: A}\n- {id: a, name: B}\n", 1, "source id 'a' stands twice"),
        ("sections:\n- id: a\n- id: b\n- id: a\n", 1, "section id 'a' stands twice"),
        (
            "sections:\n- id: a\n  conflicts:\n  - note: {fr: x}\n    figures:\n    - {value: 1, source: A, date: 2025}\n",
            None,
            "",
        ),
        ("title: &loop [*loop]\n", 1, "title"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, text: str, line: int | None, said: str) -> None:
    """Broken YAML, unknown keys, wrong forms and repeated ids: an error of ours, with file and line where there is one."""
    with pytest.raises(InvalidMetadata) as caught:
        read(tmp_path, text)
    assert said in caught.value.message
    assert caught.value.path == tmp_path / "document.yaml"
    if line is not None:
        assert caught.value.line == line


@pytest.mark.parametrize(
    "value", ["2025-02-30", "'2025-02-30'", "2025-13", "'2025-13-01'", "2025-00", "'0000'", "'2025-2-1'", "20250211"]
)
@pytest.mark.parametrize("key", ["date", "not_before", "retrieved"])
def test_a_day_that_the_calendar_lacks_is_no_date(tmp_path: Path, key: str, value: str) -> None:
    """A 30 February or a thirteenth month is refused with its line, quoted or not: an embargo must not rest on it."""
    with pytest.raises(InvalidMetadata, match="is no date") as caught:
        read(tmp_path, f"kind: x\n{key}: {value}\n")
    assert caught.value.line == 2


@pytest.mark.parametrize("value", ["2024-02-29", "'2024-02-29'", "2025", "'2025'", "2025-12", "1789-07-14"])
def test_days_of_the_calendar_are_dates(tmp_path: Path, value: str) -> None:
    """Real dates pass, as day, month or year."""
    assert read(tmp_path, f"date: {value}\n").date == value.strip("'")


def test_a_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    """YAML would keep the last one and lose the first without a word."""
    with pytest.raises(InvalidMetadata, match="'kind' stands twice") as caught:
        read(tmp_path, "kind: a\npublisher: b\nkind: c\n")
    assert caught.value.line == 3


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    """Metadata is read as carefully as prose."""
    (tmp_path / "document.yaml").write_bytes(b"kind: x\ntitle: caf\xe9\n")
    with pytest.raises(CorpusError, match="not UTF-8") as caught:
        read_metadata(tmp_path / "document.yaml")
    assert caught.value.line == 2
