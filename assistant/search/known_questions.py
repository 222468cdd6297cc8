"""Questions of which it is known whether a section answers them, and how near a new question is to them.

Learned by `python -m evals fit` from the `dev` cases and from questions written to learn from; shipped with the package.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from assistant.records import SectionKey
from assistant.search.encoder import Matrix, Vector

# How sharply a vote falls with distance (cosine of centred vectors), and how many neighbours are averaged.
_SHARPNESS = 12.0
_NEIGHBOURS = 5
NEIGHBOUR_FEATURES = (
    "near_unanswered_here",
    "near_answered_here",
    "here",
    "near_unanswered",
    "near_answered",
    "anywhere",
    "vote",
    "neighbours",
)


@dataclass(frozen=True)
class KnownQuestions:
    """Centred question vectors of unit length, shape (n, dimension), with their sections and whether they are answered.

    A question may belong to several sections (`#` stands in every key, so a joined text is split at spaces).
    """

    vectors: Matrix
    sections: tuple[str, ...]
    answered: npt.NDArray[np.bool_]

    @cached_property
    def _by_section(self) -> Mapping[str, npt.NDArray[np.int64]]:
        rows: dict[str, list[int]] = {}
        for row, joined in enumerate(self.sections):
            for key in joined.split():
                rows.setdefault(key, []).append(row)
        return {key: np.array(found) for key, found in rows.items()}

    def features(
        self, centred: Vector, section: SectionKey, but: npt.NDArray[np.bool_] | None = None
    ) -> dict[str, float]:
        """How near the question is to answered and to unanswered ones, of `section` and of any.

        `centred` is the question's embedding, centred and of unit length; questions marked in `but` do not exist
        (fitting asks known questions and must not find them).
        """
        similarity = self.vectors @ centred
        if but is not None:
            similarity = np.where(but, -1.0, similarity)
        here = np.zeros(len(similarity), dtype=bool)
        if (rows := self._by_section.get(str(section))) is not None:
            here[rows] = True
        unanswered, answered = similarity[~self.answered], similarity[self.answered]
        unanswered_here = float(similarity[here & ~self.answered].max(initial=0.0))
        answered_here = float(similarity[here & self.answered].max(initial=0.0))
        nearest_unanswered = float(unanswered.max(initial=0.0))
        nearest_answered = float(answered.max(initial=0.0))
        return {
            "near_unanswered_here": unanswered_here,
            "near_answered_here": answered_here,
            "here": answered_here - unanswered_here,
            "near_unanswered": nearest_unanswered,
            "near_answered": nearest_answered,
            "anywhere": nearest_answered - nearest_unanswered,
            "vote": _log_votes(unanswered) - _log_votes(answered),
            "neighbours": _mean_of_nearest(unanswered) - _mean_of_nearest(answered),
        }


def _log_votes(similarity: Vector) -> float:
    return float(np.log(np.exp(similarity * _SHARPNESS).sum() + 1.0))


def _mean_of_nearest(similarity: Vector) -> float:
    nearest = np.sort(similarity)[-_NEIGHBOURS:]
    return float(nearest.mean()) if len(nearest) else 0.0
