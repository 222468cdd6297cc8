"""The pages around the conversation: about, quality, corrections, wording, languages, and what holds for each of them."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.records import LANGUAGES, Language
from assistant.web.about_wording import ABOUT, UNANSWERED_TEXTS
from assistant.web.corrections import CORRECTIONS_NAME, read_corrections
from assistant.web.pages import build_site_router
from assistant.web.permalinks import Keeping
from assistant.web.quality import Measure, Report, Titles, read_report, value_text
from assistant.web.site_wording import SITE_WORDS, WEEKDAYS, duration
from assistant.wiring import Parts
from tests.conftest import ROOT
from tests.web.kept import JustDocuments, Pages, ask, client_for, store_for
from tests.web.markup import assert_harmless, read_elements
from tests.web.published import measure_of, publish
from tests.web.scripted import HOSTILE

PATHS = ("/about", "/timeline", "/documents", "/corrections", "/quality", "/d/opening")
CORRECTION = """# Corrections

<!--
## 2026-12-03 opening#dates

- fr: exemple
-->

## 2025-03-04 opening#dates

- fr: Le lieu était faux ;
  il est juste maintenant.
- en: The place was wrong.
- was fr: au Louvre
- now fr: au Grand Palais
- now en: at the Grand Palais

## 2025-03-09 gone#section

