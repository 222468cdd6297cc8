"""The corpus folder as documents: every kind of entry, one bad file at a time, never a stop."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.errors import CorpusError, InvalidMetadata
from assistant.reading.documents import corpus_digest, document_digest, load_corpus, load_document
from assistant.records import SectionKey
from tests.fakes import tiny_corpus, write_document

PROSE = "# T\n\n## A {#a}\n\nA sentence.\n"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """The tiny corpus, to be added to."""
    return tiny_corpus(tmp_path)


def test_everything_in_the_folder_is_read(corpus: Path) -> None:
    """Each folder is a document with the languages that it has; nothing is skipped."""
    found = load_corpus(corpus)
    assert found.skipped == ()
    languages = {document.id: set(document.texts) for document in found.documents}
    both = {"fr", "en"}
    assert languages == {"banquet": both, "bulletin": {"fr"}, "essay": both, "money": both, "opening": both}


def test_a_document_says_what_its_files_say(corpus: Path) -> None:
    """Metadata, prose and sections meet in one record."""
    money = load_document(corpus / "money")
    assert (money.titles.fr, money.titles.en) == ("L’argent du sommet", "The money of the summit")
    assert (money.publisher, money.date, money.kind) == ("Test desk", "2025-02-12", "fact-sheet")
    total = money.section("total")
    assert (total.headings.fr, total.as_of) == ("Le total", "2025-02-11")
    assert [source.name for source in money.sources_of(total)] == ["Élysée"]
    assert [figure.source for figure in total.conflicts[0].figures] == ["BFM", "AFP"]
    start, end = total.spans["en"]
    assert money.texts["en"][start:end].startswith("Emmanuel Macron announced 109 billion")


def test_the_titles_of_the_prose_serve_where_the_metadata_has_none(tmp_path: Path) -> None:
    """Without a title in document.yaml each language has the title of its own file."""
    write_document(tmp_path, "d", {"title": {"fr": "De la fiche"}}, fr="# Du texte\n", en="# From the text\n")
    titles = load_document(tmp_path / "d").titles
    assert (titles.fr, titles.en) == ("De la fiche", "From the text")


def test_a_section_may_have_one_language_only(tmp_path: Path) -> None:
    """Sections are aligned by id, in the order of their first appearance."""
    write_document(
        tmp_path,
        "d",
        None,
        fr="## A {#a}\n\nUn.\n\n## B {#b}\n\nDeux.\n",
        en="## B {#b}\n\nTwo.\n\n## C {#c}\n\nThree.\n",
    )
    document = load_document(tmp_path / "d")
    assert [(section.id, set(section.spans)) for section in document.sections] == [
        ("a", {"fr"}),
        ("b", {"fr", "en"}),
        ("c", {"en"}),
    ]


@pytest.mark.parametrize("name", [".hidden", "_draft", "README.md", "CORRECTIONS.md", "official.toml", "vectors.npz"])
def test_what_is_about_the_corpus_is_no_document(corpus: Path, name: str) -> None:
    """Hidden entries, drafts, notes about the corpus and files of other kinds are left alone."""
    before = load_corpus(corpus)
    if "." in name[1:]:
        (corpus / name).write_text("A sentence in a file.\n", "utf-8")
    else:
        write_document(corpus, name, None, en=PROSE)
    after = load_corpus(corpus)
    assert after.documents == before.documents
    assert after.skipped == ()


def test_a_folder_of_documents_is_looked_into(corpus: Path) -> None:
    """Documents may be sorted into folders, such as the fetched ones."""
    write_document(corpus / "official" / "elysee", "statement", None, en=PROSE)
    assert "statement" in {document.id for document in load_corpus(corpus).documents}


def test_a_dropped_file_is_a_document_with_or_without_metadata(corpus: Path) -> None:
    """A text file alone has a title and a language all the same; a YAML of the same name beside it says more."""
    (corpus / "Compte rendu n° 2.txt").write_text("La réunion du comité a duré deux heures.\n", "utf-8")
    (corpus / "minutes.txt").write_text("The committee met for two hours.\n", "utf-8")
    (corpus / "minutes.yaml").write_text("title: Minutes\npublisher: Committee\n", "utf-8")
    documents = {document.id: document for document in load_corpus(corpus).documents}
    french = documents["compte-rendu-n-2"]
    assert french.titles.fr
    assert set(french.texts) == {"fr"}
    assert (documents["minutes"].titles.en, documents["minutes"].publisher) == ("Minutes", "Committee")


def test_a_dropped_file_of_two_languages_has_its_sections_in_their_own(tmp_path: Path) -> None:
    """In a mixed file each section is quoted in its own language, with offsets into the same text."""
    (tmp_path / "mixed.md").write_text(
        "# Mixed\n\n## Français\n\nLe comité a décidé de publier le rapport en mars.\n\n"
        "## English\n\nThe committee decided to publish the report in March.\n",
        "utf-8",
    )
    document = load_document(tmp_path / "mixed.md")
    assert [set(section.spans) for section in document.sections] == [{"fr"}, {"en"}]
    for section in document.sections:
        for language, (start, end) in section.spans.items():
            assert "report" in document.texts[language][start:end] or "rapport" in document.texts[language][start:end]


class TestBadFiles:
    """One bad file never stops the others: it is returned with its place."""

    def skipped(self, corpus: Path, whole: int = 5) -> CorpusError:
        found = load_corpus(corpus)
        assert len(found.documents) == whole
        (error,) = found.skipped
        return error

    def test_two_files_of_one_id(self, corpus: Path) -> None:
        """Of two files with the same id the second is skipped, by name."""
        (corpus / "A note.txt").write_text("A first note is here.\n", "utf-8")
        (corpus / "a-note.txt").write_text("A second note is here.\n", "utf-8")
        error = self.skipped(corpus, whole=6)
        assert "'a-note' is taken" in error.message
        assert "rename" in error.message
        assert error.path is not None

    def test_a_section_of_the_metadata_that_is_not_written(self, corpus: Path) -> None:
        """document.yaml may not describe a section that no prose has."""
        write_document(corpus, "d", {"sections": [{"id": "ghost"}]}, en=PROSE)
        error = self.skipped(corpus)
        assert isinstance(error, InvalidMetadata)
        assert "'ghost' stands in no prose file" in str(error)

    def test_an_empty_folder(self, corpus: Path) -> None:
        """A folder without anything readable says what it needs."""
        (corpus / "empty").mkdir()
        assert "holds 0 readable files; it needs fr.md and en.md" in str(self.skipped(corpus))

    def test_a_folder_of_several_files(self, corpus: Path) -> None:
        """A folder with two loose files is not guessed at."""
        write_document(corpus, "two", None)
        for name in ("a.txt", "b.txt"):
            (corpus / "two" / name).write_text("A sentence stands here.\n", "utf-8")
        assert "holds 2 readable files" in str(self.skipped(corpus))

    def test_a_folder_in_the_place_of_a_file(self, corpus: Path) -> None:
        """A folder named fr.md is reported, not read."""
        (corpus / "odd" / "fr.md").mkdir(parents=True)
        (corpus / "odd" / "document.yaml").write_text("kind: x\n", "utf-8")
        assert "cannot be read" in str(self.skipped(corpus))

    def test_a_link_to_nowhere(self, corpus: Path) -> None:
        """A broken link is reported with its own path."""
        (corpus / "gone.md").symlink_to(corpus / "nothing.md")
        assert self.skipped(corpus).path == corpus / "gone.md"

    @pytest.mark.parametrize("name", ["a.pdf", "b.docx", "c.html", "d.txt", "e.md"])
    @pytest.mark.parametrize("content", [b"", b"\x00\x01\x02" * 100, b"\xff\xfe\xfd" * 50])
    def test_a_file_that_is_not_what_its_name_says(self, corpus: Path, name: str, content: bytes) -> None:
        """Rubbish under any name is either skipped with its path or read as text; it never stops the corpus."""
        (corpus / name).write_bytes(content)
        found = load_corpus(corpus)
        assert {document.id for document in found.documents} >= {"money", "opening"}
        assert [error.path for error in found.skipped] in ([], [corpus / name])

    def test_only_bad_files_are_no_reason_to_stop(self, tmp_path: Path) -> None:
        """A corpus of which nothing can be read has no documents and says why."""
        (tmp_path / "bad.pdf").write_bytes(b"no PDF")
        found = load_corpus(tmp_path)
        assert found.documents == ()
        assert len(found.skipped) == 1


@pytest.fixture
def open_corpus() -> Iterator[Path]:
    """A corpus that every user may enter (pytest's own folders are closed to others)."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    corpus = tiny_corpus(folder)
    yield corpus
    for path in corpus.iterdir():
        path.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.parametrize("name", ["money", "money/en.md", "money/document.yaml"])
def test_what_may_not_be_read_is_skipped(open_corpus: Path, name: str) -> None:
    """A folder or file without read permission is reported with its place; the others are read."""
    (open_corpus / name).chmod(0o000)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65_534)  # permissions do not bind root
    try:
        found = load_corpus(open_corpus)
    finally:
        if root:
            os.seteuid(0)
    assert {document.id for document in found.documents} == {"banquet", "bulletin", "essay", "opening"}
    (error,) = found.skipped
    assert "check its permissions" in error.message
    assert error.path is not None and error.path.is_relative_to(open_corpus / "money")


def test_digests_name_content_and_nothing_else(tmp_path: Path) -> None:
    """The same files elsewhere have the same digest; one letter more is another."""
    one, other = (load_corpus(tiny_corpus(tmp_path / name)).documents for name in ("a", "b"))
    assert corpus_digest(one) == corpus_digest(other) == corpus_digest(other[::-1])
    write_document(tmp_path / "b" / "corpus", "money", None, en="## The total {#total}\n\nX.\n\n## F {#fund}\n\nY.\n")
    changed = load_corpus(tmp_path / "b" / "corpus").documents
    assert corpus_digest(changed) != corpus_digest(one)
    differing = [a.id for a, b in zip(one, changed, strict=True) if document_digest(a) != document_digest(b)]
    assert differing == ["money"]


def test_an_unknown_section_is_a_key_error(corpus: Path) -> None:
    """Asking a document for a section that it lacks is not answered with another one."""
    money = load_document(corpus / "money")
    with pytest.raises(KeyError):
        money.section("nothing")
    assert str(SectionKey(money.id, "fund")) == "money#fund"
