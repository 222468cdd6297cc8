"""Questions as JSON lines: one bad line is an error with its number, and the others run."""

from __future__ import annotations

import json
from typing import Any

import pytest

from assistant.answering.batch import MAX_HISTORY, answer_lines, parse_request
from assistant.answering.chat import Assistant
from assistant.errors import InvalidRequest

GOOD = json.dumps({"question": "Who co-chaired the summit?"})


def run(assistant: Assistant, *lines: str) -> list[tuple[dict[str, Any], bool]]:
    return list(answer_lines(assistant, lines))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"question": "x", "langauge": "fr"}', "langauge"),
        ('{"question": "x", "history": [{"question": "y", "answer": "z"}]}', "history.0.answer"),
        ('{"question": "x", "language": "de"}', "language"),
        ('{"question": null}', "question"),
        ('{"question": 1}', "question"),
        ("{}", "question"),
        ('{"question": "x", "id": 5}', "id"),
        ('{"question": "x", "history": "y"}', "history"),
        ('"just a string"', "line"),
        ("[1, 2]", "line"),
        ("not JSON", "line"),
        ('{"question": "x"', "line"),
        ('{"question": "x"} {"question": "y"}', "line"),
        ('{"question": "\\ud800"}', ""),
        ("[" * 100_000, "line"),
        ('{"a":' * 50_000, "line"),
    ],
)
def test_a_bad_line_is_named_and_the_others_run(tiny_assistant: Assistant, line: str, said: str) -> None:
    """Unknown keys, wrong types, broken and endless JSON: the line's number, the key, the keys that there are."""
    first, bad, last = run(tiny_assistant, GOOD, line, GOOD)
    assert not first[1]
    assert not last[1]
    assert first[0]["outcome"] == last[0]["outcome"] == "answer"
    found, failed = bad
    assert failed
    assert found["line"] == 2
    assert said in found["error"]
    assert "keys are question, id, history, language" in found["error"]


def test_empty_lines_are_passed_over_and_counted(tiny_assistant: Assistant) -> None:
    """A line number is the one that an editor shows."""
    found = run(tiny_assistant, "", "   \n", GOOD, "\n", "nonsense")
    assert [bad for _, bad in found] == [False, True]
    assert found[1][0]["line"] == 5


def test_an_error_keeps_the_callers_id(tiny_assistant: Assistant) -> None:
    """A caller can match an error to its question where the line was JSON."""
    found = run(tiny_assistant, '{"id": "q7", "question": "x", "nope": 1}', '{"id": 7, "nope": 1}')
    assert [one["id"] for one, _ in found] == ["q7", None]


def test_ids_come_back(tiny_assistant: Assistant) -> None:
    """Answers carry the id of their question."""
    lines = [json.dumps({"id": f"q{number}", "question": "Who co-chaired the summit?"}) for number in range(3)]
    assert [found["id"] for found, _ in run(tiny_assistant, *lines)] == ["q0", "q1", "q2"]


def test_the_language_of_a_line_breaks_ties_only(tiny_assistant: Assistant) -> None:
    """A French question stays French; a bare name follows the line's language."""
    french = json.dumps({"question": "Qui a coprésidé le sommet ?", "language": "en"})
    name = json.dumps({"question": "Alexandre", "language": "en"})
    assert [found["language"] for found, _ in run(tiny_assistant, french, name)] == ["fr", "en"]


def test_lines_are_answered_as_they_come(tiny_assistant: Assistant) -> None:
    """The first answer is there before the second line is read, so that a pipe can be talked to."""
    read: list[int] = []

    def lines() -> Any:
        for number in range(2):
            read.append(number)
            yield GOOD

    answers = answer_lines(tiny_assistant, lines())
    next(answers)
    assert read == [0]


def test_a_long_history_is_cut() -> None:
    """Of a long conversation only the last questions count."""
    history = [{"question": str(number)} for number in range(100)]
    request = parse_request(json.dumps({"question": "x", "history": history}))
    assert [turn.question for turn in request.turns()] == [str(n) for n in range(100 - MAX_HISTORY, 100)]


def test_a_request_that_is_wrong_raises_with_the_keys() -> None:
    """The error is one of ours, fit to be shown."""
    with pytest.raises(InvalidRequest, match="keys are"):
        parse_request("{}")


@pytest.mark.parametrize("question", ["", "\u0000", "🤖", "x" * 1_000_000, "\ud83d\ude00", "\\u0000"])
def test_odd_questions_are_answers_not_errors(tiny_assistant: Assistant, question: str) -> None:
    """Empty, control characters, signs, a megabyte: a line with an outcome like any other."""
    ((found, bad),) = run(tiny_assistant, json.dumps({"question": question}))
    assert not bad
    assert found["outcome"] in {"refusal", "closest"}
    json.dumps(found)
