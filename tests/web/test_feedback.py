"""What readers say: the form below an answer, its limits, and what the operator does with it on the command line."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
import yaml
from fastapi.testclient import TestClient

from assistant.errors import InvalidRequest
from assistant.feedback_command import (
    delete_older_than,
    delete_one,
    draft_case,
    export_reports,
    list_reports,
    list_unanswered,
    read_reports,
    read_unanswered,
)
from assistant.records import Answer
from assistant.web.feedback import MAX_FORM_BYTES, TextTooLong, plain_text, read_form
from assistant.web.permalinks import AnswerStore, Keeping
from assistant.wiring import Parts
from evals.cases import load_cases
from tests.fakes import TODAY
from tests.web.kept import Calendar, ask, client_for, store_for
from tests.web.scripted import HOSTILE, CountdownLimiter, scripted_answer

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def kept(tmp_path: Path, tiny_parts: Parts) -> AnswerStore:
    """A store that keeps one answer."""
    store = store_for(tiny_parts.catalogue, tmp_path)
    store.save(ask(tiny_parts))
    return store


@pytest.fixture
def site(tmp_path: Path, tiny_parts: Parts, kept: AnswerStore) -> TestClient:
    """The site around that store."""
    return client_for(tiny_parts.catalogue, kept, tmp_path)


@pytest.fixture
def answer(tiny_parts: Parts) -> Answer:
    """The answer that is kept."""
    return ask(tiny_parts)


def test_the_form_of_the_page_reaches_the_store(site: TestClient, kept: AnswerStore, answer: Answer) -> None:
    """What a browser without scripts sends is what staff read; the reader is thanked in their language."""
    page = site.get(f"/a/{answer.id}?lang=en").text
    assert f'action="/a/{answer.id}/feedback?lang=en"' in page
    sent = {"verdict": "wrong-source", "text": "Voir l’Élysée.\r\nMerci."}
    response = site.post(f"/a/{answer.id}/feedback?lang=en", data=sent)
    assert (response.status_code, response.headers["cache-control"]) == (303, "no-store")
    thanks = site.get(response.headers["location"]).text
    assert "Thank you" in thanks and f'href="/a/{answer.id}?lang=en"' in thanks
    (report,) = read_reports(kept.engine)
    assert (report.verdict, report.text) == ("wrong-source", "Voir l’Élysée.\nMerci.")
    assert report.answer is not None and report.answer.question == answer.question


def test_no_cookie_and_nothing_of_the_sender(site: TestClient, kept: AnswerStore, answer: Answer) -> None:
    """Address and browser leave no trace in the database."""
    headers = {"User-Agent": "very-special-browser", "X-Forwarded-For": "203.0.113.77", "Cookie": "id=me"}
    response = site.post(f"/a/{answer.id}/feedback", data={"verdict": "right"}, headers=headers)
    assert "set-cookie" not in response.headers
    kept.engine.dispose()
    assert kept.engine.url.database is not None
    content = Path(kept.engine.url.database).read_bytes()
    assert not any(trace in content for trace in (b"very-special", b"203.0.113.77", b"testclient"))


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"verdict=maybe", 422),
        (b"verdict=%ff%fe", 422),
        (urlencode({"verdict": "wrong", "text": "é" * 1001}).encode(), 413),
        (b"verdict=wrong&text=" + b"a" * MAX_FORM_BYTES, 413),
        (b"&".join(b"a%d=1" % number for number in range(50)), 422),
    ],
    ids=["empty", "unknown", "bytes", "long", "huge", "fields"],
)
def test_a_form_out_of_bounds_is_refused_politely(
    site: TestClient, kept: AnswerStore, answer: Answer, body: bytes, status: int
) -> None:
    """The reader is told what to change, and nothing is stored."""
    response = site.post(f"/a/{answer.id}/feedback?lang=fr", content=body, headers=FORM)
    assert response.status_code == status
    assert "Envoi refusé" in response.text and "Revenir à la réponse" in response.text
    assert read_reports(kept.engine) == ()


def test_a_thousand_characters_of_any_kind_fit(site: TestClient, kept: AnswerStore, answer: Answer) -> None:
    """The limit counts characters, not the bytes that a browser makes of them."""
    text = "\U0001d54f" * 999 + "é"
    assert site.post(f"/a/{answer.id}/feedback", data={"verdict": "other", "text": text}).status_code == 303
    assert read_reports(kept.engine)[0].text == text


def test_forms_of_other_sites_are_refused(site: TestClient, kept: AnswerStore, answer: Answer) -> None:
    """A page elsewhere cannot make its visitors vote."""
    for origin in ("cross-site", "same-site"):
        headers = {"Sec-Fetch-Site": origin}
        response = site.post(f"/a/{answer.id}/feedback", data={"verdict": "wrong"}, headers=headers)
        assert response.status_code == 403
    assert read_reports(kept.engine) == ()
    ours = {"Sec-Fetch-Site": "same-origin"}
    assert site.post(f"/a/{answer.id}/feedback", data={"verdict": "wrong"}, headers=ours).status_code == 303


def test_too_many_messages_must_wait(tmp_path: Path, tiny_parts: Parts, kept: AnswerStore, answer: Answer) -> None:
    """The limit of questions holds for messages as well, and says how long."""
    client = client_for(tiny_parts.catalogue, kept, tmp_path, limiter=CountdownLimiter(1))
    assert client.post(f"/a/{answer.id}/feedback", data={"verdict": "right"}).status_code == 303
    response = client.post(f"/a/{answer.id}/feedback?lang=fr", data={"verdict": "right"})
    assert (response.status_code, response.headers["retry-after"]) == (429, "60")
    assert "60\u00a0secondes" in response.text


def test_feedback_on_an_unknown_answer_is_not_found(site: TestClient, kept: AnswerStore) -> None:
    """There is no such page, so there is no such form."""
    assert site.post("/a/" + "0" * 20 + "/feedback", data={"verdict": "wrong"}).status_code == 404
    assert read_reports(kept.engine) == ()


def test_a_full_store_is_an_apology(site: TestClient, kept: AnswerStore, answer: Answer) -> None:
    """The hundred-and-first report is refused with a page, not an error."""
    for _ in range(100):
        kept.feedback(answer.id, "right")
    response = site.post(f"/a/{answer.id}/feedback?lang=en", data={"verdict": "right"})
    assert response.status_code == 503 and "could not be recorded" in response.text


def test_a_form_read_twice_is_the_same() -> None:
    """The first value of a field counts, line ends are one character, invisible marks are dropped."""
    said = read_form(b"verdict=wrong&verdict=right&text=a%0D%0Ab%E2%80%AE%00c")
    assert (said.verdict, said.text) == ("wrong", "a\nbc")
    with pytest.raises(TextTooLong, match="1001 characters; the limit is 1000"):
        read_form(urlencode({"verdict": "wrong", "text": "x" * 1001}).encode())


def test_plain_text_keeps_words_and_drops_what_steers() -> None:
    """No escape sequence, zero byte, surrogate or line separator is left."""
    assert plain_text(" a\x00\x1b[31m\u2028b\ud800\u202e e\u0301\r\n") == "a[31m\nb é"


def test_the_list_is_short_and_safe_to_print(kept: AnswerStore) -> None:
    """One report, two lines at most, whatever it holds."""
    for text in HOSTILE:
        hostile = scripted_answer(text, "fr")
        kept.save(hostile)
        kept.feedback(hostile.id, "other", text)
    lines = list(list_reports(read_reports(kept.engine)))
    assert lines[-1] == f"{len(HOSTILE)} reports"
    assert all("\n" not in line and "\x1b" not in line and "\u202e" not in line for line in lines)
    assert max(map(len, lines)) < 160


def test_reports_are_chosen_by_verdict_and_day(tmp_path: Path, tiny_parts: Parts) -> None:
    """Since a day means that day included."""
    calendar = Calendar()
    store = store_for(tiny_parts.catalogue, tmp_path, calendar)
    store.save(ask(tiny_parts))
    store.feedback(ask(tiny_parts).id, "right")
    calendar.pass_days(2)
    store.feedback(ask(tiny_parts).id, "wrong")
    assert [one.verdict for one in read_reports(store.engine, since=TODAY + timedelta(days=2))] == ["wrong"]
    assert [one.number for one in read_reports(store.engine, "right")] == [1]


def test_the_export_is_json_lines_or_a_table(kept: AnswerStore, answer: Answer) -> None:
    """Both hold question, answer and the sections that were cited."""
    kept.feedback(answer.id, "wrong", "Non.")
    reports = read_reports(kept.engine)
    (line,) = [json.loads(line) for line in export_reports(reports, "jsonl").splitlines()]
    (row,) = csv.DictReader(io.StringIO(export_reports(reports, "csv")))
    assert line["question"] == row["question"] == answer.question
    assert line["sections"] == ["opening#dates"] and row["sections"] == "opening#dates"
    assert line["answer"] == answer.text


@pytest.mark.parametrize("text", ['=HYPERLINK("http://evil.example")', "+1", "-1", "@SUM(A1)"])
def test_a_spreadsheet_finds_no_formula(kept: AnswerStore, answer: Answer, text: str) -> None:
    """What begins like a formula is given an apostrophe."""
    kept.feedback(answer.id, "other", text)
    (row,) = csv.DictReader(io.StringIO(export_reports(read_reports(kept.engine), "csv")))
    assert row["text"] == f"'{text}"


@pytest.mark.parametrize("text", ["", "Il manque l’Inde.\n- id: injected\u2028- id: again\x85- id: third", *HOSTILE])
def test_a_draft_is_a_case_that_the_evaluations_read(
    tmp_path: Path, kept: AnswerStore, answer: Answer, text: str
) -> None:
    """It holds the question and the cited section; what the reader wrote stays a comment, whatever it is."""
    kept.feedback(answer.id, "wrong", text)
    draft = draft_case(kept.engine, 1)
    (tmp_path / "draft.yaml").write_text(draft, "utf-8")
    (case,) = load_cases(tmp_path)
    assert (case.id, case.part, case.question, case.language) == ("feedback-1-fr", "dev", answer.question, "fr")
    assert [str(key) for key in case.gold] == ["opening#dates"]
    assert all(line.startswith("# ") for line in draft.split("- id: feedback-1")[0].splitlines())


@pytest.mark.parametrize("text", HOSTILE)
def test_a_draft_of_a_hostile_question_is_yaml(kept: AnswerStore, text: str) -> None:
    """Quotes, colons and controls in a question survive the round trip."""
    hostile = scripted_answer(text, "en")
    kept.save(hostile)
    kept.feedback(hostile.id, "wrong")
    (case,) = yaml.safe_load(draft_case(kept.engine, 1))
    assert case["question"] == text


def test_a_draft_of_no_report_says_so(kept: AnswerStore) -> None:
    """The message names the command that lists them."""
    with pytest.raises(InvalidRequest, match=r"no report 7 .* feedback list"):
        draft_case(kept.engine, 7)


def test_what_was_not_answered_is_listed_by_section(tmp_path: Path, tiny_parts: Parts) -> None:
    """The most frequent first, with texts where they are kept, each once."""
    store = store_for(tiny_parts.catalogue, tmp_path, keeping=Keeping(unanswered_texts=True))
    unanswered = tiny_parts.assistant.ask("Quel temps faisait-il pendant le sommet ?")
    for one in (unanswered, unanswered, replace(scripted_answer("who are you?", "en"))):
        store.remember(one)
    found = read_unanswered(store.engine)
    assert [one.count for one in found] == [2, 1]
    lines = list(list_unanswered(found))
    assert lines[-1] == "3 questions without an answer"
    assert sum("Quel temps" in line for line in lines) == 1
    assert any("(no section is near)" in line for line in lines)
    assert read_unanswered(store.engine, TODAY + timedelta(days=1)) == ()


def test_old_reports_are_deleted_and_permalinks_stay(tmp_path: Path, tiny_parts: Parts) -> None:
    """`--older-than` counts what it deleted; a negative number is refused."""
    calendar = Calendar()
    store = store_for(tiny_parts.catalogue, tmp_path, calendar)
    public, private = ask(tiny_parts), scripted_answer("closest", "fr")
    store.save(public)
    store.remember(private)
    store.feedback(public.id, "wrong", "x")
    store.feedback(private.id, "wrong", "y")
    later = TODAY + timedelta(days=31)
    assert delete_older_than(store.engine, 31, later).startswith("deleted: 0 reports")
    assert delete_older_than(store.engine, 30, later) == (
        "deleted: 2 reports older than 30 days, 1 answers kept for them alone"
    )
    assert store.find(public.id) is not None
    with pytest.raises(InvalidRequest, match="-1 days"):
        delete_older_than(store.engine, -1, later)


def test_one_answer_is_deleted_on_request(site: TestClient, kept: AnswerStore, answer: Answer) -> None:
    """Its page is gone; asking twice says that it is."""
    kept.feedback(answer.id, "wrong", "x")
    assert answer.id in delete_one(kept.engine, answer.id)
    assert site.get(f"/a/{answer.id}").status_code == 404
    assert read_reports(kept.engine) == ()
    with pytest.raises(InvalidRequest, match="is kept"):
        delete_one(kept.engine, answer.id)
