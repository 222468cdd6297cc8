"""The command line, as a person types it, on a small corpus with the real encoder and real Chroma."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes import tiny_corpus

pytestmark = pytest.mark.slow


def run(*arguments: str, corpus: Path, data: Path, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """`python -m assistant` with these arguments."""
    environ = {
        **os.environ,
        "SUMMIT_CORPUS_DIR": str(corpus),
        "SUMMIT_DATA_DIR": str(data),
        "HF_HUB_OFFLINE": "1",
        **more,
    }
    return subprocess.run(
        [sys.executable, "-m", "assistant", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        env=environ,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A small corpus with a bad file in it, and its index."""
    folder = tmp_path_factory.mktemp("cli")
    corpus = tiny_corpus(folder)
    (corpus / "broken.pdf").write_bytes(b"no PDF at all")
    done = run("index", corpus=corpus, data=folder / "data")
    assert done.returncode == 0, done.stderr
    assert "texts embedded" in done.stdout
    assert "skipped" in done.stderr and "broken.pdf" in done.stderr
    return corpus, folder / "data"


def test_indexing_again_embeds_nothing(folders: tuple[Path, Path]) -> None:
    """The second run says that nothing was to be done."""
    corpus, data = folders
    assert "nothing was embedded" in run("index", corpus=corpus, data=data).stdout


def test_explain_shows_the_stages_and_the_answer(folders: tuple[Path, Path]) -> None:
    """`ask --explain` prints how the answer came about; together with --json it is a usage error."""
    corpus, data = folders
    done = run("ask", "Who co-chaired the summit?", "--explain", corpus=corpus, data=data)
    assert done.returncode == 0, done.stderr
    assert "== Candidates" in done.stdout and "threshold" in done.stdout and "France and India" in done.stdout
    assert run("ask", "x", "--explain", "--json", corpus=corpus, data=data).returncode == 2


def test_jsonl_answers_line_by_line(folders: tuple[Path, Path]) -> None:
    """One object a line; a bad line is an error object with its number, and the exit status says so."""
    corpus, data = folders
    done = run(
        "ask",
        "--jsonl",
        corpus=corpus,
        data=data,
        stdin='{"id": "1", "question": "Who co-chaired the summit?"}\n{"x": 1}\n',
    )
    first, second = [json.loads(line) for line in done.stdout.splitlines()]
    assert first["id"] == "1" and first["schema"] == 1
    assert all(one["passage"][one["start"] : one["end"]] == one["quote"] for one in first["citations"])
    assert second["line"] == 2
    assert done.returncode == 1


def test_an_empty_question_is_answered_politely(folders: tuple[Path, Path]) -> None:
    """Nothing asked is no crash."""
    corpus, data = folders
    done = run("ask", "", corpus=corpus, data=data)
    assert (
        done.returncode == 0 and "aucune question lisible" in done.stdout + done.stderr
    ) or "no readable question" in done.stdout


def test_check_says_what_is_wrong_with_file_and_line(folders: tuple[Path, Path]) -> None:
    """Every finding is `file:line: what and what to do`, and the exit status is 1."""
    corpus, data = folders
    done = run("check", "--quick", corpus=corpus, data=data)
    assert done.returncode == 1
    assert "en.md is missing" in done.stdout
    assert any(line.split(":")[1].isdigit() for line in done.stdout.splitlines())


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("SUMMIT_PROT", "1", "did you mean SUMMIT_PORT"),
        ("SUMMIT_CORPUS_DIR", "/nowhere/at/all", "the corpus folder does not exist"),
        ("SUMMIT_EMBEDDING_MODEL", "/nowhere/model", "cannot be loaded"),
    ],
)
def test_what_is_wrong_is_one_line(folders: tuple[Path, Path], variable: str, value: str, said: str) -> None:
    """A wrong setting ends with a plain line, no traceback, and exit status 1."""
    corpus, data = folders
    done = run("index", corpus=corpus, data=data, **{variable: value})
    assert done.returncode == 1
    assert said in done.stderr and "Traceback" not in done.stderr


def test_a_data_folder_that_cannot_be_written_is_named(folders: tuple[Path, Path], tmp_path: Path) -> None:
    """A file where the folder should be stands for a read-only one, which root would write to all the same."""
    corpus, _ = folders
    (tmp_path / "file").write_text("in the way")
    done = run("index", corpus=corpus, data=tmp_path / "file")
    assert done.returncode == 1
    assert "cannot be written" in done.stderr and "SUMMIT_DATA_DIR" in done.stderr and "Traceback" not in done.stderr


