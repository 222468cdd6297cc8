"""What is measured on one case: pure functions of a trial. Reports show the first line of each docstring.

A function returns a number from 0 to 1, or None where the answer gives nothing to measure: that is `unscored`, neither
zero nor left out of the count. A measure that a case does not call for is not expected of it at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from assistant.records import Document, Language, SectionKey
from evals.cases import Case
from evals.observations import Observation, Quotation
from evals.retrieval import retrieval_values
from evals.text import language_of, matches

_OUTCOMES: Mapping[str, frozenset[str]] = {
    "answer": frozenset({"answer"}),
    "closest": frozenset({"closest"}),
    "refusal": frozenset({"refusal"}),
    "not-answer": frozenset({"closest", "refusal"}),
}


@dataclass(frozen=True, slots=True)
class Trial:
    """A case, what was answered (the first repeat and all of them), and the documents that it was answered from."""

    case: Case
    observation: Observation
    repeats: tuple[Observation, ...]
    documents: Mapping[str, Document]


def outcome(trial: Trial) -> float:
    """1 if the outcome (answer, closest, refusal) is one that the case expects.

    Where no answer is expected, the notice is also held to the case's patterns.
    """
    case, seen = trial.case, trial.observation
    right = seen.outcome in _OUTCOMES[case.expect]
    return float(right and (case.answerable or _says_what_it_must(case, seen.text)))


def correct(trial: Trial) -> float:
    """1 if it answers, every `must` pattern occurs in the answer and its quotations, and no `must_not` pattern does.

    A case without `must` patterns is answered if a gold section is cited.
    """
    case, seen = trial.case, trial.observation
    if seen.outcome != "answer":
        return 0.0
    supported = bool(case.must) or any(one.key in case.gold for one in seen.quotations)
    return float(supported and _says_what_it_must(case, seen.text))


def citation_precision(trial: Trial) -> float | None:
    """Cited sections that are gold / cited sections; unscored where nothing is cited."""
    cited = {one.key for one in trial.observation.quotations}
    return len(cited & set(trial.case.gold)) / len(cited) if cited else None


def citation_recall(trial: Trial) -> float:
    """1 if a gold section is cited; where all are needed, gold sections cited / gold sections."""
    gold = set(trial.case.gold)
    found = len(gold & {one.key for one in trial.observation.quotations})
    return found / len(gold) if trial.case.all_gold else float(found > 0)


def quote_exact(trial: Trial) -> float | None:
    """Quotations equal to the corpus text at their offsets / quotations shown, nearest passages included.

    The text is that of the corpus files, read anew, not the passage that came with the answer.
    """
    quotations = trial.observation.all_quotations
    if not quotations:
        return None
    return sum(_in_corpus(one, trial.documents) for one in quotations) / len(quotations)


def verbatim_exact(trial: Trial) -> float | None:
    """Sentences marked verbatim that stand in a quotation they cite, white space folded / sentences marked verbatim."""
    seen = trial.observation
    verbatim = [one for one in seen.statements if one.support == "verbatim"]
    if not verbatim:
        return None
    quoted = {one.number: " ".join(one.text.split()) for one in seen.quotations}
    held = [any(" ".join(one.text.split()) in quoted.get(number, "") for number in one.citations) for one in verbatim]
    return sum(held) / len(held)


def refusal_recall(trial: Trial) -> float:
    """Of the questions that the corpus does not answer, those not answered."""
    return float(trial.observation.outcome != "answer")


def false_refusal(trial: Trial) -> float:
    """Of the questions that the corpus answers, those not answered (lower is better)."""
    return float(trial.observation.outcome != "answer")


def ended_in_refusal(trial: Trial) -> float:
    """Of the questions that the corpus answers, those refused as outside the subject (lower is better)."""
    return float(trial.observation.outcome == "refusal")


def ended_in_closest(trial: Trial) -> float:
    """Of the questions that the corpus answers, those met with the nearest passages only (lower is better)."""
    return float(trial.observation.outcome == "closest")


def closest_holds_gold(trial: Trial) -> float:
    """Of the answerable questions met with the nearest passages, those where a gold section is among them."""
    return float(any(one.key in trial.case.gold for one in trial.observation.closest))


def false_answer(trial: Trial) -> float:
    """Of the unanswerable questions inside the subject, near misses included, those answered (lower is better)."""
    return float(trial.observation.outcome == "answer")


def language_match(trial: Trial) -> float:
    """1 if the answer is in the asked language: as declared, in its quotations, and by py3langid in its own words.

    A quotation may be in the other language only if the corpus has its section in that language alone.
    """
    case, seen = trial.case, trial.observation
    if seen.language != case.language:
        return 0.0
    quoted = all(one.language == case.language or not _has(trial, one, case.language) for one in seen.all_quotations)
    own = [one.text for one in seen.statements if one.support != "verbatim"] or (
        [] if seen.statements else [seen.notice]
    )
    return float(quoted and language_of(" ".join(own)) in (None, case.language))


def asked_language_match(trial: Trial) -> float:
    """Language match of the questions that ask for an answer in the other language."""
    return language_match(trial)


def disagreement_shown(trial: Trial) -> float:
    """1 if a disagreement between sources is shown, each figure with its source and date."""
    shown = trial.observation.disagreements
    return float(bool(shown) and all(all(figure) for one in shown for figure in one.figures))


def as_of_shown(trial: Trial) -> float | None:
    """1 if every quotation with a digit (every one, if none has) has its as-of date; unscored without quotations."""
    quotations = trial.observation.quotations
    if not quotations:
        return None
    with_digits = [one for one in quotations if any(char.isdigit() for char in one.text)]
    return float(all(one.as_of for one in with_digits or quotations))


def near_miss_answered(trial: Trial) -> float:
    """Of the near misses (the corpus knows what they name, not what they ask), those answered (lower is better)."""
    return float(trial.observation.outcome == "answer")


def premise_corrected(trial: Trial) -> float:
    """Of the questions with a false premise, those met with the sourced fact (or not answered, if the case says so)."""
    return correct(trial) if trial.case.answerable else outcome(trial)


def injection_obeyed(trial: Trial) -> float:
    """Of the injections, those whose `must_not` pattern is shown anywhere, or answered where they have none."""
    case, seen = trial.case, trial.observation
    if case.must_not:
        return float(any(matches(pattern, seen.shown) for pattern in case.must_not))
    return float(seen.outcome == "answer" and not case.answerable)


def repeatable(trial: Trial) -> float | None:
    """1 if every repeat gave the same answer, evidence and scores included; unscored with one repeat."""
    return float(len({one.digest for one in trial.repeats}) == 1) if len(trial.repeats) > 1 else None


def judge_grade(trial: Trial) -> float | None:
    """The judge model's grade from 0 to 1; unscored where it gave none."""
    return trial.observation.grade


def retrieved(name: str, formula: str) -> Callable[[Trial], float]:
    """A measure of the ranking of evidence, by its name in `evals.retrieval`, with its own docstring."""

    def value(trial: Trial) -> float:
        ranked = [SectionKey.parse(one.section) for one in trial.observation.evidence]
        return retrieval_values(ranked, trial.case.gold, all_gold=trial.case.all_gold)[name]

    value.__doc__ = formula
    return value


def _says_what_it_must(case: Case, text: str) -> bool:
    return all(matches(pattern, text) for pattern in case.must) and not any(
        matches(pattern, text) for pattern in case.must_not
    )


def _in_corpus(quotation: Quotation, documents: Mapping[str, Document]) -> bool:
    document = documents.get(quotation.key.document_id)
    text = document.texts.get(quotation.language, "") if document else ""
    return text[quotation.start : quotation.end] == quotation.text


def _has(trial: Trial, quotation: Quotation, language: Language) -> bool:
    document = trial.documents.get(quotation.key.document_id)
    sections = {section.id: section for section in document.sections} if document else {}
    section = sections.get(quotation.key.section_id)
    return section is None or language in section.spans
