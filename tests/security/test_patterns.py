"""No text makes a regular expression of ours run for long: every pattern of the tree against texts made to that end."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import signal
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from re import _constants as sre  # type: ignore[attr-defined]  # the parser has no public name since 3.11
from re import _parser as parser  # type: ignore[attr-defined]
from types import ModuleType
from typing import Any

import pytest

import assistant
import evals

LENGTH = 4_000
"""Four times the longest question that is accepted by default."""
SECONDS = 1.0
"""Of the processor's time, for one text: a pattern whose time grows with the square stays below it, one that grows faster does not."""
UNITS = (
    " ",
    "\n",
    "a",
    "0",
    "é",
    "A",
    ".",
    ",",
    "-",
    "'",
    '"',
    "1.",
    "a ",
    " a",
    "a.",
    "1 ",
    " 1",
    "[1",
    "\t ",
    "&#",
    "<a ",
    "Aa ",
    "a-",
)
# A tenth of the length takes a tenth of the time, or a hundredth where it grows with the square: what is quicker than this is not tried long.
PILOT_SECONDS = 0.001


def modules() -> Iterator[ModuleType]:
    """Every module of the tree."""
    for package in (assistant, evals):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


def held(value: Any, depth: int = 0) -> Iterator[re.Pattern[str]]:
    """The compiled patterns in a module's variable, however they are wrapped."""
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield value
    elif depth < 4 and isinstance(value, dict):
        yield from held([*value.keys(), *value.values()], depth + 1)
    elif depth < 4 and isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from held(one, depth + 1)
    elif depth < 4 and hasattr(value, "__dataclass_fields__") and not isinstance(value, type):
        yield from held([getattr(value, name, None) for name in value.__dataclass_fields__], depth + 1)


def written(module: ModuleType) -> Iterator[re.Pattern[str]]:
    """The patterns that stand in calls of `re`, read with the module's own names."""
    assert module.__file__
    tree = ast.parse(Path(module.__file__).read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re.") and node.args:
            with suppress(NameError, TypeError, AttributeError):  # made of a function's own variables: see `held`
                pattern = eval(compile(ast.Expression(node.args[0]), "pattern", "eval"), dict(vars(module)))
                if isinstance(pattern, str):
                    yield re.compile(pattern, flags(node, module))


def flags(node: ast.Call, module: ModuleType) -> int:
    """The flags of a call of `re`."""
    found = 0
    for argument in [*node.args[1:], *(one.value for one in node.keywords)]:
        if ast.unparse(argument).replace(" ", "").replace("|", "").replace("re.", "").isupper():
            found |= eval(compile(ast.Expression(argument), "flags", "eval"), dict(vars(module)))
    return found


def all_patterns() -> dict[str, re.Pattern[str]]:
    """Every pattern by its module and text."""
    found: dict[str, re.Pattern[str]] = {}
    for module in modules():
        for one in [*held([value for name, value in vars(module).items() if name[:2] != "__"]), *written(module)]:
            found.setdefault(f"{one.pattern}{one.flags}", one)
    return found


def sample(parsed: Iterable[Any]) -> str:
    """A text that a parsed pattern would go on matching; alternatives by their first."""
    out = []
    for operation, argument in parsed:
        if operation is sre.LITERAL:
            out.append(chr(argument))
        elif operation in {sre.NOT_LITERAL, sre.ANY}:
            out.append("x")
        elif operation is sre.IN:
            out.append(_member(argument))
        elif operation in {sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT}:
            out.append(sample(argument[2]) * max(1, min(argument[0], 20)))
        elif operation is sre.SUBPATTERN:
            out.append(sample(argument[3]))
        elif operation is sre.ATOMIC_GROUP:
            out.append(sample(argument))
        elif operation is sre.BRANCH:
            out.append(sample(argument[1][0]))
    return "".join(out)


def _member(members: list[Any]) -> str:
    named = {sre.CATEGORY_DIGIT: "0", sre.CATEGORY_SPACE: " ", sre.CATEGORY_WORD: "a", sre.CATEGORY_NOT_SPACE: "a"}
    for operation, argument in members:
        if operation is sre.LITERAL:
            return chr(argument)
        if operation is sre.RANGE:
            return chr(argument[0])
        if operation is sre.CATEGORY:
            return named.get(argument, "x")
    return "x"


def pumps(parsed: Iterable[Any]) -> Iterator[str]:
    """What the repeated parts of a pattern repeat: with these a text can be made in which it tries for long."""
    for operation, argument in parsed:
        if operation in {sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT}:
            yield sample(argument[2])
            yield from pumps(argument[2])
        elif operation is sre.SUBPATTERN:
            yield from pumps(argument[3])
        elif operation is sre.ATOMIC_GROUP:
            yield from pumps(argument)
        elif operation is sre.BRANCH:
            for one in argument[1]:
                yield sample(one)
                yield from pumps(one)
        elif operation in {sre.ASSERT, sre.ASSERT_NOT}:
            yield from pumps(argument[1])


def texts(pattern: re.Pattern[str], length: int) -> Iterator[str]:
    """Texts that begin as the pattern wants, go on and on, and end wrongly."""
    parsed = parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    whole = sample(parsed)
    units = dict.fromkeys(one for one in [*pumps(parsed), whole, *UNITS] if one)
    for unit in units:
        yield whole[:-1] + (unit * (length // len(unit) + 1))[:length] + "\x00"


@contextmanager
def stopped_after(seconds: float) -> Iterator[None]:
    """Ends a match that would not end by itself; the engine looks for signals while it works."""

    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def slowest(pattern: re.Pattern[str]) -> tuple[float, str]:
    """The most of the processor's time that a text took, and how that text begins."""
    worst = (0.0, "")
    for short, long in zip(texts(pattern, LENGTH // 10), texts(pattern, LENGTH), strict=True):
        if taken(pattern, short) > PILOT_SECONDS:
            worst = max(worst, (taken(pattern, long), long[:60]))
        if worst[0] > SECONDS:
            break
    return worst


def taken(pattern: re.Pattern[str], text: str) -> float:
    """The processor's time for finding all matches, stopped when it is far too much."""
    begun = time.process_time()
    with suppress(TimeoutError), stopped_after(3 * SECONDS):
        sum(1 for _ in pattern.finditer(text))
        pattern.fullmatch(text)
    return time.process_time() - begun


@pytest.mark.slow
def test_no_text_keeps_a_pattern_busy() -> None:
    """Four thousand characters, made against each pattern, take none of them a second."""
    patterns = all_patterns()
    assert len(patterns) > 150, "the patterns of the tree are found"
    found = {key: slowest(one) for key, one in patterns.items()}
    late = {
        patterns[key].pattern[:120]: (round(took, 2), text) for key, (took, text) in found.items() if took > SECONDS
    }
    assert late == {}


def test_a_bad_pattern_would_be_noticed() -> None:
    """The measure is worth something: the classic of them all is caught."""
    assert slowest(re.compile(r"(a+)+$"))[0] >= SECONDS
    assert slowest(re.compile(r"(?:\w+\s?)+!!"))[0] >= SECONDS
