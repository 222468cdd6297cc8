"""An answer as the JSON object that the command line and the API give out (schema 1, docs/decisions.md)."""

from __future__ import annotations

from typing import Any

from assistant.records import Answer, Citation, Conflict, Evidence, Language, Sentence

SCHEMA = 1


def answer_to_json(answer: Answer, request_id: str | None = None) -> dict[str, Any]:
    """The answer's JSON object. `id` is the caller's where it gave one, else the answer's own."""
    return {
        "schema": SCHEMA,
        "id": request_id if request_id is not None else answer.id,
        "answer_id": answer.id,
        "question": answer.question,
        "language": answer.language,
        "outcome": answer.outcome,
        "text": answer.text,
        "notice": answer.notice,
        "did_you_mean": list(answer.did_you_mean),
        "sentences": [{**sentence_to_json(one), "citations": list(one.citations)} for one in answer.sentences],
        "citations": [citation_to_json(one) for one in answer.citations],
        "conflicts": [_conflict(one, answer.language) for one in answer.conflicts],
        "closest": [citation_to_json(one) for one in answer.closest],
        "evidence": [_evidence(one) for one in answer.evidence],
        "suggestions": list(answer.suggestions),
        "mode": answer.mode,
        "model": answer.model,
        "withheld": answer.withheld,
        "corpus_version": answer.corpus_version,
        "elapsed_ms": answer.elapsed_ms,
    }


def sentence_to_json(sentence: Sentence) -> dict[str, Any]:
    """One sentence without its citations. `translated` where a language model says what its quotations say in the other language."""
    return {"text": sentence.text, "support": sentence.support, "translated": sentence.translated}


def citation_to_json(citation: Citation) -> dict[str, Any]:
    """One citation; `passage[start:end] == quote`."""
    passage = citation.quote.passage
    return {
        "number": citation.number,
        "quote": citation.quote.text,
        "start": citation.quote.start,
        "end": citation.quote.end,
        "passage_id": passage.id,
        "passage": passage.text,
        "language": passage.language,
        "document_id": passage.section.document_id,
        "section_id": passage.section.section_id,
        "title": citation.title,
        "heading": passage.heading,
        "publisher": citation.publisher,
        "author": citation.author,
        "date": citation.date,
        "as_of": citation.as_of,
        "page": passage.page,
        "url": citation.url,
        "translation": citation.translation,
        "sources": [{"name": one.name, "url": one.url, "date": one.date} for one in citation.sources],
    }


def _conflict(conflict: Conflict, language: Language) -> dict[str, Any]:
    return {
        "note": conflict.note.best(language),
        "figures": [
            {"value": one.value.best(language), "source": one.source, "date": one.date} for one in conflict.figures
        ],
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {"passage_id": evidence.passage.id, "score": round(evidence.score, 4), "text": evidence.passage.text}