- fr: Un document retiré.
- en: A document withdrawn.
"""


@pytest.fixture
def site(tmp_path: Path, tiny_parts: Parts) -> TestClient:
    """The pages of the tiny corpus."""
    return client_for(tiny_parts.catalogue, store_for(tiny_parts.catalogue, tmp_path), tmp_path)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PATHS)
def test_every_page_is_whole_in_both_languages(site: TestClient, path: str, language: Language) -> None:
    """Language, title, one heading of the first level, a way past the navigation, the other language; nothing that runs."""
    response = site.get(f"{path}?lang={language}")
    other = "en" if language == "fr" else "fr"
    elements = read_elements(response.text)
    assert response.status_code == 200
    assert response.headers["content-language"] == language
    assert f'<html lang="{language}">' in response.text
    assert sum(tag == "h1" for tag, _ in elements) == 1
    assert ("a", {"class": "skip", "href": "#site-content"}) in elements
    assert any(tag == "a" and attributes.get("hreflang") == other for tag, attributes in elements)
    ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert_harmless(response.text)


@pytest.mark.parametrize("path", PATHS)
def test_a_page_without_language_asks_the_browser(site: TestClient, path: str) -> None:
    """The redirect follows Accept-Language, keeps what was asked, and is cached by nobody."""
    for accepted, language in (("en-GB,en;q=0.9", "en"), ("fr-CA", "fr"), ("de", "fr"), ("", "fr")):
        response = site.get(f"{path}?x=1", headers={"Accept-Language": accepted})
        assert response.status_code == 307
        assert response.headers["location"] == f"{path}?x=1&lang={language}"
        assert response.headers["vary"] == "Accept-Language" and response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", PATHS)
def test_pages_are_cached_by_etag_and_set_no_cookie(site: TestClient, path: str) -> None:
    """The same page has the same ETag; a language has its own."""
    first = site.get(f"{path}?lang=fr")
    assert site.get(f"{path}?lang=fr", headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    assert site.get(f"{path}?lang=en").headers["etag"] != first.headers["etag"]
    assert "set-cookie" not in first.headers and "x-robots-tag" not in first.headers


def test_every_link_of_every_page_leads_somewhere(site: TestClient) -> None:
    """Pages, sections and style sheets that the site links to exist; the conversation's own address is another's."""
    seen: set[str] = set()
    waiting = [f"{path}?lang=fr" for path in PATHS]
    while waiting:
        address = waiting.pop()
        if address in seen or address.split("?")[0] in ("/fr", "/en"):
            continue
        seen.add(address)
        response = site.get(address)
        assert response.status_code == 200, address
        if not response.headers["content-type"].startswith("text/html"):
            continue
        ids = {attributes.get("id") for _, attributes in read_elements(response.text)}
        for tag, attributes in read_elements(response.text):
            target = attributes.get("href", "") if tag in {"a", "link"} else ""
            if target.startswith("#"):
                assert target[1:] in ids, (address, target)
            elif target.startswith("/"):
                waiting.append(target.split("#")[0])
    assert len(seen) > 20


def test_styles_are_ours_and_may_be_kept_for_ever(site: TestClient) -> None:
    """Their addresses change when they do."""
    page = site.get("/about?lang=fr").text
    sheets = [attributes["href"] for tag, attributes in read_elements(page) if attributes.get("rel") == "stylesheet"]
    assert [re.sub(r"[0-9a-f]{12}", "*", one) for one in sheets] == ["/static/tokens.css?v=*", "/static/site.css?v=*"]
    for one in sheets:
        style = site.get(one).text
        assert "@import" not in style and "http" not in style.replace('[href^="http"]', "")


def test_about_says_what_this_installation_keeps(tmp_path: Path, tiny_parts: Parts) -> None:
    """The numbers are those in force; the sentence about texts is the one that is true."""
    keeping = Keeping(permalink_days=730, feedback_days=90, unanswered_texts=True)
    store = store_for(tiny_parts.catalogue, tmp_path, keeping=keeping)
    page = client_for(tiny_parts.catalogue, store, tmp_path).get("/about?lang=fr").text
    assert "la conserve 2\u00a0ans" in page and "conservé 90\u00a0jours" in page
    assert UNANSWERED_TEXTS["fr"][True] in page and UNANSWERED_TEXTS["fr"][False] not in page
    assert "tirées de 4 documents" in page and "12\u00a0février\u00a02025" in page


@pytest.mark.parametrize(
    ("contact", "expected"),
    [
        ("desk@assistant.example", '<a href="mailto:desk@assistant.example">desk@assistant.example</a>'),
        ("https://assistant.example/contact", '<a href="https://assistant.example/contact">'),
        ("Bureau 12, 01 23 45 67 89", "<p>Bureau 12, 01 23 45 67 89</p>"),
        ("javascript:alert(1)", "<p>javascript:alert(1)</p>"),
        ("<b>@x", '<a href="mailto:&lt;b&gt;@x">&lt;b&gt;@x</a>'),
        ("", "n’a pas indiqué d’adresse"),
    ],
)
def test_the_contact_is_a_link_where_it_is_an_address(
    tmp_path: Path, tiny_parts: Parts, contact: str, expected: str
) -> None:
    """Other words stay words; none is an honest sentence."""
    store = store_for(tiny_parts.catalogue, tmp_path)
    assert expected in client_for(tiny_parts.catalogue, store, tmp_path, contact=contact).get("/about?lang=fr").text


def test_corrections_are_listed_the_newest_first(tmp_path: Path, site: TestClient) -> None:
    """Day, what was wrong, words before and after, the passage; the form in the comment is none."""
    assert "Aucune correction à ce jour." in site.get("/corrections?lang=fr").text
    (tmp_path / CORRECTIONS_NAME).write_text(CORRECTION, "utf-8")
    page = site.get("/corrections?lang=fr").text
    assert page.index("9\u00a0mars\u00a02025") < page.index("4\u00a0mars\u00a02025")
    assert "Le lieu était faux ; il est juste maintenant." in page
    assert "<del>au Louvre</del>" in page and "<ins>au Grand Palais</ins>" in page
    assert 'id="2025-03-04-opening-dates"' in page and 'href="/d/opening?lang=fr#dates"' in page
    assert "exemple" not in page and "/d/gone" not in page
    english = site.get("/corrections?lang=en").text
    assert '<dd lang="fr"><del>au Louvre</del>' in english, "a quotation in one language only is marked as such"


def test_a_correction_of_an_embargoed_document_waits(tmp_path: Path, site: TestClient) -> None:
    """The log of a document that may not be shown is not shown."""
    (tmp_path / CORRECTIONS_NAME).write_text("## 2025-03-04 banquet#menu\n\n- fr: 300.\n- en: 300.\n", "utf-8")
    assert "300." not in site.get("/corrections?lang=fr").text


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("## 4 mars 2025 opening#dates\n- fr: a\n- en: b\n", "2: .* write `## YYYY-MM-DD document#section`"),
        ("## 2025-02-30 opening#dates\n- fr: a\n- en: b\n", "2: .*day is out of range"),
        ("## 2025-03-04 opening#dates\n- fr: a\n", "2: .*both languages"),
        ("## 2025-03-04 opening#dates\n- fr: a\n- en: b\n- who: me\n", "2: .*is no field"),
    ],
)
def test_a_bad_entry_is_named_with_its_line_and_hides_no_other(tmp_path: Path, entry: str, message: str) -> None:
    """Staff who mistype a correction find out where; readers still see the rest."""
    (tmp_path / CORRECTIONS_NAME).write_text(f"# Corrections\n{entry}{CORRECTION.split('-->')[1]}", "utf-8")
    log = read_corrections(tmp_path)
    assert [one.day for one in log.corrections] == ["2025-03-09", "2025-03-04"]
    (problem,) = log.problems
    assert re.search(rf"{CORRECTIONS_NAME}:{message}", str(problem))


def test_a_log_that_cannot_be_read_is_a_problem_not_a_failure(tmp_path: Path, site: TestClient) -> None:
    """The page stays up."""
    (tmp_path / CORRECTIONS_NAME).write_bytes(b"## 2025-03-04 opening#dates\xff")
    assert len(read_corrections(tmp_path).problems) == 1
    assert site.get("/corrections?lang=fr").status_code == 200


def test_the_shipped_log_is_empty_and_sound() -> None:
    """It has the form to copy, in a comment, and the form is right."""
    assert read_corrections(ROOT / "corpus") == read_corrections(Path("nowhere"))
    form = (ROOT / "corpus" / CORRECTIONS_NAME).read_text("utf-8").split("<!--")[1].split("-->")[0]
    assert "was fr" in form and "now en" in form


def test_the_form_in_the_shipped_log_can_be_copied(tmp_path: Path) -> None:
    """Taken out of its comment it is a correction."""
    text = (ROOT / "corpus" / CORRECTIONS_NAME).read_text("utf-8").replace("<!--", "").replace("-->", "")
    (tmp_path / CORRECTIONS_NAME).write_text(text, "utf-8")
    log = read_corrections(tmp_path)
    assert (len(log.corrections), log.problems) == (1, ())


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_corrections_are_text(tmp_path: Path, site: TestClient, text: str) -> None:
    """Whoever reports an error writes no markup into the log."""
    line = " ".join(text.split())
    (tmp_path / CORRECTIONS_NAME).write_text(
        f"## 2025-03-04 opening#dates\n\n- fr: {line}\n- en: {line}\n- was fr: {line}\n- now fr: {line}\n", "utf-8"
    )
    page = site.get("/corrections?lang=fr").text
    assert "4\u00a0mars\u00a02025" in page
    assert_harmless(page)


def test_quality_without_a_report_says_so(site: TestClient) -> None:
    """Nothing published, nothing claimed."""
    assert "Aucune évaluation n’a encore été publiée." in site.get("/quality?lang=fr").text


def test_quality_shows_the_test_part_with_intervals_and_failures(tmp_path: Path, site: TestClient) -> None:
    """Measures by group in the reader's notation, what was missed word for word, and that the corpus is another now."""
    publish(tmp_path)
    page = site.get("/quality?lang=fr").text
    assert "Mesuré le 20\u00a0novembre\u00a02026 sur 2 questions." in page
    assert "85,3\u00a0% [80,1\u00a0%\u00a0; 89,0\u00a0%]" in page
    assert "3,1 points [0,0\u00a0; 5,0]" in page and "(le plus bas est le meilleur)" in page
    assert "1,8 fois la durée" in page
    assert "non mesuré" in page and "0 sur 214" in page and "Jamais" not in page
    assert "ces chiffres portent sur le corpus 0123" in page
    assert "Questions manquées\u00a0: 1" in page
    assert "Qui ?" in page and "La France seule." in page and "Dev ?" not in page
    english = site.get("/quality?lang=en").text
    assert "85.3% [80.1%, 89.0%]" in english and "Correct answers" in english


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"parts": 7}', b'{"schema": 1}', b"\xff"])
def test_a_broken_report_breaks_no_page(tmp_path: Path, site: TestClient, content: bytes) -> None:
    """Readers are told, staff find it in the log."""
    (tmp_path / "published").mkdir()
    (tmp_path / "published" / "report.json").write_bytes(content)
    response = site.get("/quality?lang=en")
    assert response.status_code == 200 and "cannot be read" in response.text


