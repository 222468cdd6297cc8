"""An answer as plain text for a terminal."""

from __future__ import annotations

from assistant.answering.wording import did_you_mean
from assistant.records import Answer, Citation, Language, marked_text

_AS_OF = {"fr": "situation au", "en": "as of"}
_DISAGREE = {"fr": "Les sources divergent", "en": "Sources disagree"}
_SOURCES = {"fr": "Sources", "en": "Sources"}
_TRY = {"fr": "Essayez", "en": "Try"}


def answer_to_text(answer: Answer) -> str:
    """The answer with its numbered quotations, disagreements and suggestions."""
    language = answer.language
    lines = [line for line in (did_you_mean(answer.did_you_mean, language), answer.notice) if line]
    lines += [marked_text(sentence) for sentence in answer.sentences]
    for conflict in answer.conflicts:
        lines.append(f"\n{_DISAGREE[language]}: {conflict.note.best(language)}")
        lines += [f"  - {one.value.best(language)} ({one.source}, {one.date})" for one in conflict.figures]
    for citation in (*answer.citations, *answer.closest):
        lines += ["", *_citation(citation, language)]
    if answer.suggestions:
        lines += ["", f"{_TRY[language]}:", *(f"  - {one}" for one in answer.suggestions)]
    return "\n".join(lines)


def _citation(citation: Citation, language: Language) -> list[str]:
    page = f", p. {citation.quote.passage.page}" if citation.quote.passage.page else ""
    as_of = f", {_AS_OF[language]} {citation.as_of}" if citation.as_of else ""
    marks = ("«\u00a0", "\u00a0»") if citation.quote.passage.language == "fr" else ("“", "”")
    place = ", ".join(part for part in (citation.title, citation.publisher, citation.date) if part)
    sources = "; ".join(f"{one.name}{' <' + one.url + '>' if one.url else ''}" for one in citation.sources)
    lines = [f"[{citation.number}] {marks[0]}{citation.quote.text}{marks[1]}", f"    {place}{page}{as_of}"]
    return [*lines, f"    {_SOURCES[language]}: {sources}"] if sources else lines
