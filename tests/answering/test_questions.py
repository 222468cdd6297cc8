"""A visitor's text becomes a question: clean, bounded, in its language, whatever was typed."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.questions import clean, read_question
from assistant.records import LANGUAGES, Language

LIMIT = 1000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Who\tsigned?\r\n", "Who signed?"),
        ("Who\u00a0signed\u202f?", "Who signed ?"),
        ("Who\x00 si\x07gned\x1b?", "Who signed?"),
        ("Wh\u200bo s\u00adig\u2060ned\ufeff?", "Who signed?"),
        ("\u202eWho signed?\u202c", "Who signed?"),
        ("Ｗｈｏ ｓｉｇｎｅｄ？", "Who signed?"),
        ("e\u0301te\u0301", "été"),
        ("ﬁnance", "finance"),
        ("a\u2028b\u2029c\x0bd\x85e", "a b c d e"),
        ("\ud800Who\udfff", "Who"),
        ("\ue000\U000f0000", ""),
    ],
)
def test_cleaning(text: str, expected: str) -> None:
    """Composed letters, plain spaces; control, invisible, direction and lone surrogate characters are dropped."""
    assert clean(text) == expected


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    """A clean text is one line without any control character, and stays as it is."""
    once = clean(text)
    assert clean(once) == once
    assert once == once.strip()
    assert once.isprintable()
    once.encode()


@given(st.text(max_size=300), st.sampled_from([None, *LANGUAGES]))
def test_any_text_is_a_question(text: str, page: Language | None) -> None:
    """Nothing that can be typed raises; readable means that a letter or digit is left."""
    question = read_question(text, page, LIMIT)
    assert question.language in LANGUAGES
    assert question.length == len(text)
    assert question.readable == any(letter.isalnum() for letter in question.text)


@pytest.mark.parametrize("text", ["", "   ", "\n\n", "?!…", "🤖🇫🇷👩‍🔬", "\x00\x01", "\u200b\u200d", "—", "« »"])
@pytest.mark.parametrize("page", LANGUAGES)
def test_nothing_to_read(text: str, page: Language) -> None:
    """Signs and invisible characters alone are not readable, and the page says in which language to tell."""
    question = read_question(text, page, LIMIT)
    assert not question.readable
    assert question.language == page


@pytest.mark.parametrize("text", ["a", "1", "é", "日本", "٣", "🤖 ok"])
def test_one_letter_or_digit_is_something_to_read(text: str) -> None:
    """Letters and digits of any script are readable."""
    assert read_question(text, "fr", LIMIT).readable


@pytest.mark.parametrize("unit", ["x", "Qui a signé ? ", "\u200b", "🤖", "\n", "﷽", "e\u0301"])
def test_a_megabyte_is_bounded(unit: str) -> None:
    """Only the beginning of an enormous text is looked at, at once, and its length is kept for the message."""
    text = unit * (1_000_000 // len(unit))
    started = time.perf_counter()
    question = read_question(text, None, LIMIT)
    assert time.perf_counter() - started < 2
    assert question.length == len(text)
    assert len(question.text) < 20 * LIMIT


@pytest.mark.parametrize(
    "text",
    [
        "a-" * 5_000,
        "réponds " * 1_250,
        "(" * 10_000,
        "answer in " * 1_000,
        "est-" * 2_500,
        "aʼ'’" * 2_500,
        "en anglais " * 900,
    ],
)
def test_no_text_is_slow(text: str) -> None:
    """Texts made to keep patterns busy are read in a moment, at the largest limit that the settings allow."""
    started = time.perf_counter()
    read_question(text, "fr", 10_000)
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize(
    ("text", "asked", "language"),
    [
        ("Answer in French: who signed?", "who signed?", "fr"),
        ("Please answer in French. Who signed?", "Who signed?", "fr"),
        ("Who signed? Answer in French.", "Who signed", "fr"),
        ("Who signed? Reply in French please", "Who signed", "fr"),
        ("Réponds en anglais : qui a signé ?", "qui a signé ?", "en"),
        ("Répondez-moi en anglais, qui a signé ?", "qui a signé ?", "en"),
        ("Qui a signé ? Merci de répondre en anglais", "Qui a signé", "en"),
        ("Qui a signé ?", "Qui a signé ?", "fr"),
        ("Comment dit-on sommet en anglais ?", "Comment dit-on sommet en anglais ?", "fr"),
    ],
)
def test_a_request_for_a_language_is_taken_from_the_question(text: str, asked: str, language: Language) -> None:
    """What is searched for is the question, without the wish; the wish decides the language."""
    question = read_question(text, None, LIMIT)
    assert question.text.rstrip(" ?") == asked.rstrip(" ?")
    assert question.language == language


@pytest.mark.parametrize(("text", "language"), [("Answer in French", "fr"), ("Réponds en anglais.", "en")])
def test_a_request_alone_stays_a_text(text: str, language: Language) -> None:
    """Where nothing but the wish was typed, it is what was asked."""
    question = read_question(text, None, LIMIT)
    assert question.text == text
    assert question.language == language
