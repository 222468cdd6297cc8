"""The page of one kept answer: what it shows, what it says has changed since, who may see it, and how it is cached."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from assistant.records import Answer, Document
from assistant.search.catalogue import Catalogue
from assistant.web.corrections import CORRECTIONS_NAME
from assistant.wiring import Parts
from tests.web.kept import DISPUTED, QUESTION, Calendar, ask, catalogue_with, client_for, named, store_for
from tests.web.markup import assert_harmless, elements_of
from tests.web.scripted import HOSTILE, scripted_answer

Rewrite = Callable[[Document], Document]


def served(folder: Path, catalogue: Catalogue, *answers: Answer, calendar: Calendar | None = None) -> TestClient:
    """A site of `catalogue` that keeps `answers`, which may have been given on other documents."""
    store = store_for(catalogue, folder, calendar)
    for answer in answers:
        store.save(answer)
    return client_for(catalogue, store, folder, calendar=calendar)


def words_of(page: str) -> str:
    """The page as it is read, without tags and with white space folded."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def rewritten(catalogue: Catalogue, document_id: str, old: str, new: str) -> Catalogue:
    """The catalogue after someone replaced words of a document's French text by words of the same length."""
    assert len(old) == len(new)
    document = next(one for one in catalogue.documents if one.id == document_id)
    texts = {**document.texts, "fr": document.texts["fr"].replace(old, new)}
    return catalogue_with(catalogue.documents, replace(document, texts=texts))


def test_the_page_shows_what_a_journalist_checks(tmp_path: Path, tiny_parts: Parts) -> None:
    """Question, answer, marked quotation, publisher, dates, as_of, sources with dates, disagreement, corpus version and date."""
    answer = ask(tiny_parts, DISPUTED)
    client = served(tmp_path, tiny_parts.catalogue, answer)
    response = client.get(f"/a/{answer.id}")
    page, words = response.text, words_of(response.text)
    assert response.status_code == 200
    assert '<html lang="fr">' in page
    assert f"<mark>{answer.citations[0].quote.text}</mark>" in page
    for expected in (
        DISPUTED,
        "L’argent du sommet",
        "Test desk, publié le 12\u00a0février\u00a02025",
        "Situation au 11\u00a0février\u00a02025",
        "Élysée , 11\u00a0février\u00a02025",
        "Les sources divergent sur la chaîne.",
        "France 2",
        "TF1",
        f"Corpus {answer.corpus_version}, dont le document le plus récent est du 12\u00a0février\u00a02025",
        "Réponse du 1er\u00a0mars\u00a02025",
        f"https://assistant.example/a/{answer.id}",
    ):
        assert expected.replace("\u00a0", " ") in words.replace("\u00a0", " "), expected


def test_both_languages_stand_side_by_side(tmp_path: Path, tiny_parts: Parts) -> None:
    """The cited section's other version is there, in its own language, once for each section."""
    answer = ask(tiny_parts)
    page = served(tmp_path, tiny_parts.catalogue, answer).get(f"/a/{answer.id}").text
    assert page.count('<blockquote lang="en">') == 1
    assert "France and India co-chaired the summit." in page
    assert "La même section en anglais" in page


def test_a_section_of_one_language_stands_alone(tmp_path: Path, tiny_parts: Parts) -> None:
    """Nothing is translated to fill the second column."""
    answer = ask(tiny_parts, "Quel pont était fermé pendant le sommet ?")
    page = served(tmp_path, tiny_parts.catalogue, answer).get(f"/a/{answer.id}").text
    assert '<blockquote lang="fr">' in page and '<blockquote lang="en">' not in page


def test_the_frame_speaks_the_language_asked_for_and_the_answer_its_own(tmp_path: Path, tiny_parts: Parts) -> None:
    """An English reader gets English labels around a French answer."""
    answer = ask(tiny_parts)
    page = served(tmp_path, tiny_parts.catalogue, answer).get(f"/a/{answer.id}?lang=en").text
    assert '<html lang="en">' in page and "Quotations and sources" in page
    assert f'<h1 lang="fr">{QUESTION}</h1>' in page


