"""Lines of one paragraph joined into running text, with the words that a line end cut made whole.

A hyphen at a line end may belong to the word (vice-président) or only show the cut (coopé-ration). The document's other
words decide; where they do not, a few parts of words that always keep their hyphen do.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from assistant.reading.pdf_lines import Line

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LAST_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*$")
_KEEP_AFTER = frozenset({"vice", "ex", "non", "après", "avant", "mi", "demi", "semi", "quasi", "self", "well", "là"})
_KEEP_BEFORE = frozenset(
    {"je", "tu", "il", "elle", "on", "nous", "vous", "ils", "elles", "ce", "ci", "là", "y", "en", "t", "même", "mêmes"}
    | {"moi", "toi", "lui", "leur", "midi"}
)


def words_of(lines: Iterable[Line]) -> Counter[str]:
    """The words that stand whole in the lines, in small letters."""
    words: Counter[str] = Counter()
    for line in lines:
        found = _WORD.findall(line.text.lower())
        words.update(found[:-1] if line.hyphen else found)
    return words


def join_lines(lines: list[Line], words: Counter[str]) -> str:
    """The text of the lines as one line."""
    text = lines[0].text
    for previous, line in pairwise(lines):
        if previous.hyphen:
            text += ("-" if _belongs(text, line.text, previous.hyphen, words) else "") + line.text
        elif text.endswith("-") and text[-2:-1].isalnum():
            text += line.text
        else:
            text += " " + line.text
    return text


def _belongs(before: str, after: str, hyphen: str, words: Counter[str]) -> bool:
    head, tail = _LAST_WORD.search(before), _WORD.match(after)
    if hyphen == "soft" or head is None:
        return False
    if tail is None:
        return True
    first, second = head[0].lower(), tail[0].lower()
    whole, hyphened = words[first + second], words[f"{first}-{second}"]
    if whole != hyphened:
        return hyphened > whole
    return after[0].isupper() or first in _KEEP_AFTER or second.partition("-")[0] in _KEEP_BEFORE
