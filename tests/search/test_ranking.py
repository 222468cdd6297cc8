"""The order of the sections: what is asked for first, nothing hidden, the same every time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.reading.documents import load_corpus
from assistant.records import SectionKey
from assistant.search.ranking import Candidate, combined
from assistant.wiring import Parts
from tests.fakes import FakeEncoder, memory_parts, write_document


def rank(parts: Parts, question: str, hidden: frozenset[str] = frozenset()) -> tuple[Candidate, ...]:
    return parts.ranker.rank(question, parts.encoder.embed_query(question), hidden)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who co-chaired the summit?", "opening#dates"),
        ("qui a copreside le sommet", "opening#dates"),
        ("What were the themes?", "opening#themes"),
        ("Combien de milliards ?", "money#total"),
        ("What is the budget of Current AI?", "money#fund"),
        ("Quel pont était fermé ?", "bulletin#bridge"),
        ("souveraineté numérique et règles communes", "essay#p2"),
        ("technology worthy of trust", "essay#p3"),
    ],
)
def test_the_section_that_is_asked_for_comes_first(tiny_parts: Parts, question: str, expected: str) -> None:
    """By its stored questions or, where it has none, by its text; in both languages."""
    assert str(rank(tiny_parts, question)[0].section) == expected


def test_scores_fall_and_probabilities_add_up(tiny_parts: Parts) -> None:
    """Candidates come in falling score, each section once, and their probabilities are a distribution."""
    candidates = rank(tiny_parts, "Who co-chaired the summit?")
    scores = [candidate.score for candidate in candidates]
    assert scores == sorted(scores, reverse=True)
    assert len({candidate.section for candidate in candidates}) == len(candidates)
    assert sum(candidate.probability for candidate in candidates) == pytest.approx(1)
    assert candidates[0].probability == max(candidate.probability for candidate in candidates)


def test_hidden_documents_do_not_exist(tiny_parts: Parts) -> None:
    """A hidden document is no candidate, not even for its own stored question."""
    question = "How many guests at the secret banquet?"
    assert rank(tiny_parts, question)[0].section.document_id == "banquet"
    visible = rank(tiny_parts, question, frozenset({"banquet"}))
    assert visible
    assert not [candidate for candidate in visible if candidate.section.document_id == "banquet"]
    assert sum(candidate.probability for candidate in visible) == pytest.approx(1)


def test_everything_hidden_leaves_nothing(tiny_parts: Parts) -> None:
    """Where every document is hidden there is no candidate and no error."""
    everything = frozenset(document.id for document in tiny_parts.catalogue.documents)
    assert rank(tiny_parts, "Who co-chaired the summit?", everything) == ()


def test_the_same_question_gives_the_same_order(tiny_parts: Parts) -> None:
    """Ranking twice gives equal candidates, scores included."""
    first = rank(tiny_parts, "What is Current AI?")
    assert rank(tiny_parts, "What is Current AI?") == first


def test_the_order_of_the_documents_does_not_matter(tiny_parts: Parts) -> None:
    """The corpus read backwards is ranked alike."""
    backwards = memory_parts(tiny_parts.catalogue.documents[::-1])
    for question in ("What is Current AI?", "Quel pont ?", "sommet", "unrelated zebra"):
        one, other = rank(tiny_parts, question), rank(backwards, question)
        assert [candidate.section for candidate in one][:3] == [candidate.section for candidate in other][:3]


def test_sentences_of_a_candidate_are_its_own(tiny_parts: Parts) -> None:
    """The similarities that come with a candidate are the cosines of its own sentences."""
    question = "When was the summit held in Paris?"
    query = FakeEncoder().embed_query(question)
    for candidate in rank(tiny_parts, question):
        for sentence_id, similarity in candidate.sentences.items():
            passage_id, _, number = sentence_id.rpartition("~")
            passage = tiny_parts.catalogue.passage(passage_id)
            assert passage.section == candidate.section
            text = passage.sentence_texts()[int(number)]
            assert similarity == pytest.approx(float(FakeEncoder().embed_passages([text])[0] @ query), abs=1e-3)


def test_both_language_versions_speak_for_a_section(tmp_path: Path) -> None:
    """Of two sections with the same English sentence, the one whose French version matches as well comes first."""
    for name, french in (("with", "Zèbre panda girafe."), ("without", "Autre chose ici.")):
        write_document(
            tmp_path,
            name,
            None,
            en=f"# {name}\n\n## A {{#a}}\n\nZebra panda girafe {name}.\n",
            fr=f"# {name}\n\n## A {{#a}}\n\n{french}\n",
        )
    parts = memory_parts(load_corpus(tmp_path).documents)
    assert rank(parts, "zebra zebre panda girafe")[0].section == SectionKey("with", "a")


def test_a_question_without_words_is_ranked_without_error(tiny_parts: Parts) -> None:
    """Signs alone give candidates with finite scores."""
    candidates = rank(tiny_parts, "?!")
    assert np.isfinite([candidate.score for candidate in candidates]).all()


def test_two_questions_together_add_their_scores() -> None:
    """A section that the second question does not know counts as its last one; probabilities add up to 1."""
    a, b, c = (SectionKey("d", name) for name in "abc")
    first = [Candidate(key, score, 0.0, {}) for key, score in ((a, 3.0), (b, 2.0), (c, 1.0))]
    second = [Candidate(key, score, 0.0, {}) for key, score in ((b, 4.0), (a, 1.0))]
    found = combined(first, second)
    assert [(one.section, one.score) for one in found] == [(b, 6.0), (a, 4.0), (c, 2.0)]
    assert sum(one.probability for one in found) == pytest.approx(1)
