"""The commands as a member of staff types them, on the sample cases and the small assistants."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from evals.__main__ import main, parser
from evals.systems import System
from tests.evals.fakes import CASES, CORPUS, AlwaysFirstPassage, Counted, Oracle, fake_system

REASON = ["--reason", "the samples as they were"]


class Office:
    """A folder with runs, a baseline and the sample cases, and an assistant that can be exchanged."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kind: type[Oracle] = Oracle

    def build(self, name: str) -> System:
        """The assistant, whatever is asked for."""
        return fake_system(self.folder / "cache", self.kind)

    def __call__(self, command: str, *words: str) -> int:
        """Run one command."""
        places = {"--cases": CASES, "--baseline": self.folder / "baseline.json", "--runs": self.folder / "runs"}
        given = [word for name, place in places.items() for word in (name, str(place))]
        return main([command, *given, *words], self.build)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An empty folder with the assistant that keeps every promise."""
    return Office(tmp_path)


def test_a_run_prints_the_table_and_leaves_a_report(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    """Headline, passed cases and the place of the report."""
    assert office("run", "--out", str(office.folder / "a")) == 0
    said = capsys.readouterr().out
    assert "| Correct answers | 1.000 [0.57, 1.00], n = 5 |" in said
    assert "11 of 11 cases passed" in said
    assert (office.folder / "a" / "report.html").exists()


def test_the_day_of_a_release(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    """Run, baseline, open gate; a worse assistant shuts it; compare names what was lost; publish shows the good one."""
    good, bad = str(office.folder / "good"), str(office.folder / "bad")
    office("run", "--out", good)
    assert office("baseline", good, *REASON, "--floor", "correct=0.9") == 0
    assert office("gate", good) == 0
    office.kind = AlwaysFirstPassage
    office("run", "--out", bad)
    capsys.readouterr()
    assert office("gate", bad) == 1
    assert "FAIL correct is 0.2000, below its floor 0.9 (n = 5)" in capsys.readouterr().out
    assert office("compare", good, bad, "--measure", "refusal_recall") == 0
    assert "lost on refusal_recall (4): library-director-age-en-1" in capsys.readouterr().out
    assert office("publish", good, "--published", str(office.folder / "published")) == 0
    assert {path.name for path in (office.folder / "published").iterdir()} == {"report.html", "report.json"}
    assert office("report", bad) == 0


def test_the_latest_run_is_meant_where_none_is_named(office: Office) -> None:
    """Baseline and gate take the newest folder below runs."""
    office("run", "--part", "test")
    assert office("baseline", *REASON) == 0
    assert office("gate") == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("gate",), "holds no finished run; start one with `python -m evals run`"),
        (("run", "--slice", "colour=red"), "cannot slice by 'colour'; slice by lang, kind, part, document, expect"),
        (("run", "--slice", "lang"), "'lang' is no slice; write facet=value, for example lang=fr"),
        (("run", "--slice", "lang=de"), "no case is left by part any and lang=de; widen them"),
        (("compare", "nowhere", "nowhere"), "nowhere holds no finished run; finish it with `python -m evals run"),
        (("run", "--judge", "m"), "a judge needs the address of its server; give it with --judge-url"),
    ],
)
def test_what_cannot_be_carried_out_says_why_and_what_to_do(
    office: Office, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    """Exit 2 and one line, no traceback."""
    assert office(*words) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error


def test_a_slice_or_another_system_is_not_published(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    """Only a whole test part of the assistant is shown to the public."""
    out = str(office.folder / "slice")
    office("run", "--slice", "lang=fr", "--out", out)
    assert office("publish", out) == 2
    assert "publish a run of the assistant on the whole test part" in capsys.readouterr().err


def test_an_interruption_says_how_to_go_on(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C in the middle; the same command with --out finishes the run."""
    office.kind = Counted
    Counted.answers, Counted.limit = 0, 5
    out = str(office.folder / "run")
    assert office("run", "--repeats", "1", "--out", out) == 2
    assert f"go on with the same command and `--out {out}`" in capsys.readouterr().err
    Counted.limit = 1_000
    assert office("run", "--repeats", "1", "--out", out) == 0
    assert Counted.answers == 11


def test_check_counts_the_cases_and_names_what_the_corpus_lacks(
    office: Office, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """All gold is in the sample corpus; none of the tramway's is in a corpus without it."""
    monkeypatch.setenv("SUMMIT_CORPUS_DIR", str(CORPUS))
    assert office("check") == 0
    assert "11 cases: 3 dev, 8 test" in capsys.readouterr().out
    small = tmp_path / "small"
    (small / "library").mkdir(parents=True)
    (small / "library" / "en.md").write_text((CORPUS / "library" / "en.md").read_text("utf-8"), "utf-8")
    monkeypatch.setenv("SUMMIT_CORPUS_DIR", str(small))
    assert office("check") == 1
    assert "tram-lines-cross-fr-1: the corpus has no section tram#lines" in capsys.readouterr().out


def test_peers_prints_one_table(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    """Two systems, two lines, and the command to repeat it."""
    assert office("peers", "--part", "test", "--only", "assistant", "--only", "bm25") == 0
    said = capsys.readouterr().out
    assert "`python -m evals peers --part test --only assistant --only bm25`" in said
    assert "| bm25 | 1.00" in said


@pytest.mark.parametrize(
    "words", [["run", "--repeats", "0"], ["baseline"], ["baseline", "--reason", "x", "--floor", "y"]]
)
def test_words_that_make_no_sense_are_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Too few repeats, no reason, a floor without a value."""
    with pytest.raises(SystemExit):
        main(words)
    assert "error:" in capsys.readouterr().err


def test_every_command_explains_itself() -> None:
    """The help of the program names all eight."""
    text = parser().format_help()
    commands: list[str] = ["run", "compare", "gate", "baseline", "report", "publish", "peers", "check"]
    assert all(command in text for command in commands)


def test_the_system_that_a_command_names_is_built_on_demand() -> None:
    """The door through which the assistant comes in is a plain function of a name."""
    build: Callable[[str], System] = Office(Path()).build
    assert build("assistant").name == "assistant"


def test_unseen_prints_both_sides(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    """The oracle does not need stored questions, so both columns are the same."""
    assert office("unseen", "--third", "1") == 0
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("| Right passage first"))
    _, _, first, second, _ = (cell.strip() for cell in line.split("|"))
    assert first == second
    assert first.startswith("1.000")
