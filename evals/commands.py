"""What each command does; __main__.py reads the words and says what went wrong."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress

from assistant.reading.documents import load_corpus
from assistant.settings import Settings
from evals.baseline import Baseline, make_baseline, read_baseline, write_baseline
from evals.cases import KINDS, load_cases, select, unknown_gold
from evals.compare import Comparison, compare
from evals.crowd import measure_times
from evals.distractors import crowded_view
from evals.errors import MissingPeer, UsageError
from evals.gate import check, improvements
from evals.judge import choose_judge
from evals.peers.registry import PEERS, peer_system
from evals.peers.table import peers_table, write_between_marks
from evals.report import HTML_NAME, headline_lines, publish, write_report
from evals.results import Results, latest_run, read_results, results_of
from evals.run import Plan, Progress, run_plan
from evals.systems import System, assistant_system
from evals.unseen import cases_on, unseen_table, without_questions

Command = Callable[[argparse.Namespace], int]
JUDGE_KEY = "EVALS_JUDGE_API_KEY"


@cache
def _assistant() -> System:
    return assistant_system(os.environ)


def system_named(name: str) -> System:
    """The assistant as the environment configures it, or a peer on its corpus."""
    return _assistant() if name == "assistant" else peer_system(name, _assistant())


def run(words: argparse.Namespace) -> int:
    """Ask the cases, write the report, print the headline."""
    system = words.build(words.system)
    judge = choose_judge(words.judge, words.judge_url, os.environ.get(JUDGE_KEY, "none"), system.model)
    cases = select(load_cases(words.cases), None if words.part == "all" else words.part, words.slice)
    folder = words.out or _new_folder(words.runs if words.system == "assistant" else words.runs / words.system)
    plan = Plan(cases, words.part, tuple(words.slice), words.repeats, judge)
    results = _measured(plan, system, folder)
    baseline = _baseline_or_none(words.baseline)
    write_report(folder, results, baseline)
    print("\n".join(headline_lines(results, baseline)))
    _print_passed(results)
    print(f"report: {folder / HTML_NAME}")
    return 0


def compare_runs(words: argparse.Namespace) -> int:
    """Print wins, losses and ties of the second run against the first."""
    comparison = compare(read_results(words.first), read_results(words.second))
    print("\n".join(_comparison_lines(comparison)))
    chosen = comparison.named(words.measure)
    for title, ids in (("won", chosen.wins), ("lost", chosen.losses)):
        print(f"\n{title} on {chosen.name} ({len(ids)}): {', '.join(ids) or 'none'}")
    for title, ids in (
        ("only in the first", comparison.only_first),
        ("only in the second", comparison.only_second),
        ("changed", comparison.changed),
    ):
        if ids:
            print(f"{title} ({len(ids)}): {', '.join(ids)}")
    return 0


def gate(words: argparse.Namespace) -> int:
    """Exit 1 with every reason why the run may not pass."""
    folder = words.run or latest_run(words.runs)
    results, baseline = read_results(folder), read_baseline(words.baseline)
    found = check(results, baseline, load_cases(words.cases))
    for one in found:
        print(f"FAIL {one.message}")
    better = improvements(results, baseline)
    if better:
        print(f"better than the baseline by more than its interval: {', '.join(better)}")
        print("renew it with `python -m evals baseline --reason ...`")
    verdict = f"shut, {len(found)} findings" if found else "open"
    print(f"gate: {verdict} ({folder} against {words.baseline} of {baseline.date})")
    return 1 if found else 0


def baseline(words: argparse.Namespace) -> int:
    """Make a run the baseline, with a reason."""
    previous = _baseline_or_none(words.baseline)
    results = read_results(words.run or latest_run(words.runs))
    made = make_baseline(results, load_cases(words.cases), words.reason, dict(words.floor), previous)
    write_baseline(words.baseline, made)
    counts = f"{len(made.measures)} measures, {len(made.cases)} cases, {len(made.floors)} floors"
    print(f"{words.baseline}: {counts}; reason: {made.reason}")
    return 0


def report(words: argparse.Namespace) -> int:
    """Draw a run's report again, against the baseline as it is now."""
    folder = words.run or latest_run(words.runs)
    write_report(folder, read_results(folder), _baseline_or_none(words.baseline))
    print(f"report: {folder / HTML_NAME}")
    return 0


def publish_run(words: argparse.Namespace) -> int:
    """Put a run's report where the application shows it."""
    results = read_results(words.run)
    manifest = results.manifest
    if manifest.system != "assistant" or not manifest.whole or manifest.part == "dev":
        held = f"{manifest.system}, part {manifest.part} {' '.join(manifest.slices)}".rstrip()
        raise UsageError(f"{words.run} holds {held}; publish a run of the assistant on the whole test part")
    publish(words.published, results, _baseline_or_none(words.baseline))
    print(f"published: {words.published / HTML_NAME}")
    return 0


