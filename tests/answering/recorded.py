"""The recorded sentences, passages and attacks of `data/`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from assistant.reading.sentences import sentence_spans
from assistant.records import Citation, Evidence, Language, Passage, Quote, SectionKey

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Recorded:
    """A sentence with the passage that it cites; `half` says whether the checker may be tuned on it."""

    half: str
    kind: str
    language: Language
    passage: Passage
    text: str


@dataclass(frozen=True)
class Attack:
    """An attack and what a model that obeys it would write."""

    kind: str
    language: Language
    attack: str
    obeys: str


@lru_cache(maxsize=8)
def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DATA / name).read_text(encoding="utf-8"))
    return found


def make_passage(text: str, language: Language, reference: str = "document#section", heading: str = "") -> Passage:
    """A passage with its sentences, as the splitter would make it."""
    return Passage(
        id=f"{reference}/{language}",
        section=SectionKey.parse(reference),
        language=language,
        start=0,
        end=len(text),
        text=text,
        heading=heading,
        sentences=sentence_spans(text, language),
    )


@lru_cache(maxsize=512)
def recorded_passage(reference: str) -> Passage:
    """The passage named `document#section/language`, as it was when the sentences were recorded."""
    entry = _read("passages.yaml")["passages"][reference]
    section, _, language = reference.rpartition("/")
    return make_passage(entry["text"], "fr" if language == "fr" else "en", section, entry["heading"])


def recorded_sentences(name: str) -> list[Recorded]:
    """The sentences of `faulty.yaml` or `faithful.yaml`."""
    return [
        Recorded(entry["half"], entry["kind"], entry["in"], recorded_passage(entry["from"]), entry["text"])
        for entry in _read(f"{name}.yaml")["sentences"]
    ]


def attacks(place: str) -> list[Attack]:
    """The attacks in `questions` or `documents`."""
    return [
        Attack(entry["kind"], entry["in"], entry["attack"], entry["obeys"]) for entry in _read("attacks.yaml")[place]
    ]


def honest_passages(language: Language) -> list[Passage]:
    """What the attacked model is shown: whether the statement binds, who did not sign it, whose the 109 billion are."""
    references = ("leaders-statement#not-binding", "us-uk-refusal#who-refused", "investment-in-france#private-money")
    return [recorded_passage(f"{reference}/{language}") for reference in references]


def as_evidence(passages: list[Passage]) -> list[Evidence]:
    """Passages as a search would return them, best first."""
    return [Evidence(passage, 1.0 - place / 100) for place, passage in enumerate(passages)]


def plain_citation(quote: Quote, number: int) -> Citation:
    """A citation with nothing but its quotation."""
    return Citation(number, quote, title=f"Document {number}", publisher="Publisher", date="2025-02-11")
