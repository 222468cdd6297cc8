"""A question that leans on the one before it, completed with that one's subject."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.records import Turn
from assistant.search.folding import fold
from assistant.search.lexical import content_words

# A question with fewer content words than this may lack its subject.
_FEW_WORDS = 4
_LEANS = re.compile(
    r"^\W*(?:et|and|mais|but|or|ou|then|alors|donc|so|also|aussi|what about|how about|qu'en est-il)\b"
    r"|\b(?:il|elle|ils|elles|lui|leur|leurs|celui-ci|celle-ci|ceux-ci|cela|ca|y|en|he|she|it|they|him|her|them|his|its|their|this|that|these|those"
    r"|la-bas|there|ce dernier|cette derniere|the latter|the former|same|meme)\b"
)
_MORE = re.compile(
    r"^\W*(?:more|tell me more|encore|plus|dis m'en plus|dites-m'en plus|et encore|go on|continue[zr]?|details?|en detail|source\w*|sources? \?)\W*$"
)


def may_lean(question: str) -> bool:
    """Whether a question may need the one before it: it points back, or has hardly a content word of its own."""
    return points_back(question) or len(content_words(question)) < _FEW_WORDS


def points_back(question: str) -> bool:
    """Whether a question says itself that it goes on: by a pronoun, an "and", or by having no content word at all."""
    folded = fold(question)
    return bool(_LEANS.search(folded) or _MORE.search(folded)) or not content_words(question)


def asks_for_more(question: str) -> bool:
    """Whether only more of the same, or its source, is asked for."""
    return bool(_MORE.search(fold(question)))


def completed(question: str, history: Sequence[Turn]) -> str | None:
    """The question with the last earlier one that stood alone before it; None without history.

    "And its budget?" after "What is Current AI?" becomes "What is Current AI? And its budget?".
    """
    for turn in reversed(history):
        if turn.question.strip() and not _MORE.search(fold(turn.question)):
            return turn.question.strip() if asks_for_more(question) else f"{turn.question.strip()} {question}"
    return None
