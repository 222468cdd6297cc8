"""The first passage by the assistant's own encoder and nothing else: what retrieval by embedding alone is worth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assistant.records import Answer, Document, Language, Turn
from assistant.search.encoder import Encoder
from evals.peers.common import first_as_answer, passages_of


class FirstPassage:
    """Cosine similarity of the question and every passage, both languages together; the nearest is the answer."""

    def __init__(self, documents: Sequence[Document], encoder: Encoder) -> None:
        self._documents = documents
        self._passages = passages_of(documents)
        self._encoder = encoder
        self._vectors = encoder.embed_passages([passage.text for passage in self._passages])

    def ask(self, question: str, history: Sequence[Turn] = (), language: Language | None = None) -> Answer:
        """Answer with the nearest passage; the recipe knows neither history nor language."""
        scores = self._vectors @ self._encoder.embed_query(question)
        order = np.argsort(-scores, kind="stable")
        return first_as_answer(question, [(self._passages[i], float(scores[i])) for i in order[:10]], self._documents)
