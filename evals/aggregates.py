"""Measures that are no mean over cases: gaps between groups, shares of other totals, latency as a ratio."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import combinations
from statistics import median

from assistant.records import Bilingual
from evals.measures import Trial
from evals.observations import Observation
from evals.registry import Better, Group
from evals.scoring import Result, Scores, case_results
from evals.statistics import Interval, bootstrap, difference_interval, mean, percentile, wilson

Values = Sequence[float]


def all_results(trials: Sequence[Trial], scores: Scores) -> tuple[Result, ...]:
    """Every measure over these trials, the headline first."""
    return (
        passed(trials, scores),
        *case_results(scores, [trial.case.id for trial in trials]),
        refusal_precision(trials),
        cross_gap(trials, scores),
        language_gap(trials, scores),
        withheld(trials),
        support_rate(trials),
        agreement(trials),
        tokens(trials),
        latency_median(trials),
        latency_p95(trials),
    )


def passed(trials: Sequence[Trial], scores: Scores) -> Result:
    """Cases whose answer keeps every promise expected of it / cases."""
    kept = sum(scores.passed(trial.case.id) for trial in trials)
    return _share(_blank(passed, Bilingual("Cas réussis", "Cases passed"), "answer"), kept, len(trials))


def refusal_precision(trials: Sequence[Trial]) -> Result:
    """Of the questions not answered, those that the corpus does not answer."""
    refused = [trial for trial in trials if trial.observation.outcome in ("closest", "refusal")]
    right = sum(not trial.case.answerable for trial in refused)
    blank = _blank(refusal_precision, Bilingual("Précision des refus", "Refusal precision"), "refusal")
    return _share(blank, right, len(refused))


def cross_gap(trials: Sequence[Trial], scores: Scores) -> Result:
    """hit@5 where the source exists in the question's language - hit@5 where only in the other (lower is better)."""
    same = [one.case.id for one in trials if one.case.kind != "cross"]
    other = [one.case.id for one in trials if one.case.kind == "cross"]
    blank = _blank(cross_gap, Bilingual("Écart entre langues", "Cross-language gap"), "language", "lower")
    return _gap(replace(blank, expected=len(other)), scores.values("hit@5", same), scores.values("hit@5", other))


def language_gap(trials: Sequence[Trial], scores: Scores) -> Result:
    """|Correct answers to English questions - correct answers to French questions| (lower is better)."""
    french, english = (
        [one.case.id for one in trials if one.case.language == language and one.case.answerable]
        for language in ("fr", "en")
    )
    blank = _blank(language_gap, Bilingual("Écart français - anglais", "French - English gap"), "language", "lower")
    blank = replace(blank, expected=min(len(french), len(english)))
    return _absolute(_gap(blank, scores.values("correct", english), scores.values("correct", french)))


def withheld(trials: Sequence[Trial]) -> Result:
    """Sentences withheld / sentences written, over answers asked of a language model (lower is better)."""
    asked = _asked_of_a_model(trials)
    kept_back = sum(one.withheld for one in asked)
    written = kept_back + sum(len(one.statements) for one in asked if one.mode == "generation")
    blank = _blank(withheld, Bilingual("Phrases retenues", "Sentences withheld"), "trust", "lower")
    return _share(blank, kept_back, written)


def support_rate(trials: Sequence[Trial]) -> Result:
    """Answers that a language model wrote and the checks let stand / answers asked of it; the rest were quoted instead."""
    asked = [one for one in _asked_of_a_model(trials) if one.outcome == "answer"]
    blank = _blank(support_rate, Bilingual("Réponses rédigées et appuyées", "Written answers that stood"), "trust")
    return _share(blank, sum(one.mode == "generation" for one in asked), len(asked))


def agreement(trials: Sequence[Trial]) -> Result:
    """Pairs of repeats that quote the same sections / pairs of repeats, over cases asked of a language model."""
    quoted = [
        [{quotation.section for quotation in one.all_quotations} for one in trial.repeats]
        for trial in trials
        if trial.observation.tokens is not None
    ]
    pairs = [one == other for repeats in quoted for one, other in combinations(repeats, 2)]
    blank = _blank(agreement, Bilingual("Accord des répétitions", "Agreement of repeats"), "trust")
    return _share(blank, sum(pairs), len(pairs))


def tokens(trials: Sequence[Trial]) -> Result:
    """Mean tokens that a language model has cost for one answer, prompts and rewritings included (lower is better)."""
    spent = [float(one.tokens) for one in _asked_of_a_model(trials) if one.tokens is not None]
    blank = _blank(tokens, Bilingual("Jetons par réponse", "Tokens of an answer"), "speed", "lower")
    if not spent:
        return blank
    return replace(blank, value=mean(spent), interval=bootstrap(spent, mean), scored=len(spent), expected=len(spent))


def _asked_of_a_model(trials: Sequence[Trial]) -> list[Observation]:
    return [trial.observation for trial in trials if trial.observation.tokens is not None]


def latency_median(trials: Sequence[Trial]) -> Result:
    """Median time of an answer / median time of one bare query embedding in the same run (lower is better)."""
    blank = _blank(
        latency_median, Bilingual("Durée médiane d’une réponse", "Median time of an answer"), "speed", "lower"
    )
    return _latency(blank, trials, 50)


def latency_p95(trials: Sequence[Trial]) -> Result:
    """95th percentile of the time of an answer / median time of one bare embedding (lower is better)."""
    blank = _blank(
        latency_p95,
        Bilingual("Durée que 95\u00a0% des réponses ne dépassent pas", "Time that 95% of answers stay within"),
        "speed",
        "lower",
    )
    return _latency(blank, trials, 95)


def _blank(source: Callable[..., Result], titles: Bilingual, group: Group, better: Better = "higher") -> Result:
    """A result with nothing scored yet, named by its function and explained by its docstring."""
    formula = (source.__doc__ or "").strip().splitlines()[0]
    return Result(source.__name__, titles, group, better, None, None, 0, 0, formula)


def _share(blank: Result, part: int, whole: int) -> Result:
    if not whole:
        return blank
    return replace(blank, value=part / whole, interval=wilson(part, whole), scored=whole, expected=whole)


def _gap(blank: Result, first: Values, second: Values) -> Result:
    if not first or not second:
        return blank
    interval = difference_interval(first, second)
    return replace(blank, value=mean(first) - mean(second), interval=interval, scored=min(len(second), blank.expected))


def _absolute(gap: Result) -> Result:
    if gap.value is None or gap.interval is None:
        return gap
    low, high = sorted((abs(gap.interval.low), abs(gap.interval.high)))
    spans_zero = gap.interval.low <= 0 <= gap.interval.high
    return replace(gap, value=abs(gap.value), interval=Interval(0.0 if spans_zero else low, high))


def _latency(blank: Result, trials: Sequence[Trial], share: float) -> Result:
    times = [trial.observation.elapsed_ms for trial in trials if trial.observation.error is None]
    bare = [trial.observation.embedding_ms for trial in trials if trial.observation.embedding_ms]
    blank = replace(blank, expected=len(times), timed=True)
    if not times or not bare:
        return blank
    ratios = [time / median(bare) for time in times]
    interval = bootstrap(ratios, partial(percentile, share=share))
    return replace(blank, value=percentile(ratios, share), interval=interval, scored=len(times))
