"""Every parser that has no property test beside it: whatever it is given, it gives its kind of value or an error of ours.

The readers of documents (tests/reading), of model text (tests/answering/test_markers.py) and of addresses (tests/web/test_limits.py) have
theirs where they are tested.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.batch import parse_request
from assistant.errors import SummitError
from assistant.reading.metadata import read_metadata
from assistant.reading.official_list import read_list
from assistant.reading.robots import Download, Robots
from assistant.search.index_files import current_folder, read_stamp, read_sums
from assistant.settings import PREFIX, Settings
from assistant.web.corrections import read_corrections
from assistant.web.database import connect
from assistant.web.feedback import read_form
from assistant.web.limits import read_networks
from assistant.web.options import WebOptions
from assistant.web.permalinks import read_answer
from assistant.web.quality import REPORT_NAME, read_report
from assistant.web.security import preferred_language

BYTES = st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
KEYS = (
    "question id history language format rows index encoder dimension splitter metric layout corpus title kind sections fr en sources url "
    "date as_of not_before"
).split()
OURS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["fr", "2025-02-30", "../x", "https://x"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=12,
)
WORDS = st.sampled_from(
    [
        "user-agent: *",
        "Disallow: /",
        "crawl-delay: ",
        "request-rate: ",
        "²",
        "9" * 400,
        "1/0",
        "allow: %zz",
        "sitemap: \x00",
        "\n",
        ":",
        "# ",
        "[[page]]",
        "id = ",
        '"x"',
        "url = ",
    ]
)


def put(folder: Path, name: str, content: bytes) -> Path:
    """A file with that content."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    return path


def report(folder: Path) -> Any:
    """The published report; what is none is a ValueError, which the page reports and lives without."""
    try:
        return read_report(folder)
    except ValueError as error:
        assert REPORT_NAME in str(error)


FILES: dict[str, Callable[[Path, bytes], Any]] = {
    "document.yaml": lambda folder, content: read_metadata(put(folder, "document.yaml", content)),
    "official.toml": lambda folder, content: read_list(put(folder, "official.toml", content)),
    "stamp.json": lambda folder, content: read_stamp(put(folder, "stamp.json", content).parent),
    "files.json": lambda folder, content: read_sums(put(folder, "files.json", content).parent),
    "current": lambda folder, content: current_folder(put(folder / "index", "current", content).parent.parent),
    "CORRECTIONS.md": lambda folder, content: read_corrections(put(folder, "CORRECTIONS.md", content).parent),
    "latest.json": lambda folder, content: report(put(folder, REPORT_NAME, content).parent),
}


@pytest.mark.parametrize("name", FILES)
@given(content=st.one_of(BYTES, JSON.map(lambda v: json.dumps(v).encode()), OURS.map(lambda v: json.dumps(v).encode())))
def test_a_file_of_any_content_is_read_or_refused(
    name: str, content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Metadata, lists, logs, reports and the index's own files: a value, or an error that says which file."""
    folder = tmp_path_factory.getbasetemp() / f"parser-{name}"
    folder.mkdir(exist_ok=True)
    with suppress(SummitError):
        FILES[name](folder, content)


@given(lines=st.lists(st.one_of(WORDS, st.text(max_size=20)), max_size=12), separator=st.sampled_from(["\n", "", " "]))
def test_rules_of_robots_never_stop_a_fetch(lines: list[str], separator: str) -> None:
    """Whatever a site serves as robots.txt: it allows or forbids, and a pause is a number."""
    body = separator.join(lines).encode("utf-8", "replace")
    robots = Robots("summit-assistant", lambda _: Download("https://x.example/robots.txt", 200, "text/plain", body))
    url = httpx.URL("https://x.example/page?a=b")
    with suppress(SummitError):
        robots.check(url)
        assert robots.crawl_delay(url) >= 0


@given(st.one_of(st.text(max_size=300), JSON.map(json.dumps), OURS.map(json.dumps)))
def test_a_line_of_questions_is_a_question_or_an_error(line: str) -> None:
    """`ask --jsonl` on any line."""
    with suppress(SummitError):
        assert isinstance(parse_request(line).question, str)


@given(st.one_of(st.text(max_size=300), JSON.map(json.dumps), OURS.map(json.dumps)))
def test_a_row_of_any_content_is_no_answer(content: str) -> None:
    """What did not come from us is not shown under a permalink."""
    assert read_answer(content) is None


@given(
    st.dictionaries(
        st.sampled_from([PREFIX + name.upper() for name in Settings.model_fields]), st.text(max_size=40), max_size=4
    )
)
def test_settings_of_any_value_are_read_or_refused(environ: dict[str, str]) -> None:
    """An environment gives settings, or one error that names the variable; so do the options made of them."""
    with suppress(SummitError):
        WebOptions.of(Settings.from_env(environ))


@given(st.text(max_size=200))
def test_an_address_of_a_database_is_used_or_refused(url: str) -> None:
    """A URL that names no database of ours is an error of ours."""
    if url.strip() and "sqlite" not in url:
        with suppress(SummitError):
            assert connect(url, Path("/nonexistent")).dialect.name == "postgresql"


@given(st.text(max_size=300))
def test_any_list_of_networks_is_read_or_refused(text: str) -> None:
    """SUMMIT_TRUSTED_PROXIES."""
    with suppress(SummitError):
        read_networks(text)


@given(st.text(max_size=300), BYTES)
def test_headers_and_forms_are_read_or_refused(accept: str, body: bytes) -> None:
    """Accept-Language gives one of our languages; a form gives a verdict, or an error of ours."""
    assert preferred_language(accept) in ("fr", "en")
    with suppress(SummitError):
        assert read_form(body).verdict
