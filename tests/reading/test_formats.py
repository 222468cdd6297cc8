"""Reading files: each of `tests/data` was made by the program that people make such files with (see make_files.py)."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
import threading
import time
import zipfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.errors import CorpusError, DocumentTooLarge, UnreadableFile
from assistant.reading.formats import SUFFIXES, ExtractedFile, Limits, read_file
from assistant.reading.pdf_layout import layout
from assistant.reading.pdf_lines import Line, Segment

DATA = Path(__file__).parents[1] / "data"
READABLE = sorted(
    path.name
    for path in (*DATA.iterdir(), *(DATA / "sources").iterdir())
    if path.suffix in SUFFIXES and not path.name.startswith(("encrypted", "scanned"))
)


def found(name: str) -> Path:
    return DATA / name if (DATA / name).exists() else DATA / "sources" / name


@cache
def read(name: str) -> ExtractedFile:
    """A file of the data folder, read once for all tests."""
    return read_file(found(name))


def write(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def bodies(extracted: ExtractedFile) -> dict[str, str]:
    """The text under each heading, those of several pages joined."""
    texts: dict[str, str] = {}
    for part in extracted.parts:
        texts[part.heading] = f"{texts.get(part.heading, '')} {extracted.text[part.start : part.end]}".strip()
    return texts


def docx_with(members: dict[str, bytes]) -> bytes:
    """report-en.docx with members replaced or added."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(DATA / "report-en.docx") as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in members:
                new.writestr(name, old.read(name))
        for name, content in members.items():
            new.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize("name", READABLE)
def test_parts_are_the_text_between_their_offsets(name: str) -> None:
    """Every part is a non-empty slice without white space at its ends, in order, and never overlaps another."""
    extracted = read(name)
    end = 0
    for part in extracted.parts:
        body = extracted.text[part.start : part.end]
        assert end <= part.start < part.end <= len(extracted.text)
        assert body == body.strip() and part.heading not in ("", body)
        end = part.end
    assert "\r" not in extracted.text and "\u00a0" not in extracted.text and "\ufffe" not in extracted.text


def test_pdf_keeps_pages_and_headings() -> None:
    """A PDF's parts carry the page on which they begin and the heading above them."""
    extracted = read("bulletin-fr.pdf")
    places = [(part.heading, part.page) for part in extracted.parts]
    assert places == [
        ("Le rendez-vous de Paris", 1),
        ("Les investissements annoncés", 1),
        ("Ce que les montants recouvrent", 1),
        ("Une déclaration commune", 1),
        ("Une déclaration commune", 2),
        ("La suite", 2),
    ]
    assert extracted.title == "Bulletin du sommet pour l’action sur l’IA"
    assert extracted.author == "Claire Bulletin"


def test_pdf_drops_running_headers_and_page_numbers() -> None:
    """What repeats at the edge of the pages is no part of the text, whichever program set it."""
    bulletin, leaflet = read("bulletin-fr.pdf").text, read("depliant-fr.pdf").text
    assert "édition française" not in bulletin and "Service de presse" not in bulletin
    assert "février 2025\n" not in leaflet and "1 / 2" not in leaflet and leaflet.startswith("Dépliant du sommet\n\n")


def test_pdf_page_numbers_are_known_by_their_counting() -> None:
    """A running title whose number counts the pages goes, wherever it starts, and so do dotted lines of contents."""

    def line(page: int, text: str, baseline: float) -> Line:
        return Line(page, text, 70.0, 70.0 + 5 * len(text), baseline, 11.0, False, "", (Segment(text, 70.0, 300.0),))

    titles = ("Première partie", "Deuxième partie", "Troisième partie", "Quatrième partie")
    pages = [
        [line(page, f"{title} {page + 7}", 800.0), line(page, f"{title} : {page} millions.", 700.0)]
        for page, title in enumerate(titles, start=1)
    ]
    pages[0].append(line(1, "Les investissements . . . . . . . . . . . 12", 600.0))
    assert [block.text for block in layout(pages)] == [
        f"{title} : {page} millions." for page, title in enumerate(titles, start=1)
    ]


