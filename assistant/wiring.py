"""The only place that reads the settings' values and chooses what the program is made of."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from assistant.answering.chat import Assistant
from assistant.errors import IndexMissing
from assistant.reading.documents import Corpus, load_corpus
from assistant.search.answerability import AnswerabilityCheck
from assistant.search.catalogue import Catalogue
from assistant.search.encoder import Encoder, load_encoder
from assistant.search.entries import EmbeddingCache
from assistant.search.indexing import (
    BuildResult,
    IndexStamp,
    Report,
    build_index,
    current_folder,
    open_index,
    read_stamp,
)
from assistant.search.ranking import Ranker
from assistant.search.store import VectorStore
from assistant.search.weights import shipped_weights
from assistant.settings import Settings


@dataclass(frozen=True)
class Parts:
    """What an assistant is made of, for those who look inside: evaluations, explanations, health."""

    assistant: Assistant
    encoder: Encoder
    catalogue: Catalogue
    ranker: Ranker
    check: AnswerabilityCheck
    store: VectorStore
    stamp: IndexStamp


@dataclass(frozen=True)
class Indexed:
    """A finished run of `index`: what was built, and which files could not be read."""

    result: BuildResult
    corpus: Corpus


def settings_from_environment(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings in force."""
    return Settings.from_env(os.environ if environ is None else environ)


def index_corpus(
    settings: Settings, encoder: Encoder, report: Report | None = None, *, rebuild: bool = False
) -> Indexed:
    """Read the corpus folder and bring the index up to date with it."""
    corpus = load_corpus(settings.corpus_dir)
    shipped = EmbeddingCache.shipped(settings.corpus_dir, encoder)
    result = build_index(corpus.documents, encoder, settings.data_dir, report, rebuild=rebuild, shipped=shipped)
    return Indexed(result, corpus)


def export_vectors(settings: Settings) -> int:
    """Write the vectors of the index in force into the corpus folder, to be shipped with it; their number."""
    folder = current_folder(settings.data_dir)
    if folder is None:
        raise IndexMissing(f"no index in {settings.data_dir}; run `python -m assistant index`")
    cache = EmbeddingCache.load(folder)
    cache.save(settings.corpus_dir)
    return len(cache.digests)


def open_parts(settings: Settings, encoder: Encoder | None = None) -> Parts:
    """Everything that answers questions, on the index in force."""
    encoder = encoder or load_encoder(settings.embedding_model)
    index = open_index(settings.data_dir, encoder.name, encoder.dimension)
    weights = shipped_weights()
    ranker = Ranker(index.catalogue, index.store, index.classifier, weights.ranking)
    check = AnswerabilityCheck(index.catalogue, weights.answerability)
    assistant = Assistant(index.catalogue, encoder, ranker, check, max_question_chars=settings.max_question_chars)
    return Parts(assistant, encoder, index.catalogue, ranker, check, index.store, index.stamp)


def build_assistant(settings: Settings) -> Assistant:
    """The assistant on the index in force."""
    return open_parts(settings).assistant


def ready_parts(settings: Settings, report: Report | None = None, say: Callable[[str], None] = lambda _: None) -> Parts:
    """Like `open_parts`, but indexes first where there is no index of this corpus yet.

    A corpus that cannot be written to an index (read-only folder) is served from the index that is there.
    """
    encoder = load_encoder(settings.embedding_model)
    corpus = load_corpus(settings.corpus_dir)
    if not _is_current(settings, encoder, corpus):
        shipped = EmbeddingCache.shipped(settings.corpus_dir, encoder)
        say(describe_result(build_index(corpus.documents, encoder, settings.data_dir, report, shipped=shipped)))
    for error in corpus.skipped:
        say(f"skipped: {error}")
    return open_parts(settings, encoder)


def describe_result(result: BuildResult) -> str:
    """One line about a build."""
    if result.unchanged:
        return f"The index is up to date ({result.reused} vectors, corpus {result.stamp.corpus}); nothing was embedded."
    return f"Indexed corpus {result.stamp.corpus}: {result.embedded} texts embedded, {result.reused} vectors reused."


def _is_current(settings: Settings, encoder: Encoder, corpus: Corpus) -> bool:
    try:
        folder = current_folder(settings.data_dir)
    except IndexMissing:
        return False
    if folder is None:
        return False
    stamp = IndexStamp(encoder.name, encoder.dimension, corpus=Catalogue.of(corpus.documents).version)
    return read_stamp(folder) == stamp
