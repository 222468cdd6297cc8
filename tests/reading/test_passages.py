"""Passages: exact slices, whole sentences, one section each, of bounded length."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.reading.passages import MAX_WORDS, split_document
from assistant.reading.prose import parse_prose
from assistant.records import LANGUAGES, Bilingual, Document, Language, Section

WORDS = st.sampled_from(
    "le sommet Paris 2025 M. Macron the summit art. 2,5 1.5 « oui » (non) l’IA U.S. e.g. 🤖 \u202f? A.B. mots\tet".split(
        " "
    )
)
SENTENCE = st.lists(WORDS, min_size=1, max_size=60).map(lambda words: " ".join(words))
END = st.sampled_from([". ", "! ", " ? ", "…\n", ".\n\n", ";\n- ", " : ", "\n", " ", ""])
BODY = st.lists(st.tuples(SENTENCE, END), max_size=8).map(lambda parts: "".join(a + b for a, b in parts))


def document_of(bodies: list[str], language: Language) -> Document:
    """A document with a section for each body."""
    text = "# T\n\n" + "".join(f"## H{n} {{#s{n}}}\n\n{body}\n\n" for n, body in enumerate(bodies))
    prose = parse_prose(text)
    sections = tuple(
        Section(one.id, Bilingual(one.heading, one.heading), {language: (one.start, one.end)}) for one in prose.sections
    )
    return Document("d", "test", Bilingual("T", "T"), {language: text}, sections, publisher="")


@settings(max_examples=200)
@given(st.lists(st.one_of(BODY, st.text(max_size=200)), max_size=5), st.sampled_from(LANGUAGES))
def test_the_invariants_hold_for_any_text(bodies: list[str], language: Language) -> None:
    """Slice, section, order, whole sentences and bound: for prose with every trap, and for any characters at all."""
    document = document_of(bodies, language)
    text = document.texts[language]
    end_of: dict[str, int] = {}
    for passage in split_document(document):
        start, end = document.section(passage.section.section_id).spans[language]
        assert text[passage.start : passage.end] == passage.text
        assert start <= passage.start < passage.end <= end
        assert end_of.get(passage.section.section_id, start) <= passage.start
        end_of[passage.section.section_id] = passage.end
        assert len(passage.text.split()) <= MAX_WORDS or len(passage.sentences) == 1
        assert all(len(sentence.split()) <= 2 * MAX_WORDS for sentence in passage.sentence_texts())
        assert passage.sentences[0][0] == 0
        assert passage.sentences[-1][1] == len(passage.text)
        for (a, b), (c, _) in zip(passage.sentences, [*passage.sentences[1:], (len(passage.text), 0)], strict=True):
            assert a < b <= c
            assert not passage.text[b:c].strip()


@settings(max_examples=100)
@given(st.lists(BODY, min_size=1, max_size=4), st.sampled_from(LANGUAGES))
def test_nothing_is_lost(bodies: list[str], language: Language) -> None:
    """Every word of a section stands in a passage of the document."""
    document = document_of(bodies, language)
    words = {word for passage in split_document(document) for word in passage.text.split()}
    for section in document.sections:
        start, end = section.spans[language]
        assert set(document.texts[language][start:end].split()) <= words


def numbered(count: int, length: int) -> str:
    """`count` different sentences of `length` words."""
    return " ".join(" ".join([f"Sentence{n}", *["word"] * (length - 1)]) + "." for n in range(count))


@pytest.mark.parametrize(
    ("body", "sizes"),
    [
        (numbered(1, 10), [10]),
        (numbered(8, 10), [80]),
        (numbered(9, 10), [50, 40]),
        (numbered(3, 70), [70, 70, 70]),
        (numbered(1, 100), [100]),
        (numbered(1, 160), [160]),
        ("", []),
    ],
)
def test_long_sections_are_parted_evenly(body: str, sizes: list[int]) -> None:
    """A short section is one passage; a long one is parted at sentence ends into parts of about the same size."""
    passages = split_document(document_of([body], "en"))
    assert [len(passage.text.split()) for passage in passages] == sizes


def test_a_text_without_sentence_ends_is_cut_at_white_space() -> None:
    """A table of a thousand words becomes parts that the encoder reads whole, cut between words."""
    body = " ".join(f"cell{number}" for number in range(1_000))
    passages = split_document(document_of([body], "en"))
    assert all(len(passage.text.split()) <= 2 * MAX_WORDS for passage in passages)
    assert " ".join(passage.text for passage in passages) == body


def test_ids_say_where_a_passage_stands() -> None:
    """A section's only passage has the section's name; several are numbered; both languages differ in the end only."""
    assert [p.id for p in split_document(document_of(["One.", numbered(9, 10)], "en"))] == [
        "d#s0/en",
        "d#s1/en/1",
        "d#s1/en/2",
    ]


def test_a_text_that_repeats_gives_one_passage() -> None:
    """The same words in another section are quoted from where they stand first, in each language on its own."""
    passages = split_document(document_of(["Twice said.", "Once.", "Twice said."], "en"))
    assert [(passage.section.section_id, passage.text) for passage in passages] == [
        ("s0", "Twice said."),
        ("s1", "Once."),
    ]


def test_a_passage_carries_its_heading_and_page() -> None:
    """What a reader needs to find the place comes along."""
    section = Section("s", Bilingual(en="Heading"), {"en": (0, 4)}, page=7)
    document = Document("d", "report", Bilingual(en="T"), {"en": "One."}, (section,), publisher="")
    (passage,) = split_document(document)
    assert (passage.heading, passage.page) == ("Heading", 7)
