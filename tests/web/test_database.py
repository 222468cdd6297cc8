"""The operator's database: one contract on SQLite and PostgreSQL, and what each engine adds."""

from __future__ import annotations

import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from assistant.errors import InvalidRequest, SettingsError
from assistant.web.database import (
    ANSWERS,
    DATABASE_NAME,
    FEEDBACK,
    UNANSWERED,
    UNANSWERED_TEXTS,
    StoreError,
    UnknownAnswer,
    count_rows,
    delete_answer,
    open_database,
    using,
)
from assistant.web.permalinks import AnswerStore, Keeping
from assistant.wiring import Parts
from tests.fakes import TODAY
from tests.web.kept import DISPUTED, Calendar, ask, named, store_for, store_on
from tests.web.scripted import HOSTILE, scripted_answer
from tests.web.services import postgresql

BACKENDS = ["sqlite", pytest.param("postgresql", marks=[pytest.mark.services, pytest.mark.slow])]
OpenStore = Callable[..., AnswerStore]


@pytest.fixture(scope="module", params=BACKENDS)
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Empty for SQLite, else the URL of a running PostgreSQL."""
    with ExitStack() as stack:
        yield stack.enter_context(postgresql()) if request.param == "postgresql" else ""


@pytest.fixture
def open_store(database_url: str, tmp_path: Path, tiny_parts: Parts) -> Iterator[OpenStore]:
    """Opens stores on one empty database."""
    opened: list[sa.Engine] = []

    def open_one(calendar: Calendar | None = None, keeping: Keeping | None = None) -> AnswerStore:
        engine = open_database(database_url, tmp_path)
        opened.append(engine)
        return store_on(engine, tiny_parts.catalogue, calendar, keeping)

    yield open_one
    with using(opened[0]) as connection:
        for table in (FEEDBACK, ANSWERS, UNANSWERED, UNANSWERED_TEXTS):
            connection.execute(sa.delete(table))
    for engine in opened:
        engine.dispose()


def rows(store: AnswerStore, table: sa.Table) -> list[sa.Row[tuple[object, ...]]]:
    with using(store.engine) as connection:
        return list(connection.execute(sa.select(table)))


def test_a_saved_answer_is_found_again_whole(open_store: OpenStore, tiny_parts: Parts) -> None:
    """Everything that a reader sees survives; what was retrieved and how long it took does not."""
    answer = ask(tiny_parts, DISPUTED)
    open_store().save(answer)
    stored = open_store().find(answer.id)
    assert stored is not None
    assert stored.answer.sentences == answer.sentences
    assert stored.answer.citations == answer.citations
    assert stored.answer.conflicts == answer.conflicts
    assert stored.answer.evidence == ()
    assert stored.answered_on == TODAY
    assert stored.corpus_date == "2025-02-12"


def test_saving_twice_keeps_one_answer_and_its_first_day(open_store: OpenStore, tiny_parts: Parts) -> None:
    """The day shown is the day when the answer was first kept."""
    calendar = Calendar()
    store = open_store(calendar)
    store.save(ask(tiny_parts))
    calendar.pass_days(3)
    store.save(ask(tiny_parts))
    stored = store.find(ask(tiny_parts).id)
    assert stored is not None and stored.answered_on == TODAY
    assert len(rows(store, ANSWERS)) == 1


def test_an_id_that_names_something_else_is_not_kept(open_store: OpenStore, tiny_parts: Parts) -> None:
    """An answer whose words were changed after it was given has no permalink."""
    answer = ask(tiny_parts)
    forged = replace(answer, question="Autre ?")
    with pytest.raises(UnknownAnswer, match="does not name its content"):
        open_store().save(forged)
    assert open_store().find(answer.id) is None


def test_content_changed_in_the_database_is_not_shown(open_store: OpenStore, tiny_parts: Parts) -> None:
    """Whoever can write to the database still cannot put words under an answer's id."""
    store, answer = open_store(), ask(tiny_parts)
    store.save(answer)
    with using(store.engine) as connection:
        content = connection.scalar(sa.select(ANSWERS.c.content))
        assert content is not None
        connection.execute(sa.update(ANSWERS).values(content=content.replace("coprésidé", "boycotté")))
    assert store.find(answer.id) is None


def test_a_refusal_is_not_published(open_store: OpenStore, tiny_parts: Parts) -> None:
    """A page that quotes nothing would show a stranger's words alone."""
    refusal = tiny_parts.assistant.ask("Quelle heure est-il à Tokyo ?")
    assert refusal.outcome == "refusal"
    with pytest.raises(StoreError, match="refusal has no permalink"):
        open_store().save(refusal)


def test_feedback_is_kept_with_its_answer_but_publishes_nothing(open_store: OpenStore, tiny_parts: Parts) -> None:
    """The question is stored for staff; there is no page of it."""
    store, answer = open_store(), ask(tiny_parts)
    store.remember(answer)
    store.feedback(answer.id, "wrong", "  La France seule.\r\n\x1b[31m ")
    (report,) = rows(store, FEEDBACK)
    assert (report.answer_id, report.verdict, report.text) == (answer.id, "wrong", "La France seule.\n[31m")
    assert report.given_on == TODAY
    assert store.find(answer.id) is None
    store.save(answer)
    assert store.find(answer.id) is not None


