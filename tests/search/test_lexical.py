"""Words in common: accents, elisions, inflection and typography do not keep two words apart."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest

from assistant.records import LANGUAGES
from assistant.search.folding import fold
from assistant.search.lexical import LexicalIndex, content_words, terms, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("L’Élysée", ["elysee"]),
        ("qu'Emmanuel Macron d’Iliad", ["emmanuel", "macron", "iliad"]),
        ("aujourd'hui", ["aujourd", "hui"]),
        ("France's and Europe’s", ["france", "and", "europe"]),
        ("109\u202f000 et 2\u00a0500\u00a0000", ["109000", "et", "2500000"]),
        ("1,000 guests in 2025, 12 left", ["1000", "guests", "in", "2025", "12", "left"]),
        ("2,5 milliards, 2.5 billion", ["2.5", "milliards", "2.5", "billion"]),
        ("cœur ÆON Straße", ["coeur", "aeon", "strasse"]),
        ("e-mail AI-Act", ["e", "mail", "ai", "act"]),
        ("", []),
        ("?! 🤖 …", []),
    ],
)
def test_words_are_plain(text: str, found: list[str]) -> None:
    """Words come in lower case, without accents, elisions and possessives; grouped digits are one number."""
    assert words(text) == found


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_composed_and_decomposed_letters_meet(form: str) -> None:
    """A text typed on a Mac (accents as letters of their own) has the words of the same text typed elsewhere."""
    text = unicodedata.normalize(form, "La déclaration signée à l’Élysée")  # type: ignore[arg-type]
    assert content_words(text) == ["declaration", "signee", "elysee"]
    assert set(terms(text, ("fr",))) == set(terms("La déclaration signée à l’Élysée", ("fr",)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("déclaration", "declarations"),
        ("signée", "signees"),
        ("SIGNATAIRES", "signataire"),
        ("co-chairs", "co-chair"),
        ("investments", "investment"),
        ("l’Inde", "inde"),
        ("milliards", "milliard"),
    ],
)
def test_forms_of_a_word_share_a_stem(one: str, other: str) -> None:
    """Plural, gender, case and missing accents leave a stem in common."""
    assert set(terms(one, LANGUAGES)) & set(terms(other, LANGUAGES))


@pytest.mark.parametrize(
    ("one", "other"), [("sommet", "somme"), ("France", "fonds"), ("109", "110"), ("Inde", "Italie")]
)
def test_different_words_stay_apart(one: str, other: str) -> None:
    """Stemming does not merge words that only begin alike."""
    assert not set(terms(one, LANGUAGES)) & set(terms(other, LANGUAGES))


def test_function_words_do_not_count() -> None:
    """Articles, pronouns and question words of both languages are no terms."""
    assert terms("Qui est le ? What is the ?", LANGUAGES) == []


def test_folding_is_stable() -> None:
    """A folded text stays as it is."""
    for text in ("Élysée", "Œuvre d’art", "ΣΊΣΥΦΟΣ", "İstanbul", "ﬁn", "½"):
        assert fold(fold(text)) == fold(text)


@pytest.fixture
def index() -> LexicalIndex:
    """Three units; the first two hold `sommet`, one alone holds `Bouverot`, the third is English."""
    return LexicalIndex(
        [
            [("Le sommet de Paris, préparé par Anne Bouverot.", "fr")],
            [("Le sommet s’est tenu à Paris.", "fr"), ("The summit took place in Paris.", "en")],
            [("Open data for everyone.", "en")],
        ]
    )


def test_a_unit_with_the_words_scores_above_one_without(index: LexicalIndex) -> None:
    """Only units that share a word with the question have a score."""
    scores = index.scores("Who pays for open data?")
    assert scores.shape == (3,)
    assert int(np.argmax(scores)) == 2
    assert scores[0] == scores[1] == 0


def test_rare_words_weigh_more(index: LexicalIndex) -> None:
    """A name that one unit has outweighs words that most have."""
    assert int(np.argmax(index.scores("Anne Bouverot et le sommet de Paris"))) == 0


def test_accents_and_case_do_not_matter(index: LexicalIndex) -> None:
    """The question may be typed on a phone."""
    assert np.array_equal(index.scores("PREPARE par anne bouverot"), index.scores("préparé par Anne Bouverot"))


@pytest.mark.parametrize("question", ["", "   ", "météo demain", "???", "le la les"])
def test_unknown_words_score_nothing(index: LexicalIndex, question: str) -> None:
    """A question without any known word scores zero everywhere."""
    assert index.scores(question).tolist() == [0, 0, 0]


def test_a_unit_without_words_is_no_error() -> None:
    """Empty and punctuation-only units are indexed; they never score."""
    index = LexicalIndex([[], [("…", "fr")], [("sommet", "fr")]])
    assert index.scores("sommet").tolist()[:2] == [0, 0]
    assert index.scores("sommet")[2] > 0


def test_no_units_give_no_scores() -> None:
    """An empty corpus has an empty score list."""
    assert LexicalIndex([]).scores("sommet").shape == (0,)
