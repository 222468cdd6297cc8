"""Embeddings of the questions that fitting asks, kept in the data folder so that the next fit embeds only new ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from assistant.errors import IndexDamaged
from assistant.progress import progress_report
from assistant.records import SectionKey
from assistant.search.encoder import Encoder, Matrix
from assistant.search.entries import EmbeddingCache, TextEntry, vectors_of
from assistant.search.store import Entry


class QuestionVectors:
    """Embeds questions; what was embedded before by the same encoder is read from `folder`."""

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        self._folder = folder
        self._encoder = encoder
        try:
            kept = EmbeddingCache.load(folder)
        except IndexDamaged:
            kept = EmbeddingCache.empty(encoder)
        self._kept = kept if kept.encoder == encoder.name else EmbeddingCache.empty(encoder)

    def embed(self, questions: Sequence[str]) -> Matrix:
        """One row a question."""
        entries = [TextEntry(Entry("", "question", SectionKey("", ""), "fr"), text) for text in questions]
        with progress_report() as report:
            found = vectors_of(entries, self._encoder, [self._kept], report)
        if found.embedded:
            known = {**self._kept.by_digest(), **found.cache.by_digest()}
            self._kept = EmbeddingCache(self._encoder.name, np.array(list(known)), np.array(list(known.values())))
            self._folder.mkdir(parents=True, exist_ok=True)
            self._kept.save(self._folder)
        return found.vectors
