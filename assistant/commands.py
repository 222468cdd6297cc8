"""What each command does. Errors of ours end as one plain line on standard error and exit status 1."""

from __future__ import annotations

import argparse
import io
import json
import logging
import os
import sys
from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from assistant.errors import SummitError

if TYPE_CHECKING:
    from assistant.settings import Settings
    from assistant.wiring import Parts


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 0, or 1 where something is wrong."""
    # Before anything of Gradio or Hugging Face is imported: nothing here reports to anyone.
    for name in ("GRADIO_ANALYTICS_ENABLED", "ANONYMIZED_TELEMETRY"):
        os.environ.setdefault(name, "False")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    _speak_utf8()
    parsed = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        from assistant.wiring import settings_from_environment

        status: int = parsed.run(parsed, settings_from_environment())
    except SummitError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output has left (`| head`). What is still in the buffer has nowhere to go at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    return status


def _speak_utf8() -> None:
    """Questions and answers are UTF-8 whatever the console's encoding; a broken byte becomes a replacement sign."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m assistant", description="Answers questions about the AI Action Summit."
    )
    parser.add_argument("--version", action="version", version=version("summit-assistant"))
    commands = parser.add_subparsers(required=True, metavar="command")
    index = commands.add_parser("index", help="bring the index up to date with the corpus folder")
    index.add_argument("--rebuild", action="store_true", help="embed everything anew")
    index.add_argument(
        "--export-vectors", action="store_true", help="write the vectors into the corpus folder, to ship them"
    )
    index.add_argument("--rollback", action="store_true", help="put the index before in force again")
    index.add_argument("--verify", action="store_true", help="look whether the index in force is whole")
    index.set_defaults(run=_index)
    ask = commands.add_parser("ask", help="answer a question, or a JSON question a line from standard input")
    ask.add_argument("question", nargs="?", help="the question")
    ask.add_argument("--jsonl", action="store_true", help="read one JSON object a line, write one a line")
    shown = ask.add_mutually_exclusive_group()
    shown.add_argument("--json", action="store_true", help="print the answer as JSON")
    shown.add_argument("--explain", action="store_true", help="print how the answer came about, stage by stage")
    ask.add_argument("--language", choices=("fr", "en"), help="language that breaks ties")
    ask.set_defaults(run=_ask)
    check = commands.add_parser("check", help="say what is wrong with the corpus")
    check.add_argument("--quick", action="store_true", help="leave out what needs the encoder")
    check.set_defaults(run=_check)
    fetch = commands.add_parser("fetch", help="download the official documents listed in corpus/official.toml")
    fetch.set_defaults(run=_fetch)
    serve = commands.add_parser("serve", help="serve the page and the API")
    serve.set_defaults(run=_serve)
    backup = commands.add_parser("backup", help="write the index and the database to one file")
    backup.set_defaults(run=_backup)
    restored = commands.add_parser("restore", help="read them back, into an empty database")
    restored.set_defaults(run=_restore)
    for one in (backup, restored):
        one.add_argument("file", type=Path, help="a .tar.gz")
    _add_feedback(commands.add_parser("feedback", help="what readers said, and what got no answer"))
    return parser


def _add_feedback(feedback: argparse.ArgumentParser) -> None:
    from assistant.web.feedback import VERDICTS

    actions = feedback.add_subparsers(required=True, metavar="action", dest="action")
    reports = actions.add_parser("list", help="list the feedback")
    export = actions.add_parser("export", help="print the feedback with questions and answers")
    export.add_argument("--format", choices=("jsonl", "csv"), default="jsonl", help="default: jsonl")
    for one in (reports, export):
        one.add_argument("--verdict", choices=VERDICTS, help="this verdict only")
    draft = actions.add_parser("draft-case", help="print a draft of an evaluation case from one report")
    draft.add_argument("number", type=int, help="the report's number in the list")
    unanswered = actions.add_parser("unanswered", help="count the questions without an answer by nearest section")
    for one in (reports, export, unanswered):
        one.add_argument("--since", type=_day, metavar="YYYY-MM-DD", help="from this day on")
    delete = actions.add_parser("delete", help="delete feedback by age, or one answer").add_mutually_exclusive_group(
        required=True
    )
    delete.add_argument("--older-than", type=int, metavar="DAYS", help="feedback and counts older than this")
    delete.add_argument("--answer", metavar="ID", help="one answer with its permalink and feedback")
    feedback.set_defaults(run=_feedback)


