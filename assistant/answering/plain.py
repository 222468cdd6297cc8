"""Only plain text of a model reaches a reader: no HTML, link, image, form, code or hidden character."""

from __future__ import annotations

import re
import unicodedata

MAX_SENTENCE_CHARS = 600
_FORBIDDEN = {
    "HTML": re.compile(r"<\s*/?\s*[a-zA-Z!?]|&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]{2,8});|\bon\w+\s*="),
    "link": re.compile(
        r"(?:https?|ftp|file|javascript|data|vbscript|mailto|tel)\s*:\s*(?://)?\S|\bwww\.|//\w|\]\s*\(|\]\s*:|\bhxxps?"
        r"|\b[\w-]+\.(?:com|org|net|io|example|test|evil|info|xyz|ru|cn|fr|eu|co|dev|app|site|link|biz)/",
        re.IGNORECASE,
    ),
    "address": re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+\.\w"),
    "bracket": re.compile(r"(?<!\w)\[[^\]]*\]|\[\s*$"),
    "image": re.compile(r"!\s*\["),
    "code": re.compile(r"`|\{\{|\}\}|\$\(|<\||\|>|\\u[0-9a-f]{4}", re.IGNORECASE),
}
_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})
_SPACES = re.compile(r"\s+")
# Model habits that are no markup of ours but harmless once taken off.
_EMPHASIS = re.compile(r"(\*\*|__|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w))")
_LEAD = re.compile(r"^(?:[-*•–]\s+|#{1,6}\s+|>\s+|\d{1,2}[.)]\s+(?=\D))")


def tidy(text: str) -> str:
    """A sentence without list bullets, heading marks and emphasis, its white space folded."""
    return _SPACES.sub(" ", _EMPHASIS.sub("", _LEAD.sub("", text.strip()))).strip()


def forbidden(text: str) -> str | None:
    """What forbids showing `text`, or None: `HTML`, `link`, `image`, `hidden character`, `mixed scripts`, `length`..."""
    if len(text) > MAX_SENTENCE_CHARS:
        return "length"
    if any(unicodedata.category(letter) in _HIDDEN for letter in text):
        return "hidden character"
    compatible = unicodedata.normalize("NFKC", text)
    for what, pattern in _FORBIDDEN.items():
        if pattern.search(text) or pattern.search(compatible):
            return what
    return "script" if any(letter.isalpha() and not _is_latin(letter) for letter in text) else None


def _is_latin(letter: str) -> bool:
    """French and English need no other script; look-alikes from others hide words from the checks."""
    return letter.isascii() or unicodedata.name(letter, "").startswith(
        ("LATIN", "FEMININE ORDINAL", "MASCULINE ORDINAL", "MODIFIER LETTER SMALL")
    )
