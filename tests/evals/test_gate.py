"""The gate: open for the run that made the baseline, shut for each way of being broken, by the measure that sees it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from evals.baseline import Baseline, make_baseline, read_baseline, write_baseline
from evals.errors import UsageError
from evals.gate import check, improvements
from evals.results import Results, results_of
from evals.run import Plan, run_plan
from tests.evals.fakes import (
    AltersQuotes,
    AlwaysFirstPassage,
    AlwaysRefuses,
    Breaks,
    Oracle,
    WrongLanguage,
    fake_system,
    sample_cases,
)

REASON = "first run of the samples"


def run_of(folder: Path, kind: type[Oracle] = Oracle, count: int | None = None) -> Results:
    """The results of an assistant on the sample cases, or the first of them."""
    cases = sample_cases()[:count]
    plan = Plan(cases, slices=() if count is None else ("kind=date",))
    return results_of(run_plan(plan, fake_system(folder, kind), folder / f"{kind.__name__}-{count}"))


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """The run of the assistant that keeps every promise."""
    return run_of(tmp_path_factory.mktemp("good"))


@pytest.fixture(scope="module")
def baseline(good: Results) -> Baseline:
    """Its baseline, with no floor but those that hold always."""
    return make_baseline(good, sample_cases(), REASON, {}, None)


def test_the_run_that_made_the_baseline_passes(good: Results, baseline: Baseline) -> None:
    """Nothing is wrong with it, and nothing is better."""
    assert check(good, baseline, sample_cases()) == ()
    assert improvements(good, baseline) == ()


@pytest.mark.parametrize(
    ("kind", "caught", "innocent"),
    [
        (AlwaysFirstPassage, {"correct", "refusal_recall", "false_answer", "hit@1"}, {"quote_exact", "language_match"}),
        (AlwaysRefuses, {"false_refusal", "correct"}, {"refusal_recall", "false_answer", "language_match"}),
        (WrongLanguage, {"language_match"}, {"quote_exact", "refusal_recall", "false_refusal"}),
        (AltersQuotes, {"quote_exact"}, {"language_match", "refusal_recall", "false_refusal", "verbatim_exact"}),
    ],
)
def test_a_broken_assistant_is_caught_by_the_measure_that_should(
    tmp_path: Path, baseline: Baseline, kind: type[Oracle], caught: set[str], innocent: set[str]
) -> None:
    """Each way of being broken shuts the gate where it shows, and measures that do not concern it stay silent."""
    found = {finding.measure for finding in check(run_of(tmp_path, kind), baseline, sample_cases())}
    assert caught <= found
    assert not innocent & found


def test_an_altered_letter_is_caught_without_any_baseline_of_it(tmp_path: Path, baseline: Baseline) -> None:
    """The floor of exact quotations is 1 and no baseline can loosen it."""
    loose = replace(baseline, measures={}, floors={"quote_exact": 0.1})
    messages = [one.message for one in check(run_of(tmp_path, AltersQuotes), loose, sample_cases())]
    assert "quote_exact is 0.0000, below its floor 1 (n = 5)" in messages


def test_a_floor_holds_where_the_baseline_would_not(good: Results, baseline: Baseline) -> None:
    """A ceiling on false refusals that the run meets, and one on latency that it cannot."""
    assert check(good, replace(baseline, floors={"false_refusal": 0.05}), sample_cases()) == ()
    timed = [one.message for one in check(good, replace(baseline, floors={"latency_median": 0.0}), sample_cases())]
    assert len(timed) == 1 and "latency_median" in timed[0] and "above its ceiling 0" in timed[0]


def test_latency_is_not_held_to_the_baseline(good: Results, baseline: Baseline) -> None:
    """A slower machine than the baseline's is no fault of the assistant."""
    mark = replace(baseline.measures["latency_p95"], value=1e-9, low=1e-9, high=1e-9)
    assert check(good, replace(baseline, measures={"latency_p95": mark}), sample_cases()) == ()