def test_nearest_passages_are_marked_as_no_answer(tmp_path: Path, tiny_parts: Parts) -> None:
    """A kept `closest` says that the documents do not say, and marks nothing as quoted."""
    answer = tiny_parts.assistant.ask("Quel temps faisait-il pendant le sommet ?")
    assert answer.outcome == "closest"
    page = served(tmp_path, tiny_parts.catalogue, answer).get(f"/a/{answer.id}").text
    assert "Ce n’est pas une réponse" in page and "Les documents ne le disent pas" in page
    assert "<mark>" not in page


def test_an_unchanged_passage_is_said_to_be_unchanged(tmp_path: Path, tiny_parts: Parts) -> None:
    """The reader learns that it was compared, and with which corpus."""
    answer = ask(tiny_parts)
    page = served(tmp_path, tiny_parts.catalogue, answer).get(f"/a/{answer.id}").text
    assert "tous les passages cités figurent mot pour mot" in page
    assert "Ce corpus est toujours en vigueur." in page
    assert 'class="changes"' not in page


def test_a_changed_quotation_is_marked_and_shown_beside_the_words_of_today(tmp_path: Path, tiny_parts: Parts) -> None:
    """The quotation stays as it was given; what the document says now is there to compare."""
    answer = ask(tiny_parts)
    later = rewritten(tiny_parts.catalogue, "opening", "La France et l’Inde", "L’Inde et la France")
    page = served(tmp_path, later, answer).get(f"/a/{answer.id}").text
    assert 'class="changes"' in page
    assert "La citation 1 ne se trouve plus telle quelle dans le document." in page
    assert "<mark>La France et l’Inde ont coprésidé le sommet.</mark>" in page
    assert "L’Inde et la France ont coprésidé le sommet." in page
    assert f"Le corpus en vigueur est aujourd’hui {later.version}" in page


def test_a_change_around_the_quotation_is_told_from_a_change_of_it(tmp_path: Path, tiny_parts: Parts) -> None:
    """The quotation still stands; its passage reads otherwise."""
    answer = ask(tiny_parts)
    later = rewritten(tiny_parts.catalogue, "opening", "Grand Palais, à Paris", "Grand Palais à Paris.")
    page = served(tmp_path, later, answer).get(f"/a/{answer.id}").text
    assert "La citation 1 y est toujours, mais le passage qui l’entoure a changé." in page


def test_a_change_elsewhere_changes_nothing_here(tmp_path: Path, tiny_parts: Parts) -> None:
    """Only the version is another."""
    answer = ask(tiny_parts)
    later = rewritten(tiny_parts.catalogue, "money", "Current AI est", "Current AI fut")
    page = served(tmp_path, later, answer).get(f"/a/{answer.id}").text
    assert 'class="changes"' not in page and later.version in page


@pytest.mark.parametrize(
    "withdraw",
    [
        lambda document: replace(document, id="renamed"),
        lambda document: replace(document, sections=document.sections[1:]),
        lambda document: replace(
            document, sections=(replace(document.sections[0], spans={"en": (0, 5)}), *document.sections[1:])
        ),
    ],
    ids=["document", "section", "language"],
)
def test_a_withdrawn_passage_is_marked_as_gone(tmp_path: Path, tiny_parts: Parts, withdraw: Rewrite) -> None:
    """Whether the document, the section or its French text is gone."""
    answer = ask(tiny_parts)
    documents = [withdraw(one) if one.id == "opening" else one for one in tiny_parts.catalogue.documents]
    page = served(tmp_path, Catalogue.of(documents), answer).get(f"/a/{answer.id}").text
    assert "Le passage de la citation 1 a été retiré des documents." in page
    assert "Lire dans le document" not in page


