"""The documentation is true: what it lists is what there is."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import assistant
from assistant import errors
from assistant.settings import PREFIX, Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_module_table_names_exactly_what_the_folder_holds() -> None:
    """The README's module table lists every module and package of `assistant/`, and nothing else."""
    listed = set(re.findall(r"^\| `assistant/([\w./]+?)/?` \|", README, re.MULTILINE))
    there = {
        path.name
        for path in (ROOT / "assistant").iterdir()
        if (path.suffix == ".py" and path.name != "__init__.py") or (path / "__init__.py").exists()
    }
    assert listed == there


def test_readme_has_a_picture_of_the_datas_way() -> None:
    """The README draws the floors in the order in which the data passes them."""
    picture = re.search(r"```mermaid\n(.*?)```", README, re.DOTALL)
    assert picture
    places = [
        picture[1].index(name)
        for name in ("corpus/", "assistant/reading", "assistant/search", "assistant/answering", "assistant/web")
    ]
    assert places == sorted(places)


def test_settings_table_names_every_setting() -> None:
    """Every setting stands in the README's table with its default's meaning, and no other does."""
    listed = set(re.findall(rf"^\| `({PREFIX}\w+)` \|", README, re.MULTILINE))
    assert listed == {PREFIX + name.upper() for name in Settings.model_fields}


def test_commands_of_the_readme_stand_in_one_line() -> None:
    """The two commands that a newcomer types are there, each on one line."""
    assert "\npip install -e . && python app.py\n" in README
    assert "\npip install -e '.[test]' && pytest\n" in README


def test_the_error_tree_is_drawn_whole() -> None:
    """Every error of ours stands in the picture at the top of errors.py, one step further in than the one above it."""
    drawn = {
        name: len(indent) for indent, name in re.findall(r"^(.*?)(\w+)(?:  .*)?$", errors.__doc__ or "", re.MULTILINE)
    }
    for found in pkgutil.walk_packages(assistant.__path__, "assistant."):
        if found.name != "assistant.__main__":
            importlib.import_module(found.name)
    kinds = _subclasses(errors.SummitError)
    assert len(kinds) > 15
    for kind in kinds:
        (parent,) = kind.__bases__
        assert drawn.get(kind.__name__, 0) == drawn[parent.__name__] + len("├── "), kind


def _subclasses(kind: type[errors.SummitError]) -> list[type[errors.SummitError]]:
    below = [one for one in kind.__subclasses__() if one.__module__.startswith("assistant.")]
    return below + [other for one in below for other in _subclasses(one)]
