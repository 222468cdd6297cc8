"""The command `fit`: gathers the examples, learns, writes, and says how far it got."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from assistant.search.entries import EmbeddingCache
from assistant.search.index_files import current_folder
from assistant.search.weights import LearnedWeights, shipped_weights
from assistant.settings import Settings
from assistant.wiring import ready_parts
from evals.cases import load_cases
from evals.errors import UsageError
from evals.fit import CHECK_PATH, CLOSEST_RATE, fit_answerability, fit_ranking, like_a_visitor, save_weights
from evals.fit_data import Example, Texts, case_examples, learned_examples, stored_examples, text_vectors
from evals.fit_learned import LearnedFit, fit_learned_check
from evals.fit_vectors import QuestionVectors
from evals.learning import load_learning

# The ranking decides what the check sees, so it is learned first and the examples are ranked anew with it.
_ROUNDS = 2


def fit(words: argparse.Namespace) -> int:
    """Learn from the index in force and the `dev` cases."""
    settings = Settings.from_env(os.environ)
    parts = ready_parts(settings)
    folder = current_folder(settings.data_dir)
    if folder is None:
        raise UsageError("there is no index; run `python -m assistant index`")
    vectors = text_vectors(parts.catalogue, EmbeddingCache.load(folder).by_digest())
    texts = Texts(parts.catalogue, vectors)
    dev = [case for case in load_cases(words.cases) if case.part == "dev"]
    embed = QuestionVectors(settings.data_dir / "fit", parts.encoder).embed
    weights, learning = shipped_weights(), load_learning()
    for number in range(_ROUNDS):
        print(f"round {number + 1} of {_ROUNDS}")
        examples = [
            *stored_examples(texts, weights, print, judged=number == _ROUNDS - 1),
            *case_examples(texts, dev, weights, embed),
            *learned_examples(texts, learning, weights, embed),
        ]
        if number == 0:
            answerable = [one for one in examples if one.gold]
            from_dev = [one for one in answerable if one.case]
            weights = weights.model_copy(update={"ranking": fit_ranking([*answerable, *from_dev, *from_dev])})
    fitted = f"{datetime.now(UTC):%Y-%m-%d}, corpus {parts.catalogue.version}, {len(dev)} dev cases"
    weights = LearnedWeights(fitted=fitted, ranking=weights.ranking, answerability=fit_answerability(examples))
    save_weights(weights)
    learned = fit_learned_check(texts, examples, like_a_visitor, CLOSEST_RATE)
    learned.check.save(CHECK_PATH)
    print("\n".join((*_summary(examples, weights), *_check_summary(learned))))
    parts.store.close()
    return 0


def _summary(examples: Sequence[Example], weights: LearnedWeights) -> list[str]:
    """Rates on what was learned from: not a measurement, only a sign that nothing went wrong."""
    check = weights.answerability
    lines = [f"weights: {weights.fitted}"]
    for origin in ("stored", "dev"):
        chosen = [one for one in examples if one.origin == origin and one.gold]
        lines.append(f"{origin}: right section first {np.mean([one.right for one in chosen]):.3f} of {len(chosen)}")
    for kind in ("near-miss", "unanswerable"):
        chosen = [one for one in examples if one.case and one.case.kind == kind]
        stopped = [check.answers.probability(one.features, one.vector) < check.answers_threshold for one in chosen]
        lines.append(f"{kind}: not answered {np.mean(stopped):.3f} of {len(chosen)}")
    return lines


def _check_summary(learned: LearnedFit) -> list[str]:
    """Held-out rates of the check over cases as visitors ask them; what the working point costs and stops."""
    lines: list[str] = []
    visitors = [(one, p) for one, p in zip(learned.examples, learned.held_out, strict=True) if like_a_visitor(one)]
    for threshold in np.quantile([p for one, p in visitors if one.gold], [0.02, 0.05, 0.08, 0.1, 0.12, 0.15]):
        lost = np.mean([p < threshold for one, p in visitors if one.gold])
        stopped = np.mean([p < threshold for one, p in visitors if not one.gold])
        lines.append(
            f"at P {threshold:.3f}: {lost:.3f} of the answerable and {stopped:.3f} of the unanswerable are not answered"
        )
    return lines
