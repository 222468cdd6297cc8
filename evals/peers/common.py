"""What the peers share: the passages they search and the records they answer with."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Sequence
from typing import Any

from assistant.reading.passages import split_document
from assistant.records import Answer, Citation, Document, Evidence, Language, Passage, Quote, Sentence
from evals.errors import MissingPeer

TOP = 10


def need(module: str, package: str) -> Any:
    """Import a peer's module.

    Raises:
        MissingPeer: if its package is not installed, with the command that installs it.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise MissingPeer(
            f"{package} is not installed ({error.name} is missing); run `pip install '.[peers]'`"
        ) from None


def passages_of(documents: Iterable[Document]) -> tuple[Passage, ...]:
    """The passages that the assistant has too: one fact each, a kinder split than any of the recipes would make."""
    return tuple(passage for document in documents for passage in split_document(document))


def first_as_answer(question: str, ranked: Sequence[tuple[Passage, float]], documents: Iterable[Document]) -> Answer:
    """The first passage, whole, as the answer. A refusal only where nothing was found at all."""
    evidence = tuple(Evidence(passage, score) for passage, score in ranked[:TOP])
    if not evidence:
        return Answer(question=question, language="en", outcome="refusal")
    passage = evidence[0].passage
    return quoted(question, passage.language, (passage,), documents, evidence)


def quoted(
    question: str,
    language: Language,
    passages: Sequence[Passage],
    documents: Iterable[Document],
    evidence: tuple[Evidence, ...],
) -> Answer:
    """An answer that consists of whole passages."""
    by_id = {document.id: document for document in documents}
    citations = tuple(
        Citation(
            number,
            Quote(passage, 0, len(passage.text)),
            title=by_id[passage.section.document_id].titles.best(passage.language),
            publisher=by_id[passage.section.document_id].publisher,
        )
        for number, passage in enumerate(passages, start=1)
    )
    return Answer(
        question=question,
        language=language,
        outcome="answer",
        sentences=tuple(Sentence(citation.quote.text, (citation.number,)) for citation in citations),
        citations=citations,
        evidence=evidence,
    )