def test_feedback_on_an_answer_that_was_never_given_is_refused(open_store: OpenStore) -> None:
    """An id made up, or of an answer forgotten by now, gets nothing into the database."""
    store = open_store()
    with pytest.raises(UnknownAnswer, match="ask the question again"):
        store.feedback("0" * 20, "wrong", "x")
    assert rows(store, FEEDBACK) == [] == rows(store, ANSWERS)


@pytest.mark.parametrize(("verdict", "text"), [("maybe", ""), ("", ""), ("wrong", "x" * 1001)])
def test_feedback_out_of_bounds_is_refused(open_store: OpenStore, tiny_parts: Parts, verdict: str, text: str) -> None:
    """One of four verdicts, at most a thousand characters."""
    store, answer = open_store(), ask(tiny_parts)
    store.remember(answer)
    with pytest.raises(InvalidRequest):
        store.feedback(answer.id, verdict, text)
    assert rows(store, FEEDBACK) == []


def test_one_answer_takes_a_hundred_reports_and_no_more(open_store: OpenStore, tiny_parts: Parts) -> None:
    """Nobody fills the disk by pressing one button."""
    store, answer = open_store(), ask(tiny_parts)
    store.remember(answer)
    for _ in range(100):
        store.feedback(answer.id, "right")
    with pytest.raises(StoreError, match="limit"):
        store.feedback(answer.id, "right")
    assert len(rows(store, FEEDBACK)) == 100


def test_a_full_store_says_so_and_still_takes_what_it_has(open_store: OpenStore, tiny_parts: Parts) -> None:
    """At the limit a known answer can be saved again, a new one cannot."""
    store = open_store(keeping=Keeping(max_answers=1))
    store.save(ask(tiny_parts))
    store.save(ask(tiny_parts))
    with pytest.raises(StoreError, match="SUMMIT_MAX_PERMALINKS"):
        store.save(ask(tiny_parts, DISPUTED))


def test_an_unanswered_question_is_counted_and_its_text_is_not_kept(open_store: OpenStore, tiny_parts: Parts) -> None:
    """Day, nearest section, outcome, how often: that is all."""
    store = open_store()
    for _ in range(3):
        store.remember(tiny_parts.assistant.ask("Quel temps faisait-il pendant le sommet ?"))
    store.remember(ask(tiny_parts))
    (row,) = rows(store, UNANSWERED)
    assert (row.day, row.times) == (TODAY, 3)
    assert "#" in row.section
    assert rows(store, UNANSWERED_TEXTS) == [] == rows(store, ANSWERS)


def test_texts_of_unanswered_questions_are_kept_where_the_operator_says_so(
    open_store: OpenStore, tiny_parts: Parts
) -> None:
    """The setting changes that and nothing else."""
    store = open_store(keeping=Keeping(unanswered_texts=True))
    store.remember(tiny_parts.assistant.ask("Quel temps faisait-il pendant le sommet ?"))
    assert [row.question for row in rows(store, UNANSWERED_TEXTS)] == ["Quel temps faisait-il pendant le sommet ?"]


def test_what_is_past_its_days_is_deleted_on_the_next_day_of_use(open_store: OpenStore, tiny_parts: Parts) -> None:
    """Feedback and counts go first, the answer with the last reason to keep it, the permalink in its own time."""
    calendar = Calendar()
    store = open_store(calendar, Keeping(permalink_days=20, feedback_days=10, unanswered_texts=True))
    private, public = ask(tiny_parts), ask(tiny_parts, DISPUTED)
    store.remember(private)
    store.feedback(private.id, "wrong", "text")
    store.save(public)
    store.remember(tiny_parts.assistant.ask("Quel temps faisait-il pendant le sommet ?"))
    calendar.pass_days(10)
    store.save(public)
    assert len(rows(store, FEEDBACK)) == 1
    calendar.pass_days(1)
    store.save(public)
    assert rows(store, FEEDBACK) == [] == rows(store, UNANSWERED) == rows(store, UNANSWERED_TEXTS)
    assert [row.id for row in rows(store, ANSWERS)] == [public.id]
    calendar.pass_days(10)
    assert store.find(public.id) is None, "an expired permalink is not shown even before it is deleted"
    store.remember(tiny_parts.assistant.ask("Quel temps faisait-il pendant le sommet ?"))
    assert rows(store, ANSWERS) == []


def test_one_answer_can_be_deleted_with_all_that_belongs_to_it(open_store: OpenStore, tiny_parts: Parts) -> None:
    """Whoever asks for it to be deleted gets all of it deleted."""
    store, answer = open_store(), ask(tiny_parts)
    store.save(answer)
    store.feedback(answer.id, "other", "mine")
    with using(store.engine) as connection:
        assert delete_answer(connection, answer.id)
        assert not delete_answer(connection, answer.id)
    assert rows(store, FEEDBACK) == [] == rows(store, ANSWERS)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_answers_are_kept_letter_for_letter(open_store: OpenStore, text: str) -> None:
    """Quotes, markup, control characters and zero bytes are data."""
    store, answer = open_store(), scripted_answer(text, "fr")
    store.save(answer)
    stored = store.find(answer.id)
    assert stored is not None and stored.answer.question == text
    store.feedback(answer.id, "other", text)


