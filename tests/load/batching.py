"""Does it pay to embed simultaneous questions together? `python -m tests.load.batching`: ratios to one at a time, in one run."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from assistant.search.encoder import SHIPPED_MODEL, Encoder, load_encoder
from evals.cases import load_cases
from tests.load.visitors import CASES

_SIZES = (1, 2, 4, 8, 16)
_QUESTIONS = 64
_ROUNDS = 3


def main() -> None:
    """Print the median ratios, of processor time and of time, for each batch size."""
    encoder = load_encoder(SHIPPED_MODEL)
    questions = [case.question for case in load_cases(CASES) if case.part == "dev"][:_QUESTIONS]
    encoder.embed_queries(questions[:8])
    rounds = [[_embed(encoder, questions, size) for size in _SIZES] for _ in range(_ROUNDS)]
    times = np.array(rounds)
    ratios = np.median(times / times[:, :1], axis=0)
    alone = np.median(times[:, 0, 0]) / len(questions) * 1000
    print(f"one at a time: {alone:.1f} ms of processor time a question")
    for size, (processor, clock) in zip(_SIZES, ratios, strict=True):
        print(f"{size} together: {processor:.2f} of the processor time, {clock:.2f} of the time")


def _embed(encoder: Encoder, questions: Sequence[str], size: int) -> tuple[float, float]:
    processor, clock = time.process_time(), time.perf_counter()
    for start in range(0, len(questions), size):
        encoder.embed_queries(questions[start : start + size])
    return time.process_time() - processor, time.perf_counter() - clock


if __name__ == "__main__":
    main()
