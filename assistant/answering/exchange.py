"""Would a sentence fit its source better with one of its names or figures exchanged for another of the source's?

`Amazon pledged 20 billion euros` holds a name and a sum that its source has too, but `Brookfield pledged 20 billion euros` is closer
to it. Closeness to the nearest part of the source: cosine of the vectors, or words in common where there is no encoder.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from assistant.answering.closeness import Encode
from assistant.answering.names import kind_of
from assistant.answering.statements import Source, Statement, read_statement
from assistant.answering.words import clauses, words

MARGIN = 0.03
_WORD_MARGIN = 0.08
_MAX_TRIALS = 12
_TELLING = 3
# The host stands in nearly every sentence and fits nearly everywhere.
_HOST = frozenset({"france"})
_JOINTS = frozenset((" ", "-", " von der ", " de ", " bin ", " ben ", " of "))


def better_exchanged(statement: Statement, sources: Sequence[Source], encode: Encode | None) -> str | None:
    """The exchange that would bring the sentence closer to its source, as `old -> new`; None if there is none.

    Only parts of the source that hold one of the two and not the other are compared: the rest speak of both, or of neither.
    """
    parts = [read_statement(part, source.passage.language) for source in sources for part in source.parts]
    said = [_said(part) for part in parts]
    trials = [trial for claim in _claims(statement) for trial in _trials(claim, sources)]
    compared = [(trial, *_comparable(trial, said)) for trial in trials]
    compared = [one for one in compared if one[1] and one[2]]
    margin = MARGIN if encode else _WORD_MARGIN
    before = _similarities([trial.claim for trial, _, _ in compared], parts, encode)
    after = _similarities([trial.changed for trial, _, _ in compared], parts, encode)
    for (trial, own, other), row, changed in zip(compared, before, after, strict=True):
        if max(changed[place] for place in other) > max(row[place] for place in own) + margin:
            return f"{trial.old} -> {trial.new}"
    return None


def _comparable(trial: _Trial, said: Sequence[frozenset[object]]) -> tuple[list[int], list[int]]:
    """The places of the parts with the old name or figure alone, and of those with the new one and the sentence's figures."""
    own = [place for place, keys in enumerate(said) if trial.old_key in keys and trial.new_key not in keys]
    other = [
        place
        for place, keys in enumerate(said)
        if trial.new_key in keys and trial.old_key not in keys and trial.figures <= keys
    ]
    return own, other


def _claims(statement: Statement) -> Iterator[Statement]:
    """The parts of the sentence that say something of a name or figure by themselves, else the whole of it."""
    parts = [
        read_statement(statement.text[start:end].strip(), statement.language) for start, end in clauses(statement.text)
    ]
    telling = [
        part
        for part in parts
        if len(part.names) + len(part.figures.numbers) + len(part.plain) >= _TELLING and _runs(part)
    ]
    yield from telling or [statement]


def _similarities(texts: Sequence[str], parts: Sequence[Statement], encode: Encode | None) -> list[list[float]]:
    if encode is None or not texts:
        return [[_overlap(text, part.text) for part in parts] for text in texts]
    rows: list[list[float]] = (encode(texts) @ encode([part.text for part in parts]).T).tolist()
    return rows


def _said(part: Statement) -> frozenset[object]:
    """The names and values that a part of the source holds."""
    values = (figure.values for figure in part.figures.numbers)
    return frozenset((*(run.keys for run in _runs(part)), *values))


@dataclass(frozen=True, slots=True)
class _Trial:
    old: str
    new: str
    old_key: frozenset[str] | frozenset[float]
    new_key: frozenset[str] | frozenset[float]
    figures: frozenset[object]
    claim: str
    changed: str


def _trials(claim: Statement, sources: Sequence[Source]) -> Iterator[_Trial]:
    """The claim with one figure, then one name, exchanged for each of the same kind that only the source has."""
    yield from islice(_figure_trials(claim, sources), _MAX_TRIALS)
    yield from islice(_name_trials(claim, sources), _MAX_TRIALS)


def _figure_trials(claim: Statement, sources: Sequence[Source]) -> Iterator[_Trial]:
    mine = claim.figures.numbers
    told = frozenset(value for figure in mine for value in figure.values)
    figures = {figure.text: figure for source in sources for figure in source.statement.figures.numbers}
    for figure in mine:
        for text, other in figures.items():
            if other.kind == figure.kind and not other.values & told:
                changed = claim.text[: figure.start] + text + claim.text[figure.end :]
                yield _Trial(figure.text, text, figure.values, other.values, frozenset(), claim.text, changed)


def _name_trials(claim: Statement, sources: Sequence[Source]) -> Iterator[_Trial]:
    runs = _runs(claim)
    # A name fits better only where the sentence's own figures stand.
    values: frozenset[object] = frozenset(figure.values for figure in claim.figures.numbers)
    keys = frozenset(key for run in runs for key in run.keys)
    others = {
        source.statement.text[run.start : run.end]: run
        for source in sources
        for run in _runs(source.statement)
        if source.statement.polarity_at(run.start) > 0 and run.keys != _HOST
    }
    for run in runs:
        if claim.polarity_at(run.start) < 0:
            continue
        for text, other in others.items():
            if run.kind == other.kind and not keys & other.keys:
                changed = claim.text[: run.start] + text + claim.text[run.end :]
                yield _Trial(claim.text[run.start : run.end], text, run.keys, other.keys, values, claim.text, changed)


@dataclass(frozen=True, slots=True)
class _Run:
    """Names that stand side by side as one."""

    start: int
    end: int
    keys: frozenset[str]
    kind: str


def _runs(statement: Statement) -> list[_Run]:
    runs: list[_Run] = []
    for name in statement.names:
        kind = kind_of(name)
        if kind is None or statement.is_quoted(name.start):
            continue
        if runs and kind == runs[-1].kind == "other" and statement.text[runs[-1].end : name.start] in _JOINTS:
            runs[-1] = _Run(runs[-1].start, name.end, runs[-1].keys | {name.key}, kind)
        else:
            runs.append(_Run(name.start, name.end, frozenset({name.key}), kind))
    return runs


def _overlap(text: str, part: str) -> float:
    mine, theirs = {word.norm for word in words(text)}, {word.norm for word in words(part)}
    return 2 * len(mine & theirs) / max(1, len(mine) + len(theirs))
