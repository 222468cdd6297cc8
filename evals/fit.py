"""`python -m evals fit`: learn the weights of ranking and answerability and write assistant/search/weights.json.

From stored questions (each without itself and its counterpart) and the `dev` cases; `test` is never read.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import logsumexp

from assistant.search.encoder import Vector
from assistant.search.weights import AnswerabilityWeights, LearnedWeights, LogisticModel, RankingWeights
from evals.fit_data import Example

CHECK_PATH = Path(__file__).parent.parent / "assistant" / "search" / "answerability.npz"
WEIGHTS_PATH = Path(__file__).parent.parent / "assistant" / "search" / "weights.json"
_RANKING_FEATURES = ("classifier", "question", "sentence_mean", "sentence_max", "lexical", "summarises", "corrects")
_TEXT_FEATURES = ("sentence_mean", "sentence_max", "lexical")
_RANKING_PENALTY = 1e-5
# How much the question's direction counts beside the named features before regularisation.
_DIRECTION_SCALE = 4.0
_INVERSE_REGULARISATION = 0.1
_HELD_OUT_FOLDS = 5
# Answerable `dev` questions that may be sent to `closest` or, of all in-subject ones, to `refusal`: the working points.
CLOSEST_RATE = 0.10
REFUSAL_RATE = 0.01

# An example with its label and its weight.
Row = tuple[Example, int, float]
Floats = npt.NDArray[np.float64]


def fit_ranking(examples: Sequence[Example]) -> RankingWeights:
    """The mixture that makes a gold section most probable (conditional logit; several golds add their probabilities).

    Sections without questions get the text's weights and a bias that equals what the questions add on average to a wrong
    candidate, so that neither kind is ahead before the text speaks.
    """
    usable = [one for one in examples if any(c.section in one.gold for c in one.candidates)]
    full = _conditional_logit(usable, _RANKING_FEATURES)
    text = _conditional_logit(usable, _TEXT_FEATURES)
    others = [c for one in usable for c in one.candidates[1:6]]
    gap = float(np.mean([_dot(full, c.features) - _dot(text, c.features) for c in others]))
    return RankingWeights(with_questions={"bias": 0.0, **full}, without_questions={"bias": gap, **text})


def fit_answerability(examples: Sequence[Example]) -> AnswerabilityWeights:
    """Both regressions with their working points. The second stands in for the kernel machine with another encoder."""
    centre = np.mean([one.vector for one in examples if one.origin == "stored"], axis=0).astype(np.float32)
    answers, subject = _weighted_answers(examples), _weighted_subject(examples)
    return AnswerabilityWeights(
        on_subject=_logistic(subject, centre),
        answers=_logistic(answers, centre),
        on_subject_threshold=_working_point(
            subject, centre, lambda one: _inside(one) and one.case is not None, REFUSAL_RATE
        ),
        answers_threshold=_working_point(
            answers,
            centre,
            lambda one: one.case is not None and one.case.answerable and like_a_visitor(one),
            CLOSEST_RATE,
        ),
    )


def _working_point(rows: Sequence[Row], centre: Vector, counts: Callable[[Example], bool], rate: float) -> float:
    """The probability below which `rate` of the examples that count fall, each judged by a model that has not seen its document.

    Judged by the model that has seen them, the questions of the cases would look far surer than a visitor's.
    """
    groups = np.array([_group(one) for one, _, _ in rows])
    seen: list[float] = []
    for fold in range(_HELD_OUT_FOLDS):
        model = _logistic(
            [row for row, group in zip(rows, groups, strict=True) if group % _HELD_OUT_FOLDS != fold], centre
        )
        held = [
            one
            for (one, _, _), group in zip(rows, groups, strict=True)
            if group % _HELD_OUT_FOLDS == fold and counts(one)
        ]
        seen.extend(model.probability(one.features, one.vector) for one in held)
    return float(np.quantile(seen, rate))


def like_a_visitor(one: Example) -> bool:
    """Cases written section by section to learn from (ids pd-, nm-) are easier than what visitors ask: they set no working point."""
    return one.case is not None and not one.case.id.startswith(("pd-", "nm"))


def _group(one: Example) -> int:
    """The same number for every question about one document, whatever the order of the examples."""
    named = sorted(str(key.document_id) for key in one.gold) or [
        one.candidates[0].section.document_id if one.candidates else ""
    ]
    return zlib.crc32(named[0].encode())


def save_weights(weights: LearnedWeights, path: Path = WEIGHTS_PATH) -> None:
    """Write the weights, rounded to what matters, so that a change shows in a diff."""
    path.write_text(weights.model_dump_json(indent=1) + "\n", "utf-8")


def _weighted_answers(examples: Sequence[Example]) -> list[Row]:
    rows: list[Row] = []
    for one in examples:
        if one.origin == "away":
            rows.append((one, 0, 0.3))
        elif one.origin == "stored":
            rows.append((one, int(one.right), 0.2 if one.right else 0.05))
        elif one.origin == "learned" and not one.outside:
            rows.append((one, int(one.right), 0.3 if one.gold and not one.right else 1.0))
        elif one.case and one.case.kind in ("near-miss", "unanswerable"):
            rows.append((one, 0, 1.0))
        elif one.case and one.case.answerable and one.case.kind != "injection":
            rows.append((one, int(one.right), 1.0 if one.right else 0.3))
    return rows


def _weighted_subject(examples: Sequence[Example]) -> list[Row]:
    rows: list[Row] = []
    for one in examples:
        if one.origin == "stored":
            rows.append((one, 1, 0.2))
        elif one.origin == "learned":
            rows.append((one, int(not one.outside), 5.0 if one.outside else 0.2))
        elif one.case and _inside(one):
            rows.append((one, 1, 0.5))
        elif one.case and one.case.expect == "refusal":
            rows.append((one, 0, 5.0))
    return rows


def _inside(one: Example) -> bool:
    return one.case is not None and one.case.kind not in ("outside", "injection")


def _logistic(rows: Sequence[Row], centre: Vector) -> LogisticModel:
    from sklearn.linear_model import LogisticRegression

    names = [name for name in sorted(rows[0][0].features) if len({one.features[name] for one, _, _ in rows}) > 1]
    table = np.array([[one.features[name] for name in names] for one, _, _ in rows])
    means, scales = table.mean(axis=0), table.std(axis=0) + 1e-6
    moved = np.array([one.vector for one, _, _ in rows]) - centre
    moved /= np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9)
    model = LogisticRegression(C=_INVERSE_REGULARISATION, max_iter=1000)
    model.fit(
        np.hstack([(table - means) / scales, moved * _DIRECTION_SCALE]),
        [label for _, label, _ in rows],
        sample_weight=[weight for _, _, weight in rows],
    )
    coefficients = model.coef_[0]
    return LogisticModel(
        bias=round(float(model.intercept_[0]), 5),
        weights=_rounded(names, coefficients[: len(names)]),
        means=_rounded(names, means),
        scales=_rounded(names, scales),
        centre=[round(float(value), 5) for value in centre],
        direction=[round(float(value) * _DIRECTION_SCALE, 5) for value in coefficients[len(names) :]],
    )


def _conditional_logit(examples: Sequence[Example], names: Sequence[str]) -> dict[str, float]:
    widest = max(len(one.candidates) for one in examples)
    table = np.zeros((len(examples), widest, len(names)))
    absent = np.full((len(examples), widest), -np.inf)
    gold = np.full((len(examples), widest), -np.inf)
    for row, one in enumerate(examples):
        table[row, : len(one.candidates)] = [[c.features[name] for name in names] for c in one.candidates]
        absent[row, : len(one.candidates)] = 0.0
        gold[row, [place for place, c in enumerate(one.candidates) if c.section in one.gold]] = 0.0
    scales = np.maximum(table[np.isfinite(absent)].std(axis=0), 1e-6)
    table /= scales

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = table @ weights + absent
        everything, right = logsumexp(scores, axis=1), logsumexp(scores + gold, axis=1)
        pull = np.exp(scores - everything[:, None]) - np.exp(scores + gold - right[:, None])
        gradient = np.einsum("ec,ecf->f", pull, table) / len(table) + 2 * _RANKING_PENALTY * weights
        return float((everything - right).mean() + _RANKING_PENALTY * weights @ weights), gradient

    found: Any = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B")
    return _rounded(names, found.x / scales)


def _rounded(names: Sequence[str], values: Floats) -> dict[str, float]:
    return {name: round(float(value), 5) for name, value in zip(names, values, strict=True)}


def _dot(weights: Mapping[str, float], features: Mapping[str, float]) -> float:
    return sum(weight * features[name] for name, weight in weights.items())
