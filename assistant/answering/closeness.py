"""How close a sentence is to its source: words in common across inflection, synonyms and languages, and vectors.

The encoder is a plain callable that turns texts into rows of unit length (multilingual e5), so a dot product is a cosine.
Without one, only words, stems and the table of synonyms count.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from assistant.answering.vocabulary import are_opposites, are_synonyms
from assistant.answering.words import Word, is_content, same_word

Matrix = npt.NDArray[np.float32]
Encode = Callable[[Sequence[str]], Matrix]

# Measured on multilingual-e5-small, single words: translations and synonyms .90 to 1.0, other pairs .80 to .90.
SAME_MEANING = 0.905
_FAIRLY_NEAR = 0.875
_LEAD = 0.02
_REMEMBERED = 20_000


class RememberingEncoder:
    """An encoder that keeps the vectors of the texts it met last: the same words and passages come again and again."""

    def __init__(self, encode: Encode, size: int = _REMEMBERED) -> None:
        self._encode = encode
        self._size = size
        self._kept: OrderedDict[str, npt.NDArray[np.float32]] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, texts: Sequence[str]) -> Matrix:
        """One row for each text."""
        with self._lock:
            missing = [text for text in dict.fromkeys(texts) if text not in self._kept]
        fresh = dict(zip(missing, np.asarray(self._encode(missing), dtype=np.float32), strict=True)) if missing else {}
        with self._lock:
            rows = [
                fresh[text] if text in fresh else self._kept[text]
                for text in texts
                if text in fresh or text in self._kept
            ]
            for text in texts:
                if text in fresh:
                    self._kept[text] = fresh[text]
                elif text in self._kept:
                    self._kept.move_to_end(text)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        # Another thread may have pushed a text out between the two locks: encode all anew then.
        return np.stack(rows) if len(rows) == len(texts) else np.asarray(self._encode(list(texts)), dtype=np.float32)


def content(tokens: Sequence[Word]) -> list[Word]:
    """The words that carry meaning."""
    return [word for word in tokens if is_content(word)]


def alignments(
    sentence: Sequence[Word], source: Sequence[Word], encode: Encode | None, threshold: float = SAME_MEANING
) -> list[list[int]]:
    """For each word of `sentence`, the places of the words of `source` that mean the same; opposites never do."""
    aligned = [
        [place for place, other in enumerate(source) if same_word(word, other) or are_synonyms(word.norm, other.norm)]
        for word in sentence
    ]
    open_words = [index for index, places in enumerate(aligned) if not places]
    if encode is None or not open_words or not source:
        return aligned
    vectors = encode([word.text.lower() for word in source])
    cosines = encode([sentence[index].text.lower() for index in open_words]) @ vectors.T
    for row, index in enumerate(open_words):
        least = min(threshold, _standing_out(cosines[row], source)) if threshold <= SAME_MEANING else threshold
        near = np.flatnonzero(cosines[row] >= least)
        aligned[index] = [
            int(place) for place in near if not are_opposites(sentence[index].norm, source[int(place)].norm)
        ]
    return aligned


def _standing_out(row: npt.NDArray[np.float32], source: Sequence[Word]) -> float:
    """The cosine of the nearest word where it is fairly near and no other word comes close to it; else 1."""
    nearest = int(row.argmax())
    second = max(
        (float(value) for value, word in zip(row, source, strict=True) if word.norm != source[nearest].norm),
        default=0.0,
    )
    best = float(row[nearest])
    return best if best >= _FAIRLY_NEAR and best - second >= _LEAD else 1.0


def coverage(aligned: Sequence[Sequence[int]]) -> float:
    """The share of words that found a counterpart; 1 where there is no word."""
    return sum(bool(places) for places in aligned) / len(aligned) if aligned else 1.0


def cosine(one: str, others: Sequence[str], encode: Encode) -> list[float]:
    """The cosines of one text with several."""
    vectors = encode([one, *others])
    return [float(value) for value in vectors[1:] @ vectors[0]]
