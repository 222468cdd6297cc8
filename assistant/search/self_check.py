"""Does every stored question find its own section? One that does not teaches the ranking the wrong thing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from assistant.records import Language, SectionKey
from assistant.search.catalogue import Catalogue
from assistant.search.encoder import Vector
from assistant.search.ranking import Ranker


@dataclass(frozen=True, slots=True)
class LostQuestion:
    """A stored question and the section that the trained ranking gives it to."""

    question: str
    language: Language
    section: SectionKey
    found: SectionKey


def lost_questions(
    catalogue: Catalogue,
    ranker: Ranker,
    vector_of: Callable[[str], Vector],
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[LostQuestion]:
    """Every stored question whose best section is another one; `vector_of` gives a question's embedding."""
    stored = [
        (key, language, question)
        for key, (_, section) in catalogue.sections.items()
        for language, questions in section.questions.items()
        for question in questions
    ]
    for number, (key, language, question) in enumerate(stored, start=1):
        best = ranker.rank(question, vector_of(question), recall_stored=False)[0].section
        if best != key:
            yield LostQuestion(question, language, key, best)
        if progress:
            progress(number, len(stored))
