"""The peers by name, each built on documents alone; imported when built, so that one missing package stops one peer."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.reading.documents import load_corpus
from assistant.records import Document
from assistant.search.encoder import Encoder, Vector, load_encoder
from assistant.settings import Settings
from evals.systems import Answerer, System

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings

Build = Callable[[Sequence[Document], Path], Answerer]


def peer_system(name: str, base: System) -> System:
    """A peer on the same corpus as `base`, timed in the same unit."""
    build = PEERS[name]
    return replace(
        base,
        name=name,
        cache_dir=base.cache_dir / name,
        build=lambda corpus_dir, folder: build(load_corpus(corpus_dir).documents, folder),
        traced=None,
        settings={},
        stamp={},
        model=None,
    )


def _first_passage(documents: Sequence[Document], _: Path) -> Answerer:
    from evals.peers.first_passage import FirstPassage

    encoder, known = _encoder_and_vectors()
    return FirstPassage(documents, encoder, known)


@cache
def _encoder_and_vectors() -> tuple[Encoder, dict[str, Vector]]:
    return load_encoder(Settings.from_env(os.environ).embedding_model), {}


def _bm25(documents: Sequence[Document], _: Path) -> Answerer:
    from evals.peers.bm25 import BM25

    return BM25(documents)


def _langchain_minilm(documents: Sequence[Document], _: Path) -> Answerer:
    from evals.peers.langchain_minilm import LangChainMiniLM

    return LangChainMiniLM(documents, _minilm())


@cache
def _minilm() -> Embeddings:
    from evals.peers.langchain_minilm import MiniLM

    return MiniLM()


def _cairn(documents: Sequence[Document], folder: Path) -> Answerer:
    from evals.peers.cairn import Cairn

    return Cairn(documents, folder / "documents")


PEERS: Mapping[str, Build] = {
    "cairn": _cairn,
    "langchain-minilm": _langchain_minilm,
    "bm25": _bm25,
    "first-passage": _first_passage,
}