def test_many_threads_write_at_once(open_store: OpenStore, tiny_parts: Parts) -> None:
    """Saves, reports and counts of eight threads all arrive."""
    store, answer = open_store(), ask(tiny_parts)
    store.remember(answer)
    unanswered = tiny_parts.assistant.ask("Quel temps faisait-il pendant le sommet ?")

    def work() -> None:
        for _ in range(5):
            store.save(answer)
            store.feedback(answer.id, "right")
            store.remember(unanswered)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rows(store, FEEDBACK)) == 40
    assert [row.times for row in rows(store, UNANSWERED)] == [40]


def test_another_schema_is_refused_with_both_numbers(open_store: OpenStore) -> None:
    """A database of another version of the program is left alone."""
    store = open_store()
    schema = sa.table("summit_schema", sa.column("version", sa.Integer))
    with using(store.engine) as connection:
        connection.execute(sa.update(schema).values(version=7))
    with pytest.raises(StoreError, match="schema 7, this program needs 1"):
        open_store()
    with using(store.engine) as connection:
        connection.execute(sa.update(schema).values(version=1))


def test_the_database_is_for_the_operator_alone(tmp_path: Path, tiny_parts: Parts) -> None:
    """No other account of the machine reads what visitors wrote."""
    store_for(tiny_parts.catalogue, tmp_path).save(ask(tiny_parts))
    for path in tmp_path.glob(f"{DATABASE_NAME}*"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_deleted_words_are_overwritten_on_the_disk(tmp_path: Path, tiny_parts: Parts) -> None:
    """After deletion and a clean end, the file does not hold the visitor's text any more."""
    store, answer = store_for(tiny_parts.catalogue, tmp_path), ask(tiny_parts)
    store.remember(answer)
    store.feedback(answer.id, "other", "very-private-words")
    with using(store.engine) as connection:
        delete_answer(connection, answer.id)
    store.engine.dispose()
    assert b"very-private-words" not in (tmp_path / DATABASE_NAME).read_bytes()


@pytest.mark.parametrize("url", ["mysql://host/name", "nonsense", "sqlite://", "://"])
def test_a_url_of_no_database_of_ours_is_refused(tmp_path: Path, url: str) -> None:
    """The message says what to write instead."""
    with pytest.raises(SettingsError, match="postgresql://user:password@host/name"):
        open_database(url, tmp_path)


def test_an_unreachable_database_is_named_without_its_password(tmp_path: Path) -> None:
    """What stands in a log must not open the database."""
    with pytest.raises(StoreError, match="SUMMIT_DATABASE_URL") as caught:
        open_database("postgresql://summit:secret@127.0.0.1:9/none", tmp_path)
    assert "127.0.0.1:9" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_an_answer_is_worth_more_than_its_count(tmp_path: Path, tiny_parts: Parts) -> None:
    """With the database gone, answers are still given and remembered."""
    store = store_for(tiny_parts.catalogue, tmp_path)
    with using(store.engine) as connection:
        connection.execute(sa.text("DROP TABLE summit_unanswered"))
    unanswered = tiny_parts.assistant.ask("Quel temps faisait-il pendant le sommet ?")
    store.remember(unanswered)
    assert store.recall(unanswered.id) is not None


def test_errors_hold_none_of_the_words_that_were_stored(tmp_path: Path, tiny_parts: Parts) -> None:
    """The database's own messages quote what was being written; ours do not."""
    store, answer = store_for(tiny_parts.catalogue, tmp_path), ask(tiny_parts)
    with using(store.engine) as connection:
        connection.execute(sa.text("DROP TABLE summit_answers"))
    with pytest.raises(StoreError) as caught:
        store.save(answer)
    assert answer.question not in str(caught.value)
    assert caught.value.__cause__ is None


def test_answers_stay_in_memory_for_an_hour_and_a_thousand(tmp_path: Path, tiny_parts: Parts) -> None:
    """Memory is bounded in time and number, the oldest forgotten first."""
    calendar = Calendar()
    store, answer = store_for(tiny_parts.catalogue, tmp_path, calendar), ask(tiny_parts)
    store.remember(answer)
    calendar.seconds = 3600.0
    assert store.recall(answer.id) is not None
    calendar.seconds = 3601.0
    assert store.recall(answer.id) is None
    answers = [named(replace(answer, question=f"Question {n} ?")) for n in range(1001)]
    for one in answers:
        store.remember(one)
    assert store.recall(answers[0].id) is None
    assert store.recall(answers[1].id) is not None


def test_counts_of_rows_take_conditions(tmp_path: Path) -> None:
    """No condition counts all."""
    with using(open_database("", tmp_path)) as connection:
        assert count_rows(connection, FEEDBACK) == 0
        assert count_rows(connection, FEEDBACK, FEEDBACK.c.given_on < TODAY - timedelta(days=1)) == 0
