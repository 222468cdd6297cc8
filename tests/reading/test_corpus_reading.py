"""Reading the corpus folder: exact offsets, one bad file never stops the others, and every message has its place."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import CorpusError, InvalidMetadata, UnreadableFile
from assistant.reading.documents import load_corpus, load_document
from assistant.reading.language import detect_language, requested_language
from assistant.reading.metadata import read_metadata
from assistant.reading.passages import MAX_WORDS, split_document
from assistant.reading.sentences import sentence_spans
from tests.fakes import tiny_corpus, write_document

CORPUS = Path(__file__).parents[2] / "corpus"
# SHA-256 of the owner's text as it was handed over.
ARTICLE_DIGEST = "ad5e8d7ca68d170404698b94f6ce558a4c7d1280805790617dec87f24d10630d"


def test_the_article_is_untouched() -> None:
    """The owner's article is the owner's, byte for byte."""
    text = (CORPUS / "article-sommet-action-ia" / "fr.md").read_bytes()
    assert hashlib.sha256(text).hexdigest() == ARTICLE_DIGEST


def test_passages_are_slices_of_their_document_and_stay_in_their_section() -> None:
    """document_text[start:end] == passage.text, whole sentences, inside one section, of bounded length."""
    for document in load_corpus(CORPUS).documents:
        for passage in split_document(document):
            text = document.texts[passage.language]
            start, end = document.section(passage.section.section_id).spans[passage.language]
            assert text[passage.start : passage.end] == passage.text
            assert start <= passage.start < passage.end <= end
            assert len(passage.text.split()) <= MAX_WORDS or len(passage.sentences) == 1


def test_a_repeated_paragraph_gives_one_passage(tmp_path: Path) -> None:
    """The second time a text stands in a document it is not a passage of its own."""
    essay = load_document(tiny_corpus(tmp_path) / "essay")
    texts = [passage.text for passage in split_document(essay) if passage.language == "fr"]
    assert texts == [
        "La souveraineté numérique demande des règles communes.",
        "Les citoyens attendent une technologie digne de confiance.",
    ]


@given(st.text(max_size=300), st.sampled_from(["fr", "en"]))
def test_sentences_are_slices_in_order(text: str, language: str) -> None:
    """Whatever the text, sentences do not overlap and leave nothing out but white space."""
    spans = sentence_spans(text, "fr" if language == "fr" else "en")
    assert all(a < b for a, b in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    left = list(text)
    for a, b in spans:
        left[a:b] = " " * (b - a)
    assert "".join(left).strip() == ""


@pytest.mark.parametrize(
    ("language", "text", "count"),
    [
        ("fr", "M. Macron a parlé. Le 11 févr. 2025, J. D. Vance est parti.", 2),
        ("en", "Mr. Vance spoke. The U.S. did not sign. It cost $1.5 billion.", 3),
        ("fr", "Les voici :\n- un point ;\n- deux points.", 3),
        ("fr", "Selon l’art. 5, 2,5 milliards. Qui ? Lui.", 3),
    ],
)
def test_abbreviations_decimals_and_lists(language: str, text: str, count: int) -> None:
    """A full stop of an abbreviation ends no sentence; every list item is one."""
    assert len(sentence_spans(text, "fr" if language == "fr" else "en")) == count


def test_one_bad_file_never_stops_the_others(tmp_path: Path) -> None:
    """What cannot be read is returned with its place and its remedy; the rest of the corpus is there."""
    corpus = tiny_corpus(tmp_path)
    whole = len(load_corpus(corpus).documents)
    write_document(corpus, "latin", None).joinpath("fr.md").write_bytes(b"# Titre\n\n## A {#a}\n\nUn caf\xe9.\n")
    write_document(corpus, "broken", None, fr="# T\n\n## A {#a}\n\nBien.\n").joinpath("document.yaml").write_text(
        "title: [\nkind: x\n"
    )
    (corpus / "fake.pdf").write_bytes(b"this is no PDF")
    found = load_corpus(corpus)
    assert len(found.documents) == whole
    messages = {str(error.path.name if error.path else ""): str(error) for error in found.skipped}
    assert "fr.md:5" in messages["fr.md"] and "save the file as UTF-8" in messages["fr.md"]
    assert "document.yaml" in messages["document.yaml"] and "broken YAML" in messages["document.yaml"]
    assert "fake.pdf" in messages["fake.pdf"]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("kind: x\ntitel: T\n", 2, "titel"),
        ("title: T\nsources:\n- id: a\n  name: A\n  url: nowhere\n", 5, "url"),
        ("sections:\n- id: a\n- id: a\n", 1, "stands twice"),
        ("title: T\ndate: yesterday\n", 2, "is no date"),
        ("- a\n", 1, "not keys and values"),
    ],
)
def test_wrong_metadata_is_named_with_its_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    """An unknown key, an address that is none, a repeated id, a date that is none: where, and what."""
    path = tmp_path / "document.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(InvalidMetadata, match=said) as caught:
        read_metadata(path)
    assert caught.value.line == line


def test_an_id_that_stands_twice_is_refused(tmp_path: Path) -> None:
    """Two sections of one name could not be told apart in a citation."""
    write_document(tmp_path, "twice", None, fr="# T\n\n## A {#a}\n\nUn.\n\n## B {#a}\n\nDeux.\n")
    with pytest.raises(CorpusError, match="section id 'a' stands twice"):
        load_document(tmp_path / "twice")


def test_a_missing_or_empty_folder_says_what_to_do(tmp_path: Path) -> None:
    """No corpus is an error with a remedy, not an empty assistant."""
    with pytest.raises(CorpusError, match="SUMMIT_CORPUS_DIR"):
        load_corpus(tmp_path / "nowhere")
    with pytest.raises(CorpusError, match=r"docs/corpus\.md"):
        load_corpus(tmp_path)


def test_not_utf8_is_a_readable_error(tmp_path: Path) -> None:
    """The byte, its place and the remedy are named."""
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "fr.md").write_bytes(b"\xff\xfe")
    with pytest.raises(UnreadableFile, match="byte 0xff at offset 0 is not UTF-8"):
        load_document(tmp_path / "d")


FRENCH = (
    "cest koi curent ai svp|qui a signé ?|kan a eu lieu le somet|combien de pays|et le budget ?|c'est quoi ROOST|Macron a dit quoi|"
    "liste des signataires|pourkoi les etats unis ont pas signe|date du sommet|Qui a signé the statement ?|ou se tenait le sommet|"
    "INESIA c quoi|quel montant|dis moi qui est anne bouverot|les 109 milliards|l'ia et l'emploi|coprésidence Inde"
)
ENGLISH = (
    "who signed|wat is curent ai|when was it|how many countries|what's ROOST|list of signatories|did Modi attend|109 billion|"
    "who is sana de courcelles|where did the summit take place|why didnt the US sign|What did Macron say about Notre-Dame?|AI Act|"
    "tell me about the Élysée dinner|which French companies were there|summit dates|is the statement binding"
)


@pytest.mark.parametrize("question", FRENCH.split("|"))
def test_short_and_unaccented_french_is_french(question: str) -> None:
    """Phone spelling, no accents, names of the other language: the frame decides."""
    assert detect_language(question, "en") == "fr"


@pytest.mark.parametrize("question", ENGLISH.split("|"))
def test_short_english_is_english(question: str) -> None:
    """A French name does not make an English question French."""
    assert detect_language(question, "fr") == "en"


def test_the_page_breaks_a_tie() -> None:
    """A bare name belongs to no language; the page's language decides."""
    assert (detect_language("Anne Bouverot", "fr"), detect_language("Anne Bouverot", "en")) == ("fr", "en")


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Answer in French: who signed?", "fr"),
        ("Qui a signé ? Réponds en anglais.", "en"),
        ("And in French?", "fr"),
        ("Comment dit-on sommet en anglais ?", None),
        ("What is the statement called in French?", None),
    ],
)
def test_a_request_for_a_language_is_not_a_question_about_it(question: str, language: str | None) -> None:
    """ "Answer in French" asks for French; "called in French" asks for a name."""
    assert requested_language(question) == language
