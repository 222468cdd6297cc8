"""What `check` finds: each rule on a sheet that breaks it and nothing else, and nothing at all in the shipped corpus."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant.reading.agreement import disagreements
from assistant.reading.checks import check_corpus
from assistant.reading.documents import load_corpus
from assistant.reading.findings import Finding
from tests.fakes import remove_document, tiny_corpus, write_document

SHIPPED = Path(__file__).parents[2] / "corpus"
Sheet = dict[str, Any]


def sheet() -> Sheet:
    """A sheet without fault: its metadata and its prose by language."""
    return {
        "metadata": {
            "title": {"fr": "Le pont", "en": "The bridge"},
            "kind": "fact-sheet",
            "publisher": "Test desk",
            "sources": [
                {"id": "town", "name": "Town hall", "url": "https://town.example/bridge", "date": "2025-02-01"}
            ],
            "sections": [
                {
                    "id": "closing",
                    "facts": ["bridge-closed"],
                    "as_of": "2025-02-11",
                    "sources": ["town"],
                    "questions": {"fr": ["Quand le pont a-t-il fermé ?"], "en": ["When did the bridge close?"]},
                }
            ],
        },
        "fr": "# Le pont\n\n## La fermeture {#closing}\n\nLe pont a fermé le 11 février 2025 pour 1\u202f500 promeneurs.\n",
        "en": "# The bridge\n\n## Its closing {#closing}\n\nThe bridge closed on 11 February 2025 for 1,500 walkers.\n",
    }


def section(one: Sheet) -> dict[str, Any]:
    found: dict[str, Any] = one["metadata"]["sections"][0]
    return found


def findings(corpus: Path, *sheets: Sheet) -> list[Finding]:
    for number, one in enumerate(sheets):
        write_document(corpus, f"bridge-{number}", one["metadata"], fr=one.get("fr"), en=one.get("en"))
    return check_corpus(load_corpus(corpus), corpus)


def without_english(one: Sheet) -> None:
    one["en"] = None


def without_a_section(one: Sheet) -> None:
    one["en"] += "\n## Its opening {#opening}\n\nThe bridge opened again.\n"


def empty(one: Sheet) -> None:
    one["fr"] = "# Le pont\n\n## La fermeture {#closing}\n\n"
    one["en"] = "# The bridge\n\n## Its closing {#closing}\n\n"


def without_a_source(one: Sheet) -> None:
    section(one)["sources"] = []


def with_an_unlisted_source(one: Sheet) -> None:
    section(one)["sources"] = ["town", "country"]


def without_a_date(one: Sheet) -> None:
    del section(one)["as_of"]


def with_another_number(one: Sheet) -> None:
    one["en"] = one["en"].replace("1,500", "1,600")


def with_another_month(one: Sheet) -> None:
    one["en"] = one["en"].replace("February", "March")


def too_long(one: Sheet) -> None:
    one["fr"] += "Le pont " + "du fleuve " * 45 + "a fermé.\n"


def leaning(one: Sheet) -> None:
    one["en"] += "It opened again in spring.\n"


def without_questions(one: Sheet) -> None:
    section(one)["questions"] = {"fr": ["Quand le pont a-t-il fermé ?"]}


def without_pairs(one: Sheet) -> None:
    section(one)["questions"]["fr"].append("Le pont était-il fermé ?")


def with_a_question_twice(one: Sheet) -> None:
    section(one)["questions"]["fr"] = ["Quand le pont a-t-il fermé ?", "quand le pont  a-t-il fermé ?"]
    section(one)["questions"]["en"] = ["When did the bridge close?", "Since when is the bridge closed?"]


def with_a_name_in_two_spellings(one: Sheet) -> None:
    one["fr"] += "Bouverot, Bouverot, Bouverot, Bouverot et Bouverat ont marché.\n"


def with_no_address(one: Sheet) -> None:
    one["metadata"]["sources"][0]["url"] = "town.example/bridge"


def with_no_date(one: Sheet) -> None:
    one["metadata"]["sources"][0]["date"] = "2025-02-30"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (without_english, "en.md is missing"),
        (without_a_section, "section 'opening' has no fr version"),
        (empty, "section 'closing' is empty"),
        (without_a_source, "section 'closing' has no source"),
        (with_an_unlisted_source, "names source 'country', which is not listed"),
        (without_a_date, "section 'closing' has no as_of date"),
        (with_another_number, "differ in the numbers 1500, 1600"),
        (with_another_month, "differ in the months 2, 3"),
        (too_long, "the limit is 80"),
        (leaning, "this sentence leans on one that the reader may not see"),
        (without_questions, "lacks questions in one language"),
        (without_pairs, "has 2 French and 1 English questions"),
        (with_a_question_twice, "stands already in bridge-0#closing"),
        (with_a_name_in_two_spellings, "'Bouverat' is spelled 'Bouverot' elsewhere"),
        (with_no_address, "url"),
        (with_no_date, "'2025-02-30' is no date"),
    ],
)
def test_each_fault_is_found_with_its_place(tmp_path: Path, spoil: Callable[[Sheet], None], said: str) -> None:
    """A sheet without fault gives no finding; with one fault the finding names file, line and remedy."""
    (tmp_path / "sound").mkdir()
    (tmp_path / "spoilt").mkdir()
    assert findings(tmp_path / "sound", sheet()) == []
    spoilt = sheet()
    spoil(spoilt)
    found = [one for one in findings(tmp_path / "spoilt", spoilt) if said in one.message]
    assert found, f"nothing says {said!r}"
    assert found[0].path.is_relative_to(tmp_path / "spoilt") and found[0].line >= 1


def test_a_fact_under_embargo_is_told_nowhere_else(tmp_path: Path) -> None:
    """Where one document keeps a fact until a day, another that tells it now is named; with the same day none is."""
    kept, open_ = sheet(), sheet()
    kept["metadata"]["not_before"] = "2099-01-01"
    section(open_)["questions"] = {"fr": ["Le pont, fermé quand ?"], "en": ["The bridge, closed when?"]}
    found = findings(tmp_path, kept, open_)
    assert ["bridge-1" in str(one.path) and "until 2099-01-01" in one.message for one in found] == [True]
    open_["metadata"]["not_before"] = "2099-01-01"
    assert findings(tmp_path, kept, open_) == []


def test_documents_as_operators_have_them_need_no_sheet(tmp_path: Path) -> None:
    """What is not written by us may have one language, no sources and no questions."""
    corpus = tiny_corpus(tmp_path)
    for name in ("opening", "money", "bulletin", "banquet"):
        remove_document(corpus, name)
    (corpus / "notice.txt").write_text("Avis\n\nIl pleut. Le pont du fleuve est fermé depuis mardi.\n", "utf-8")
    assert check_corpus(load_corpus(corpus), corpus) == []


@pytest.mark.parametrize(
    ("french", "english"),
    [
        ("le 1er mai 2025", "on 1 May 2025"),
        ("109,5 milliards, 1\u202f200 hectares", "109.5 billion, 1,200 hectares"),
        ("les 6 et 7 février 2025", "on 6 and 7 February 2025"),
        ("Il peut en être autrement en 2025", "It may be otherwise in 2025"),
        ("Le texte du 11 février 2025 peut changer", "The text of 11 February 2025 may change"),
        ("Mai 2026 : la liste", "May 2026: the list"),
    ],
)
def test_the_two_languages_write_numbers_and_dates_each_in_its_way(french: str, english: str) -> None:
    """Signs of grouping, decimal commas, ordinals and the verb “may” make no disagreement."""
    assert list(disagreements(french, english)) == []


def test_the_shipped_corpus_has_no_finding() -> None:
    """What needs no encoder is in order in every document that ships."""
    assert [str(one) for one in check_corpus(load_corpus(SHIPPED), SHIPPED)] == []
