"""docs/evaluating.md says what is true: its commands are understood, its example is a case, its tables are complete."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import get_args

import yaml

from evals.__main__ import parser
from evals.cases import KINDS, Case, Expectation, load_cases
from evals.registry import JUDGE, MEASURES
from evals.results import results_of
from evals.run import Plan, run_plan
from tests.evals.fakes import CASES, fake_system, sample_cases

PAGE = (Path(__file__).parents[2] / "docs" / "evaluating.md").read_text("utf-8")


def test_every_command_on_the_page_is_understood() -> None:
    """Those in tables and those in blocks are read by the program's own parser."""
    blocks = re.findall(r"^    python -m evals (.+?)(?:  +#.*)?$", PAGE, re.MULTILINE)
    inline = re.findall(r"`python -m evals ([^`]+)`", PAGE)
    assert len(blocks) >= 6 and len(inline) >= 10
    for command in [*blocks, *inline]:
        assert parser().parse_args(shlex.split(command)).carry_out


def test_the_example_is_one_of_the_sample_cases(tmp_path: Path) -> None:
    """Copied from the page into a file it reads as the case of the same id."""
    example = re.search(r"^    - id: .+?(?=\n\n)", PAGE, re.MULTILINE | re.DOTALL)
    assert example
    text = "\n".join(line[4:] for line in example.group().splitlines())
    (tmp_path / "example.yaml").write_text(text, "utf-8")
    case = load_cases(tmp_path)[0]
    assert case in sample_cases()
    assert yaml.safe_load(text)[0]["id"] in (CASES / "harbour.yaml").read_text("utf-8")


def test_every_key_kind_and_expectation_of_a_case_is_explained() -> None:
    """The table of keys is complete."""
    words = set(re.findall(r"`([a-z_-]+)(?:: true)?`", PAGE))
    assert set(Case.__dataclass_fields__) - words == set()
    assert (set(KINDS) | set(get_args(Expectation))) - words == set()


def test_every_measure_is_listed(tmp_path: Path) -> None:
    """Those of cases, those of groups and the judge's."""
    results = results_of(run_plan(Plan(sample_cases(), repeats=1), fake_system(tmp_path), tmp_path / "run"))
    names = {one.name for one in (*MEASURES, JUDGE)} | set(results.part("all"))
    assert names - set(re.findall(r"`([a-z0-9_@]+)`", PAGE)) == set()
