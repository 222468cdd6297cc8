"""The report in its three forms, and in Chromium."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Request, sync_playwright

from assistant.records import Answer, Language, Turn
from evals import charts
from evals.baseline import make_baseline
from evals.report import publish, render_html, render_markdown, write_report
from evals.results import Results, read_results, results_of
from evals.run import Plan, run_plan
from evals.statistics import Interval
from evals.systems import Answerer
from evals.tables import asked, moved, refusals
from tests.evals.fakes import AlwaysFirstPassage, Oracle, fake_system, sample_cases


def results_for(folder: Path, kind: type[Oracle]) -> Results:
    """The results of an assistant on the sample cases."""
    return results_of(run_plan(Plan(sample_cases()), fake_system(folder, kind), folder / kind.__name__))


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Every case passes."""
    return results_for(tmp_path_factory.mktemp("good"), Oracle)


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Always the first passage, the oldest library opening."""
    return results_for(tmp_path_factory.mktemp("bad"), AlwaysFirstPassage)


def test_the_headline_has_rate_interval_and_count(good: Results) -> None:
    """8 of 8 test cases and 3 of 3 dev cases passed, each with its Wilson interval."""
    text = render_markdown(good, None)
    assert "| Cases passed | 1.000 [0.68, 1.00], n = 8 | 1.000 [0.44, 1.00], n = 3 |" in text
    assert "## Failed\n\n\n## Run" in text


def test_what_was_asked_is_counted_by_kind_and_language(good: Results) -> None:
    """One French date question, one English number question, both passed."""
    lines = asked(good)
    assert ("date", 1, 0, "1 of 1") in lines
    assert ("number", 0, 1, "1 of 1") in lines


def test_refusals_stand_beside_false_refusals(good: Results, bad: Results) -> None:
    """The confusion matrix: the oracle answers 7 of 7 and none of 4, the broken one answers all."""
    assert [line[1:] for line in refusals(good)] == [(7, 0, 0), (0, 1, 3)]
    assert [line[1:] for line in refusals(bad)] == [(7, 0, 0), (4, 0, 0)]


def test_failures_show_question_answer_expected_and_evidence(bad: Results) -> None:
    """A reader sees what was asked, said, wanted and retrieved."""
    page = render_html(bad, None)
    assert "What was the bill for the new reading rooms?" in page
    assert "The Port-Clair library opened its doors on 12 May 2024" in page
    assert "library#budget; must say /4\\.2 million/" in page
    assert "library#opening (en, 1.000)" in page


def test_alarms_and_moved_cases_are_shown_against_the_baseline(good: Results, bad: Results) -> None:
    """What passed in the baseline and fails now is listed, and the other way round."""
    baseline = make_baseline(good, sample_cases(), "the samples as they were", {"correct": 0.9}, None)
    page = render_html(bad, baseline)
    assert "correct is 0.2000, below its floor 0.9" in page
    assert "library-budget-en-1" in moved(bad, baseline)[0]
    from_bad = make_baseline(bad, sample_cases(), "the samples as they were", {}, None)
    assert "library-budget-en-1" in moved(good, from_bad)[1]


def test_text_of_cases_and_answers_cannot_become_markup(good: Results) -> None:
    """A question with a tag in it is shown as typed."""
    first = good.cases[0]
    evil = replace(first, broken=("correct",), case=replace(first.case, question="<script>alert(1)</script>"))
    page = render_html(replace(good, cases=(evil, *good.cases[1:])), None)
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_the_page_names_no_address_that_a_browser_would_fetch(bad: Results) -> None:
    """No src, no href but the empty icon, no import and no url()."""
    page = render_html(bad, None)
    assert re.findall(r'\b(?:src|href)="([^"]*)"', page) == ["data:,"]
    assert not re.search(r"@import|url\(|<script|<iframe|<object", page)


def test_the_three_files_are_written_and_read_back(tmp_path: Path, bad: Results) -> None:
    """report.json gives back the results; every expected pair has a number or the word unscored."""
    write_report(tmp_path, bad, None)
    assert read_results(tmp_path) == bad
    loaded = json.loads((tmp_path / "report.json").read_text("utf-8"))
    values = [value for case in loaded["cases"] for value in case["values"].values()]
    assert values
    assert all(isinstance(value, float) or value == "unscored" for value in values)
    assert {"report.html", "report.md"} <= {path.name for path in tmp_path.iterdir()}


def test_what_is_published_leaves_out_answers_that_passed(tmp_path: Path, bad: Results) -> None:
    """Failures keep theirs; the page and its data stand side by side."""
    publish(tmp_path, bad, None)
    published = read_results(tmp_path)
    assert {one.seen is None for one in published.cases if one.passed} == {True}
    assert {one.seen is None for one in published.cases if not one.passed} == {False}
    assert (tmp_path / "report.html").exists()


def test_bars_have_their_figures_in_words() -> None:
    """Half the plot's width for one half, whiskers at the interval, and the count as text."""
    drawn = charts.bars("By <kind>", [charts.Bar("who & what", 0.5, Interval(0.25, 0.75), "2 of 4")])
    assert 'width="125.0"' in drawn
    assert "0.50 · 2 of 4" in drawn
    assert "who &amp; what" in drawn
    assert "By &lt;kind&gt;" in drawn