def test_a_correction_of_a_cited_passage_is_announced(tmp_path: Path, tiny_parts: Parts) -> None:
    """From the day of the answer on; an older correction was in what was quoted."""
    (tmp_path / CORRECTIONS_NAME).write_text(
        "## 2025-03-05 opening#dates\n\n- fr: Le lieu était faux.\n- en: The place was wrong.\n"
        "## 2025-02-20 opening#dates\n\n- fr: Plus ancienne.\n- en: Older.\n"
        "## 2025-03-06 money#total\n\n- fr: Autre part.\n- en: Elsewhere.\n",
        "utf-8",
    )
    answer = ask(tiny_parts)
    page = served(tmp_path, tiny_parts.catalogue, answer).get(f"/a/{answer.id}").text
    assert "Le lieu était faux." in page
    assert "/corrections?lang=fr#2025-03-05-opening-dates" in page
    assert "Plus ancienne." not in page and "Autre part." not in page


def test_an_answer_that_quotes_a_document_under_embargo_is_not_shown(tmp_path: Path, tiny_parts: Parts) -> None:
    """An embargo set later hides the permalink, its references and its very existence until it ends."""
    answer = ask(tiny_parts)
    opening = next(one for one in tiny_parts.catalogue.documents if one.id == "opening")
    later = catalogue_with(tiny_parts.catalogue.documents, replace(opening, not_before="2025-04-01"))
    calendar = Calendar()
    client = served(tmp_path, later, answer, calendar=calendar)
    unknown = client.get("/a/" + "0" * 20)
    for path in ("", "/references.txt", "/references.bib", "/references.json"):
        response = client.get(f"/a/{answer.id}{path}")
        assert response.status_code == 404
        assert response.text == unknown.text
        assert "coprésidé" not in response.text
    calendar.pass_days(31)
    assert client.get(f"/a/{answer.id}").status_code == 200


@pytest.mark.parametrize(
    "answer_id", ["0" * 20, "x", "..%2f..%2fetc%2fpasswd", "a" * 5000, "%00", "'; DROP TABLE summit_answers; --"]
)
def test_an_id_that_the_server_never_gave_is_not_found(tmp_path: Path, tiny_parts: Parts, answer_id: str) -> None:
    """Forged, malformed and hostile ids alike."""
    client = served(tmp_path, tiny_parts.catalogue, ask(tiny_parts))
    for path in ("", "/references.json"):
        response = client.get(f"/a/{answer_id}{path}")
        assert response.status_code == 404
        assert response.headers.get("cache-control", "no-store") == "no-store"
    assert client.post(f"/a/{answer_id}").status_code == 404


def test_an_answer_is_kept_when_its_link_is_opened_and_not_before(tmp_path: Path, tiny_parts: Parts) -> None:
    """Asking stores nothing; the link of an answer given in the last hour keeps it for everyone."""
    store = store_for(tiny_parts.catalogue, tmp_path)
    client = client_for(tiny_parts.catalogue, store, tmp_path)
    answer, other = ask(tiny_parts), ask(tiny_parts, DISPUTED)
    store.remember(answer)
    store.remember(other)
    assert store.find(answer.id) is None
    assert client.get(f"/a/{answer.id}").status_code == 200
    assert store.find(answer.id) is not None
    assert store.find(other.id) is None


def test_a_program_asks_for_a_permalink_by_post(tmp_path: Path, tiny_parts: Parts) -> None:
    """The answer is kept and its place told; an answer of two hours ago is not known any more."""
    calendar = Calendar()
    store = store_for(tiny_parts.catalogue, tmp_path, calendar)
    client = client_for(tiny_parts.catalogue, store, tmp_path)
    answer = ask(tiny_parts)
    store.remember(answer)
    response = client.post(f"/a/{answer.id}")
    assert (response.status_code, response.headers["location"]) == (303, f"/a/{answer.id}")
    other = ask(tiny_parts, DISPUTED)
    store.remember(other)
    calendar.seconds = 7200.0
    assert client.post(f"/a/{other.id}").status_code == 404


