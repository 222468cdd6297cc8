"""Questions to go on with: stored questions of the sections beside the ones that were quoted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from assistant.records import Answer, Language, SectionKey
from assistant.search.catalogue import Catalogue
from assistant.search.folding import fold
from assistant.web.typography import tidied

MAX_SUGGESTIONS = 3
# Their stored questions presuppose something false; a good answer, not a good suggestion.
_NOT_SUGGESTED = "corrected-premises"


def related_questions(answer: Answer, catalogue: Catalogue, today: date) -> tuple[str, ...]:
    """At most three questions that the documents answer, none of them the one just asked."""
    if answer.suggestions:
        return answer.suggestions[:MAX_SUGGESTIONS]
    embargoed = catalogue.embargoed(today)
    asked = _plain(answer.question)
    found: dict[str, str] = {}
    for key in _around(answer, list(catalogue.sections)):
        question = _first_question(catalogue, key, answer.language)
        if question and key.document_id not in embargoed and _plain(question) != asked:
            found.setdefault(_plain(question), tidied(question, answer.language))
        if len(found) == MAX_SUGGESTIONS:
            break
    return tuple(found.values())


def _around(answer: Answer, order: list[SectionKey]) -> Iterator[SectionKey]:
    """The sections shown themselves where they answered nothing, then their neighbours, the following one first."""
    places = {key: place for place, key in enumerate(order)}
    shown = list(dict.fromkeys(passage.section for passage in answer.passages() if passage.section in places))
    if answer.outcome == "closest":
        yield from shown
    for distance in (1, -1, 2, -2, 3, -3):
        for key in shown:
            place = places[key] + distance
            if 0 <= place < len(order) and order[place].document_id == key.document_id and order[place] not in shown:
                yield order[place]


def _first_question(catalogue: Catalogue, key: SectionKey, language: Language) -> str | None:
    document, section = catalogue.sections[key]
    if document.kind == _NOT_SUGGESTED:
        return None
    return next(iter(section.questions.get(language, ())), None)


def _plain(question: str) -> str:
    return "".join(letter for letter in fold(question) if letter.isalnum())
