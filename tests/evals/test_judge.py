"""The optional judge against a small server of our own."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from evals.errors import UsageError
from evals.judge import ChatJudge, choose_judge
from evals.results import results_of
from evals.run import Plan, run_plan
from tests.evals.fakes import fake_system, sample_cases


class _Replies(BaseHTTPRequestHandler):
    """Says what the test put into `said`, and keeps what it was sent."""

    said = "1"
    status = 200
    received: dict[str, object]

    def do_POST(self) -> None:
        """Answer one chat completion."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).received = {"path": self.path, **json.loads(body)}
        reply = json.dumps({"choices": [{"message": {"content": self.said}}]}).encode()
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def judge() -> Iterator[ChatJudge]:
    """A judge on loopback."""
    server = HTTPServer(("127.0.0.1", 0), _Replies)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _Replies.said, _Replies.status = "1", 200
    yield ChatJudge("judge-1", f"http://127.0.0.1:{server.server_port}/v1", timeout_seconds=5)
    server.shutdown()
    server.server_close()


def test_a_judge_grades_the_answerable_cases_once(tmp_path: Path, judge: ChatJudge) -> None:
    """Seven grades, a measure of their mean, the model's name in the manifest, temperature 0."""
    run = run_plan(Plan(sample_cases(), judge=judge), fake_system(tmp_path), tmp_path / "run")
    grade = results_of(run).part("all")["judge_grade"]
    assert (grade.value, grade.scored, grade.expected) == (1.0, 7, 7)
    assert run.manifest.judge == "judge-1"
    assert _Replies.received["path"] == "/v1/chat/completions"
    assert (_Replies.received["model"], _Replies.received["temperature"]) == ("judge-1", 0)


@pytest.mark.parametrize(("said", "grade"), [("0.5", 0.5), ("Grade: 0", 0.0), ("seven", None), ("10", None)])
def test_only_a_number_from_0_to_1_is_a_grade(tmp_path: Path, judge: ChatJudge, said: str, grade: float | None) -> None:
    """What the judge says otherwise leaves the case unscored."""
    _Replies.said = said
    run = run_plan(Plan(sample_cases()[:1], repeats=1, judge=judge), fake_system(tmp_path), tmp_path / "run")
    assert run.trials[0].observation.grade == grade


def test_a_broken_judge_leaves_cases_unscored_and_the_run_whole(tmp_path: Path, judge: ChatJudge) -> None:
    """A server error is no grade of zero."""
    _Replies.status = 500
    run = run_plan(Plan(sample_cases(), repeats=1, judge=judge), fake_system(tmp_path), tmp_path / "run")
    grade = results_of(run).part("all")["judge_grade"]
    assert (grade.value, grade.unscored) == (None, 7)


def test_without_a_judge_nothing_is_graded(tmp_path: Path) -> None:
    """Off by default: the measure is not there."""
    run = run_plan(Plan(sample_cases(), repeats=1), fake_system(tmp_path), tmp_path / "run")
    assert "judge_grade" not in results_of(run).part("all")


def test_a_judge_is_pinned_apart_from_the_answering_model() -> None:
    """It needs an address and must not grade itself; no name is no judge."""
    assert choose_judge(None, None, "none", None) is None
    with pytest.raises(UsageError, match="cannot grade itself"):
        choose_judge("m", "http://127.0.0.1:1", "none", "m")
    with pytest.raises(UsageError, match="--judge-url"):
        choose_judge("m", None, "none", "other")
    assert "secret" not in repr(ChatJudge("m", "http://127.0.0.1:1", "secret"))
