"""Something is gone, full or wrong: the question is answered or a clear message says why, and the health names the part."""

from __future__ import annotations

import json
import logging
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from assistant.errors import IndexDamaged
from assistant.reading.documents import load_corpus
from assistant.search.indexing import build_index
from assistant.settings import Settings
from assistant.web.application import Operation, create_app
from assistant.web.database import ANSWERS, connect, open_database
from assistant.web.health import Health
from assistant.web.permalinks import AnswerStore, Keeping
from assistant.wiring import Parts
from tests.fakes import FakeEncoder, tiny_corpus
from tests.operation.running import program
from tests.web.services import postgresql, redis_server

QUESTION = {"question": "Who co-chaired the summit?"}


def application(parts: Parts, store: AnswerStore, **checks: object) -> TestClient:
    health = Health({"database": lambda: store.problem, **checks}, clock=_counter())  # type: ignore[dict-item]
    return TestClient(create_app(parts, Settings(), store, operation=Operation(health)), raise_server_exceptions=False)


def _counter() -> object:
    """A clock on which every look is due."""
    moments = iter(range(0, 10**9, 60))
    return lambda: next(moments)


def kept(client: TestClient) -> str:
    """The path of an answer that was just kept."""
    answer = client.post("/api/ask", json=QUESTION).json()
    assert client.get(f"/a/{answer['answer_id']}?lang=en").status_code == 200
    return f"/a/{answer['answer_id']}?lang=en"


def test_a_database_that_goes_away_takes_only_the_permalinks(tmp_path: Path, tiny_parts: Parts) -> None:
    """Questions are answered, the permalink's page says that it cannot be shown now, and the health names the database."""
    store = AnswerStore(open_database("", tmp_path), tiny_parts.catalogue)
    client = application(tiny_parts, store)
    path = kept(client)
    assert client.get("/api/health").json()["ill"] == []
    store.engine.dispose()
    for file in tmp_path.glob("assistant.db*"):
        file.unlink()
    (tmp_path / "assistant.db").mkdir()
    assert client.post("/api/ask", json=QUESTION).json()["outcome"] == "answer"
    assert client.get(path).status_code == 503
    health = client.get("/api/health")
    assert (health.status_code, health.json()["ready"], health.json()["ill"]) == (200, True, ["database"])


def test_a_disk_that_turns_read_only_takes_only_what_is_written(tmp_path: Path, tiny_parts: Parts) -> None:
    """Nothing can be kept any more: questions are answered all the same, feedback gets a message, no traceback."""
    store = AnswerStore(open_database("", tmp_path), tiny_parts.catalogue)
    sa.event.listen(store.engine, "connect", lambda connection, _: connection.execute("PRAGMA query_only=ON"))
    store.engine.dispose()
    client = application(tiny_parts, store)
    answer = client.post("/api/ask", json=QUESTION).json()
    assert answer["outcome"] == "answer"
    said = client.post("/api/feedback", json={"answer_id": answer["answer_id"], "verdict": "right"})
    assert said.status_code in (422, 503)
    kept_now = client.get(f"/a/{answer['answer_id']}?lang=en")
    assert kept_now.status_code == 503 and "Traceback" not in kept_now.text


def test_a_corrupted_permalink_is_not_shown(tmp_path: Path, tiny_parts: Parts) -> None:
    """A row that was damaged in the database is a page that is not there, never an error and never other words."""
    store = AnswerStore(open_database("", tmp_path), tiny_parts.catalogue)
    client = application(tiny_parts, store)
    path = kept(client)
    with store.engine.begin() as connection:
        whole = connection.scalar(sa.select(ANSWERS.c.content))
        assert whole
    for content in ("", "{", whole[:-40], whole.replace("France", "Prussia"), "\x00", "[]", "null", "9" * 5000):
        with store.engine.begin() as connection:
            connection.execute(sa.update(ANSWERS).values(content=content))
        assert client.get(path).status_code == 404
    with store.engine.begin() as connection:
        connection.execute(sa.update(ANSWERS).values(content=whole))
    assert client.get(path).status_code == 200


