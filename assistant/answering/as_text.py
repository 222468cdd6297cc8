"""An answer as plain text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.answering.wording import did_you_mean
from assistant.records import Answer, Citation, Language, Writing, marked_text

_AS_OF = {"fr": "situation au", "en": "as of"}
_DISAGREE = {"fr": "Les sources divergent", "en": "Sources disagree"}
_SOURCES = {"fr": "Sources", "en": "Sources"}
_TRANSLATED = {"fr": "traduction", "en": "translation"}
_WRITTEN_BY = {
    "fr": "Rédigé par un modèle de langue ({model}), vérifié phrase par phrase.",
    "en": "Written by a language model ({model}), checked sentence by sentence.",
}
_WITHHELD = {
    "fr": "Phrases écartées faute d’appui\u00a0: {count}.",
    "en": "Sentences withheld for lack of support: {count}.",
}
_TRY = {"fr": "Essayez", "en": "Try"}


def answer_to_text(answer: Answer) -> str:
    """The answer with its numbered quotations, disagreements and suggestions; what a model wrote has each under its sentence."""
    language = answer.language
    lines = [line for line in (did_you_mean(answer.did_you_mean, language), answer.notice) if line]
    written = answer.mode == "generation"
    lines += _written(answer) if written else [marked_text(sentence) for sentence in answer.sentences]
    for conflict in answer.conflicts:
        lines.append(f"\n{_DISAGREE[language]}: {conflict.note.best(language)}")
        lines += [f"  - {one.value.best(language)} ({one.source}, {one.date})" for one in conflict.figures]
    for citation in (*(() if written else answer.citations), *answer.closest):
        lines += ["", *_citation(citation, language)]
    if answer.suggestions:
        lines += ["", f"{_TRY[language]}:", *(f"  - {one}" for one in answer.suggestions)]
    if told := provenance(answer):
        lines += ["", told]
    return "\n".join(lines)


def provenance(answer: Answer) -> str:
    """Which model wrote the answer, and how many of its sentences were withheld; empty where no model was asked."""
    parts = [_WRITTEN_BY[answer.language].format(model=answer.model)] if answer.mode == "generation" else []
    if answer.withheld:
        parts.append(_WITHHELD[answer.language].format(count=answer.withheld))
    return " ".join(parts)


def writing_to_text(writing: Writing) -> str:
    """What a language model had to do with an answer, for `--explain`: its rewriting, its cost, and what was withheld and why."""
    lines = [f"language model: {writing.model}, {writing.tokens} tokens"]
    if writing.rewritten is not None:
        lines.append(f"follow-up rewritten as: {writing.rewritten}")
    lines.append(f"sentences that passed: {writing.sentences}; withheld: {len(writing.withheld)}")
    lines += [f"  - {one.text} ({'; '.join(one.reasons)})" for one in writing.withheld]
    if writing.unknown_markers:
        lines.append(f"markers that name no passage: {', '.join(map(str, writing.unknown_markers))}")
    if writing.left_out:
        lines.append(f"passages not shown to it, for they give it orders: {', '.join(writing.left_out)}")
    if writing.refused:
        lines.append("it found no answer in the passages")
    if writing.fault is not None:
        lines.append(f"fault: {writing.fault}")
    return "\n".join(lines)


def _written(answer: Answer) -> Iterator[str]:
    """Each sentence, and under it its quotations where they come for the first time."""
    language = answer.language
    shown: set[int] = set()
    for sentence in answer.sentences:
        label = f" ({_TRANSLATED[language]})" if sentence.translated else ""
        yield marked_text(sentence) + label
        fresh = [one for one in answer.citations if one.number in set(sentence.citations) - shown]
        shown.update(sentence.citations)
        for citation in fresh:
            yield from ("", *_citation(citation, language), "")


def _citation(citation: Citation, language: Language) -> list[str]:
    page = f", p. {citation.quote.passage.page}" if citation.quote.passage.page else ""
    as_of = f", {_AS_OF[language]} {citation.as_of}" if citation.as_of else ""
    marks = ("«\u00a0", "\u00a0»") if citation.quote.passage.language == "fr" else ("“", "”")
    place = ", ".join(part for part in (citation.title, citation.publisher, citation.date) if part)
    sources = "; ".join(f"{one.name}{' <' + one.url + '>' if one.url else ''}" for one in citation.sources)
    lines = [f"[{citation.number}] {marks[0]}{citation.quote.text}{marks[1]}", f"    {place}{page}{as_of}"]
    return [*lines, f"    {_SOURCES[language]}: {sources}"] if sources else lines