def _index(parsed: argparse.Namespace, settings: Settings) -> int:
    from assistant.progress import progress_report
    from assistant.search.encoder import load_encoder
    from assistant.wiring import describe_result, export_vectors, index_corpus, roll_back_index, verify_index

    if parsed.rollback or parsed.verify:
        if parsed.rollback:
            print(roll_back_index(settings))
        if parsed.verify:
            print(verify_index(settings))
        return 0
    with progress_report() as report:
        indexed = index_corpus(settings, load_encoder(settings.embedding_model), report, rebuild=parsed.rebuild)
    print(describe_result(indexed.result))
    for error in indexed.corpus.skipped:
        print(f"skipped: {error}", file=sys.stderr)
    if parsed.export_vectors:
        print(f"{export_vectors(settings)} vectors written to {settings.corpus_dir}")
    return 0


def _ask(parsed: argparse.Namespace, settings: Settings) -> int:
    if not parsed.jsonl and parsed.question is None:
        print("error: give a question, or --jsonl to read questions from standard input", file=sys.stderr)
        return 1
    from assistant.answering.as_json import answer_to_json
    from assistant.answering.as_text import answer_to_text
    from assistant.progress import progress_report
    from assistant.wiring import ready_parts

    with progress_report() as report:
        parts = ready_parts(settings, report, lambda line: print(line, file=sys.stderr))
    assistant = parts.assistant
    if parsed.jsonl:
        from assistant.answering.batch import answer_lines

        return _print_lines(answer_lines(assistant, sys.stdin), sys.stdout)
    if parsed.explain:
        return _explain(parts, parsed)
    answer = assistant.ask(parsed.question, language=parsed.language)
    print(json.dumps(answer_to_json(answer), ensure_ascii=False, indent=2) if parsed.json else answer_to_text(answer))
    return 0


def _explain(parts: Parts, parsed: argparse.Namespace) -> int:
    from assistant.answering.explanation_text import explanation_to_text
    from assistant.wiring import explainer_of

    print(explanation_to_text(explainer_of(parts).explain(parsed.question, language=parsed.language)))
    return 0


def _print_lines(lines: object, out: TextIO) -> int:
    failed = False
    for line in lines:  # type: ignore[attr-defined]  # an iterator of (object, failed)
        found, bad = line
        failed = failed or bad
        print(json.dumps(found, ensure_ascii=False), file=out, flush=True)
    return 1 if failed else 0


def _check(parsed: argparse.Namespace, settings: Settings) -> int:
    from assistant.corpus_check import run_check

    findings = 0
    for line in run_check(settings, quick=parsed.quick):
        findings += 1
        print(line)
    print(f"{findings} finding{'s' * (findings != 1)} in {settings.corpus_dir}", file=sys.stderr)
    return 1 if findings else 0


def _fetch(parsed: argparse.Namespace, settings: Settings) -> int:
    del parsed
    from assistant.reading.official import FetchResult, fetch_official

    def told(result: FetchResult) -> None:
        print(f"{result.status}: {result.id} {result.message or result.url}", flush=True)

    report = fetch_official(settings.corpus_dir / "official.toml", settings.corpus_dir / "official", progress=told)
    print(
        f"{len(report.results) - len(report.failed)} of {len(report.results)} documents are there; run `python -m assistant index`"
    )
    return 1 if report.failed else 0


def _serve(parsed: argparse.Namespace, settings: Settings) -> int:
    del parsed
    from assistant.serving import serve

    return serve(settings)


def _backup(parsed: argparse.Namespace, settings: Settings) -> int:
    from assistant.backup import back_up

    manifest = back_up(settings.data_dir, settings.database_url, parsed.file)
    print(f"{parsed.file}: index {manifest.index or '(none)'}, {sum(manifest.rows.values())} rows")
    return 0


def _restore(parsed: argparse.Namespace, settings: Settings) -> int:
    from assistant.backup import restore

    manifest = restore(parsed.file, settings.data_dir, settings.database_url)
    print(f"restored: index {manifest.index or '(none)'}, {sum(manifest.rows.values())} rows of {manifest.taken}")
    return 0


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write 2025-02-11") from None


def _feedback(parsed: argparse.Namespace, settings: Settings) -> int:
    from assistant import feedback_command as said
    from assistant.web.database import open_database

    engine = open_database(settings.database_url, settings.data_dir)
    match parsed.action:
        case "list":
            lines = said.list_reports(said.read_reports(engine, parsed.verdict, parsed.since))
        case "export":
            lines = iter([said.export_reports(said.read_reports(engine, parsed.verdict, parsed.since), parsed.format)])
        case "draft-case":
            lines = iter([said.draft_case(engine, parsed.number)])
        case "unanswered":
            lines = said.list_unanswered(said.read_unanswered(engine, parsed.since))
        case _ if parsed.answer is not None:
            lines = iter([said.delete_one(engine, parsed.answer)])
        case _:
            lines = iter([said.delete_older_than(engine, parsed.older_than, date.today())])
    for line in lines:
        print(line.removesuffix("\n"))
    return 0
