"""`python -m assistant feedback`, as staff type it, on a database that a reader has written to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import yaml

from assistant.web.database import open_database
from assistant.web.permalinks import AnswerStore, Keeping
from tests.web.scripted import FRENCH_QUESTION, ScriptedParts, scripted_answer

Run = Callable[..., subprocess.CompletedProcess[str]]
ANSWER = scripted_answer(FRENCH_QUESTION, "fr")


@pytest.fixture
def feedback(data_dir: Path) -> Run:
    """Runs the command; one answer is kept, with two reports, and one question got no answer."""
    engine = open_database("", data_dir)
    store = AnswerStore(engine, ScriptedParts().catalogue, Keeping(unanswered_texts=True))
    store.save(ANSWER)
    store.feedback(ANSWER.id, "wrong", "Il manque l’Inde.\x1b[31m")
    store.feedback(ANSWER.id, "right")
    store.remember(scripted_answer("closest", "en"))
    engine.dispose()

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "assistant", "feedback", *arguments]
        return subprocess.run(command, capture_output=True, text=True, env=dict(os.environ), timeout=60, check=False)

    return run


def test_list_shows_each_report(feedback: Run) -> None:
    """Verdict, answer and question, no control character; `--verdict` and `--since` choose."""
    shown = feedback("list").stdout
    assert f"/a/{ANSWER.id}" in shown and "Il manque l’Inde." in shown and "\x1b" not in shown
    assert shown.endswith("2 reports\n")
    assert feedback("list", "--verdict", "right").stdout.endswith("1 reports\n")
    assert feedback("list", "--since", "2999-01-01").stdout == "0 reports\n"


def test_export_is_read_by_programs(feedback: Run) -> None:
    """JSON lines by default, CSV on request."""
    lines = feedback("export").stdout.splitlines()
    assert [json.loads(line)["verdict"] for line in lines] == ["wrong", "right"]
    assert feedback("export", "--format", "csv", "--verdict", "right").stdout.startswith("number,given_on,verdict")


def test_draft_case_is_yaml(feedback: Run) -> None:
    """A wrong answer becomes a draft of an evaluation case."""
    (case,) = yaml.safe_load(feedback("draft-case", "1").stdout)
    assert case["question"] == FRENCH_QUESTION


def test_unanswered_counts_by_section(feedback: Run) -> None:
    """What got no answer is counted, with its text where the operator keeps texts."""
    shown = feedback("unanswered").stdout
    assert "closest" in shown and shown.endswith("1 questions without an answer\n")


def test_delete_by_answer_and_by_age(feedback: Run) -> None:
    """One answer goes with all that was said of it; feedback of today is not older than a day."""
    assert "0 reports" in feedback("delete", "--older-than", "1").stdout
    assert ANSWER.id in feedback("delete", "--answer", ANSWER.id).stdout
    assert feedback("list").stdout == "0 reports\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("delete", "--older-than", "-1"), "-1 days cannot be; give 0 to"),
        (("delete", "--older-than", str(10**12)), "days cannot be; give 0 to"),
        (("delete", "--answer", "x"), "no answer 'x' is kept"),
        (("draft-case", "9"), "there is no report 9"),
        (("list", "--since", "yesterday"), "'yesterday' is no day; write 2025-02-11"),
        (("delete",), "one of the arguments --older-than --answer is required"),
    ],
)
def test_what_is_wrong_is_said_plainly(feedback: Run, arguments: tuple[str, ...], said: str) -> None:
    """Each mistake is named with what to write instead, without a traceback."""
    done = feedback(*arguments)
    assert done.returncode != 0
    assert said in done.stderr and "Traceback" not in done.stderr


def test_the_day_of_a_report_is_today(feedback: Run) -> None:
    """The day is kept, never the time."""
    given = json.loads(feedback("export").stdout.splitlines()[0])["given_on"]
    assert date.fromisoformat(given) and len(given) == 10
