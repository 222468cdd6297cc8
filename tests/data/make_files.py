"""Makes the files of this folder with the programs that people make such files with.

They are committed, so that the tests need none of these programs. To make them anew:

    apt-get install libreoffice-writer pandoc qpdf chromium fonts-liberation
    python tests/data/make_files.py

LibreOffice writes the PDFs with running headers and the DOCX, Chromium prints web pages, pandoc converts Markdown, qpdf
encrypts, Pillow wraps a picture of a page as a scan does.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from pathlib import Path

import pypdfium2

HERE = Path(__file__).parent
SOURCES = HERE / "sources"


def run(*command: str | Path, folder: Path) -> None:
    """Run a program in `folder` and stop at its failure."""
    subprocess.run([str(part) for part in command], cwd=folder, check=True, capture_output=True)


def libreoffice(source: str, suffix: str, name: str, work: Path) -> None:
    """Convert a flat ODT to `suffix` as LibreOffice's own export does."""
    shutil.copy(SOURCES / source, work / f"{name}.fodt")
    profile = f"-env:UserInstallation={(work / 'profile').as_uri()}"
    run("soffice", profile, "--headless", "--convert-to", suffix, f"{name}.fodt", folder=work)
    shutil.move(work / f"{name}.{suffix}", HERE / f"{name}.{suffix}")


def chromium(source: str, name: str, work: Path) -> None:
    """Print a web page to PDF without the browser's own header, which would show the file's place."""
    shutil.copy(SOURCES / source, work / source)
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer")
    run("chromium", *options, f"--user-data-dir={work / 'browser'}", f"--print-to-pdf={name}.pdf", source, folder=work)
    shutil.move(work / f"{name}.pdf", HERE / f"{name}.pdf")


def pandoc(source: str, target: str) -> None:
    """Convert with pandoc, metadata included."""
    run("pandoc", "--standalone", SOURCES / source, "-o", HERE / target, folder=HERE)


def scan(source: str, target: str) -> None:
    """A PDF that is a picture of a page, as a scanner makes it."""
    with pypdfium2.PdfDocument(HERE / source) as document:
        picture = document[0].render(scale=0.8).to_pil().convert("L")
    buffer = io.BytesIO()
    picture.save(buffer, "PDF", quality=20)
    (HERE / target).write_bytes(buffer.getvalue())


def main() -> None:
    """Make every file."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        libreoffice("bulletin-fr.fodt", "pdf", "bulletin-fr", work)
        libreoffice("bulletin-fr.fodt", "docx", "bulletin-fr", work)
        libreoffice("report-en.fodt", "docx", "report-en", work)
        chromium("leaflet-en.html", "leaflet-en", work)
        chromium("depliant-fr.html", "depliant-fr", work)
        pandoc("notes-fr.md", "notes-fr.docx")
        pandoc("notes-fr.md", "notes-fr.html")
        scan("bulletin-fr.pdf", "scanned-fr.pdf")
        run("qpdf", "--encrypt", "secret", "owner", "256", "--", "leaflet-en.pdf", "encrypted-en.pdf", folder=HERE)
        run("qpdf", "--encrypt", "", "owner", "256", "--", "leaflet-en.pdf", "print-protected-en.pdf", folder=HERE)


if __name__ == "__main__":
    main()
