"""Whole sentences of both languages."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.reading.sentences import sentence_spans
from assistant.records import LANGUAGES, Language

FRENCH = [
    ("Un. Deux ! Trois ?", ["Un.", "Deux !", "Trois ?"]),
    ("M. Macron a reçu Mme von der Leyen et le Pr Bengio. Ils ont parlé.", None),
    ("Le 11 févr. 2025, il est parti. Fin.", ["Le 11 févr. 2025, il est parti.", "Fin."]),
    ("Le coût est de 2,5 milliards. C’est tout.", ["Le coût est de 2,5 milliards.", "C’est tout."]),
    ("J. D. Vance a parlé. Il est parti.", ["J. D. Vance a parlé.", "Il est parti."]),
    ("« C’est fait. » Il sourit.", None),
    ("Qui a signé\u202f? Personne\u202f!", ["Qui a signé\u202f?", "Personne\u202f!"]),
    ("Les thèmes :\n\n- un ;\n- deux.", ["Les thèmes :", "- un ;", "- deux."]),
    ("1. Un point.\n2. Un autre.", ["1. Un point.", "2. Un autre."]),
    ("Une phrase\nsur deux lignes. Puis une autre.", ["Une phrase\nsur deux lignes.", "Puis une autre."]),
    ("Un paragraphe\n\nun autre", ["Un paragraphe", "un autre"]),
    ("La coalition d’everyone.AI est née. Fin.", ["La coalition d’everyone.AI est née.", "Fin."]),
    ("Voir l’art. 5 du texte. Oui.", ["Voir l’art. 5 du texte.", "Oui."]),
]
ENGLISH = [
    ("One. Two! Three?", ["One.", "Two!", "Three?"]),
    ("Mr. Vance and Dr. Bengio spoke. They left.", ["Mr. Vance and Dr. Bengio spoke.", "They left."]),
    ("The U.S. did not sign. The U.K. did not either.", None),
    ("It cost $1.5 billion. That is all.", ["It cost $1.5 billion.", "That is all."]),
    ("On Feb. 11 it ended. Good.", ["On Feb. 11 it ended.", "Good."]),
    ("He said “No.” She left.", None),
    ("See https://example.org/a.b for more. Thanks.", ["See https://example.org/a.b for more.", "Thanks."]),
    ("Three themes:\n\n* one;\n* two.", ["Three themes:", "* one;", "* two."]),
    ("No. 5 was first. Then came No. 6.", ["No. 5 was first.", "Then came No. 6."]),
]


def texts(text: str, language: Language) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text, language)]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [("fr", text, expected) for text, expected in FRENCH] + [("en", text, expected) for text, expected in ENGLISH],
)
def test_sentences_are_whole(language: Language, text: str, expected: list[str] | None) -> None:
    """Abbreviations, decimals, initials, quotations, lists and line ends; where no list is given: two sentences."""
    found = texts(text, language)
    assert found == expected if expected is not None else len(found) == 2


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", ["", " ", "\n\n\t", "\u202f"])
def test_nothing_has_no_sentence(text: str, language: Language) -> None:
    """White space is no sentence."""
    assert texts(text, language) == []


@settings(max_examples=150)
@given(
    st.text(st.sampled_from("aÀé.!?…:;-*\n \t\u202f«»“”()19🤖👩‍🔬e\u0301İ"), max_size=120), st.sampled_from(LANGUAGES)
)
def test_spans_are_exact(text: str, language: Language) -> None:
    """Spans are trimmed, in order, without overlap, and nothing but white space lies between them."""
    end = 0
    for start, stop in sentence_spans(text, language):
        assert end <= start < stop <= len(text)
        assert text[start:stop] == text[start:stop].strip()
        assert not text[end:start].strip()
        end = stop
    assert not text[end:].strip()
