"""What is measured where a language model writes: what stood, what was withheld, whether repeats agree, what it cost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.records import Writing
from evals.aggregates import agreement, support_rate, tokens, withheld
from evals.measures import Trial
from evals.observations import Observation, Statement, from_line, observe, to_line
from tests.evals.fakes import CORPUS, Oracle, load_corpus, sample_cases

CASES = sample_cases()
ANSWERABLE = next(case for case in CASES if case.answerable)
ORACLE = Oracle(load_corpus(CORPUS).documents, CASES)


def written(sentences: int, held: int, cost: int, mode: str = "generation") -> Observation:
    """An answer asked of a model: so many sentences shown and withheld, at so many tokens."""
    answer = replace(ORACLE.answer(ANSWERABLE), writing=Writing("m", tokens=cost), withheld=held)
    seen = observe(ANSWERABLE.id, answer, 1.0)
    statements = tuple(Statement(f"Sentence {number}.", (1,), "supported") for number in range(sentences))
    return replace(seen, statements=statements, mode=mode)  # type: ignore[arg-type]  # a test names the mode


def trial(*repeats: Observation) -> Trial:
    """A case with its repeats."""
    return Trial(ANSWERABLE, repeats[0], repeats, {})


def test_sentences_and_answers_that_did_not_stand_are_counted() -> None:
    """An answer that was quoted in the end counts with what was withheld of it, and as one that did not stand."""
    trials = [trial(written(3, 1, 100)), trial(written(2, 2, 300, "quotes"))]
    assert withheld(trials).value == pytest.approx(3 / 6)
    assert support_rate(trials).value == pytest.approx(1 / 2)
    assert tokens(trials).value == pytest.approx(200)


def test_agreement_compares_every_pair_of_repeats() -> None:
    """Of five repeats, one of which quotes nothing, six pairs of ten quote the same."""
    same = written(1, 0, 10)
    other = replace(same, quotations=())
    assert agreement([trial(same, same, other, same, same)]).value == pytest.approx(6 / 10)


def test_without_a_model_nothing_of_this_is_measured() -> None:
    """The default mode asks none, so each measure has no value rather than a good one."""
    quoted = observe(ANSWERABLE.id, ORACLE.answer(ANSWERABLE), 1.0)
    for measure in (withheld, support_rate, agreement, tokens):
        found = measure([trial(quoted, quoted)])
        assert (found.value, found.expected) == (None, 0)


def test_the_cost_is_written_down_and_is_no_part_of_what_was_said() -> None:
    """It survives the run's file, and two answers that differ in it alone are the same answer."""
    cheap, dear = written(1, 0, 10), written(1, 0, 20)
    assert from_line(to_line(dear)).tokens == 20
    assert cheap.digest == dear.digest
