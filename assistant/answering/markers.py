"""A model's text while it streams: whole sentences, each with the numbers of the passages that it cites."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.reading.sentences import sentence_spans
from assistant.records import Language

_WIDE = str.maketrans({"【": "[", "】": "]", "［": "[", "］": "]", "〔": "[", "〕": "]"})
_WORD = r"(?:passages?|sources?|extraits?|documents?|docs?|réf\.?|ref\.?|n°|no\.?)?\s*"
_LIST = rf"\d{{1,4}}(?:\s*(?:,|;|&|et|and|-|–|à|to)\s*\^?{_WORD}\d{{1,4}})*"
_MARKER = re.compile(rf"\[\s*\^?{_WORD}(?P<numbers>{_LIST})\s*(?:[†:][^\]]{{0,40}})?\]", re.IGNORECASE)
_RANGE = re.compile(r"(\d{1,4})\s*(?:-|–|à|to)\s*\^?(\d{1,4})")
# "Text. [1] [2]" says what "Text [1] [2]." says.
_MARKERS_AFTER_STOP = re.compile(
    rf"(?P<stop>(?<![.!?…])[.!?…]+[\"»”’')]*)(?P<markers>(?:[ \t]*{_MARKER.pattern.replace('?P<numbers>', '?:')})+)",
    re.IGNORECASE,
)
_ENUMERATOR = re.compile(r"(^|\n)[ \t]*\d{1,2}[.)][ \t]+")
_AFTER_ELLIPSIS = re.compile(r"(?<=…)\s+(?=[A-ZÀ-Ý«“])|(?<=\.\.\.)\s+(?=[A-ZÀ-Ý«“])")
_MAX_RANGE = 20
_MAX_PENDING = 2_000
_THINKING = ("<think>", "</think>")


@dataclass(frozen=True, slots=True)
class Marked:
    """A sentence without its markers, and the numbers that they named, in order, each once."""

    text: str
    numbers: tuple[int, ...]


def parse_markers(sentence: str) -> Marked:
    """Take the markers out of a sentence: `[1]`, `[1, 2]`, `[1][3]`, `[2-4]`, `【1†source】`, `[passage 1]`."""
    sentence = sentence.translate(_WIDE)
    numbers: dict[int, None] = {}
    for match in _MARKER.finditer(sentence):
        numbers.update(dict.fromkeys(_numbers(match["numbers"])))
    text = re.sub(r"\s+", " ", _MARKER.sub("", sentence))
    return Marked(re.sub(r"(?<!\s)\s+([.,…])", r"\1", text).strip(), tuple(numbers))


def _numbers(text: str) -> Iterable[int]:
    for first, last in _RANGE.findall(text):
        if int(first) < int(last) <= int(first) + _MAX_RANGE:
            yield from range(int(first), int(last) + 1)
    yield from (int(number) for number in re.findall(r"\d+", text))


class SentenceStream:
    """Cuts a growing text into sentences; a sentence is handed out once the next one has begun, so its markers are complete."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._pending = ""
        self._thinking: bool | None = None

    def feed(self, piece: str) -> list[str]:
        """Take the next piece of text; return the sentences that it completed."""
        self._pending += piece.translate(_WIDE)
        if not self._past_thinking():
            return []
        if len(self._pending) <= _MAX_PENDING and not re.search(r"[.!?…:;\n]", self._pending):
            return []
        text = _prepare(self._pending)
        spans = _sentences(text, self._language)
        keep = 2 if spans and text[spans[-1][0]] == "[" else 1
        done = spans[:-keep] if len(text) <= _MAX_PENDING or len(spans) > keep else spans
        if not done:
            return []
        self._pending = text[done[-1][1] :]
        return [text[start:end] for start, end in done]

    def close(self) -> list[str]:
        """The text has ended: return what is left of it."""
        text = "" if self._thinking else _prepare(self._pending)
        self._pending = ""
        return [text[start:end] for start, end in _sentences(text, self._language)]

    def _past_thinking(self) -> bool:
        """Reasoning models send their thoughts first, between tags; those are for nobody's eyes."""
        if self._thinking is None:
            begun = self._pending.lstrip()
            if _THINKING[0].startswith(begun[: len(_THINKING[0])]) and len(begun) < len(_THINKING[0]):
                return False
            self._thinking = begun.startswith(_THINKING[0])
        if self._thinking:
            _, end, rest = self._pending.partition(_THINKING[1])
            if not end:
                self._pending = self._pending[-len(_THINKING[1]) :]
                return False
            self._pending, self._thinking = rest, False
        return True


def _sentences(text: str, language: Language) -> list[tuple[int, int]]:
    """The sentences of a prepared text; an ellipsis before a capital ends one."""
    spans: list[tuple[int, int]] = []
    for start, end in sentence_spans(text, language):
        for match in _AFTER_ELLIPSIS.finditer(text, start, end):
            spans.append((start, match.start()))
            start = match.end()
        spans.append((start, end))
    return spans


def _prepare(text: str) -> str:
    """Markers before their full stop; every line a paragraph, its number a bullet: models do not wrap lines."""
    text = _MARKERS_AFTER_STOP.sub(lambda match: match["markers"] + match["stop"], text)
    return _ENUMERATOR.sub(r"\1- ", re.sub(r"\n+", "\n\n", text))
