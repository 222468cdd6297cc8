"""Whatever a model server does, the answer ends in a clear outcome within its deadline. Real HTTP on loopback."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from assistant.answering.budget import DailyBudget
from assistant.answering.calls import ModelCalls
from assistant.answering.faults import FaultKind, ModelFault
from assistant.answering.generation import GeneratedSentence, GenerationAnswerer
from assistant.answering.models import LangChainModel, Message, ModelOptions
from assistant.answering.wording import NOT_SUPPORTED, NOT_WRITTEN, fallback_notice
from assistant.answering.writing import ModelWriter
from assistant.records import Turn, Writing
from assistant.wiring import Parts
from tests.answering.recorded import as_evidence, honest_passages, plain_citation
from tests.fakes import memory_parts
from tests.openai_server import OpenAIServer, Reply, openai_server

KEY = "sk-very-secret"
FIRST, WHOLE = 0.6, 1.5
# How much later than its deadline a busy machine may come: one sentence is checked meanwhile.
GRACE = 1.5
TRUE = "The Paris AI statement is not legally binding [1]. "
LONG = (
    TRUE + "The 109 billion euros are not public money [3]. Neither the US nor the UK signed the Paris statement [2]."
)


def options(server: OpenAIServer, **changes: object) -> ModelOptions:
    """Short deadlines, a key that must never show."""
    values: dict[str, object] = {
        "model": "openai:scripted",
        "base_url": server.url,
        "api_key": SecretStr(KEY),
        "first_token_seconds": FIRST,
        "answer_seconds": WHOLE,
        "backoff_seconds": 0.02,
        **changes,
    }
    return ModelOptions(**values)  # type: ignore[arg-type]  # the values are checked by the record's own use


def _answer(server: OpenAIServer, **changes: object) -> tuple[list[GeneratedSentence], Writing, float]:
    answerer = GenerationAnswerer(options(server, **changes))
    answerer.prepare()
    started = time.monotonic()
    *shown, report = answerer.generate("Is it binding?", "en", as_evidence(honest_passages("en")), plain_citation)
    assert isinstance(report, Writing)
    return [one for one in shown if isinstance(one, GeneratedSentence)], report, time.monotonic() - started


FAULTS: list[tuple[str, list[Reply], FaultKind]] = [
    ("slow first token", [Reply(LONG, delay=1.2)], "late"),
    ("stall in the middle", [Reply(LONG, trouble="stall", after=3)], "late"),
    ("stall before the first word", [Reply(LONG, trouble="stall", after=0)], "late"),
    ("cut connection", [Reply(LONG, trouble="cut", after=3)], "broken"),
    ("half a character", [Reply(LONG, trouble="half character", after=3)], "broken"),
    ("invalid JSON", [Reply(LONG, trouble="invalid json", after=3)], "broken"),
    ("401", [Reply(status=401, error=f"bad key {KEY}")], "key"),
    ("403", [Reply(status=403)], "key"),
    ("404", [Reply(status=404, error="no such model")], "model"),
    ("400", [Reply(status=400)], "request"),
    ("429 for long", [Reply(status=429, headers={"retry-after": "100"})], "busy"),
    ("429 again and again", [Reply(status=429)] * 3, "busy"),
    ("500 again and again", [Reply(status=500)] * 3, "server"),
    ("empty", [Reply("")], "empty"),
    ("10 MB", [Reply("So it goes. " * 900_000, piece=1_000_000)], "endless"),
    ("never a stop", [Reply("The text goes on and on. ", trouble="endless", piece=200)], "endless"),
]


@pytest.mark.parametrize(("script", "kind"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS])
def test_every_fault_ends_within_the_deadline(
    script: list[Reply], kind: FaultKind, caplog: pytest.LogCaptureFixture
) -> None:
    """The report names the fault, the reader gets one line, the log and the text never hold the key."""
    caplog.set_level(logging.DEBUG)
    with openai_server(*script) as server:
        _, report, seconds = _answer(server, max_tokens=60)
        assert server.unexpected == 0
    assert (report.fault_kind, report.usable) == (kind, False)
    assert fallback_notice(report, "en") == NOT_WRITTEN["en"]
    assert fallback_notice(report, "fr") == NOT_WRITTEN["fr"]
    assert seconds < WHOLE + GRACE
    assert KEY not in f"{report} {caplog.text}"


@pytest.mark.parametrize("script", [fault[1] for fault in FAULTS], ids=[fault[0] for fault in FAULTS])
def test_every_fault_ends_in_a_complete_answer(tiny_parts: Parts, script: list[Reply]) -> None:
    """Through the assistant's own door: within the deadline, every sentence of the quotes answer with its quotation, and one line."""
    with openai_server(*script) as server:
        writer = ModelWriter(GenerationAnswerer(options(server, max_tokens=60)))
        writer.prepare()
        assistant = memory_parts(tiny_parts.catalogue.documents, writer=writer).assistant
        started = time.monotonic()
        answer = assistant.ask("Who co-chaired the summit?")
        assert time.monotonic() - started < WHOLE + GRACE
    quoted = tiny_parts.assistant.ask("Who co-chaired the summit?")
    assert (answer.sentences, answer.citations) == (quoted.sentences, quoted.citations)
    assert (answer.mode, answer.notice) == ("quotes", NOT_WRITTEN["en"])
    assert answer.writing is not None
    assert answer.writing.fault