def test_pdf_sentence_that_runs_on_to_the_next_page_is_whole() -> None:
    """Neither the page's end nor its footnote parts a sentence, and the footnote's mark leaves no digit."""
    text = read("bulletin-fr.pdf").text
    assert "ont demandé que les travaux soient poursuivis dans les enceintes existantes, notamment aux Nations" in text
    assert "pour les peuples et la planète. Les États-Unis et le Royaume-Uni ne l’ont pas signée." in text
    assert "\n\nLe texte est publié en français et en anglais.\n\n" in text


def test_pdf_paragraphs_and_list_items_are_lines_of_their_own() -> None:
    """A paragraph's line breaks become spaces, and each list item stays a block."""
    text = bodies(read("bulletin-fr.pdf"))["Ce que les montants recouvrent"]
    paragraphs = text.split("\n\n")
    assert [paragraph.partition(" ")[0] for paragraph in paragraphs] == ["Les", "Les", "•", "•", "•"]
    assert paragraphs[3].endswith("demandent une puissance d’un gigawatt et plusieurs années de travaux ;")
    assert all("\n" not in paragraph for paragraph in paragraphs)


def test_pdf_paragraphs_are_told_apart_by_their_indent() -> None:
    """Where no space parts the paragraphs, the indent of the first line does."""
    paragraphs = bodies(read("depliant-fr.pdf"))["Le week-end culturel"].split("\n\n")
    assert [paragraph.partition(" ")[2].partition(" ")[0] for paragraph in paragraphs] == ["Conciergerie", "visiteurs"]


def test_pdf_columns_are_read_one_after_the_other() -> None:
    """A sentence that runs on in the next column is whole, with ligatures and soft hyphens undone."""
    text = bodies(read("leaflet-en.pdf"))
    assert (
        "initial commitment of 400 million dollars from governments, philanthropies and companies, and"
        in (text["Open initiatives"])
    )
    assert "efficient, affordable and officially documented results" in text["Purpose"]


def test_pdf_hyphens_at_line_ends() -> None:
    """A word that a line end cut is joined, and a hyphen that belongs to the word stays."""
    text = bodies(read("depliant-fr.pdf"))["Le travail"]
    assert "Les États-Unis étaient représentés par leur vice-président. L’après-midi du 11" in text
    assert "la coopération entre entreprises. Qu’en reste-t-il ?" in text


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        (
            "bulletin-fr.pdf",
            ("Investisseur | Pays | Montant annoncé", "Fonds MGX | Émirats arabes unis | 30 à 50"),
        ),
        (
            "leaflet-en.pdf",
            (
                "Initiative | Partner | First amount",
                "ROOST | Technology companies and foundations that want children to be safe online | 27",
            ),
        ),
        ("bulletin-fr.docx", ("Investisseur | Pays | Montant annoncé", "Amazon | États-Unis | 6 milliards d’euros")),
        ("report-en.docx", ("Place | Date | Host", "Seoul | May 2024 | Republic of Korea and United Kingdom")),
        ("notes-fr.docx", ("Thème | Envoyé", "Travail | Sana de Courcelles")),
        ("notes-fr.html", ("Thème | Envoyé", "Confiance | Guillaume Poupard")),
        ("notes-fr.md", ("Thème | Envoyé", "Confiance | Guillaume Poupard")),
        ("page-en.html", ("Country | Signed", "Australia | yes")),
    ],
)
def test_tables_are_a_line_a_row(name: str, rows: tuple[str, ...]) -> None:
    """The cells of a row stand on one line, in every format."""
    text = read(name).text
    assert all(f"\n{row}" in text for row in rows)


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("scanned-fr.pdf", "no text layer .* run OCR"),
        ("encrypted-en.pdf", "locked by a password"),
    ],
)
def test_pdf_that_cannot_be_read_says_why(name: str, complaint: str) -> None:
    """A scan and a locked file are refused with the remedy and the path."""
    with pytest.raises(UnreadableFile, match=complaint) as caught:
        read_file(DATA / name)
    assert caught.value.path == DATA / name


def test_pdf_that_only_must_not_be_changed_is_read() -> None:
    """A PDF that opens without a password is read, whatever its owner locked besides."""
    assert read("print-protected-en.pdf").text == read("leaflet-en.pdf").text


