"""The first passage by the assistant's own encoder and nothing else: what retrieval by embedding alone is worth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assistant.records import Answer, Document, Language, Turn
from assistant.search.encoder import Encoder, Vector
from evals.peers.common import first_as_answer, passages_of


class FirstPassage:
    """Cosine similarity of the question and every passage, both languages together; the nearest is the answer."""

    def __init__(self, documents: Sequence[Document], encoder: Encoder, known: dict[str, Vector] | None = None) -> None:
        """`known` remembers vectors by text, from one view of a corpus to the next."""
        known = {} if known is None else known
        self._documents = documents
        self._passages = passages_of(documents)
        self._encoder = encoder
        new = [passage.text for passage in self._passages if passage.text not in known]
        known.update(zip(new, encoder.embed_passages(new), strict=True))
        self._vectors = np.stack([known[passage.text] for passage in self._passages])

    def ask(self, question: str, history: Sequence[Turn] = (), language: Language | None = None) -> Answer:
        """Answer with the nearest passage; the recipe knows neither history nor language."""
        scores = self._vectors @ self._encoder.embed_query(question)
        order = np.argsort(-scores, kind="stable")
        return first_as_answer(question, [(self._passages[i], float(scores[i])) for i in order[:10]], self._documents)
