"""The report of a run: one self-contained page, the same as Markdown, and the data behind both (report.json)."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from evals.baseline import Baseline
from evals.figures import all_charts
from evals.results import REPORT_NAME, Results, for_publication, write_results
from evals.tables import asked, failures, findings, headline, manifest_lines, moved, part_names, refusals

HTML_NAME = "report.html"
MARKDOWN_NAME = "report.md"
_TEMPLATES = Path(__file__).parent / "templates"


def write_report(folder: Path, results: Results, baseline: Baseline | None) -> None:
    """Write report.json, report.html and report.md."""
    folder.mkdir(parents=True, exist_ok=True)
    write_results(folder / REPORT_NAME, results)
    (folder / HTML_NAME).write_text(render_html(results, baseline), "utf-8")
    (folder / MARKDOWN_NAME).write_text(render_markdown(results, baseline), "utf-8")


def publish(folder: Path, results: Results, baseline: Baseline | None) -> None:
    """Write the page and its data where the application shows them, without the answers of cases that passed."""
    folder.mkdir(parents=True, exist_ok=True)
    write_results(folder / REPORT_NAME, for_publication(results))
    (folder / HTML_NAME).write_text(render_html(results, baseline), "utf-8")


def render_html(results: Results, baseline: Baseline | None) -> str:
    """The page: no script, no address that a browser would fetch."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html").render(
        results=results,
        parts=part_names(results),
        rows=headline(results, baseline),
        asked=asked(results),
        refusals=refusals(results),
        charts=[Markup(one) for one in all_charts(results)],  # nosec B704 # drawn by charts.py, which escapes its labels
        failures=failures(results),
        baseline=baseline,
        findings=findings(results, baseline),
        moved=moved(results, baseline),
        manifest=manifest_lines(results),
    )


def render_markdown(results: Results, baseline: Baseline | None) -> str:
    """Headline, what was asked and what failed."""
    manifest = results.manifest
    lines = [f"# Evaluation of {manifest.system}, {manifest.started[:10]}", "", *headline_lines(results, baseline), ""]
    lines += [f"* gate: {one.message}" for one in findings(results, baseline)]
    lines += ["", "## Asked", "", "| kind | fr | en | passed |", "|---|---|---|---|"]
    lines += [f"| {kind} | {fr} | {en} | {passed} |" for kind, fr, en, passed in asked(results)]
    lines += ["", "## Failed", ""]
    for one in failures(results):
        said = _one_line(one.result.seen.text) if one.result.seen else ""
        lines.append(
            f"* `{one.result.case.id}` ({one.broken}): {one.result.case.question} / {said} / expected: {one.expected}"
        )
    lines += ["", "## Run", ""]
    lines += [f"* {name}: {value}" for name, value in manifest_lines(results)]
    return "\n".join(lines) + "\n"


def headline_lines(results: Results, baseline: Baseline | None) -> list[str]:
    """The headline table as Markdown, also what the terminal shows."""
    names = part_names(results)
    head = ["measure", *names, "baseline", "change", "bound"]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for row in headline(results, baseline):
        mark = " **!**" if row.alarm else ""
        lines.append("| " + " | ".join([row.title + mark, *row.values, row.baseline, row.change, row.bound]) + " |")
    return lines


def _one_line(text: str) -> str:
    return " ".join(text.split())[:300]