def test_a_clock_that_is_set_back_deletes_and_locks_nothing(tmp_path: Path, tiny_parts: Parts) -> None:
    """Days that come again change nothing: what was kept is shown, and more can be kept."""
    day, moment = [date(2025, 3, 2)], [1000.0]
    store = AnswerStore(
        open_database("", tmp_path), tiny_parts.catalogue, Keeping(), today=lambda: day[0], clock=lambda: moment[0]
    )
    client = application(tiny_parts, store)
    path = kept(client)
    day[0] -= timedelta(days=400)
    assert client.get(path).status_code == 200
    other = client.post("/api/ask", json={"question": "What is Current AI?"}).json()
    assert client.get(f"/a/{other['answer_id']}?lang=en").status_code == 200
    day[0] += timedelta(days=400)
    assert client.get(path).status_code == 200


def test_an_index_that_fails_is_a_message_without_folders(tmp_path: Path, tiny_parts: Parts) -> None:
    """What is wrong with the index stands in the log; the visitor learns that the service cannot answer now."""

    class Broken:
        """Parts whose search fails."""

        catalogue = tiny_parts.catalogue
        assistant = property(lambda self: self)

        def ask(self, *_: object) -> None:
            raise IndexDamaged("/secret/folder is missing")

    store = AnswerStore(open_database("", tmp_path), tiny_parts.catalogue)
    client = application(Broken(), store, index=lambda: "/secret/folder is missing")  # type: ignore[arg-type]
    answer = client.post("/api/ask", json=QUESTION)
    assert answer.status_code == 503 and "/api/health" in answer.json()["error"]
    health = client.get("/api/health")
    assert health.json()["ill"] == ["index"]
    assert "/secret" not in answer.text + health.text


def test_a_fault_of_ours_shows_no_traceback(tmp_path: Path, tiny_parts: Parts) -> None:
    """Even an error that nobody thought of is one plain sentence."""

    class Broken:
        """Parts with a bug."""

        catalogue = tiny_parts.catalogue
        assistant = property(lambda self: self)

        def ask(self, question: str, *_: object) -> None:
            raise RuntimeError(f"no idea what to do with {question}")

    store = AnswerStore(open_database("", tmp_path), tiny_parts.catalogue)
    answer = application(Broken(), store).post("/api/ask", json=QUESTION)  # type: ignore[arg-type]
    assert (answer.status_code, list(answer.json())) == (500, ["error"])
    assert "co-chaired" not in answer.text and "RuntimeError" not in answer.text


def test_a_part_that_is_ill_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    """The log says when a part falls ill and when it is well again, not at each look."""
    problems = iter(["", "gone", "gone", "gone", ""])
    health = Health({"database": lambda: next(problems)}, clock=_counter())  # type: ignore[arg-type]
    with caplog.at_level(logging.WARNING):
        seen = [health.ill() for _ in range(5)]
    assert seen == [(), ("database",), ("database",), ("database",), ()]
    assert [record.getMessage() for record in caplog.records] == ["database is ill: gone", "database is well again"]


@pytest.mark.services
def test_a_database_that_comes_late_is_used_when_it_is_there(tmp_path: Path, tiny_parts: Parts) -> None:
    """A service that starts before its PostgreSQL answers questions, and keeps answers as soon as the database is up."""
    with ExitStack() as stack:
        absent = connect("postgresql://summit@127.0.0.1:9/postgres", tmp_path)
        store = AnswerStore(absent, tiny_parts.catalogue, prepared=False)
        client = application(tiny_parts, store)
        answer = client.post("/api/ask", json=QUESTION).json()
        assert client.get("/api/health").json()["ill"] == ["database"]
        assert client.get(f"/a/{answer['answer_id']}?lang=en").status_code == 503
        url = stack.enter_context(postgresql())
        store.engine = connect(url, tmp_path)
        assert client.get(f"/a/{answer['answer_id']}?lang=en").status_code == 200
        assert client.get("/api/health").json()["ill"] == []
        store.engine.dispose()


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    """The tiny corpus and its index."""
    folder = tmp_path_factory.mktemp("faults")
    corpus = tiny_corpus(folder)
    build_index(load_corpus(corpus).documents, FakeEncoder(), folder / "data")
    yield corpus, folder / "data"