def test_pdf_cut_short_or_of_another_kind_is_refused(tmp_path: Path) -> None:
    """Half a PDF, damaged insides and a page with the wrong suffix are told apart."""
    whole = (DATA / "leaflet-en.pdf").read_bytes()
    with pytest.raises(UnreadableFile, match="cut short"):
        read_file(write(tmp_path, "half.pdf", whole[: len(whole) // 2]))
    with pytest.raises(UnreadableFile, match="damaged"):
        read_file(write(tmp_path, "hollow.pdf", b"%PDF-1.7\n" + b"\x00" * 500 + b"\n%%EOF"))
    with pytest.raises(UnreadableFile, match="is no PDF"):
        read_file(write(tmp_path, "page.pdf", "<html><body>Sommet</body></html>"))


def test_docx_of_libreoffice() -> None:
    """Headings, list items, links and the file's properties are read; tracked changes count as accepted."""
    extracted = read("report-en.docx")
    assert (extracted.title, extracted.author, extracted.date) == (
        "Report on the AI Action Summit",
        "Jane Reporter",
        "2025-02-13",
    )
    agreed = bodies(extracted)["What was agreed"]
    assert "calls for open and inclusive artificial intelligence." in agreed and "withdrawn" not in extracted.text
    assert "The full text was published" in agreed and "\n\n- ROOST works on open safety tools." in agreed
    assert list(bodies(extracted)) == ["What was agreed", "The summits so far", "What comes next"]


def test_docx_of_pandoc() -> None:
    """Another program's DOCX gives the same text as the Markdown that it was made from."""
    word, markdown = bodies(read("notes-fr.docx")), bodies(read("notes-fr.md"))
    assert word["Séance d’ouverture"] == markdown["Séance d’ouverture"]
    assert word["Séance de clôture"] == markdown["Séance de clôture"]


def test_docx_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    """A small file that unpacks to a very large one breaks the limit of expansion, or that of size."""
    bomb = write(tmp_path, "bomb.docx", docx_with({"word/media/bomb.xml": b"\x00" * 60_000_000}))
    assert bomb.stat().st_size < 100_000
    with pytest.raises(DocumentTooLarge, match="times its size, over the limit of 100"):
        read_file(bomb)
    with pytest.raises(DocumentTooLarge, match="bytes, over the limit of 1000000"):
        read_file(bomb, Limits(max_unpacked_bytes=1_000_000))


def test_docx_entities_are_not_expanded(tmp_path: Path) -> None:
    """A billion laughs neither fills the memory nor reaches the text."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    document = (
        f'<!DOCTYPE d [<!ENTITY l0 "ha">{laughs}]><w:document xmlns:w="{space}">'
        "<w:body><w:p><w:r><w:t>Before &l8; after.</w:t></w:r></w:p></w:body></w:document>"
    )
    path = write(tmp_path, "laughs.docx", docx_with({"word/document.xml": document.encode()}))
    with contextlib.suppress(UnreadableFile):  # refusing it is as good
        assert "haha" not in read_file(path).text


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "old .doc or is protected"),
        (b"PK\x03\x04 no archive", "no DOCX that can be opened"),
        (docx_with({"word/document.xml": b"<w:document"}), "no DOCX that can be opened"),
        (docx_with({"[Content_Types].xml": b"<Types xmlns='x'/>"}), "cannot be read"),
        ((DATA / "report-en.docx").read_bytes()[:3000], "no DOCX that can be opened"),
    ],
)
def test_docx_that_cannot_be_read_says_why(tmp_path: Path, content: bytes, complaint: str) -> None:
    """An old or locked file, broken XML, another kind of package and half a file are refused with a remedy."""
    with pytest.raises(UnreadableFile, match=complaint):
        read_file(write(tmp_path, "broken.docx", content))


def test_html_gives_its_main_text_only() -> None:
    """Menus, banners, footers and scripts are left out; what stands in a bare div is not."""
    french, english = read_file(DATA / "page-fr.html"), read("page-en.html")
    assert (french.title, french.date, french.author) == (
        "Sommet pour l’action sur l’IA",
        "2025-02-11",
        "Ministère de l’Exemple",
    )
    assert list(bodies(french)) == ["Sommet pour l’action sur l’IA", "La déclaration", "Les montants", "Détail"]
    assert "porte sur une intelligence artificielle inclusive et durable." in french.text
    assert "Un texte dans un div sans paragraphe" in french.text
    for noise in ("Accueil", "Mentions", "Cookies", "script", "À lire aussi", "color"):
        assert noise not in french.text
    assert english.text.startswith("AI Action Summit\n\n11 February 2025\n\nThe country signed the statement")
    assert "cookies" not in english.text and "Related" not in english.text and "Privacy" not in english.text


def test_html_raised_digits_do_not_change_a_number(tmp_path: Path) -> None:
    """A power stays a power, and the mark of a footnote does not become a digit."""
    page = (
        "<main><h1>Surfaces</h1><p>Sur 12 km<sup>2</sup>, 10<sup>3</sup> sites<sup><a href='#n'>4</a></sup>.</p></main>"
    )
    assert read_file(write(tmp_path, "p.html", page)).text.endswith("Sur 12 km², 10³ sites.")


def test_html_in_a_declared_encoding(tmp_path: Path) -> None:
    """A page may say that it is Latin-1, as old official pages do; one that says nothing must be UTF-8."""
    page = "<html><head>{}<title>Déclaration</title></head><body><main><p>Déclaration d’été.</p></main></body></html>"
    declared = write(tmp_path, "a.html", page.format('<meta charset="iso-8859-1">').encode("cp1252"))
    assert "Déclaration d’été." in read_file(declared).text
    with pytest.raises(UnreadableFile, match="byte 0xe9 at offset 20 is not UTF-8; save"):
        read_file(write(tmp_path, "b.html", page.format("").encode("cp1252")))
    with pytest.raises(UnreadableFile, match="holds no text"):
        read_file(write(tmp_path, "c.html", "<html><body><script>var text = 1;</script></body></html>"))


def test_markdown(tmp_path: Path) -> None:
    """Marks leave their text, headings begin parts, the first `# ` is the title, code with a hash is no heading."""
    text = (
        "\ufeff# Le sommet\n\nUn **grand** [sommet](https://example.org) à `Paris`.\n\n## Dates {#dates}\n"
        "1. le 10 ;\n2. le 11.\n\n```\n# rien\n```\n<!-- caché -->\n"
    )
    extracted = read_file(write(tmp_path, "notes.MD", text))
    assert extracted.title == "Le sommet"
    assert bodies(extracted) == {"Le sommet": "Un grand sommet à Paris.", "Dates": "1. le 10 ;\n\n2. le 11.\n\n# rien"}


def test_markdown_front_matter() -> None:
    """The header that pandoc and site generators write gives title, author and date."""
    extracted = read("notes-fr.md")
    assert (extracted.title, extracted.author, extracted.date) == ("Notes de séance", "Camille Notes", "2025-02-11")
    assert not extracted.text.startswith("---")


def test_plain_text(tmp_path: Path) -> None:
    """A short first line that stands alone is the title; the paragraphs after it are one part."""
    extracted = read_file(write(tmp_path, "note.txt", "Le sommet\r\n\r\nIl a eu lieu.\r\n\r\nÀ Paris.\r\n"))
    assert (extracted.title, bodies(extracted)) == ("Le sommet", {"Le sommet": "Il a eu lieu.\n\nÀ Paris."})
    prose = read_file(write(tmp_path, "prose.txt", "Il a eu lieu\nà Paris."))
    assert (prose.title, prose.text) == (None, "Il a eu lieu\nà Paris.")


def test_letters_are_written_in_their_common_form(tmp_path: Path) -> None:
    """Ligatures, hard spaces and invisible characters are undone; nothing that carries a value is."""
    text = "L’oﬃciel : 109\u00a0milliards, 10² sites, ½ jour, l’ac\u00adcord\u200b, week\u2011end… e\u0301té"
    cleaned = read_file(write(tmp_path, "a.txt", text)).text
    assert cleaned == "L’officiel : 109 milliards, 10² sites, ½ jour, l’accord, week-end… été"


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("latin.txt", "résumé".encode("latin-1"), "byte 0xe9 at offset 1 is not UTF-8; save the file as UTF-8"),
        ("utf16.md", "Paris".encode("utf-16"), "byte 0xff at offset 0 is not UTF-8"),
        ("binary.txt", b"Paris\x00", "byte 0x00 at offset 5"),
        ("blank.txt", b" \n\n", "holds no text"),
        ("empty.pdf", b"", "is no PDF"),
        ("sheet.xlsx", b"PK", "suffix '.xlsx' is not one of"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, name: str, content: bytes, complaint: str) -> None:
    """Another encoding, an empty file and an unknown suffix are refused with value and remedy."""
    with pytest.raises(UnreadableFile, match=complaint):
        read_file(write(tmp_path, name, content))


def test_what_is_no_file(tmp_path: Path) -> None:
    """A missing file, a folder and an impossible name are corpus errors, too."""
    (tmp_path / "folder.pdf").mkdir()
    for path in (tmp_path / "folder.pdf", tmp_path / "missing.txt", Path("null\x00.txt")):
        with pytest.raises(UnreadableFile):
            read_file(path)


@pytest.mark.parametrize(
    ("limits", "complaint"),
    [
        (Limits(max_bytes=100), "has 38800 bytes, over the limit of 100"),
        (Limits(max_pages=1), "has 2 pages, over the limit of 1"),
        (Limits(max_seconds=0.01), "took over 0.01 seconds, the limit"),
        (Limits(max_memory_bytes=1000), "memory, the limit|cannot be read|reader stopped"),
    ],
)
def test_limits(limits: Limits, complaint: str) -> None:
    """Size, pages, time and memory are bounded, and the message names value, limit and remedy."""
    size = (DATA / "bulletin-fr.pdf").stat().st_size
    with pytest.raises(CorpusError, match=complaint.replace("38800", str(size))) as caught:
        read_file(DATA / "bulletin-fr.pdf", limits)
    assert caught.value.path is not None


@pytest.mark.skipif(sys.platform != "linux", reason="finds its own child process through /proc")
def test_a_reader_that_is_killed_is_reported(tmp_path: Path) -> None:
    """When the process that reads a file dies, as for want of memory, that file is refused and nothing else."""
    path = write(tmp_path, "long.html", "<main>" + "<p>Le sommet de Paris.</p>" * 200_000 + "</main>")
    failures: list[CorpusError] = []

    def attempt() -> None:
        try:
            read_file(path)
        except CorpusError as error:
            failures.append(error)

    thread = threading.Thread(target=attempt)
    thread.start()
    children = Path(f"/proc/{os.getpid()}/task")
    deadline = time.monotonic() + 10
    while thread.is_alive() and time.monotonic() < deadline:
        for child in " ".join(one.read_text() for one in children.glob("*/children")).split():
            if b"assistant.reading.worker" in Path(f"/proc/{child}/cmdline").read_bytes():
                os.kill(int(child), signal.SIGKILL)
        time.sleep(0.02)
    thread.join(10)
    assert "its reader stopped (SIGKILL)" in str(failures[0]) and failures[0].path == path


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300) | st.text().map(str.encode), suffix=st.sampled_from([".txt", ".md"]))
def test_any_text_file_is_read_or_refused(tmp_path: Path, content: bytes, suffix: str) -> None:
    """Whatever bytes a text file holds, reading gives true slices or a corpus error."""
    read_or_refuse(write(tmp_path, f"any{suffix}", content))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300), suffix=st.sampled_from([".pdf", ".docx", ".html", ".htm"]))
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes, suffix: str) -> None:
    """Whatever bytes a file holds, reading gives true slices or a corpus error."""
    read_or_refuse(write(tmp_path, f"any{suffix}", content))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(["leaflet-en.pdf", "report-en.docx", "page-fr.html", "scanned-fr.pdf"]),
    place=st.floats(0, 0.999),
    noise=st.binary(min_size=1, max_size=40),
)
def test_any_damage_is_read_or_refused(tmp_path: Path, name: str, place: float, noise: bytes) -> None:
    """A real file with damage anywhere gives true slices or a corpus error."""
    whole = (DATA / name).read_bytes()
    start = int(place * len(whole))
    read_or_refuse(write(tmp_path, f"damaged{Path(name).suffix}", whole[:start] + noise + whole[start + len(noise) :]))


def read_or_refuse(path: Path) -> None:
    try:
        extracted = read_file(path, Limits(max_seconds=20))
    except CorpusError as error:
        assert error.path == path and error.message
        return
    assert extracted.parts and all(extracted.text[part.start : part.end].strip() for part in extracted.parts)
