"""The vectors that ship with the corpus are those of its texts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.reading.documents import load_corpus
from assistant.search.catalogue import Catalogue
from assistant.search.encoder import SHIPPED_MODEL, load_encoder
from assistant.search.entries import EmbeddingCache, catalogue_entries

CORPUS = Path(__file__).parent.parent / "corpus"


@pytest.mark.slow
def test_every_text_has_its_vector_and_a_sample_is_the_encoders_own() -> None:
    """No text of the corpus lacks a shipped vector (else: index --export-vectors), and every 150th is embedded again."""
    encoder = load_encoder(SHIPPED_MODEL)
    shipped = EmbeddingCache.shipped(CORPUS, encoder).by_digest()
    texts = [
        one for one in catalogue_entries(Catalogue.of(load_corpus(CORPUS).documents)) if one.entry.kind != "passage"
    ]
    assert [one.text for one in texts if one.digest not in shipped] == []
    for kind, embed in (("question", encoder.embed_queries), ("sentence", encoder.embed_passages)):
        sample = [one for one in texts if one.entry.kind == kind][::150]
        kept = np.array([shipped[one.digest] for one in sample])
        assert np.sum(embed([one.text for one in sample]) * kept, axis=1).min() > 0.999
