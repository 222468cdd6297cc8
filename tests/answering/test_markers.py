"""Sentences and their markers are read alike however the text is cut while it streams."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answering.markers import Marked, SentenceStream, parse_markers
from assistant.records import Language

ENGLISH = (
    "The U.S. Vice President J. D. Vance spoke on Feb. 11 [1]. It cost 109.5 billion euros... [2] Then, e.g. Mr. Modi "
    "left [1, 3]. He said “stop.” [2][4]\n\n- One item [1]\n- Two items 【2†source】\nEnd without stop [5-7]"
)
FRENCH = (
    "M. Macron a annoncé 109 milliards d’euros [1]. Selon l’art. 3 du texte, etc. [2] Mme Chappaz a parlé [passage 3]. "
    "« Plug, baby, plug », a-t-il dit… [1][2] Puis il est parti [4]."
)


def _read(text: str, language: Language, size: int) -> list[Marked]:
    stream = SentenceStream(language)
    found = [sentence for start in range(0, len(text), size) for sentence in stream.feed(text[start : start + size])]
    return [parse_markers(sentence) for sentence in (*found, *stream.close())]


def test_english_sentences_keep_abbreviations_initials_and_decimals() -> None:
    """Abbreviations, initials, decimals and ellipses end no sentence; list items do."""
    assert [(one.text, one.numbers) for one in _read(ENGLISH, "en", 1000)] == [
        ("The U.S. Vice President J. D. Vance spoke on Feb. 11.", (1,)),
        ("It cost 109.5 billion euros...", (2,)),
        ("Then, e.g. Mr. Modi left.", (1, 3)),
        ("He said “stop.”", (2, 4)),
        ("- One item", (1,)),
        ("- Two items", (2,)),
        ("End without stop", (5, 6, 7)),
    ]


def test_french_sentences_keep_titles_and_articles() -> None:
    """« M. », « art. », « etc. » end no sentence; an ellipsis before a capital does."""
    assert [(one.text, one.numbers) for one in _read(FRENCH, "fr", 1000)] == [
        ("M. Macron a annoncé 109 milliards d’euros.", (1,)),
        ("Selon l’art. 3 du texte, etc.", (2,)),
        ("Mme Chappaz a parlé.", (3,)),
        ("« Plug, baby, plug », a-t-il dit…", (1, 2)),
        ("Puis il est parti.", (4,)),
    ]


@settings(deadline=None)
@given(st.integers(min_value=1, max_value=60), st.sampled_from([("en", ENGLISH), ("fr", FRENCH)]))
def test_the_pieces_do_not_matter(size: int, sample: tuple[Language, str]) -> None:
    """Cut after every letter or every sixty, the sentences are the same."""
    language, text = sample
    assert _read(text, language, size) == _read(text, language, 1000)


@pytest.mark.parametrize(
    ("sentence", "numbers"),
    [
        ("Text [1].", (1,)),
        ("Text. [1] [2]", (1, 2)),
        ("Text [1, 2; 3].", (1, 2, 3)),
        ("Texte [1 et 2].", (1, 2)),
        ("Text [2–4].", (2, 3, 4)),
        ("Text 【3】【4†L1-L2】.", (3, 4)),
        ("Text ［5］.", (5,)),
        ("Text [^6].", (6,)),
        ("Texte [source 7].", (7,)),
        ("Text [1][1].", (1,)),
        ("Text [999].", (999,)),
        ("No marker at all.", ()),
        ("PR[AI]RIE is no marker.", ()),
    ],
)
def test_markers_in_every_dress_are_read(sentence: str, numbers: tuple[int, ...]) -> None:
    """The numbers come out in order, each once, whether or not such a passage exists."""
    assert parse_markers(sentence).numbers == numbers


def test_a_model_that_thinks_aloud_is_not_heard() -> None:
    """Thoughts between <think> tags are dropped, even when they never end."""
    assert [one.text for one in _read("<think>It is [1]. Hm.</think>\nParis [1].", "en", 3)] == ["Paris."]
    assert _read("<think>It is [1]. And on. And on", "en", 5) == []


def test_a_sentence_without_end_is_handed_out() -> None:
    """A text without any full stop does not grow for ever: it comes out in one piece, to be withheld for its length."""
    stream = SentenceStream("en")
    found = [sentence for _ in range(400) for sentence in stream.feed("word word ")]
    assert found
    assert max(map(len, found)) <= 2_010
