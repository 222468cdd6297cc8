"""Retrieval measures of one question, computed by ir-measures (S. MacAvaney et al., ECIR 2022) over sections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import ir_measures
from ir_measures import RR, Qrel, ScoredDoc, Success, nDCG

from assistant.records import SectionKey

DEPTHS = (1, 3, 5, 10)
_MEASURES = {f"hit@{depth}": Success @ depth for depth in DEPTHS} | {"mrr": RR, "ndcg@10": nDCG @ 10}
_ANY = "any gold section"


def retrieval_values(
    ranked: Sequence[SectionKey], gold: Sequence[SectionKey], *, all_gold: bool
) -> Mapping[str, float]:
    """hit@1/3/5/10, mrr and ndcg@10 of a ranking of passages, by name.

    A ranking counts each section once, at its best place: a section's two languages and its passages are one thing.
    Where any gold section will do they count as one, so the ideal ranking has it in first place; with `all_gold`
    the ideal ranking has all of them on top.
    """
    names = [str(key) if all_gold or key not in gold else _ANY for key in ranked]
    relevant = [str(key) for key in gold] if all_gold else [_ANY]
    return _values(tuple(dict.fromkeys(names)), tuple(dict.fromkeys(relevant)))


@lru_cache(maxsize=4096)
def _values(ranked: tuple[str, ...], relevant: tuple[str, ...]) -> Mapping[str, float]:
    judgements = [Qrel("case", name, 1) for name in relevant]
    run = [ScoredDoc("case", name, 1.0 / rank) for rank, name in enumerate(ranked, start=1)]
    values = {str(one.measure): float(one.value) for one in ir_measures.iter_calc(_MEASURES.values(), judgements, run)}
    return {name: values[str(measure)] for name, measure in _MEASURES.items()}
