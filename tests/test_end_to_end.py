"""The whole way with the real encoder, real Chroma and the real corpus."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from assistant.answering.as_json import answer_to_json
from assistant.answering.wording import EXAMPLES
from assistant.records import LANGUAGES, Language, Turn
from assistant.search.encoder import SHIPPED_MODEL, load_encoder
from assistant.search.entries import EmbeddingCache, catalogue_entries
from assistant.search.index_files import current_folder
from assistant.settings import Settings
from assistant.wiring import Parts, index_corpus, ready_parts
from tests.fakes import CountingEncoder, MemoryStore

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("question", "language", "words"),
    [
        ("Quels pays coprésidaient le sommet ?", "fr", ("France", "Inde")),
        ("Who was the special envoy for the summit?", "en", ("Anne Bouverot",)),
        ("Qu’est-ce que Current AI ?", "fr", ("Current AI",)),
        ("Which countries refused to sign the statement?", "en", ("United States", "United Kingdom")),
        ("combien de milliards annoncés par macron pour l'ia en france", "fr", ("109 milliards",)),
    ],
)
def test_a_question_is_answered_in_its_language_with_quotations(
    real_parts: Parts, question: str, language: str, words: tuple[str, ...]
) -> None:
    """The answer names what was asked for, in the question's language, and every quotation is a slice of the document."""
    answer = real_parts.assistant.ask(question)
    assert (answer.outcome, answer.language) == ("answer", language)
    assert all(word in answer.text.replace("\u202f", " ") for word in words)
    for citation in answer.citations:
        passage = citation.quote.passage
        document, _ = real_parts.catalogue.sections[passage.section]
        assert document.texts[passage.language][passage.start : passage.end] == passage.text
        assert citation.sources or document.kind == "article"


@pytest.mark.parametrize(
    "question", ["Quelle est la météo demain ?", "How do I bake a chocolate cake?", "🙂", "", "???"]
)
def test_other_subjects_are_refused(real_parts: Parts, question: str) -> None:
    """Outside the subject, or with nothing to read, one polite sentence and example questions, no quotation."""
    answer = real_parts.assistant.ask(question)
    assert answer.outcome == "refusal"
    assert answer.notice and len(answer.suggestions) >= 2
    assert not answer.citations and not answer.closest


def test_the_same_question_has_the_same_answer(real_parts: Parts) -> None:
    """Asked three times, nothing differs but the time that it took."""
    answers = [answer_to_json(real_parts.assistant.ask("Who signed the statement?")) for _ in range(3)]
    assert all({**answer, "elapsed_ms": 0} == {**answers[0], "elapsed_ms": 0} for answer in answers)


def test_a_megabyte_of_question_is_turned_away_politely(real_parts: Parts) -> None:
    """The length is bounded before anything is embedded, and the reply says the limit."""
    answer = real_parts.assistant.ask("pourquoi " * 120_000)
    assert answer.outcome == "refusal" and "1000" in answer.notice


@pytest.mark.usefixtures("real_parts")
def test_a_second_run_embeds_nothing(real_settings: Settings) -> None:
    """With the index in force up to date, indexing again asks the encoder for nothing."""
    encoder = CountingEncoder(load_encoder(SHIPPED_MODEL))
    indexed = index_corpus(real_settings, encoder)
    assert indexed.result.unchanged and encoder.texts == []
    assert indexed.corpus.skipped == ()


def test_a_followup_is_completed_and_a_refused_subject_is_not_carried_on(real_parts: Parts) -> None:
    """ "And its budget?" means the subject of the question before; after the weather it means nothing."""
    found = real_parts.assistant.ask("Et qui l’a fondée ?", [Turn("Qu’est-ce que Current AI ?")])
    assert any(one.passage.section.document_id == "current-ai" for one in found.evidence)
    assert real_parts.assistant.ask("Et demain ?", [Turn("Quelle est la météo ?")]).outcome != "answer"


def test_a_second_start_embeds_nothing_and_says_nothing(
    real_parts: Parts, real_settings: Settings, tmp_path: Path
) -> None:
    """Started again on the same data folder, nothing is reported as being done, and the answer is the same."""
    shutil.copytree(real_settings.data_dir, tmp_path / "data")
    settings = real_settings.model_copy(update={"data_dir": tmp_path / "data"})
    reported: list[str] = []
    again = ready_parts(settings, lambda step, *_: reported.append(step), reported.append)
    try:
        assert reported == []
        question = "Who was the special envoy for the summit?"
        assert again.assistant.ask(question).id == real_parts.assistant.ask(question).id
    finally:
        again.store.close()


@pytest.mark.parametrize(("language", "question"), [(lang, one) for lang in LANGUAGES for one in EXAMPLES[lang]])
def test_the_questions_that_we_suggest_are_answered(real_parts: Parts, language: Language, question: str) -> None:
    """Whoever follows a suggestion gets an answer, in the language of the suggestion."""
    answer = real_parts.assistant.ask(question)
    assert (answer.outcome, answer.language) == ("answer", language)


def test_chroma_finds_what_exact_search_finds(real_parts: Parts, real_settings: Settings) -> None:
    """The nearest neighbours from Chroma's graph are those of a full comparison, in the same order."""
    folder = current_folder(real_settings.data_dir)
    assert folder is not None
    vectors = EmbeddingCache.load(folder).by_digest()
    exact = MemoryStore()
    texts = [one for one in catalogue_entries(real_parts.catalogue) if one.entry.kind != "passage"]
    exact.add([one.entry for one in texts], np.stack([vectors[one.digest] for one in texts]))
    differing = 0
    for question in (*EXAMPLES["fr"], *EXAMPLES["en"]):
        query = real_parts.encoder.embed_query(question)
        for kind in ("question", "sentence"):
            for language in LANGUAGES:
                mine = real_parts.store.nearest(kind, language, query, 20)
                other = exact.nearest(kind, language, query, 20)
                assert mine[0].similarity == pytest.approx(other[0].similarity, abs=2e-3)
                differing += len({hit.id for hit in mine} ^ {hit.id for hit in other})
    assert differing <= 0.02 * 2 * 20 * 48  # ties at the limit may fall either way


def test_a_followup_is_answered_by_what_it_asks_of_the_subject(real_parts: Parts) -> None:
    """The question before brings the subject only: its own answer does not come again, and another subject is not forced on it."""
    ask = real_parts.assistant.ask
    assert "400 millions" in ask("Et son budget ?", [Turn("Qu’est-ce que Current AI ?")]).text
    assert "founding partners" in ask("Its founders?", [Turn("What is ROOST?")]).text
    before = [Turn("Pourquoi les États-Unis n’ont-ils pas signé ?")]
    assert ask("Qui a payé les dîners des journalistes ?", before).outcome != "answer"
    assert ask("Quelle est la météo demain ?", before).outcome == "refusal"
