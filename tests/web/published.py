"""A published evaluation for the page `/quality`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def publish(folder: Path, **changes: Any) -> None:
    """Write a published evaluation of two questions, one of which failed."""
    seen = {"outcome": "answer", "notice": "", "statements": [{"text": "La France seule.", "citations": [1]}]}
    case = {"part": "test", "kind": "who", "language": "fr", "expect": "answer", "gold": []}
    report = {
        "schema": 1,
        "manifest": {"system": "assistant", "started": "2026-11-20T10:00:00+00:00", "corpus_digest": "0123"},
        "parts": {
            "all": [],
            "test": [
                measure_of("correct", "Réponses justes", "Correct answers", 0.8534, (0.801, 0.89)),
                measure_of("language_gap", "Écart", "Gap", 0.031, (0.0, 0.05), better="lower"),
                measure_of("latency", "Durée", "Time", 1.84, None, group="speed", timed=True),
                measure_of("judge", "Juge", "Judge", None, None, group="trust", scored=0),
                measure_of("never", "Jamais", "Never", None, None, expected=0),
            ],
        },
        "cases": [
            {"case": {**case, "id": "a", "question": "Qui ?"}, "values": {}, "broken": ["correct"], "seen": seen},
            {"case": {**case, "id": "b", "question": "Quand ?"}, "values": {}, "broken": [], "seen": None},
            {"case": {**case, "id": "c", "question": "Dev ?", "part": "dev"}, "broken": ["correct"], "seen": seen},
        ],
    }
    (folder / "published").mkdir(exist_ok=True)
    (folder / "published" / "report.json").write_text(json.dumps({**report, **changes}), "utf-8")


def measure_of(
    name: str, fr: str, en: str, value: float | None, between: tuple[float, float] | None, **more: Any
) -> Any:
    interval = {"low": between[0], "high": between[1]} if between else None
    base = {"name": name, "titles": {"fr": fr, "en": en}, "group": "answer", "better": "higher", "value": value}
    return {**base, "interval": interval, "scored": 214, "expected": 214, "formula": "x", "floor": None, **more}
