"""Learn the answerability check: kernel machine and matcher, how they mix, and the working point."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assistant.search.learned_check import LearnedCheck
from evals.fit_data import Example, Texts
from evals.fit_kernel import KernelFit
from evals.fit_matching import Sections, fit_matcher, held_out_logits

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class LearnedFit:
    """The check, and for each example the probability by one that had not seen its fold."""

    check: LearnedCheck
    examples: tuple[Example, ...]
    held_out: Floats


def fit_learned_check(
    texts: Texts, examples: Sequence[Example], counts: Callable[[Example], bool], closest_rate: float
) -> LearnedFit:
    """Learn from everything; the mixture and the working point come from held-out probabilities of the examples that count,
    of whose answerable ones `closest_rate` fall below it."""
    from sklearn.linear_model import LogisticRegression

    sections = Sections(texts)
    kernel = KernelFit(examples, sections.question_centre)
    seen = np.array([counts(one) for one in kernel.examples])
    evidence = np.column_stack([kernel.held_out_decisions(), held_out_logits(texts, kernel.examples)])
    mixer = LogisticRegression(C=100.0).fit(evidence[seen], kernel.labels[seen], sample_weight=kernel.weights[seen])
    held_out: Floats = mixer.predict_proba(evidence)[:, 1]
    answerable = seen & np.array([bool(one.gold) for one in kernel.examples])
    machine, _ = kernel.machine(np.zeros(len(kernel.examples), dtype=bool))
    matcher = fit_matcher(sections, list(sections.rows(texts, kernel.examples)))
    mixture = np.append(mixer.coef_[0], mixer.intercept_).astype(np.float32)
    threshold = float(np.quantile(held_out[answerable], closest_rate))
    check = LearnedCheck(machine, kernel.known, matcher, mixture, threshold)
    return LearnedFit(check, tuple(kernel.examples), held_out)
