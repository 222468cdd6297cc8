"""How far a section covers a question's words, names and numbers."""

from __future__ import annotations

import pytest

from assistant.records import SectionKey
from assistant.search.vocabulary import Vocabulary, stem_set
from assistant.wiring import Parts

TOTAL, FUND, DATES = SectionKey("money", "total"), SectionKey("money", "fund"), SectionKey("opening", "dates")


@pytest.fixture(scope="module")
def vocabulary(tiny_parts: Parts) -> Vocabulary:
    """The words of the tiny corpus."""
    return Vocabulary(tiny_parts.catalogue)


def test_a_question_in_the_sections_words_is_covered(vocabulary: Vocabulary) -> None:
    """A section covers its own words entirely, in either language, and those of its stored questions."""
    for question in ("private investment announced on television", "investissements privés", "How many billions?"):
        found = vocabulary.coverage(question, TOTAL)
        assert found["covered"] == pytest.approx(1)
        assert found["missing"] == pytest.approx(0)
        assert found["missing_count"] == 0


def test_a_word_that_the_corpus_lacks_counts_most(vocabulary: Vocabulary) -> None:
    """An unknown word is the rarest, and is counted as unknown."""
    found = vocabulary.coverage("the summit dinosaur", DATES)
    assert found["unknown_count"] == found["missing_count"] == 1
    assert 0 < found["covered"] < 0.5
    assert found["rarest_missing"] == pytest.approx(vocabulary.rarity("dinosaur"))


def test_rare_words_weigh_more_than_common_ones(vocabulary: Vocabulary) -> None:
    """What few sections say is rarer than what most say."""
    assert vocabulary.rarity("unheard-of") > vocabulary.rarity("pont") > vocabulary.rarity("sommet")


def test_misspelt_words_are_understood(vocabulary: Vocabulary) -> None:
    """One wrong letter in a longer word is mended; a short word is left alone."""
    assert vocabulary.coverage("televison fondation", FUND)["unknown_count"] == 0
    assert vocabulary.coverage("xq", FUND)["unknown_count"] == 1


@pytest.mark.parametrize(
    ("question", "missing"),
    [("109 milliards ?", 0), ("110 milliards ?", 1), ("109 or 110 or 111?", 2), ("no number", 0), ("0109", 0)],
)
def test_numbers_that_the_section_lacks_are_counted(vocabulary: Vocabulary, question: str, missing: int) -> None:
    """A number of the question that the section does not hold speaks against it."""
    assert vocabulary.missing_numbers(question, TOTAL) == missing


def test_a_name_of_another_section_is_absent_and_an_unknown_one_is_strange(vocabulary: Vocabulary) -> None:
    """Names are told apart: said elsewhere in the corpus, or nowhere."""
    assert vocabulary.missing_names("What did Emmanuel Macron announce?", TOTAL) == (0, 0)
    absent, strange = vocabulary.missing_names("What did Grand Palais and Zuckerberg announce?", TOTAL)
    assert absent >= 1
    assert strange == 1


def test_an_empty_question_misses_nothing(vocabulary: Vocabulary) -> None:
    """No words: nothing covered, nothing missing, no division by zero."""
    found = vocabulary.coverage("", TOTAL)
    assert found["covered"] == found["missing"] == found["total_rarity"] == 0


def test_stems_are_those_of_both_languages() -> None:
    """A text's stems are blind to accents and inflection."""
    assert stem_set("Les déclarations signées") & stem_set("declaration signee")
    assert not stem_set("le la the of")
