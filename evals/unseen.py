"""Documents that nobody wrote questions for: how well are they found beside others that have theirs?

Every third document loses its stored questions in a copy of the corpus, that copy is indexed, and the cases on these
documents are asked of it and, for comparison, of the whole corpus.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from assistant.reading.documents import METADATA_NAME, load_corpus
from evals.cases import Case, read_yaml
from evals.errors import UsageError
from evals.results import Results
from evals.systems import System
from evals.tables import in_words
from evals.views import copied_view

THIRDS = (1, 2, 3)
SHOWN = ("hit@1", "hit@3", "mrr", "correct", "false_refusal", "ended_in_refusal", "quote_exact")


def without_questions(system: System, third: int) -> tuple[System, frozenset[str]]:
    """The system on the corpus in which a third of the documents has no stored questions, and these documents."""
    documents = sorted(document.id for document in load_corpus(system.corpus_dir).documents)
    hidden = frozenset(documents[third - 1 :: len(THIRDS)])
    folder = copied_view(
        system.cache_dir, system.corpus_dir, f"unseen-{third}", lambda corpus: _forget_questions(corpus, hidden)
    )
    stamp = {name: value for name, value in system.stamp.items() if name != "corpus"}
    view = replace(system, corpus_dir=folder / "corpus", cache_dir=folder, stamp=stamp, traced=None)
    return view, hidden


def cases_on(cases: Iterable[Case], documents: frozenset[str]) -> tuple[Case, ...]:
    """The answerable cases whose every gold section is in these documents.

    Raises:
        UsageError: if there is none.
    """
    chosen = tuple(
        case
        for case in cases
        if case.answerable and not case.hide_language and all(key.document_id in documents for key in case.gold)
    )
    if not chosen:
        raise UsageError(f"no answerable case is on {', '.join(sorted(documents))}; choose another --third or part")
    return chosen


def unseen_table(whole: Results, unseen: Results) -> list[str]:
    """The measures side by side, as Markdown."""
    lines = ["| measure | with stored questions | without |", "|---|---|---|"]
    first, second = whole.part("all"), unseen.part("all")
    lines += [
        f"| {first[name].titles.best('en')} | {in_words(first[name])} | {in_words(second[name])} |" for name in SHOWN
    ]
    return lines


def _forget_questions(corpus: Path, documents: frozenset[str]) -> None:
    for path in corpus.rglob(METADATA_NAME):
        if path.parent.name in documents:
            kept: Mapping[str, Any] = read_yaml(path)
            sections = [{**section, "questions": {}} for section in kept.get("sections", [])]
            text = yaml.safe_dump({**kept, "sections": sections}, allow_unicode=True, sort_keys=False)
            path.write_text(text, "utf-8")
