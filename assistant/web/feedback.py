"""What a reader may say of an answer: one of four verdicts and, if they like, a short text. No cookie, no id."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal, get_args
from urllib.parse import parse_qs

from assistant.errors import InvalidRequest

Verdict = Literal["right", "wrong", "wrong-source", "other"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
MAX_TEXT_CHARS = 1000
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")
# A character may be four bytes, each of them percent-encoded as three.
MAX_FORM_BYTES = 12 * MAX_TEXT_CHARS + 1000


class TextTooLong(InvalidRequest):
    """A text or a form over its limit."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """A checked verdict with its text, which may be empty."""

    verdict: Verdict
    text: str = ""


def checked_feedback(verdict: str, text: str) -> Feedback:
    """The verdict and the cleaned text.

    Raises:
        TextTooLong: for a text over the limit.
        InvalidRequest: for an unknown verdict.
    """
    for known in VERDICTS:
        if verdict == known:
            break
    else:
        raise InvalidRequest(f"verdict {verdict[:40]!r} is none of {', '.join(VERDICTS)}; choose one of them")
    # The length is checked on what was sent: cleaning a text of any length would be work for nothing.
    if len(text) > MAX_TEXT_CHARS:
        raise TextTooLong(f"the text has {len(text)} characters; the limit is {MAX_TEXT_CHARS}: shorten it")
    return Feedback(known, plain_text(text))


def read_form(body: bytes) -> Feedback:
    """The feedback in a submitted form (`application/x-www-form-urlencoded`).

    Raises:
        TextTooLong: for a body or a text over the limit.
        InvalidRequest: for an unknown verdict, or too many fields.
    """
    if len(body) > MAX_FORM_BYTES:
        raise TextTooLong(f"the form has {len(body)} bytes; the limit is {MAX_FORM_BYTES}: shorten the text")
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=10)
    except ValueError:
        raise InvalidRequest("the form has more than 10 fields; send `verdict` and `text`") from None
    # A browser sends line ends as two characters; they count as one.
    text = fields.get("text", [""])[0].replace("\r\n", "\n")
    return checked_feedback(fields.get("verdict", [""])[0], text)


def plain_text(text: str) -> str:
    """Composed characters and line ends; what is invisible or steers a terminal or a database is dropped."""
    composed = unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", text))
    return "".join(letter for letter in composed if letter in "\n" or unicodedata.category(letter)[0] != "C").strip()