def test_a_line_that_is_not_utf8_never_stops_the_others(folders: tuple[Path, Path]) -> None:
    """A file of questions saved in Latin-1 gives an answer or an error for each line, and no traceback."""
    corpus, data = folders
    lines = b'{"question": "Who co-chaired the summit?"}\n{"question": "Qui a copr\xe9sid\xe9 le sommet ?"}\n{"question": "?"}\n'
    environ = {
        **os.environ,
        "SUMMIT_CORPUS_DIR": str(corpus),
        "SUMMIT_DATA_DIR": str(data),
        "PYTHONIOENCODING": "utf-8:strict",
    }
    command = [sys.executable, "-m", "assistant", "ask", "--jsonl"]
    done = subprocess.run(command, input=lines, capture_output=True, env=environ, timeout=120, check=False)
    assert b"Traceback" not in done.stderr
    assert len(done.stdout.splitlines()) == 3


def test_the_output_is_utf8_whatever_the_console(folders: tuple[Path, Path]) -> None:
    """On a console of another encoding (Windows, when piped) typographic French does not end in a traceback."""
    corpus, data = folders
    environ = {
        **os.environ,
        "SUMMIT_CORPUS_DIR": str(corpus),
        "SUMMIT_DATA_DIR": str(data),
        "PYTHONIOENCODING": "latin-1",
    }
    command = [sys.executable, "-m", "assistant", "ask", "Qui a coprésidé le sommet ?"]
    done = subprocess.run(command, capture_output=True, env=environ, timeout=120, check=False)
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False)
    assert "La France et l’Inde ont coprésidé le sommet." in done.stdout.decode("utf-8")


def test_a_question_that_is_not_utf8_is_a_question(folders: tuple[Path, Path]) -> None:
    """A shell that hands over broken bytes is answered all the same."""
    corpus, data = folders
    environ = {**os.environ, "SUMMIT_CORPUS_DIR": str(corpus), "SUMMIT_DATA_DIR": str(data)}
    command: list[str | bytes] = [
        sys.executable,
        "-m",
        "assistant",
        "ask",
        "--json",
        b"Who co-chaired \xff the summit?",
    ]
    done = subprocess.run(command, capture_output=True, env=environ, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["question"] == "Who co-chaired the summit?"


def test_asking_nothing_says_how_to_ask(folders: tuple[Path, Path]) -> None:
    """`ask` without a question names both ways to give one."""
    corpus, data = folders
    done = run("ask", corpus=corpus, data=data)
    assert done.returncode == 1
    assert "--jsonl" in done.stderr


def test_a_damaged_index_is_named_with_its_remedy_and_mended_by_it(folders: tuple[Path, Path], tmp_path: Path) -> None:
    """`ask` on a damaged index ends in one line; the command in that line mends it."""
    corpus, data = folders
    copy = shutil.copytree(data, tmp_path / "data")
    (folder,) = (path for path in (copy / "index").iterdir() if path.is_dir())
    (folder / "classifier.npz").write_bytes(b"rubbish")
    done = run("ask", "Who co-chaired the summit?", corpus=corpus, data=copy)
    assert done.returncode == 1
    assert "python -m assistant index --rebuild" in done.stderr and "Traceback" not in done.stderr
    assert run("index", "--rebuild", corpus=corpus, data=copy).returncode == 0
    assert "[1]" in run("ask", "Who co-chaired the summit?", corpus=corpus, data=copy).stdout


def test_a_reader_who_leaves_early_ends_the_command_quietly(folders: tuple[Path, Path]) -> None:
    """`ask --jsonl | head -1` ends without a traceback, as other commands do."""
    corpus, data = folders
    environ = {**os.environ, "SUMMIT_CORPUS_DIR": str(corpus), "SUMMIT_DATA_DIR": str(data)}
    command = [sys.executable, "-m", "assistant", "ask", "--jsonl"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ
    ) as running:
        assert running.stdout is not None and running.stdin is not None and running.stderr is not None
        running.stdout.close()
        running.stdin.write(b'{"question": "Who co-chaired the summit?"}\n' * 50)
        running.stdin.close()
        assert b"Traceback" not in running.stderr.read()
    assert running.returncode == 141


def test_an_index_is_verified_and_rolled_back(folders: tuple[Path, Path], tmp_path: Path) -> None:
    """`--verify` says that the index is whole; after a change, `--rollback` brings the one before back, and `ask` leaves it so."""
    source, built = folders
    corpus, data = shutil.copytree(source, tmp_path / "corpus"), shutil.copytree(built, tmp_path / "data")
    assert "is whole: 5 documents" in run("index", "--verify", corpus=corpus, data=data).stdout
    assert "no index beside the one in force" in run("index", "--rollback", corpus=corpus, data=data).stderr
    shutil.rmtree(corpus / "money")
    assert run("index", corpus=corpus, data=data).returncode == 0
    assert "is whole: 4 documents" in run("index", "--verify", corpus=corpus, data=data).stdout
    assert "Rolled back" in run("index", "--rollback", corpus=corpus, data=data).stdout
    done = run("ask", "What is Current AI?", corpus=corpus, data=data)
    assert "Indexed" not in done.stderr
    assert "is whole: 5 documents" in run("index", "--verify", corpus=corpus, data=data).stdout
