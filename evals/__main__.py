"""`python -m evals COMMAND`: how good the assistant is, where it fails, whether it got better or worse."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from assistant.errors import SummitError
from evals import commands
from evals.fit_command import fit
from evals.peers.registry import PEERS
from evals.run import REPEATS
from evals.systems import System
from evals.unseen import THIRDS

HERE = Path(__file__).parent
UNUSABLE = 2


def main(words: Sequence[str] | None = None, build: Callable[[str], System] = commands.system_named) -> int:
    """Run one command; 0 is good, 1 is a gate that stays shut, 2 is a command that cannot be carried out.

    `build` makes the system that a command names.
    """
    parsed = parser().parse_args(words)
    parsed.build = build
    try:
        return int(parsed.carry_out(parsed))
    except SummitError as error:
        print(f"error: {error}", file=sys.stderr)
        return UNUSABLE


def parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    top = argparse.ArgumentParser(prog="python -m evals", description=__doc__)
    found = top.add_subparsers(required=True, metavar="COMMAND")
    one = _command(found, "run", commands.run, "ask the cases and write a report")
    _choice(one)
    one.add_argument("--system", choices=["assistant", *PEERS], default="assistant", help="who answers")
    one.add_argument("--repeats", type=_positive, default=REPEATS, help="how often each case is asked (%(default)s)")
    one.add_argument("--judge", metavar="MODEL", help="grade answers with this model, never the answering one")
    one.add_argument(
        "--judge-url", metavar="URL", help=f"its OpenAI-compatible server; the key is read from {commands.JUDGE_KEY}"
    )
    one = _command(found, "fit", fit, "learn the weights from the stored questions and the dev cases")
    one = _command(found, "compare", commands.compare_runs, "two runs case by case")
    one.add_argument("first", type=Path)
    one.add_argument("second", type=Path)
    one.add_argument("--measure", default="passed", help="whose won and lost cases are listed (%(default)s)")
    one = _command(found, "gate", commands.gate, "fail if a run is worse than the baseline or a floor")
    _run(one)
    one = _command(found, "baseline", commands.baseline, "make a run the baseline")
    _run(one)
    one.add_argument("--reason", required=True, help="why, in a sentence; it is kept in the file")
    one.add_argument(
        "--floor",
        type=_floor,
        action="append",
        default=[],
        metavar="MEASURE=VALUE",
        help="set a floor (a ceiling where lower is better)",
    )
    one = _command(found, "report", commands.report, "draw a run's report again")
    _run(one)
    one = _command(found, "publish", commands.publish_run, "put a run's report where the application shows it")
    one.add_argument("run", type=Path)
    one.add_argument("--published", type=Path, default=HERE / "published", help=argparse.SUPPRESS)
    one = _command(found, "peers", commands.peers, "the assistant and its peers on the same cases")
    _choice(one)
    one.add_argument("--only", action="append", choices=["assistant", *PEERS], help="only this system; may be repeated")
    one.add_argument(
        "--write", type=Path, metavar="FILE", help="also put the table between the marks of this Markdown file"
    )
    one = _command(found, "unseen", commands.unseen, "a third of the documents with and without stored questions")
    _choice(one)
    one.add_argument("--third", type=int, choices=THIRDS, default=1, help="which third (%(default)s)")
    one = _command(found, "crowd", commands.crowd, "how much slower among many times the passages")
    one.add_argument("--times", type=_positive, default=20, help="how many times the passages (%(default)s)")
    one.add_argument("--questions", type=_positive, default=60, help="how many dev questions (%(default)s)")
    one.add_argument("--slice", action="append", default=[], metavar="FACET=VALUE", help="only these")
    _command(found, "check", commands.check_cases, "read the cases, count them, check them against the corpus")
    return top


def _command(
    found: argparse._SubParsersAction[argparse.ArgumentParser], name: str, carry_out: commands.Command, words: str
) -> argparse.ArgumentParser:
    one = found.add_parser(name, help=words, description=words)
    one.set_defaults(carry_out=carry_out)
    one.add_argument("--cases", type=Path, default=HERE / "cases", help="folder of the cases")
    one.add_argument("--baseline", type=Path, default=HERE / "baseline.json", help="file of the baseline")
    one.add_argument("--runs", type=Path, default=HERE / "runs", help="folder where runs are kept")
    return one


def _choice(one: argparse.ArgumentParser) -> None:
    one.add_argument("--part", choices=["dev", "test", "all"], default="all", help="which cases (%(default)s)")
    one.add_argument(
        "--slice", action="append", default=[], metavar="FACET=VALUE", help="only these, e.g. lang=fr; may be repeated"
    )
    one.add_argument(
        "--out", type=Path, metavar="DIR", help="folder of the run; an interrupted run goes on where it stopped"
    )


def _run(one: argparse.ArgumentParser) -> None:
    one.add_argument("run", type=Path, nargs="?", help="folder of a run (the latest)")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return number


def _floor(text: str) -> tuple[str, float]:
    name, separator, value = text.partition("=")
    if not separator:
        raise argparse.ArgumentTypeError(f"{text!r} is not MEASURE=VALUE, for example correct=0.8")
    return name, float(value)


if __name__ == "__main__":
    sys.exit(main())
