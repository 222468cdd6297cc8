"""What the pages say: one file per language with the same keys, French set as French, nothing said outside, nothing unused."""

from __future__ import annotations

import ast
import re
from string import Formatter

import pytest
from pydantic import ValidationError

from assistant.records import LANGUAGES
from assistant.web.typography import duration
from assistant.web.wording import Wording, wording, words
from tests.conftest import ROOT

_WEB = ROOT / "assistant" / "web"
_TEMPLATES = sorted((_WEB / "templates").glob("*.html"))
_MODULES = sorted(_WEB.rglob("*.py"))


def _texts(one: Wording) -> list[str]:
    chapters = [text for chapter in one.about for text in (chapter.heading, *chapter.paragraphs, *chapter.items)]
    return [*one.words.values(), *one.months, *one.weekdays, *chapters]


def _places(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def test_both_languages_have_the_same_keys_in_the_same_order() -> None:
    """A string that one language lacks is noticed before a reader notices it."""
    french, english = wording("fr"), wording("en")
    assert list(french.words) == list(english.words)
    for one, two in zip(french.about, english.about, strict=True):
        assert (one.id, len(one.paragraphs), len(one.items)) == (two.id, len(two.paragraphs), len(two.items))


def test_both_languages_have_the_same_places_to_fill() -> None:
    """A number that French shows English shows too; no text is empty or has blanks around it."""
    for french, english in zip(_texts(wording("fr")), _texts(wording("en")), strict=True):
        assert _places(french) == _places(english), french
        assert french == french.strip() != "" and english == english.strip() != ""


def test_french_typography_holds() -> None:
    """No ordinary or missing space before a double mark or inside guillemets, no straight apostrophe, no number that a line end tears off."""
    for text in (re.sub(r"`[^`]*`", "", one) for one in _texts(wording("fr"))):  # code keeps its own marks
        assert not re.search(r" [:;?!»%]|« |«[^\u00a0]|[^\u202f][;?!](?!\w)|[^\u00a0][:»%](?!\w)|'|\.\.\.", text), text
        assert not re.search(r"\d (?:janvier|février|pixels|secondes|jours)", text), text


def test_english_typography_holds() -> None:
    """No space before a mark, no straight quotation mark or apostrophe."""
    for text in (re.sub(r"`[^`]*`", "", one) for one in _texts(wording("en"))):
        assert not re.search(r"[\s\u00a0\u202f][:;?!%]|['\"]|\.\.\.", text), text


def test_nothing_is_said_outside_the_files() -> None:
    """A template has no word of its own; a module has no French, and no script text but the values that the page hands it."""
    for template in _TEMPLATES:
        text = re.sub(r"{% block kind %}.*?{% endblock %}", "", template.read_text("utf-8"))  # names of classes
        text = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", "", text, flags=re.DOTALL)
        shown = re.sub(r"<[^>]*>|&[a-z]+;", " ", text, flags=re.DOTALL)
        assert re.findall(r"[A-Za-zÀ-ÿ]{2,}", shown) == [], template.name
    for module in _MODULES:
        tree = ast.parse(module.read_text("utf-8"))
        documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        docs = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, documented)}
        texts = [
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
        assert [one for one in texts if one not in docs and re.search(r"[à-öø-ÿÀ-Ö]", one)] == [], module.name
    for script in (_WEB / "static").glob("*.js"):
        code = re.sub(r"^\s*//.*$|\s// .*$|/\*.*?\*/", "", script.read_text("utf-8"), flags=re.MULTILINE)
        assert re.findall(r'"[A-Z][a-z]+ [^"]*"', code) == [], script.name


def test_every_word_is_used() -> None:
    """A key that no template, module or script names, whole or by its beginning, is dead."""
    modules = [path for path in _MODULES if path.parent.name != "wording"]
    text = "\n".join(path.read_text("utf-8") for path in (*_TEMPLATES, *modules))
    composed = re.findall(r'say\(f?"([a-z_]+_)(?:" ~|\{)|wording\[f"([a-z_]+_)\{|names\("([a-z_]+_)"', text)
    beginnings = tuple({part for found in composed for part in found if part})
    unused = [key for key in words("fr") if f'"{key}"' not in text and f"'{key}'" not in text]
    # Composed of a noun or a unit and "one" or "many"; of a date's precision; of an outcome and "title".
    endings = ("_one", "_many", "_day", "_title")
    assert [key for key in unused if not key.startswith(beginnings) and not key.endswith(endings)] == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"months": ["janvier"]}, "at least 12 items"),
        ({"wrods": {}}, "Extra inputs"),
        ({"words": {"a": None}}, "valid string"),
    ],
)
def test_a_broken_file_stops_the_start_and_says_where(change: dict[str, object], message: str) -> None:
    """Whoever mistypes a language file learns what is wrong with it."""
    with pytest.raises(ValidationError, match=message):
        Wording.model_validate(wording("fr").model_dump() | change)


@pytest.mark.parametrize(
    ("days", "fr", "en"),
    [(1, "1 jour", "1 day"), (90, "90 jours", "90 days"), (365, "1 an", "1 year"), (1825, "5 ans", "5 years")],
)
def test_durations_are_read_easily(days: int, fr: str, en: str) -> None:
    """Whole years are said in years."""
    assert [duration(days, language).replace("\u00a0", " ") for language in LANGUAGES] == [fr, en]
