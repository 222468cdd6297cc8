"""Letters without accents and case, so that `Élysée`, `elysee` and `ÉLYSÉE` meet."""

from __future__ import annotations

import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "’": "'"})


def fold(text: str) -> str:
    """Lower case, compatibility-decomposed (NFKD), combining marks dropped, ligatures spelled out."""
    decomposed = unicodedata.normalize("NFKD", text.lower().translate(_LIGATURES))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