def test_a_report_without_a_test_part_speaks_for_what_it_has(tmp_path: Path, site: TestClient) -> None:
    """The first part is shown, and not called the test part."""
    publish(tmp_path, parts={"dev": [measure_of("correct", "Justes", "Right", 1.0, None)]})
    page = site.get("/quality?lang=fr").text
    assert "100,0\u00a0%" in page and "jeu de test" not in page


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_reports_are_text(tmp_path: Path, site: TestClient, text: str) -> None:
    """Questions of the evaluation are attacks on purpose."""
    case = {"id": text, "question": text, "language": "fr", "expect": text, "part": "test", "kind": text}
    seen = {"outcome": "answer", "statements": [{"text": text}]}
    measure = measure_of(text, text, text, 0.5, None, group=text)
    publish(
        tmp_path, parts={"test": [measure]}, cases=[{"case": case, "broken": [text], "seen": seen}],
        manifest={"started": text, "corpus_digest": text},
    )  # fmt: skip
    assert_harmless(site.get("/quality?lang=fr").text)


def test_a_report_of_the_evaluations_is_read_whole(tmp_path: Path) -> None:
    """The file that `python -m evals publish` writes is the file that is read: its fields have the names used here."""
    from evals.cases import Case
    from evals.manifest import Manifest
    from evals.observations import Observation, Statement
    from evals.results import CaseResult, Results, write_results
    from evals.scoring import Result
    from evals.statistics import Interval

    case = Case("a", "test", "who", "Qui ?", "fr", "answer")
    seen = Observation("a", outcome="answer", statements=(Statement("Lui.", (1,), "verbatim"),))
    titles = replace(_titles(), fr="Justes", en="Right")
    result = Result("correct", titles, "answer", "higher", 0.5, Interval(0.1, 0.9), 1, 1)
    manifest = Manifest("assistant", "all", (), 1, None, "c", "d", "e", 1, {}, {}, None, {}, {}, "2026-11-20T10:00:00")
    write_results(
        tmp_path / "report.json",
        Results(1, manifest, {"test": (result,)}, (CaseResult(case, {"correct": 0.0}, ("correct",), seen),)),
    )
    report = read_report(tmp_path)
    assert report is not None and report.part == "test"
    assert report.title_of("correct", "fr") == "Justes"
    assert [(one.case.question, one.seen.text if one.seen else "") for one in report.failures] == [("Qui ?", "Lui.")]


