"""An explanation as plain text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from assistant.answering.as_text import answer_to_text, writing_to_text
from assistant.answering.explanation import CheckStage, Explanation, Push, RankedSection, UnderstoodStage


def explanation_to_text(explanation: Explanation) -> str:
    """Every stage under its heading, then the answer."""
    writing = explanation.answer.writing
    parts = [
        ("Question", [explanation.question]),
        ("Understood", list(understood_lines(explanation.understood))),
        ("Candidates", [line for one in explanation.candidates for line in _candidate(one)]),
        ("Checks", [line for one in explanation.checks for line in _check(one)]),
        ("Sentences", [f"{'*' if one.shown else ' '} {one.score:.3f}  {one.text}" for one in explanation.sentences]),
        ("Language model", writing_to_text(writing).splitlines() if writing else []),
        ("For another outcome", list(explanation.changes)),
        (f"Outcome: {explanation.answer.outcome}", [answer_to_text(explanation.answer)]),
    ]
    return "\n\n".join("\n".join([f"== {title}", *lines]) for title, lines in parts if lines)


def understood_lines(stage: UnderstoodStage) -> Iterator[str]:
    """How the question was read, one line a finding."""
    yield f"language: {stage.language} ({stage.language_reason})"
    yield f"follow-up: {stage.follow_up}"
    if stage.subject:
        yield f"subject from the conversation: {stage.subject}"
    for one in stage.corrections:
        yield f"spelling: {one.written} -> {one.name}"
    if stage.rewritten:
        yield f"rewritten by the language model: {stage.rewritten}"
    yield f"searched for: {stage.searched or 'nothing'}"


def features_text(features: Mapping[str, float]) -> str:
    """Every feature with its value, on one line."""
    return ", ".join(f"{name} {value:.3f}" for name, value in features.items())


def pushes_text(pushes: Sequence[Push]) -> str:
    """Contributions with their signs, on one line."""
    return ", ".join(f"{one.name} {one.contribution:+.2f} (value {one.value:.3f})" for one in pushes)


def _candidate(one: RankedSection) -> Iterator[str]:
    yield f"{one.score:8.2f}  p {one.probability:.3f}  {one.section}  ({one.heading})"
    yield f"          features: {features_text(one.features)}"
    yield f"          pushes:   {pushes_text(one.pushes)}"


def _check(one: CheckStage) -> Iterator[str]:
    verdict = "passed" if one.passed else "not passed"
    yield f"{one.name}: probability {one.probability:.3f}, threshold {one.threshold:.3f}, {verdict}"
    yield f"    pushes: {pushes_text(one.pushes)}"