@pytest.mark.slow
def test_out_of_file_handles_the_service_recovers(indexed: tuple[Path, Path], tmp_path: Path) -> None:
    """With every handle taken by idle connections new visitors wait; when they leave, the service answers as before."""
    corpus, data = indexed
    with program(data, corpus, tmp_path / "log", HANDLES="200") as (address, process):
        port = int(address.rsplit(":", 1)[1])
        idle = []
        for _ in range(300):
            connection = socket.socket()
            connection.settimeout(0.2)
            try:
                connection.connect(("127.0.0.1", port))
            except OSError:
                break
            idle.append(connection)
        time.sleep(2)
        for connection in idle:
            connection.close()
        deadline, answer = time.monotonic() + 30, None
        while answer is None and time.monotonic() < deadline:
            try:
                answer = httpx.post(f"{address}/api/ask", json=QUESTION, timeout=10)
            except httpx.HTTPError:
                time.sleep(0.5)
        assert len(idle) > 190
        assert answer is not None and answer.json()["outcome"] == "answer"
        assert process.poll() is None


@pytest.mark.slow
@pytest.mark.services
def test_the_program_names_what_is_ill_and_logs_no_words(indexed: tuple[Path, Path], tmp_path: Path) -> None:
    """Redis stops while serving: questions are answered, the health names it; the log is JSON without anything that was typed."""
    corpus, data = indexed
    log = tmp_path / "log"
    with redis_server() as (url, stop):
        more = {"SUMMIT_RATE_LIMIT_URL": url, "SUMMIT_LOG_LEVEL": "info", "SUMMIT_PUBLIC_URL": "https://example.org"}
        with program(data, corpus, log, **more) as (address, _):
            assert httpx.get(f"{address}/api/health").json()["ill"] == []
            stop()
            for _ in range(2):
                asked = httpx.post(f"{address}/api/ask?zebra=1", json={"question": "Who chaired the zebra summit?"})
                assert asked.status_code == 200
            httpx.get(f"{address}/zebra/zebra?q=zebra", headers={"User-Agent": "zebra", "Cookie": "zebra=1"})
            time.sleep(2.1)
            assert httpx.get(f"{address}/api/health").json()["ill"] == ["rate_limit"]
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    assert {"request", "answer"} <= {line["event"] for line in lines}
    assert any(line.get("route") == "/api/ask" and line["status"] == 200 for line in lines)
    assert any("the shared rate limit failed" in line["event"] for line in lines)
    assert "zebra" not in log.read_text() and "127.0.0.1" not in log.read_text().replace(address, "")


@pytest.mark.slow
def test_metrics_have_a_port_of_their_own(indexed: tuple[Path, Path], tmp_path: Path) -> None:
    """Counters are at the operator's port, and nowhere on the visitors'."""
    from tests.operation.running import free_port

    corpus, data = indexed
    port = free_port()
    with program(data, corpus, tmp_path / "log", SUMMIT_METRICS_PORT=str(port)) as (address, _):
        httpx.post(f"{address}/api/ask", json={"question": "Who co-chaired the summit zebra?"})
        httpx.get(f"{address}/zebra")
        shown = httpx.get(f"http://127.0.0.1:{port}/metrics").text
        assert httpx.get(f"{address}/metrics").status_code == 404
    assert 'summit_answers_total{language="en"' in shown
    assert 'summit_requests_total{method="POST",route="/api/ask",status="200"} 1.0' in shown
    assert "summit_database_healthy 1.0" in shown and "summit_index_healthy 1.0" in shown
    assert "zebra" not in shown
