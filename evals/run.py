"""A run: every case asked, every answer written down at once, so that an interrupted run goes on where it stopped."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from assistant.reading.documents import load_corpus
from assistant.records import Document, Language, Turn
from evals.cases import Case, unknown_gold
from evals.errors import CaseError, RunMismatch
from evals.judge import Judge
from evals.manifest import Manifest, continue_or_refuse, describe, read_manifest, write_manifest
from evals.measures import Trial
from evals.observations import Observation, from_line, observe, to_line
from evals.systems import Answerer, System
from evals.views import hidden_documents, view_folder

MANIFEST_NAME = "manifest.json"
OBSERVATIONS_NAME = "observations.jsonl"
REPEATS = 3
_THREADS = 2


@dataclass(frozen=True, slots=True)
class Plan:
    """What to ask, how often, and how the cases were chosen."""

    cases: tuple[Case, ...]
    part: str = "all"
    slices: tuple[str, ...] = ()
    repeats: int = REPEATS
    judge: Judge | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run: its manifest and a trial for every case."""

    manifest: Manifest
    trials: tuple[Trial, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """Told how many answers are expected, then of each one; the default tells nobody."""

    expect: Callable[[int], None] = field(default=lambda _: None)
    step: Callable[[], None] = field(default=lambda: None)


@dataclass(frozen=True, slots=True)
class _View:
    """An answerer with the documents that it answers from."""

    answerer: Answerer
    documents: Mapping[str, Document]


def run_plan(plan: Plan, system: System, folder: Path, progress: Progress | None = None) -> Run:
    """Ask what is still unasked, in `folder`, and return the whole run.

    Raises:
        CaseError: if a case names a section that the corpus does not have.
        RunMismatch: if the folder holds a run of something else.
    """
    progress = progress or Progress()
    documents = load_corpus(system.corpus_dir).documents
    unknown = unknown_gold(plan.cases, documents)
    if unknown:
        raise CaseError(
            f"{len(unknown)} gold sections are not in {system.corpus_dir}; correct the cases: {'; '.join(unknown[:5])}"
        )
    manifest = _manifest(plan, system, documents, folder)
    indexed = system.stamp.get("corpus", manifest.corpus_digest)
    if indexed != manifest.corpus_digest:
        raise RunMismatch(
            f"the index holds corpus {indexed}, the folder {manifest.corpus_digest}; run the command again"
        )
    done = read_observations(folder / OBSERVATIONS_NAME)
    started = time.monotonic()
    views = _views(plan, system)
    todo = [(repeat, case) for repeat, case in _order(plan) if (case.id, repeat) not in done]
    progress.expect(len(todo))
    with (folder / OBSERVATIONS_NAME).open("a", encoding="utf-8") as lines:
        if todo:
            _warm_up(system, views)
        for seen in _asked(todo, plan, system, views):
            lines.write(to_line(seen) + "\n")
            lines.flush()
            done[seen.case_id, seen.repeat] = seen
            progress.step()
    manifest = replace(manifest, seconds=round(manifest.seconds + time.monotonic() - started, 1))
    write_manifest(folder / MANIFEST_NAME, manifest)
    return Run(manifest, tuple(_trial(case, plan.repeats, done, views) for case in plan.cases))


def read_observations(path: Path) -> dict[tuple[str, int], Observation]:
    """What was written so far. A last line that was cut off by an interruption is removed and asked again."""
    if not path.exists():
        return {}
    text = path.read_text("utf-8")
    whole = text[: text.rfind("\n") + 1]
    if whole != text:
        path.write_text(whole, "utf-8")
    seen = [from_line(line) for line in whole.splitlines()]
    return {(one.case_id, one.repeat): one for one in seen}


def _manifest(plan: Plan, system: System, documents: Sequence[Document], folder: Path) -> Manifest:
    judge = plan.judge.name if plan.judge else None
    wanted = describe(
        system, plan.cases, documents, part=plan.part, slices=plan.slices, repeats=plan.repeats, judge=judge
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / MANIFEST_NAME
    if path.exists():
        return continue_or_refuse(read_manifest(path), wanted)
    write_manifest(path, wanted)
    return wanted


def _views(plan: Plan, system: System) -> Mapping[Language | None, _View]:
    """The system on the whole corpus (None) and on the corpus without each language that cases hide."""
    corpora: dict[Language | None, tuple[Path, Path]] = {None: (system.corpus_dir, system.cache_dir)}
    for language, names in hidden_documents(plan.cases).items():
        folder = view_folder(system.cache_dir, system.corpus_dir, language, names)
        corpora[language] = (folder / "corpus", folder)
    return {
        language: _View(system.build(corpus, folder), {one.id: one for one in load_corpus(corpus).documents})
        for language, (corpus, folder) in corpora.items()
    }


def _order(plan: Plan) -> Iterator[tuple[int, Case]]:
    """All cases once, then again in another order, so that an answer that depends on the one before shows."""
    for repeat in range(plan.repeats):
        cases = list(plan.cases)
        if repeat:
            random.Random(repeat).shuffle(cases)
        yield from ((repeat, case) for case in cases)


def _asked(
    todo: Sequence[tuple[int, Case]], plan: Plan, system: System, views: Mapping[Language | None, _View]
) -> Iterator[Observation]:
    """The first answers one by one, for they are timed; the repeats by two threads at once, as visitors ask."""

    def ask(one: tuple[int, Case]) -> Observation:
        repeat, case = one
        return _ask(case, repeat, views[case.hide_language].answerer, system, plan.judge)

    yield from map(ask, [one for one in todo if one[0] == 0])
    threads = ThreadPoolExecutor(_THREADS)
    try:
        yield from threads.map(ask, [one for one in todo if one[0] > 0])
    finally:
        threads.shutdown(cancel_futures=True)


def _warm_up(system: System, views: Mapping[Language | None, _View]) -> None:
    """The first call pays for loading; it is nobody's latency."""
    if system.embed:
        system.embed("warm-up")
    for view in views.values():
        with contextlib.suppress(Exception):  # what fails here fails in the cases too, and is written down there
            view.answerer.ask("What is this about?")


def _ask(case: Case, repeat: int, answerer: Answerer, system: System, judge: Judge | None) -> Observation:
    embedding_ms = _embedded(case, system) if repeat == 0 else None
    turns = tuple(Turn(one) for one in case.history)
    confidence = None
    started = time.perf_counter()
    try:
        if system.traced:
            answer, confidence = system.traced(answerer, case.question, turns, case.page_language)
        else:
            answer = answerer.ask(case.question, turns, case.page_language)
    except Exception as error:  # noqa: BLE001  one failed answer is a finding of the run, not its end
        return Observation(case.id, repeat, embedding_ms=embedding_ms, error=f"{type(error).__name__}: {error}")
    elapsed_ms = 1000 * (time.perf_counter() - started)
    seen = replace(observe(case.id, answer, elapsed_ms), repeat=repeat, embedding_ms=embedding_ms)
    # Where earlier questions or a hidden language change what is asked, there is no confidence to compare.
    if confidence is not None and repeat == 0 and not case.history and not case.hide_language:
        seen = replace(seen, confidence=round(confidence, 6))
    if judge and repeat == 0 and case.answerable:
        seen = replace(seen, grade=judge.grade(case, seen))
    return seen


def _embedded(case: Case, system: System) -> float | None:
    """The time of one bare embedding of the question; the space at the end keeps it from being remembered for the answer."""
    if system.embed is None:
        return None
    started = time.perf_counter()
    system.embed(case.question + " ")
    return round(1000 * (time.perf_counter() - started), 6)


def _trial(
    case: Case, repeats: int, done: Mapping[tuple[str, int], Observation], views: Mapping[Language | None, _View]
) -> Trial:
    seen = tuple(done[case.id, repeat] for repeat in range(repeats))
    return Trial(case, seen[0], seen, views[case.hide_language].documents)
