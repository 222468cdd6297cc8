"""Which sentences of a section answer the question: one to three whole ones, and lists complete."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.records import LANGUAGES, Passage
from assistant.search.lexical import terms

MAX_SENTENCES = 3
# A sentence this much less similar than the best one (cosine plus shared words) adds nothing that was asked for.
_MARGIN = 0.10
_WORD_WEIGHT = 0.10
_FIRST_SENTENCE_BONUS = 0.01
_LIST_ITEM = re.compile(r"^(?:[-*•]|\d+[.)])\s")


@dataclass(frozen=True, slots=True)
class Choice:
    """A sentence of a passage, by its number there."""

    passage: Passage
    number: int

    @property
    def text(self) -> str:
        """The sentence, an exact slice of the passage."""
        start, end = self.passage.sentences[self.number]
        return self.passage.text[start:end]

    @property
    def id(self) -> str:
        """The id under which the sentence's vector is stored."""
        return f"{self.passage.id}~{self.number}"


def choose_sentences(
    question: str, passages: Sequence[Passage], similarities: Mapping[str, float]
) -> tuple[Choice, ...]:
    """The sentences that answer, best first; a list comes with its introduction and all its items.

    `similarities` holds the cosine of sentences to the question by id; a sentence beyond them counts as the least.
    """
    choices = all_choices(passages)
    if not choices:
        return ()
    scores = sentence_scores(question, choices, similarities)
    ranked = sorted(choices, key=lambda choice: (-scores[choice.id], choices.index(choice)))
    best = scores[ranked[0].id]
    picked = [choice for choice in ranked[:MAX_SENTENCES] if scores[choice.id] >= best - _MARGIN]
    return tuple(_with_whole_lists(picked, choices))


def all_choices(passages: Sequence[Passage]) -> list[Choice]:
    """Every sentence of a section's passages, in reading order."""
    return [Choice(passage, number) for passage in passages for number in range(len(passage.sentences))]


def sentence_scores(question: str, choices: Sequence[Choice], similarities: Mapping[str, float]) -> dict[str, float]:
    """What each sentence's choice rests on, by its id: cosine and shared words, and a little for the first sentence."""
    asked = set(terms(question, LANGUAGES))
    floor = min(similarities.values(), default=0.0)
    scores = {choice.id: _score(choice, similarities.get(choice.id, floor), asked) for choice in choices}
    scores[choices[0].id] += _FIRST_SENTENCE_BONUS
    return scores


def _score(choice: Choice, similarity: float, asked: set[str]) -> float:
    own = set(terms(choice.text, (choice.passage.language,)))
    return similarity + _WORD_WEIGHT * (len(asked & own) / len(asked) if asked else 0.0)


def is_list_item(text: str) -> bool:
    """Whether a sentence is an item of a list."""
    return bool(_LIST_ITEM.match(text))


def _with_whole_lists(picked: Sequence[Choice], choices: Sequence[Choice]) -> list[Choice]:
    """Where an item or a list's introduction was picked, the whole list in its place."""
    completed: list[Choice] = []
    for choice in picked:
        for member in _list_around(choice, choices) or [choice]:
            if member not in completed:
                completed.append(member)
    return completed


def _list_around(choice: Choice, choices: Sequence[Choice]) -> list[Choice]:
    """The list that a sentence introduces or belongs to: introduction and items; empty where there is none."""
    place = choices.index(choice)
    first = place
    while first > 0 and is_list_item(choices[first].text):
        first -= 1
    last = first + 1
    while last < len(choices) and is_list_item(choices[last].text):
        last += 1
    return (
        list(choices[first:last]) if last > first + 1 and (place > first or choice.text.rstrip().endswith(":")) else []
    )
