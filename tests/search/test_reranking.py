"""Another order by a cross-encoder: a double for the promise, and a tiny real model for the loading."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.search.encoder import load_cross_encoder
from assistant.search.reranking import Reranker
from assistant.wiring import Parts
from tests.fakes import KeywordScorer

QUESTION = "Who co-chaired the summit?"


def order(candidates: Sequence[object]) -> list[str]:
    return [str(one.section) for one in candidates]  # type: ignore[attr-defined]  # candidates


def test_the_scorer_decides_who_is_first(tiny_parts: Parts) -> None:
    """The section with the scorer's best text leads; scores and probabilities stay with their places."""
    before = tiny_parts.ranker.rank(QUESTION, tiny_parts.encoder.embed_query(QUESTION))
    after = Reranker(tiny_parts.catalogue, KeywordScorer("foundation")).rerank(QUESTION, before)
    assert order(after)[0] == "money#fund" != order(before)[0]
    assert sorted(order(after)) == sorted(order(before))
    assert [(one.score, one.probability) for one in after] == [(one.score, one.probability) for one in before]


def test_alike_sections_stay_as_they_were(tiny_parts: Parts) -> None:
    """A scorer that tells nothing apart changes nothing."""
    before = tiny_parts.ranker.rank(QUESTION, tiny_parts.encoder.embed_query(QUESTION))
    assert Reranker(tiny_parts.catalogue, KeywordScorer("nowhere")).rerank(QUESTION, before) == before


def test_only_the_first_are_read(tiny_parts: Parts) -> None:
    """Sections beyond the depth keep their places whatever they say."""
    before = tiny_parts.ranker.rank(QUESTION, tiny_parts.encoder.embed_query(QUESTION))
    last = tiny_parts.catalogue.passages_of(before[-1].section, "fr")[0].text.split()[0]
    after = Reranker(tiny_parts.catalogue, KeywordScorer(last), depth=2).rerank(QUESTION, before)
    assert order(after)[2:] == order(before)[2:]


def test_nothing_found_is_nothing_reranked(tiny_parts: Parts) -> None:
    """Without candidates there is nothing to order."""
    assert Reranker(tiny_parts.catalogue, KeywordScorer("x")).rerank(QUESTION, ()) == ()


@pytest.mark.slow
def test_a_real_cross_encoder_is_loaded_and_orders(tiny_parts: Parts, tiny_cross_encoder: Path) -> None:
    """A model folder is loaded as it is named in the setting, and gives one finite number a text, the same every time."""
    scorer = load_cross_encoder(str(tiny_cross_encoder))
    before = tiny_parts.ranker.rank(QUESTION, tiny_parts.encoder.embed_query(QUESTION))
    reranker = Reranker(tiny_parts.catalogue, scorer)
    after = reranker.rerank(QUESTION, before)
    texts = ["France and India co-chaired the summit.", "A bridge was closed."]
    assert scorer.name == str(tiny_cross_encoder)
    assert scorer.score(QUESTION, texts) == scorer.score(QUESTION, texts) and scorer.score(QUESTION, []) == []
    assert sorted(order(after)) == sorted(order(before)) and reranker.rerank(QUESTION, before) == after


@pytest.mark.slow
def test_a_model_that_is_not_there_is_told(tmp_path: Path) -> None:
    """The message names the setting, its value and the remedy."""
    with pytest.raises(SettingsError, match=r"SUMMIT_RERANKER=.*nothing.*cannot be loaded.*unset it"):
        load_cross_encoder(str(tmp_path / "nothing"))


@pytest.fixture(scope="module")
def tiny_cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of one layer with random weights and a tokenizer of letters, saved as sentence-transformers saves them."""
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    folder = tmp_path_factory.mktemp("cross-encoder")
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{one}" for one in letters)]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), "utf-8")
    BertTokenizerFast(vocab_file=str(folder / "vocab.txt"), model_max_length=512).save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32, num_labels=1
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder
