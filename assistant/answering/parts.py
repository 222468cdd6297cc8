"""Questions of two parts ("Compare...", "X versus Y", "who ... and how many ..."), and the section that answers the second."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.search.folding import fold
from assistant.search.ranking import Candidate
from assistant.search.vocabulary import Vocabulary, stem_set

_INTERROGATIVE = r"(?:qui|que|quoi|quand|comment|combien|pourquoi|ou|quel(?:le)?s?|who|what|when|where|which|why|how(?: much| many)?)"
# Words that set two things against each other.
_COMPARES = re.compile(
    r"^\W*(?:(?:can|could) you |(?:peux|pouvez)[- ](?:tu|vous) )?(?:please )?compare[zr]?\b"
    r"|\b(?:comparaison|comparison|versus|vs|respectivement|respectively|side by side|cote a cote|d'un cote|a la fois)\b"
    r"|^\W*(?:which|who|where|qui|lequel|laquelle|ou)\b[^?]*\b(?:more|most|longer|larger|bigger|le plus|la plus|plus)\b[^?]*\b(?:or|ou)\b"
)
# Wordings that often ask two things of one section.
_ASKS_TWICE = re.compile(
    r"\b(?:both|les deux|each|chacune?|la meme|le meme|the same|difference\w*|differ\w*)\b"
    rf"|\b{_INTERROGATIVE}\b[^?]*(?:,|\?)?\s(?:et|and|ou|or)\s(?:(?:a|de|par|by|in|for|en)\s)?{_INTERROGATIVE}\b"
)
# The second section stands among so many, and says what the first one does not of words that are so rare together.
_AMONG = 1
_RARE_COMPARED = 2.0
_RARE = 4.0


def _least_gain(question: str) -> float | None:
    """How rare together the words must be that a second section adds; None for a question of one part."""
    folded = fold(question)
    if _COMPARES.search(folded):
        return _RARE_COMPARED
    return _RARE if _ASKS_TWICE.search(folded) else None


def second_section(question: str, candidates: Sequence[Candidate], vocabulary: Vocabulary) -> Candidate | None:
    """Of the sections after the first the one that says of a two-part question what the first leaves out; None without one."""
    least = _least_gain(question)
    if least is None or len(candidates) < 2:
        return None
    left = stem_set(question) - stem_set(vocabulary.text(candidates[0].section))
    gains = [
        (sum(vocabulary.rarity(stem) for stem in _told(left, one, vocabulary)), one)
        for one in candidates[1 : 1 + _AMONG]
    ]
    gain, best = max(gains, key=lambda pair: pair[0])
    return best if gain >= least else None


def _told(left: frozenset[str], candidate: Candidate, vocabulary: Vocabulary) -> frozenset[str]:
    return left & stem_set(vocabulary.text(candidate.section))
