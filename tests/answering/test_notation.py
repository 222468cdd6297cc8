"""Numbers and dates are the same figure in either language's notation."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answering.figures import find_figures, unsupported
from assistant.records import Language


def _missing(sentence: str, source: str, language: Language = "en", other: Language = "en") -> list[str]:
    return list(unsupported(find_figures(sentence, language), [find_figures(source, other)]))


@pytest.mark.parametrize(
    ("french", "english"),
    [
        ("109 milliards d’euros", "EUR 109bn"),
        ("109 milliards d'euros", "€109 billion"),
        ("109 Md€", "109 billion euros"),
        ("8,5 milliards d’euros", "8.5 billion euros"),
        ("400 millions de dollars", "$400 million"),
        ("500 milliards de dollars", "US$500bn"),
        ("11 février 2025", "Feb. 11, 2025"),
        ("les 10 et 11 février 2025", "February 10 and 11, 2025"),
        ("du 6 au 11 février 2025", "from 6 to 11 February 2025"),
        ("1er et 2 novembre 2023", "1–2 November 2023"),
        ("58 pays", "fifty-eight countries"),
        ("vingt-huit pays", "28 countries"),
        ("une vingtaine d’investisseurs", "some twenty investors"),
        ("une centaine d’experts", "about a hundred experts"),
        ("quatre-vingt-dix-sept projets", "97 projects"),
        ("4 200 personnes", "4,200 people"),
        ("10\u202f000 citoyens", "10,000 citizens"),
        ("27 %", "27 percent"),
        ("le troisième sommet", "the third summit"),
        ("30 à 50 milliards d’euros", "30 to 50 billion euros"),
        ("trois à cinq ans", "three to five years"),
        ("un gigawatt", "1 gigawatt"),
        ("un million d’euros", "a million euros"),
        ("mardi 11 février 2025", "Tuesday 11 February 2025"),
    ],
)
def test_a_figure_is_known_in_both_notations(french: str, english: str) -> None:
    """What one language writes, the other supports, in both directions."""
    assert _missing(f"Cela concerne {french}.", f"It was {english}.", "fr", "en") == []
    assert _missing(f"It was {english}.", f"Cela concerne {french}.", "en", "fr") == []


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("109 million euros", "109 billion euros"),
        ("109 billion dollars", "109 billion euros"),
        ("190 billion euros", "109 billion euros"),
        ("58 companies", "58 countries"),
        ("five months", "five years"),
        ("1,200 kilometres", "1,200 hectares"),
        ("fewer than 100 countries", "more than 100 countries"),
        ("27 percent", "27 countries"),
        ("12 February 2025", "11 February 2025"),
        ("11 March 2025", "11 February 2025"),
        ("11 February 2024", "11 February 2025"),
        ("on Monday", "on Tuesday"),
        ("the second summit", "the third summit"),
        ("in 2030", "in 2031"),
    ],
)
def test_another_figure_is_no_support(sentence: str, source: str) -> None:
    """A changed value, unit, currency, scale, bound or date is missed in the source."""
    assert _missing(f"It was {sentence}.", f"It was {source}.")


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("in February 2025", "on 11 February 2025"),
        ("in 2025", "on 11 February 2025"),
        ("100 countries", "more than 100 countries"),
        ("100 people", "100 visitors"),
        ("6 billion euros", "1.2 billion of the 6 billion euros"),
        ("three themes", "the third theme"),
    ],
)
def test_a_less_precise_figure_is_supported(sentence: str, source: str) -> None:
    """A writer may leave out the day, the bound, or say people for visitors."""
    assert _missing(f"It was {sentence}.", f"It was {source}.") == []


def test_words_that_look_like_figures_are_none() -> None:
    """Prime ministers, the verb may, the article un and a French seven in September are no figures."""
    for text, language in (
        ("Le Premier ministre peut partir.", "fr"),
        ("They may march on.", "en"),
        ("C’est un pays.", "fr"),
    ):
        found = find_figures(text, "fr" if language == "fr" else "en")
        assert found.spans == ()


def test_a_french_billion_is_a_million_millions() -> None:
    """« 109 billions d’euros » is the false friend of `109 billion euros`, and no support for it."""
    assert _missing("109 billions d’euros", "109 billion euros", "fr", "en")


@settings(deadline=None)
@given(st.integers(min_value=2, max_value=999_999_999))
def test_grouped_digits_are_one_number_in_both_languages(number: int) -> None:
    """`1,234,567` and `1 234 567` are the same number."""
    english, french = f"{number:,} hectares", f"{number:,} hectares".replace(",", "\u202f")
    if 1900 <= number <= 2100:
        return
    assert _missing(english, french, "en", "fr") == []
    assert _missing(french, english, "fr", "en") == []


@settings(deadline=None)
@given(st.text(max_size=200))
def test_no_text_breaks_the_figures(text: str) -> None:
    """Any text can be read; every figure lies inside it."""
    for language in ("fr", "en"):
        spans = find_figures(text, "fr" if language == "fr" else "en").spans
        assert all(0 <= start < end <= len(text) for start, end in spans)