def _titles() -> Any:
    from assistant.records import Bilingual

    return Bilingual("x", "x")


def test_values_are_written_as_each_language_writes_them() -> None:
    """A minus sign is a minus sign, and no measure is no number."""
    gap = Measure(name="cross_gap", titles=Titles(fr="x"), group="g", value=-0.05)
    assert (value_text(gap, "fr"), value_text(gap, "en")) == ("−5,0 points", "−5.0 points")
    assert value_text(gap.model_copy(update={"value": None}), "en") == "not measured"
    assert Report.model_validate({"parts": {}}).part == ""


def test_both_languages_have_the_same_words_and_places() -> None:
    """The same keys, and in each the same values to fill in."""
    french, english = SITE_WORDS["fr"], SITE_WORDS["en"]
    assert list(french) == list(english)
    for key in french:
        assert _places(french[key]) == _places(english[key]), key
        assert french[key].strip() == french[key] != ""
    for one, two in zip(ABOUT["fr"], ABOUT["en"], strict=True):
        assert (one.id, len(one.paragraphs), len(one.items)) == (two.id, len(two.paragraphs), len(two.items))
        texts = zip((*one.paragraphs, *one.items), (*two.paragraphs, *two.items), strict=True)
        assert all(_places(fr) == _places(en) for fr, en in texts)
    assert len(WEEKDAYS["fr"]) == len(WEEKDAYS["en"]) == 7


def _places(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name)


def test_french_typography_holds() -> None:
    """No ordinary space before a double mark or inside guillemets, no straight apostrophe."""
    texts = [*SITE_WORDS["fr"].values(), *(text for one in ABOUT["fr"] for text in (*one.paragraphs, *one.items))]
    for text in texts:
        assert not re.search(r" [:;?!»%]|« |[^\s\u00a0\u202f][;?!»](?!\w)|'", text), text


def test_every_word_is_used() -> None:
    """A key that no template and no module names, whole or by its beginning, is dead."""
    folder = ROOT / "assistant" / "web"
    modules = (path for path in folder.glob("*.py") if "wording" not in path.name)
    text = "\n".join(path.read_text("utf-8") for path in (*(folder / "templates").glob("*.html"), *modules))
    by_state = {f"answer_{state}" for state in ("context", "changed", "gone")}
    composed = (
        "nav_",
        "kind_",
        "group_",
        "expect_",
        "state_",
        "feedback_",
        "answer_reuse_",
        "year_",
        "day_",
        "quotation_",
    )
    unused = [key for key in SITE_WORDS["fr"] if f'"{key}"' not in text and f"'{key}'" not in text]
    assert [
        key for key in unused if key not in by_state and not key.startswith(composed) and not key.endswith("_day")
    ] == []


@pytest.mark.parametrize(
    ("days", "fr", "en"),
    [(1, "1 jour", "1 day"), (90, "90 jours", "90 days"), (365, "1 an", "1 year"), (1825, "5 ans", "5 years")],
)
def test_durations_are_read_easily(days: int, fr: str, en: str) -> None:
    """Whole years are said in years."""
    assert [duration(days, language).replace("\u00a0", " ") for language in LANGUAGES] == [fr, en]


def test_pages_know_their_address_without_a_setting(tmp_path: Path, tiny_parts: Parts) -> None:
    """Where no public address is set, a permalink names the one that was asked."""
    store = store_for(tiny_parts.catalogue, tmp_path)
    answer = ask(tiny_parts)
    store.save(answer)
    app = FastAPI()
    settings = Pages(tmp_path, tmp_path, public_url="")
    app.include_router(build_site_router(JustDocuments(tiny_parts.catalogue), settings, store))  # type: ignore[arg-type]
    page = TestClient(app, base_url="http://127.0.0.1:7860").get(f"/a/{answer.id}").text
    assert f"http://127.0.0.1:7860/a/{answer.id}" in page