def test_a_histogram_counts_every_value() -> None:
    """Three values up to the mark and one far beyond it, which the last bin holds."""
    drawn = charts.histogram("Time", [1.0, 1.0, 9.9, 500.0], "ms", [("p95", 10.0)])
    assert sum(int(count) for count in re.findall(r"<title>(\d+) from", drawn)) == 4
    assert "p95 10 ms" in drawn


def test_calibrated_points_lie_on_the_diagonal() -> None:
    """Predicted one half and observed one half is the middle of the frame."""
    drawn = charts.reliability("Check", [charts.Point(0.5, 0.5, Interval(0.4, 0.6), 10)])
    assert 'cx="180.0" cy="150.0"' in drawn


def test_confidence_gives_a_reliability_curve(tmp_path: Path) -> None:
    """Where the assistant says how sure it is, the curve is drawn from the cases without history or hidden language."""

    def traced(
        answerer: Answerer, question: str, history: Sequence[Turn], language: Language | None
    ) -> tuple[Answer, float]:
        return answerer.ask(question, history, language), 0.9 if "bill" in question else 0.2

    system = replace(fake_system(tmp_path), traced=traced)
    results = results_of(run_plan(Plan(sample_cases(), repeats=1), system, tmp_path / "run"))
    said = [one.seen.confidence for one in results.cases if one.seen]
    assert sorted(one for one in said if one is not None) == [0.2] * 7 + [0.9] * 2
    assert "predicted 0.90, observed 1.00, 1 cases" in render_html(results, None)


@pytest.mark.browser
def test_chromium_shows_the_report_and_asks_no_other_host(tmp_path: Path, bad: Results) -> None:
    """Opened from the disk on a phone: three figures are read, nothing is fetched, nothing overflows, no error is logged."""
    chromium = shutil.which("chromium")
    if chromium is None and os.environ.get("CI") != "true":
        pytest.skip("chromium is not installed; `apt-get install chromium`")
    assert chromium, "CI needs Debian's chromium"
    write_report(tmp_path, bad, None)
    requests: list[str] = []
    complaints: list[str] = []

    def asked_for(request: Request) -> None:
        requests.append(request.url)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 375, "height": 800})
        page.on("request", asked_for)
        page.on("console", lambda message: complaints.append(message.text))
        page.goto((tmp_path / "report.html").as_uri())
        assert page.locator("#passed-test").inner_text() == "1 of 8"
        assert page.locator("#passed-dev").inner_text() == "1 of 3"
        quotes = page.locator("tr", has_text="Exact quotations").locator("td").first
        assert quotes.inner_text().endswith("1.000 [0.68, 1.00], n = 8")
        assert page.locator("svg").count() == 4
        assert page.evaluate("document.documentElement.scrollWidth") == 375
        browser.close()
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
    assert complaints == []
