"""The default answer: sentences taken whole from the best passages. No language model; deterministic."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.answering.citing import cite, whole
from assistant.answering.selection import Choice, all_choices, choose_sentences, is_list_item
from assistant.records import Citation, Conflict, Language, Passage, Quote, SectionKey, Sentence
from assistant.search.catalogue import Catalogue
from assistant.search.ranking import Candidate

_MAX_CLOSEST = 3
_MAX_MORE = 10
_YES_NO = re.compile(
    r"^\W*(?:est[- ]ce qu|(?:is|are|was|were|did|does|do|has|have|had|can|could|will|would|should)\b|(?:a|ont|est|sont|était|avait|peut|fut)[- ]"
    r"|\w+[^?]*?\b\w+-(?:t-)?(?:il|elle|ils|elles|on)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Composition:
    """The parts of an answer that come from the corpus."""

    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    conflicts: tuple[Conflict, ...]


def compose(catalogue: Catalogue, question: str, candidates: Sequence[Candidate], language: Language) -> Composition:
    """Answer from each of `candidates` (one section, or two for a question of two parts), in their order."""
    settle_first = bool(_YES_NO.search(question))

    def chosen(candidate: Candidate) -> list[tuple[Quote, list[str]]]:
        passages = passages_for(catalogue, candidate.section, language)
        return _quotations(choose_sentences(question, passages, candidate.sentences), settle_first=settle_first)

    return _composed(catalogue, candidates, language, chosen)


def compose_more(catalogue: Catalogue, candidates: Sequence[Candidate], language: Language) -> Composition:
    """The whole of each section, or its first sentences where it is long: what a reader gets who asks for more."""

    def everything(candidate: Candidate) -> list[tuple[Quote, list[str]]]:
        passages = passages_for(catalogue, candidate.section, language)
        choices = all_choices(passages)
        return _quotations(choices[:_MAX_MORE], settle_first=False)

    return _composed(catalogue, candidates, language, everything)


def closest(catalogue: Catalogue, candidates: Sequence[Candidate], language: Language) -> tuple[Citation, ...]:
    """The nearest passages, whole, at most three, marked by the outcome as not being an answer."""
    found: list[Citation] = []
    for candidate in candidates[:_MAX_CLOSEST]:
        nearest = nearest_passage(catalogue, candidate, language)
        found.append(cite(catalogue, whole(nearest), len(found) + 1, language))
    return tuple(found)


def nearest_passage(catalogue: Catalogue, candidate: Candidate, language: Language) -> Passage:
    """The passage of a section that is nearest to the question."""
    passages = passages_for(catalogue, candidate.section, language)
    return max(passages, key=lambda passage: _similarity(passage, candidate))


def passages_for(catalogue: Catalogue, key: SectionKey, language: Language) -> tuple[Passage, ...]:
    """A section's passages in the reader's language, else in the language that it has."""
    own = catalogue.passages_of(key, language)
    return own or catalogue.passages_of(key, "en" if language == "fr" else "fr")


def _composed(
    catalogue: Catalogue,
    candidates: Sequence[Candidate],
    language: Language,
    quotations: Callable[[Candidate], list[tuple[Quote, list[str]]]],
) -> Composition:
    sentences: list[Sentence] = []
    citations: list[Citation] = []
    conflicts: list[Conflict] = []
    for candidate in candidates:
        for quote, texts in quotations(candidate):
            number = len(citations) + 1
            citations.append(cite(catalogue, quote, number, language))
            sentences.extend(Sentence(text, (number,)) for text in texts)
        conflicts.extend(catalogue.sections[candidate.section][1].conflicts)
    return Composition(tuple(sentences), tuple(citations), tuple(conflicts))


def _similarity(passage: Passage, candidate: Candidate) -> float:
    return max((candidate.sentences.get(f"{passage.id}~{n}", 0.0) for n in range(len(passage.sentences))), default=0.0)


def _quotations(chosen: Sequence[Choice], *, settle_first: bool) -> list[tuple[Quote, list[str]]]:
    """Neighbouring sentences as one quotation each, in reading order; for yes or no the one that settles it leads."""
    ordered = sorted(chosen, key=lambda choice: (choice.passage.start, choice.number))
    groups: list[list[Choice]] = []
    for choice in ordered:
        last = groups[-1][-1] if groups else None
        if last and last.passage.id == choice.passage.id and last.number == choice.number - 1:
            groups[-1].append(choice)
        else:
            groups.append([choice])
    if settle_first and chosen:
        groups.sort(key=lambda group: chosen[0] not in group)
    return [(_quote(group), _texts(group)) for group in groups]


def _quote(group: Sequence[Choice]) -> Quote:
    passage = group[0].passage
    return Quote(passage, passage.sentences[group[0].number][0], passage.sentences[group[-1].number][1])


def _texts(group: Sequence[Choice]) -> list[str]:
    """The sentences as shown: a list stays one with its introduction, line breaks kept."""
    texts: list[str] = []
    for choice in group:
        if is_list_item(choice.text) and texts:
            texts[-1] += "\n" + choice.text
        else:
            texts.append(choice.text)
    return texts
