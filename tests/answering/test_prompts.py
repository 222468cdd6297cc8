"""The prompts of both languages say the same things in the same slots."""

from __future__ import annotations

from dataclasses import fields
from string import Formatter

import pytest

from assistant.answering.prompts import (
    CANNOT_ANSWER,
    PROMPTS,
    Prompts,
    answer_messages,
    approves,
    opinion_messages,
    rewrite_messages,
    says_cannot_answer,
)
from assistant.answering.wording import NOT_SUPPORTED, NOT_WRITTEN
from assistant.reading.language import detect_language
from assistant.records import LANGUAGES, Language, Quote, Turn
from tests.answering.recorded import honest_passages, plain_citation


def _slots(template: str) -> list[str]:
    return sorted({name for _, name, _, _ in Formatter().parse(template) if name})


@pytest.mark.parametrize("name", [field.name for field in fields(Prompts)])
def test_both_languages_have_the_same_slots(name: str) -> None:
    """A slot that one language lacks would silently drop a part of the prompt."""
    french, english = (str(getattr(PROMPTS[language], name)) for language in LANGUAGES)
    assert _slots(french) == _slots(english)
    assert _slots(french)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_answer_prompt_states_its_rules(language: Language) -> None:
    """Citation rule, refusal sentence, fence; passages numbered with title and date; the question last."""
    shown = [
        plain_citation(Quote(passage, 0, len(passage.text)), n) for n, passage in enumerate(honest_passages("en"), 1)
    ]
    system, user = answer_messages("Who signed?", language, shown)
    assert (system.role, user.role) == ("system", "user")
    assert CANNOT_ANSWER[language] in system.text
    assert "[1]" in system.text
    assert all(f"[{number}] Document {number} (2025-02-11)" in user.text for number in (1, 2, 3))
    assert user.text.index("Who signed?") > user.text.index("[3]")
    assert "{" not in system.text + user.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_lines_to_the_reader_are_in_their_language(language: Language) -> None:
    """The refusal and the two honest lines are written in the language that they are filed under."""
    for lines in (CANNOT_ANSWER, NOT_WRITTEN, NOT_SUPPORTED):
        assert detect_language(lines[language]) == language
        assert len(set(lines.values())) == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_refusal_is_known_in_any_typography(language: Language) -> None:
    """Case, quotes and a missing full stop do not hide it; another sentence is no refusal."""
    refusal = CANNOT_ANSWER[language]
    assert says_cannot_answer(f"« {refusal.upper().rstrip('.')} »", language)
    assert not says_cannot_answer(refusal + " Yet", language)


def test_the_same_question_makes_the_same_prompt() -> None:
    """Fences are derived, not random, so that repeats can agree."""
    shown = [plain_citation(Quote(passage, 0, len(passage.text)), 1) for passage in honest_passages("fr")]
    assert answer_messages("Qui ?", "fr", shown) == answer_messages("Qui ?", "fr", shown)


def test_followups_and_opinions_are_fenced_too() -> None:
    """Earlier questions and sentences stand between fences."""
    for messages in (
        rewrite_messages("And it?", [Turn("What is ROOST?")], "en"),
        opinion_messages("It is.", ["It is a fact."], "en"),
    ):
        assert messages[1].text.count("<data-") == 2
        assert messages[1].text.count("</data-") == 2


@pytest.mark.parametrize(
    ("opinion", "approved"),
    [
        ("YES", True),
        ("Oui.", True),
        ("**Yes**", True),
        ("NO", False),
        ("Non", False),
        ("", False),
        ("I think yes", False),
        ("Yesterday", False),
    ],
)
def test_only_a_plain_yes_approves(opinion: str, approved: bool) -> None:
    """Anything that does not begin with the word is a no."""
    assert approves(opinion) is approved
