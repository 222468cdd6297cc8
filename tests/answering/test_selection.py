"""Which sentences of a section are quoted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.selection import MAX_SENTENCES, choose_sentences, is_list_item
from assistant.records import Passage, SectionKey


def passage(*sentences: str, passage_id: str = "d#s/en", start: int = 0) -> Passage:
    """A passage of these sentences, one a line."""
    text = "\n".join(sentences)
    spans, place = [], 0
    for sentence in sentences:
        spans.append((place, place + len(sentence)))
        place += len(sentence) + 1
    key = SectionKey("d", "s")
    return Passage(passage_id, key, "en", start, start + len(text), text, sentences=tuple(spans))


def chosen(question: str, *passages: Passage, **similarities: float) -> list[str]:
    """The chosen texts; similarities are given as s0=.., s1=.. for the first passage's sentences."""
    by_id = {f"{passages[0].id}~{name[1:]}": value for name, value in similarities.items()}
    return [choice.text for choice in choose_sentences(question, passages, by_id)]


A, B, C, D = "Alpha arrived first.", "Bravo came second.", "Charlie followed third.", "Delta was the last."


def test_the_most_similar_sentence_is_chosen() -> None:
    """A sentence far ahead of the others is quoted alone."""
    assert chosen("What?", passage(A, B, C), s0=0.1, s1=0.9, s2=0.1) == [B]


def test_shared_words_help() -> None:
    """Between equally similar sentences the one with the question's words leads."""
    assert chosen("Who is Charlie, the third?", passage(A, B, C), s0=0.5, s1=0.5, s2=0.5)[0] == C


def test_at_most_three_sentences() -> None:
    """However many are as good, three are enough."""
    assert len(chosen("What?", passage(A, B, C, D), s0=0.5, s1=0.5, s2=0.5, s3=0.5)) == MAX_SENTENCES == 3


def test_the_first_sentence_leads_a_tie() -> None:
    """Where nothing speaks for another one, the section's first sentence is quoted first."""
    assert chosen("What?", passage(A, B), s0=0.5, s1=0.5)[0] == A


def test_a_sentence_that_was_not_found_counts_as_the_least() -> None:
    """A sentence beyond the neighbours does not beat one among them."""
    assert chosen("What?", passage(A, B, C), s1=0.9, s2=0.2) == [B]


@pytest.mark.parametrize("picked", ["s0", "s1", "s2", "s3"])
def test_a_list_comes_whole(picked: str) -> None:
    """Whichever part of a list is nearest, introduction and every item are quoted, in their order, once."""
    whole = ("Three things were announced:", "- alpha;", "- bravo;", "- charlie.")
    found = chosen("What?", passage(*whole, D), **{"s0": 0, "s1": 0, "s2": 0, "s3": 0, "s4": 0, picked: 0.9})
    assert found == list(whole)


def test_two_items_give_one_list() -> None:
    """Several chosen items do not repeat the list."""
    whole = ("Items:", "- alpha;", "- bravo.")
    assert chosen("What?", passage(*whole), s0=0.5, s1=0.5, s2=0.5) == list(whole)


def test_a_sentence_before_a_list_that_does_not_introduce_it_stands_alone() -> None:
    """Only a sentence that ends with a colon brings the list along."""
    assert chosen("What?", passage("It was cold.", "- alpha;", "- bravo."), s0=0.9, s1=0.1, s2=0.1) == ["It was cold."]


def test_sentences_come_from_several_passages() -> None:
    """A long section's passages compete on equal terms."""
    first, second = passage(A, B), passage(C, passage_id="d#s/en/2", start=100)
    similarities = {"d#s/en~0": 0.1, "d#s/en~1": 0.1, "d#s/en/2~0": 0.9}
    assert [choice.text for choice in choose_sentences("What?", [first, second], similarities)] == [C]


def test_no_passages_no_sentences() -> None:
    """An empty section gives nothing to quote."""
    assert choose_sentences("What?", [], {}) == ()


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("- a", True),
        ("* a", True),
        ("• a", True),
        ("1. a", True),
        ("12) a", True),
        ("-a", False),
        ("2025 was", False),
        ("", False),
    ],
)
def test_list_items_are_recognised(text: str, item: bool) -> None:
    """Dashes, stars, bullets and numbers begin an item; a year or a minus sign does not."""
    assert is_list_item(text) == item


SENTENCES = st.lists(st.sampled_from([A, B, C, D, "- alpha;", "- bravo.", "List:"]), min_size=1, max_size=8)


@given(SENTENCES, st.lists(st.floats(-1, 1), min_size=8, max_size=8), st.sampled_from(["What?", "Who is Charlie?", ""]))
def test_choices_are_sentences_of_the_passage_and_stand_once(
    sentences: list[str], values: list[float], question: str
) -> None:
    """Whatever the similarities: at least one choice, each a whole sentence, none twice, the same every time."""
    one = passage(*sentences)
    similarities = {f"{one.id}~{number}": value for number, value in enumerate(values)}
    found = choose_sentences(question, [one], similarities)
    assert found
    assert len({choice.number for choice in found}) == len(found)
    assert all(choice.text == sentences[choice.number] for choice in found)
    assert choose_sentences(question, [one], similarities) == found