def peers(words: argparse.Namespace) -> int:
    """Run the assistant and its peers on the same cases and print one table."""
    names = words.only or ["assistant", *PEERS]
    cases = select(load_cases(words.cases), None if words.part == "all" else words.part, words.slice)
    folder = words.out or _new_folder(words.runs / "peers")
    found: dict[str, Results] = {}
    for name in names:
        try:
            system = words.build(name)
            found[name] = _measured(Plan(cases, words.part, tuple(words.slice), repeats=1), system, folder / name)
        except MissingPeer as error:
            print(f"{name} is left out: {error}", file=sys.stderr)
            continue
        write_report(folder / name, found[name], None)
    if not found:
        raise UsageError("no system could be measured; install the peers with `pip install '.[peers]'`")
    table = peers_table(found, "python -m evals peers" + _options(words))
    print(table)
    if words.write:
        write_between_marks(words.write, table)
    return 0


def unseen(words: argparse.Namespace) -> int:
    """Ask the cases on a third of the documents with and without the questions stored for these."""
    whole = words.build("assistant")
    view, hidden = without_questions(whole, words.third)
    chosen = select(load_cases(words.cases), None if words.part == "all" else words.part, words.slice)
    plan = Plan(cases_on(chosen, hidden), words.part, (f"third={words.third}", *words.slice), repeats=1)
    folder = words.out or _new_folder(words.runs / "unseen")
    found = [_measured(plan, system, folder / name) for system, name in ((whole, "with"), (view, "without"))]
    print("\n".join(unseen_table(*found)))
    return 0


def crowd(words: argparse.Namespace) -> int:
    """Time the same questions on the corpus and on one with many times the passages, in turns."""
    system = words.build("assistant")
    if system.build_crowded is None or system.embed is None:
        raise UsageError(f"{system.name} cannot be built on a larger corpus; measure the assistant")
    chosen = [one for one in select(load_cases(words.cases), "dev", words.slice) if not one.hide_language]
    asked = chosen[:: max(1, len(chosen) // words.questions)][: words.questions]
    folder = crowded_view(system.cache_dir, system.corpus_dir, words.times)
    alone = system.build(system.corpus_dir, system.cache_dir)
    times = measure_times(asked, alone, system.build_crowded(folder / "corpus", folder), system.embed)
    print(f"{times.questions} dev questions, {words.times} times the passages, medians in ms:")
    print(f"one bare embedding {times.embedding:.1f}, answer {times.alone:.1f}, among distractors {times.crowded:.1f}")
    print(f"ratio {times.ratio:.2f}; answer / embedding {times.alone / times.embedding:.2f}")
    return 0


def check_cases(words: argparse.Namespace) -> int:
    """Read the cases and the corpus, count them, and name what does not fit."""
    cases = load_cases(words.cases)
    documents = load_corpus(Settings.from_env(os.environ).corpus_dir).documents
    counts = Counter((case.kind, case.language) for case in cases)
    for kind in KINDS:
        print(f"{kind:14} fr {counts[kind, 'fr']:4}  en {counts[kind, 'en']:4}")
    parts = Counter(case.part for case in cases)
    print(f"{len(cases)} cases: {parts['dev']} dev, {parts['test']} test")
    unknown = unknown_gold(cases, documents)
    print("\n".join(unknown), end="\n" if unknown else "")
    return 1 if unknown else 0


def _measured(plan: Plan, system: System, folder: Path) -> Results:
    with _progress_bar(system.name) as progress:
        try:
            return results_of(run_plan(plan, system, folder, progress))
        except KeyboardInterrupt:
            raise UsageError(f"interrupted; go on with the same command and `--out {folder}`") from None


@contextmanager
def _progress_bar(name: str) -> Iterator[Progress]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with RichProgress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(name, total=None)
        yield Progress(lambda total: bar.update(task, total=total), lambda: bar.advance(task))


def _new_folder(runs: Path) -> Path:
    return runs / datetime.now(UTC).strftime("%Y-%m-%dT%H%M%SZ")


def _baseline_or_none(path: Path) -> Baseline | None:
    return read_baseline(path) if path.exists() else None


def _print_passed(results: Results) -> None:
    failed = [one for one in results.cases if not one.passed]
    print(
        f"\n{len(results.cases) - len(failed)} of {len(results.cases)} cases passed in {results.manifest.seconds:g} s"
    )


def _comparison_lines(comparison: Comparison) -> list[str]:
    lines = ["| measure | first | second | difference | won | lost | tied | p |", "|---|---|---|---|---|---|---|---|"]
    for one in comparison.measures:
        change = f"{one.second - one.first:+.3f} [{one.difference.low:+.3f}, {one.difference.high:+.3f}]"
        counts = f"{len(one.wins)} | {len(one.losses)} | {one.ties}"
        lines.append(
            f"| {one.name} | {one.first:.3f} | {one.second:.3f} | {change} | {counts} | {one.p:.3f} ({one.test}) |"
        )
    return lines


def _options(words: argparse.Namespace) -> str:
    options: Mapping[str, list[str]] = {"--part": [words.part], "--slice": words.slice, "--only": words.only or []}
    return "".join(f" {name} {value}" for name, values in options.items() for value in values)
