"""The peers on the sample corpus: each answers through the same door, in the same records."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.reading.documents import load_corpus
from assistant.records import Answer, Turn
from evals.errors import MissingPeer, UsageError
from evals.peers.bm25 import BM25
from evals.peers.cairn import Cairn, write_corpus
from evals.peers.common import first_as_answer, need
from evals.peers.first_passage import FirstPassage
from evals.peers.table import peers_table, write_between_marks
from evals.results import results_of
from evals.run import Plan, run_plan
from tests.evals.fakes import CORPUS, AlwaysRefuses, Oracle, fake_system, sample_cases
from tests.fakes import FakeEncoder

DOCUMENTS = load_corpus(CORPUS).documents
QUESTION = "Who is the library run by, formerly a librarian in Brest?"


def sections(answer: Answer) -> list[str]:
    """The sections that an answer cites."""
    return [str(one.quote.passage.section) for one in answer.citations]


def test_bm25_answers_with_the_passage_that_shares_the_words() -> None:
    """The whole passage is quoted exactly, in the language that the words chose."""
    answer = BM25(DOCUMENTS).ask(QUESTION)
    assert sections(answer) == ["library#director"]
    assert answer.language == "en"
    assert answer.evidence[0].passage == answer.citations[0].quote.passage


def test_bm25_refuses_only_what_shares_no_word() -> None:
    """A question without one word of the corpus."""
    assert BM25(DOCUMENTS).ask("xyzzy plugh").outcome == "refusal"


def test_the_first_passage_is_the_nearest_to_the_question() -> None:
    """Ranked by the encoder alone, scores falling."""
    answer = FirstPassage(DOCUMENTS, FakeEncoder()).ask(QUESTION)
    scores = [one.score for one in answer.evidence]
    assert answer.outcome == "answer"
    assert scores == sorted(scores, reverse=True)
    assert np.isclose(scores[0], max(scores))


def test_a_peer_without_any_passage_refuses() -> None:
    """Nothing found is no answer."""
    assert first_as_answer("?", [], DOCUMENTS).outcome == "refusal"


def test_a_missing_package_is_named_with_the_command_that_installs_it() -> None:
    """The extra is `peers`."""
    with pytest.raises(MissingPeer, match=r"charm is not installed .*pip install '\.\[peers\]'"):
        need("no_such_module", "charm")


def test_cairn_gets_the_same_documents_paragraph_by_paragraph(tmp_path: Path) -> None:
    """One file a document and language; the second paragraph of the English library sheet is our passage of its cost."""
    named = write_corpus(DOCUMENTS, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        f"d-{name}-{language}.md" for name in ("library", "tram") for language in ("fr", "en")
    }
    assert str(named["d-library-en#2"].section) == "library#budget"
    assert "lang: en\n---\n## The opening\nThe Port-Clair library opened" in (tmp_path / "d-library-en.md").read_text(
        "utf-8"
    )


def test_cairn_cites_and_refuses_through_our_records(tmp_path: Path) -> None:
    """Its citation is an exact passage of ours, its refusal carries its own words, and a conversation is possible."""
    pytest.importorskip("cairn", reason="the extra `peers` is not installed")
    cairn = Cairn(DOCUMENTS, tmp_path)
    answer = cairn.ask(QUESTION)
    assert sections(answer) == ["library#director"]
    refusal = cairn.ask("How tall is the Eiffel Tower?", [Turn(QUESTION)])
    assert (refusal.outcome, bool(refusal.notice)) == ("refusal", True)


def test_langchain_answers_with_the_nearest_passage() -> None:
    """The recipe's store on embeddings that know words."""
    pytest.importorskip("langchain_chroma", reason="the extra `peers` is not installed")
    from langchain_core.embeddings import Embeddings

    from evals.peers.langchain_minilm import LangChainMiniLM

    class Words(Embeddings):
        """The test double of the encoder behind LangChain's interface."""

        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            """Passages as vectors."""
            return [[float(one) for one in row] for row in FakeEncoder().embed_passages(texts)]

        def embed_query(self, text: str) -> list[float]:
            """A question as a vector."""
            return [float(one) for one in FakeEncoder().embed_query(text)]

    answer = LangChainMiniLM(DOCUMENTS, Words()).ask(QUESTION)
    assert answer.outcome == "answer"
    assert answer.evidence[0].score >= answer.evidence[-1].score


def test_the_table_has_a_line_for_each_system_and_says_how_to_repeat_it(tmp_path: Path) -> None:
    """Command, date, counts; it replaces what stands between the marks and nothing else."""
    kinds: dict[str, type[Oracle]] = {"assistant": Oracle, "refuser": AlwaysRefuses}
    plan = Plan(sample_cases(), repeats=1)
    found = {
        name: results_of(run_plan(plan, fake_system(tmp_path, kind), tmp_path / name)) for name, kind in kinds.items()
    }
    table = peers_table(found, "python -m evals peers")
    assert "`python -m evals peers`, 20" in table
    assert "8 questions of part test" in table
    assert "| assistant | 1.00 (0.57, 1.00; 5) |" in table
    assert "| refuser | 0.00 (0.00, 0.43; 5) |" in table
    page = tmp_path / "measurements.md"
    page.write_text("# Before\n<!-- peers: begin -->\nold\n<!-- peers: end -->\nafter\n", "utf-8")
    write_between_marks(page, table)
    text = page.read_text("utf-8")
    assert text.startswith("# Before\n<!-- peers: begin -->\n`python")
    assert text.endswith("<!-- peers: end -->\nafter\n")
    assert "old" not in text
    with pytest.raises(UsageError, match="lacks the lines"):
        write_between_marks(tmp_path / "none.md", table)
