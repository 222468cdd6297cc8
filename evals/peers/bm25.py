"""BM25 (S. Robertson and S. Walker, 1994) by bm25s with its defaults: what matching words alone is worth."""

from __future__ import annotations

from collections.abc import Sequence

import bm25s

from assistant.records import Answer, Document, Language, Turn
from evals.peers.common import TOP, first_as_answer, passages_of


class BM25:
    """Every passage of both languages in one index; the words of the question choose the language by themselves."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = documents
        self._passages = passages_of(documents)
        self._index = bm25s.BM25()
        self._index.index(_words([passage.text for passage in self._passages]), show_progress=False)

    def ask(self, question: str, history: Sequence[Turn] = (), language: Language | None = None) -> Answer:
        """Answer with the best passage; a refusal only if no word of the question is in the corpus."""
        found, scores = self._index.retrieve(_words([question]), k=TOP, show_progress=False)
        ranked = [
            (self._passages[int(i)], float(score)) for i, score in zip(found[0], scores[0], strict=True) if score > 0
        ]
        return first_as_answer(question, ranked, self._documents)


def _words(texts: list[str]) -> object:
    return bm25s.tokenize(texts, stopwords=None, show_progress=False)