def test_a_case_that_disappeared_shuts_the_gate(good: Results, baseline: Baseline) -> None:
    """It is named, and a new baseline with a reason is the way out."""
    messages = [one.message for one in check(good, baseline, sample_cases()[1:])]
    assert messages == ["1 case (library-opening-fr-1) disappeared; restore them, or make a new baseline and say why"]


def test_a_case_that_was_not_asked_shuts_the_gate(tmp_path: Path, baseline: Baseline) -> None:
    """A run of a slice is no run."""
    messages = [one.message for one in check(run_of(tmp_path, count=5), baseline, sample_cases())]
    assert any("of part test were not asked; run without --slice" in message for message in messages)


def test_an_answer_that_failed_shuts_the_gate(tmp_path: Path, baseline: Baseline) -> None:
    """An error is not an unscored case like any other."""
    messages = [one.message for one in check(run_of(tmp_path, Breaks), baseline, sample_cases())]
    assert "1 case (outside-weather-fr-1) ended in an error; see the report" in messages


def test_a_measure_that_is_no_longer_scored_shuts_the_gate(good: Results, baseline: Baseline) -> None:
    """A measure of the baseline that the run does not have."""
    mark = baseline.measures["correct"]
    messages = [one.message for one in check(good, replace(baseline, measures={"withheld": mark}), sample_cases())]
    assert messages == ["withheld was 1.0000 in the baseline and is not scored any more"]


def test_a_drop_within_the_interval_passes_and_one_beyond_does_not(good: Results, baseline: Baseline) -> None:
    """A value of 1.0 against a baseline whose interval begins at 1.0 and at 1.01."""
    mark = replace(baseline.measures["correct"], value=1.02, low=1.0, high=1.03)
    assert check(good, replace(baseline, measures={"correct": mark}), sample_cases()) == ()
    worse = replace(baseline, measures={"correct": replace(mark, low=1.01)})
    assert [one.measure for one in check(good, worse, sample_cases())] == ["correct"]


def test_an_improvement_beyond_the_interval_is_pointed_out(good: Results, baseline: Baseline) -> None:
    """The baseline was worse: renew it."""
    mark = replace(baseline.measures["correct"], value=0.5, low=0.4, high=0.6)
    assert improvements(good, replace(baseline, measures={"correct": mark})) == ("correct",)


def test_a_baseline_demands_a_reason_and_a_whole_run(tmp_path: Path, good: Results) -> None:
    """Two words are no reason, a slice is no run, and a floor needs a measure."""
    with pytest.raises(UsageError, match="at least three words"):
        make_baseline(good, sample_cases(), "because so", {}, None)
    with pytest.raises(UsageError, match="without --slice"):
        make_baseline(run_of(tmp_path, count=2), sample_cases(), REASON, {}, None)
    with pytest.raises(UsageError, match="there is no measure 'corect'"):
        make_baseline(good, sample_cases(), REASON, {"corect": 0.5}, None)


def test_a_baseline_survives_being_written_and_keeps_its_floors(tmp_path: Path, good: Results) -> None:
    """One line for each measure and each case; floors go from one baseline to the next."""
    first = make_baseline(good, sample_cases(), REASON, {"correct": 0.8}, None)
    path = tmp_path / "baseline.json"
    write_baseline(path, first)
    assert read_baseline(path) == first
    assert sum('"value":' in line for line in path.read_text("utf-8").splitlines()) == len(first.measures)
    lines = (tmp_path / "baseline.cases.txt").read_text("utf-8").splitlines()
    assert "passed    library-budget-en-1" in lines
    assert "not-asked library-opening-fr-1" in lines, "the baseline is of the test part, this case is of dev"
    second = make_baseline(good, sample_cases(), REASON, {"hit@1": 0.7}, first)
    assert second.floors == {"correct": 0.8, "hit@1": 0.7}


def test_a_missing_or_broken_baseline_says_what_to_do(tmp_path: Path) -> None:
    """Both name the file and the command."""
    with pytest.raises(UsageError, match="is missing; make it with `python -m evals baseline"):
        read_baseline(tmp_path / "none.json")
    (tmp_path / "bad.json").write_text("{", "utf-8")
    with pytest.raises(UsageError, match="are broken"):
        read_baseline(tmp_path / "bad.json")
