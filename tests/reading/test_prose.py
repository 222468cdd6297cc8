"""Prose files: bytes to text, text to sections, with offsets that hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import UnreadableFile
from assistant.reading.prose import Prose, line_of, parse_prose, read_text

SHEET = """# The summit

## The dates {#dates}

It took place in February.
It lasted two days.

## An empty one {#empty}

##  Spaced   {#spaced-id_2}\u0020\u0020

Last words.
"""


def bodies(prose: Prose) -> dict[str, str]:
    return {section.id: prose.text[section.start : section.end] for section in prose.sections}


def test_sections_are_found_by_their_ids() -> None:
    """Title, headings, ids and bodies are what stands in the file; bodies have no white space at their ends."""
    prose = parse_prose(SHEET)
    assert prose.title == "The summit"
    assert [(section.id, section.heading) for section in prose.sections] == [
        ("dates", "The dates"),
        ("empty", "An empty one"),
        ("spaced-id_2", "Spaced"),
    ]
    assert bodies(prose) == {
        "dates": "It took place in February.\nIt lasted two days.",
        "empty": "",
        "spaced-id_2": "Last words.",
    }


@pytest.mark.parametrize(
    "line",
    ["## No id", "## Bad id {#a b}", "### Deeper {#deep}", " ## Indented {#indented}", "## {#lonely}", "##No {#no}"],
)
def test_what_is_no_section_heading_stays_text(line: str) -> None:
    """Only `## Title {#id}` at the start of a line begins a section."""
    prose = parse_prose(f"## One {{#one}}\n\nBefore.\n{line}\nAfter.\n")
    assert [section.id for section in prose.sections] == ["one"]
    assert line in bodies(prose)["one"] + line
    assert bodies(prose)["one"].endswith("After.")


def test_plain_paragraphs_are_numbered_by_their_line() -> None:
    """Without headings each line is a paragraph; one that is no sentence (title, signature) is counted, not quoted."""
    prose = parse_prose("A title without a stop\n\nThe first sentence.\n   \nIs this the second? Yes!\nJ. Writer")
    assert bodies(prose) == {"p2": "The first sentence.", "p3": "Is this the second? Yes!"}


@pytest.mark.parametrize("text", ["", "\n\n", "   ", "# Only a title\n"])
def test_no_text_has_no_sections(text: str) -> None:
    """An empty file is no error."""
    assert parse_prose(text).sections == ()


@given(st.text(max_size=400))
def test_sections_lie_in_the_text_and_in_order(text: str) -> None:
    """Whatever the text, its sections are slices that do not overlap, in reading order."""
    end = 0
    for section in parse_prose(text).sections:
        assert end <= section.start <= section.end <= len(text)
        assert text[section.start : section.end] == text[section.start : section.end].strip()
        end = section.end


@given(st.lists(st.tuples(st.text("abc éß\n.", max_size=30), st.sampled_from(["Heading", "Titre à deux"])), max_size=6))
def test_each_heading_gives_a_section(parts: list[tuple[str, str]]) -> None:
    """As many sections as headings, each with the body that follows it."""
    text = "".join(f"## {heading} {{#s{number}}}\n{body}\n" for number, (body, heading) in enumerate(parts))
    prose = parse_prose(text)
    if parts:
        assert [section.id for section in prose.sections] == [f"s{number}" for number in range(len(parts))]
        assert list(bodies(prose).values()) == [body.strip() for body, _ in parts]


@pytest.mark.parametrize("ending", [b"\r\n", b"\r", b"\n"])
def test_line_ends_are_made_one(tmp_path: Path, ending: bytes) -> None:
    """Files from Windows and old Macs read as those from anywhere, and a byte order mark is no letter."""
    path = tmp_path / "fr.md"
    path.write_bytes(b"\xef\xbb\xbf# T" + ending + b"un" + ending)
    assert read_text(path) == "# T\nun\n"


@pytest.mark.parametrize(
    ("content", "line", "byte"),
    [(b"un\ndeux\ncaf\xe9\n", 3, "0xe9"), (b"\xff\xfeU\x00n\x00", 1, "0xff"), (b"ok \xf0\x9f\x98", 1, "0xf0")],
)
def test_not_utf8_is_named_with_its_place(tmp_path: Path, content: bytes, line: int, byte: str) -> None:
    """Latin-1, UTF-16 and a file cut in the middle of a letter: which byte, which line, what to do."""
    path = tmp_path / "fr.md"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=f"byte {byte} .*save the file as UTF-8") as caught:
        read_text(path)
    assert (caught.value.path, caught.value.line) == (path, line)


def test_lines_are_counted_from_one() -> None:
    """An offset's line is what an editor shows."""
    assert [line_of("a\nb\n\nc", offset) for offset in (0, 1, 2, 5)] == [1, 1, 2, 4]
