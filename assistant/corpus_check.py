"""`python -m assistant check`: everything that is wrong with the corpus, one line each; the exit status is 1 if anything is."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.progress import progress_report
from assistant.reading.checks import check_corpus
from assistant.reading.documents import load_corpus
from assistant.reading.findings import Finding, Places
from assistant.records import SectionKey
from assistant.search.entries import EmbeddingCache, TextEntry
from assistant.search.index_files import current_folder
from assistant.search.self_check import lost_questions
from assistant.search.store import Entry
from assistant.settings import Settings
from assistant.wiring import Parts, ready_parts


def run_check(settings: Settings, *, quick: bool = False) -> Iterator[str]:
    """The findings, each as a line; `quick` leaves out what needs the encoder."""
    corpus = load_corpus(settings.corpus_dir)
    yield from map(str, check_corpus(corpus, settings.corpus_dir))
    if quick:
        return
    with progress_report() as report:
        # The folder is checked, not what was published from it once.
        parts = ready_parts(settings.model_copy(update={"chroma_url": ""}), report)
        yield from map(str, sorted(_lost(settings, parts)))
    parts.store.close()


def _lost(settings: Settings, parts: Parts) -> Iterator[Finding]:
    places = Places(settings.corpus_dir)
    folder = current_folder(settings.data_dir)
    known = EmbeddingCache.load(folder).by_digest() if folder else {}
    for lost in lost_questions(parts.catalogue, parts.ranker, lambda question: known[_digest(question)]):
        document, _ = parts.catalogue.sections[lost.section]
        yield places.metadata(
            document,
            lost.question,
            f"question {lost.question!r} of section {lost.section.section_id!r} finds {lost.found} instead; reword it, move it or remove it",
        )


def _digest(question: str) -> str:
    return TextEntry(Entry("", "question", SectionKey("", ""), "fr"), question).digest