def test_a_refusal_has_no_page(tmp_path: Path, tiny_parts: Parts) -> None:
    """A stranger's words alone are not published."""
    store = store_for(tiny_parts.catalogue, tmp_path)
    refusal = tiny_parts.assistant.ask("Quelle heure est-il à Tokyo ?")
    store.remember(refusal)
    assert client_for(tiny_parts.catalogue, store, tmp_path).get(f"/a/{refusal.id}").status_code == 404


def test_the_page_is_cacheable_and_kept_out_of_search_engines(tmp_path: Path, tiny_parts: Parts) -> None:
    """ETag and Cache-Control, 304 on the same ETag, noindex in header and page; no cookie."""
    answer = ask(tiny_parts)
    client = served(tmp_path, tiny_parts.catalogue, answer)
    first = client.get(f"/a/{answer.id}")
    assert first.headers["cache-control"] == "public, max-age=300"
    assert "noindex" in first.headers["x-robots-tag"] and '<meta name="robots" content="noindex' in first.text
    assert "set-cookie" not in first.headers
    for sent in (first.headers["etag"], f"W/{first.headers['etag']}", f'"x", {first.headers["etag"]}'):
        again = client.get(f"/a/{answer.id}", headers={"If-None-Match": sent})
        assert (again.status_code, again.content) == (304, b"")
    assert client.head(f"/a/{answer.id}").status_code == 200


def test_another_corpus_gives_another_etag(tmp_path: Path, tiny_parts: Parts) -> None:
    """A cache learns that the passage has changed."""
    answer = ask(tiny_parts)
    before = served(tmp_path, tiny_parts.catalogue, answer).get(f"/a/{answer.id}").headers["etag"]
    later = rewritten(tiny_parts.catalogue, "opening", "La France et l’Inde", "L’Inde et la France")
    assert served(tmp_path, later).get(f"/a/{answer.id}").headers["etag"] != before


def test_references_come_as_files(tmp_path: Path, tiny_parts: Parts) -> None:
    """Text with notes, BibTeX and CSL-JSON, each naming our own page of the passage."""
    answer = ask(tiny_parts)
    client = served(tmp_path, tiny_parts.catalogue, answer)
    text = client.get(f"/a/{answer.id}/references.txt").text
    assert f"https://assistant.example/a/{answer.id}" in text and "consulté le 1er" in text
    assert "@misc{opening-dates-1," in client.get(f"/a/{answer.id}/references.bib").text
    (item,) = json.loads(client.get(f"/a/{answer.id}/references.json").text)
    assert item["URL"] == "https://assistant.example/d/opening?lang=fr#dates"
    assert client.get(f"/a/{answer.id}/references.exe").status_code == 404


def test_what_a_model_wrote_is_said(tmp_path: Path, tiny_parts: Parts) -> None:
    """Model, reworded sentences and withheld ones are all named."""
    answer = scripted_answer("conflict", "fr")
    page = served(tmp_path, tiny_parts.catalogue, answer).get(f"/a/{answer.id}").text
    assert "Rédigée par un modèle de langue (m)" in page
    assert "2 phrases sans appui ont été écartées." in page
    assert "Appuyée\u00a0:" in page


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_nothing_hostile_is_more_than_text(tmp_path: Path, tiny_parts: Parts, text: str, language: str) -> None:
    """Question, title, publisher, dates, addresses, model and passage may be markup: the page has no element of theirs."""
    answer = scripted_answer(text, "fr")
    harmless = named(replace(answer, question="x"))
    client = served(tmp_path, tiny_parts.catalogue, answer, harmless)
    page = client.get(f"/a/{answer.id}?lang={language}").text
    reference = client.get(f"/a/{harmless.id}?lang={language}").text
    assert elements_of(page) == elements_of(reference)
    assert_harmless(page)
    assert not any(mark in page for mark in "\x00\x07\x1b\u202e")
    for form in ("txt", "bib", "json"):
        assert client.get(f"/a/{answer.id}/references.{form}").status_code == 200