def test_a_followup_has_one_deadline_for_both_calls(tiny_parts: Parts) -> None:
    """A rewriting that takes its time leaves less for the answer, not a second span."""
    script = [Reply("When was the summit held, and where?", delay=0.4), Reply(LONG, trouble="stall", after=1)]
    with openai_server(*script) as server:
        writer = ModelWriter(GenerationAnswerer(options(server)))
        writer.prepare()
        assistant = memory_parts(tiny_parts.catalogue.documents, writer=writer).assistant
        started = time.monotonic()
        answer = assistant.ask("And where?", [Turn("When was the summit held?")])
        assert time.monotonic() - started < WHOLE + GRACE
        assert len(server.requests) == 2
    assert (answer.outcome, answer.notice) == ("answer", NOT_WRITTEN["en"])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("The Paris AI statement is not legally binding.", "marker"),
        ("The Paris AI statement is not legally binding [8].", "marker"),
        ("La déclaration de Paris sur l’IA n’est pas juridiquement contraignante [1].", "language"),
        ("The Paris AI statement is legally binding [1].", "polarity"),
    ],
)
def test_a_well_formed_answer_that_fails_the_checks_ends_in_the_other_line(text: str, reason: str) -> None:
    """No markers, markers that do not exist, the wrong language, a falsehood: nothing is shown, and the line says why."""
    with openai_server(Reply(text)) as server:
        shown, report, _ = _answer(server)
    assert (shown, report.fault) == ([], None)
    assert report.withheld[0].reasons[0].startswith(reason)
    assert fallback_notice(report, "en") == NOT_SUPPORTED["en"]


def test_an_answer_over_the_wire_is_complete() -> None:
    """Streamed in pieces of twelve letters, all three sentences arrive with their quotations and what they cost."""
    with openai_server(Reply(LONG, usage=(300, 40))) as server:
        shown, report, _ = _answer(server)
    assert len(shown) == 3
    assert (report.usable, report.tokens) == (True, 340)
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"
    request = server.requests[0]
    assert (request["model"], request["stream"], request["temperature"]) == ("scripted", True, 0.0)
    # What OpenAI calls `max_completion_tokens` other servers ignore or refuse.
    assert request["max_tokens"] == 700
    assert "max_completion_tokens" not in request


@pytest.mark.parametrize("first", [Reply(status=429, headers={"retry-after": "0.05"}), Reply(status=503)])
def test_a_passing_trouble_is_tried_again(first: Reply) -> None:
    """429 with Retry-After and 5xx are retried, and the reader notices nothing."""
    with openai_server(first, Reply(TRUE)) as server:
        shown, report, _ = _answer(server)
        assert len(server.requests) == 2
    assert len(shown) == 1
    assert report.usable


def test_no_retry_once_the_answer_has_begun() -> None:
    """A connection that breaks in the middle is not asked again: the reader would read the same words twice."""
    with openai_server(Reply(LONG, trouble="cut", after=5)) as server:
        _, report, _ = _answer(server)
        assert len(server.requests) == 1
    assert report.fault_kind == "broken"


def test_a_server_that_is_not_there_is_unreachable() -> None:
    """A closed port is told as such, with the setting to check."""
    with openai_server() as server:
        closed = options(server, retries=1)
    answerer = GenerationAnswerer(closed)
    *_, report = answerer.generate("Is it?", "en", as_evidence(honest_passages("en")), plain_citation)
    assert isinstance(report, Writing)
    assert report.fault_kind == "unreachable"
    assert "SUMMIT_LLM_BASE_URL" in str(report.fault)


def test_no_more_answers_at_once_than_allowed() -> None:
    """While one answer holds the only slot, a second one waits for its first word in vain and is told so."""
    with openai_server(Reply(LONG, trouble="stall", after=1)) as server:
        settings = options(server, concurrency=1, first_token_seconds=0.3)
        calls = ModelCalls(LangChainModel(settings), settings, DailyBudget(10, 10_000))
        calls.prepare()
        first = calls.stream([Message("user", "one")], calls.open_account())
        next(first)
        with pytest.raises(ModelFault, match="SUMMIT_LLM_CONCURRENCY") as caught:
            next(calls.stream([Message("user", "two")], calls.open_account()))
        assert caught.value.kind == "busy"
        first.close()


def test_a_slot_is_free_again_after_an_answer() -> None:
    """Five answers in a row fit one slot."""
    with openai_server(*[Reply(TRUE)] * 5) as server:
        answerer = GenerationAnswerer(options(server, concurrency=1))
        for _ in range(5):
            *_, report = answerer.generate("Is it?", "en", as_evidence(honest_passages("en")), plain_citation)
            assert isinstance(report, Writing)
            assert report.usable


def test_the_days_budget_ends_the_calls() -> None:
    """After the last allowed request the model is not called; the fault names the setting."""
    with openai_server(Reply(TRUE)) as server:
        answerer = GenerationAnswerer(options(server, daily_requests=1))
        reports = [_last(answerer) for _ in range(2)]
        assert len(server.requests) == 1
    assert [report.fault_kind for report in reports] == [None, "budget"]
    assert "SUMMIT_LLM_DAILY_REQUESTS" in str(reports[1].fault)


def _last(answerer: GenerationAnswerer) -> Writing:
    *_, report = answerer.generate("Is it?", "en", as_evidence(honest_passages("en")), plain_citation)
    assert isinstance(report, Writing)
    return report


@pytest.fixture(autouse=True)
def no_threads_left() -> Iterator[None]:
    """Every test's threads end soon after it: a given-up call is closed, not leaked."""
    yield
    until = time.monotonic() + 5
    while any(thread.name == "summit-llm" for thread in threading.enumerate()) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(thread.name == "summit-llm" for thread in threading.enumerate())
