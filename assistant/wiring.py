"""The only place that reads the settings' values and chooses what the program is made of."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.answering.chat import Assistant
from assistant.answering.explaining import Explainer
from assistant.errors import IndexDamaged, IndexMissing, SearchIndexError
from assistant.reading.documents import Corpus, load_corpus
from assistant.search.answerability import AnswerabilityCheck
from assistant.search.catalogue import Catalogue
from assistant.search.encoder import Encoder, load_cross_encoder, load_encoder
from assistant.search.entries import EmbeddingCache
from assistant.search.index_files import IndexStamp, current_folder, held_corpus, other_folder, read_stamp
from assistant.search.indexing import BuildResult, Report, build_index, roll_back
from assistant.search.learned_check import LearnedCheck, shipped_check
from assistant.search.matching import section_vectors
from assistant.search.opening import OpenIndex, open_folder, open_index, verify_folder
from assistant.search.published import PublishedIndexes
from assistant.search.ranking import Ranker
from assistant.search.reranking import Reranker
from assistant.search.store import VectorStore
from assistant.search.weights import shipped_weights
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.answering.models import ModelOptions
    from assistant.answering.writing import ModelWriter


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
    folder: Path | None = None
    writer: ModelWriter | None = None


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
    published = connect_published(settings)
    folder = current_folder(settings.data_dir)
    if published and folder:
        with closing(published):
            published.publish(folder, encoder, report or (lambda *_: None), anew=rebuild)
    return Indexed(result, corpus)


def connect_published(settings: Settings) -> PublishedIndexes | None:
    """The indexes on the Chroma server; None where there is no such server."""
    return PublishedIndexes.connect(settings.chroma_url) if settings.chroma_url else None


def export_vectors(settings: Settings) -> int:
    """Write the vectors of the index in force into the corpus folder, to be shipped with it; their number."""
    folder = current_folder(settings.data_dir)
    if folder is None:
        raise IndexMissing(f"no index in {settings.data_dir}; run `python -m assistant index`")
    cache = EmbeddingCache.load(folder)
    cache.save(settings.corpus_dir)
    return len(cache.digests)


def open_parts(settings: Settings, encoder: Encoder | None = None, writer: ModelWriter | None = None) -> Parts:
    """Everything that answers questions, on the index in force; `writer` is one that was built from these settings before."""
    encoder = encoder or load_encoder(settings.embedding_model)
    published = connect_published(settings)
    if published:
        return _parts(settings, encoder, published.open(IndexStamp(encoder.name, encoder.dimension)), writer)
    return _parts(settings, encoder, open_index(settings.data_dir, encoder.name, encoder.dimension), writer)


def _parts(settings: Settings, encoder: Encoder, index: OpenIndex, writer: ModelWriter | None = None) -> Parts:
    writer = writer or build_writer(settings, encoder)
    weights = shipped_weights()
    ranker = Ranker(index.catalogue, index.store, index.classifier, weights.ranking)
    check = AnswerabilityCheck(index.catalogue, weights.answerability, _learned_check(index))
    reranker = Reranker(index.catalogue, load_cross_encoder(settings.reranker)) if settings.reranker else None
    limit = settings.max_question_chars
    assistant = Assistant(
        index.catalogue, encoder, ranker, check, reranker=reranker, max_question_chars=limit, writer=writer
    )
    return Parts(assistant, encoder, index.catalogue, ranker, check, index.store, index.stamp, index.folder, writer)


def build_writer(settings: Settings, encoder: Encoder) -> ModelWriter | None:
    """The language model that SUMMIT_LLM names; None, and nothing of it imported, where it names none.

    Raises:
        SettingsError: if the name is wrong or the provider's package is missing.
    """
    if not check_model(settings):
        return None
    from assistant.answering.generation import GenerationAnswerer
    from assistant.answering.writing import ModelWriter

    return ModelWriter(GenerationAnswerer(_model_options(settings), encoder.embed_queries))


def check_model(settings: Settings) -> bool:
    """Whether a language model writes answers; says what is wrong with its settings before anything is built.

    Raises:
        SettingsError: if the name is wrong or the provider's package is missing.
    """
    if not settings.llm:
        return False
    from assistant.answering.models import check_provider

    check_provider(_model_options(settings))
    return True


def _model_options(settings: Settings) -> ModelOptions:
    from assistant.answering.models import ModelOptions

    return ModelOptions(
        settings.llm,
        base_url=settings.llm_base_url or None,
        api_key=settings.llm_api_key if settings.llm_api_key.get_secret_value() else None,
        verify=settings.llm_verify,
        first_token_seconds=settings.llm_first_token_seconds,
        answer_seconds=settings.llm_answer_seconds,
        retries=settings.llm_retries,
        concurrency=settings.llm_concurrency,
        daily_requests=settings.llm_daily_requests,
        daily_tokens=settings.llm_daily_tokens,
        max_tokens=settings.llm_max_tokens,
        temperature=None if settings.llm_temperature == "default" else settings.llm_temperature,
        budget_path=settings.data_dir / "language-model.sqlite",
    )


def _learned_check(index: OpenIndex) -> LearnedCheck:
    vectors = {**index.store.vectors("question"), **index.store.vectors("sentence")}
    return shipped_check().on(*section_vectors(index.catalogue, lambda one: vectors[one.entry.id]))


def explainer_of(parts: Parts) -> Explainer:
    """Explains the answers of `parts` stage by stage."""
    return Explainer(parts.assistant, shipped_weights(), parts.check)


def build_assistant(settings: Settings) -> Assistant:
    """The assistant on the index in force."""
    return open_parts(settings).assistant


def ready_parts(
    settings: Settings,
    report: Report | None = None,
    say: Callable[[str], None] = lambda _: None,
    encoder: Encoder | None = None,
) -> Parts:
    """Like `open_parts`, but indexes first where there is no index of this corpus yet.

    Where that fails (a folder that cannot be written, a full disk, another process that is indexing) but the last index can
    serve, it does; and where the index in force is damaged, the one before it serves. `say` is told why.

    What a Chroma server holds is taken as it is: else the machines' corpus folders would take turns. `index` publishes.
    """
    check_model(settings)  # a wrong name should not cost an indexing run to find out
    encoder = encoder or load_encoder(settings.embedding_model)
    if settings.chroma_url:
        return _ready_published(settings, encoder, report, say)
    corpus = load_corpus(settings.corpus_dir)
    if not _is_current(settings, encoder, corpus):
        _bring_up_to_date(settings, encoder, corpus, report, say)
    for error in corpus.skipped:
        say(f"skipped: {error}")
    try:
        return open_parts(settings, encoder)
    except IndexDamaged as error:
        try:
            index = open_folder(other_folder(settings.data_dir), IndexStamp(encoder.name, encoder.dimension))
        except SearchIndexError:
            raise error from None
        say(f"the index before serves, for {error}")
        return _parts(settings, encoder, index)


def _ready_published(settings: Settings, encoder: Encoder, report: Report | None, say: Callable[[str], None]) -> Parts:
    try:
        return open_parts(settings, encoder)
    except IndexMissing:
        say(describe_result(index_corpus(settings, encoder, report).result))
        return open_parts(settings, encoder)


def _bring_up_to_date(
    settings: Settings, encoder: Encoder, corpus: Corpus, report: Report | None, say: Callable[[str], None]
) -> None:
    shipped = EmbeddingCache.shipped(settings.corpus_dir, encoder)
    can_serve = _can_serve(settings, encoder)
    try:
        result = build_index(corpus.documents, encoder, settings.data_dir, report, shipped=shipped, wait=not can_serve)
    except SearchIndexError as error:
        if not can_serve:
            raise
        say(f"the last index serves, for {error}")
    else:
        say(describe_result(result))


def roll_back_index(settings: Settings) -> str:
    """Put the index before in force again; one line about it."""
    published = connect_published(settings)
    if published:
        with closing(published):
            return f"Rolled back to corpus {published.roll_back().corpus}; the web processes follow."
    stamp = roll_back(settings.data_dir)
    return f"Rolled back to corpus {stamp.corpus}. A start does not index by itself until you run `python -m assistant index`."


def verify_index(settings: Settings) -> str:
    """Look at every file, id and neighbour of the index in force; one line about it, or the error."""
    index = _verified(settings)
    documents, passages = len(index.catalogue.documents), len(index.catalogue.passages)
    return f"The index {index.folder.name} is whole: {documents} documents, {passages} passages, encoder {index.stamp.encoder}."


def _verified(settings: Settings) -> OpenIndex:
    """The index in force, looked through and closed."""
    published = connect_published(settings)
    if published:
        with closing(published):
            return published.verify()
    folder = current_folder(settings.data_dir)
    if folder is None:
        raise IndexMissing(f"no index in {settings.data_dir}; run `python -m assistant index`")
    index = verify_folder(folder)
    index.store.close()
    return index


def describe_result(result: BuildResult) -> str:
    """One line about a build."""
    if result.unchanged:
        return f"The index is up to date ({result.reused} vectors, corpus {result.stamp.corpus}); nothing was embedded."
    return f"Indexed corpus {result.stamp.corpus}: {result.embedded} texts embedded, {result.reused} vectors reused."


def _is_current(settings: Settings, encoder: Encoder, corpus: Corpus) -> bool:
    """Does the index hold this corpus, or was this corpus rolled back from?"""
    stamp = IndexStamp(encoder.name, encoder.dimension, corpus=Catalogue.of(corpus.documents).version)
    try:
        folder = current_folder(settings.data_dir)
        found = read_stamp(folder) if folder else None
    except IndexDamaged:
        # Unreadable: indexing again mends it, from the vectors that are kept.
        return False
    if found is None or stamp.differences(found):
        return False
    return stamp.corpus in (found.corpus, held_corpus(settings.data_dir))


def _can_serve(settings: Settings, encoder: Encoder) -> bool:
    try:
        folder = current_folder(settings.data_dir)
        return folder is not None and not IndexStamp(encoder.name, encoder.dimension).differences(read_stamp(folder))
    except SearchIndexError:
        return False
