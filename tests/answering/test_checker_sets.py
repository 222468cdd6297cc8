"""The checker on recorded sentences: what it catches of the faulty ones, what it lets pass of the faithful ones."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pytest

from assistant.answering.closeness import RememberingEncoder
from assistant.answering.verification import verify_sentence
from assistant.search.encoder import Encoder
from tests.answering.recorded import Recorded, recorded_sentences

MUST_CATCH = 0.95
MUST_PASS = 0.85


@dataclass(frozen=True)
class Measured:
    """Right decisions by half and kind, and the sentences decided wrongly."""

    right: Counter[tuple[str, str]]
    total: Counter[tuple[str, str]]
    wrong: list[Recorded]

    def share(self, half: str = "") -> float:
        """The share of right decisions in one half, or in both."""
        keys = [key for key in self.total if half in ("", key[0])]
        return sum(self.right[key] for key in keys) / sum(self.total[key] for key in keys)

    def table(self, name: str) -> str:
        """One line for each kind, for the log."""
        lines = [f"{name}: dev {self.share('dev'):.3f}, held {self.share('held'):.3f}, all {self.share():.3f}"]
        lines += [
            f"  {half:5}{kind:10}{self.right[half, kind]}/{self.total[half, kind]}" for half, kind in sorted(self.total)
        ]
        return "\n".join(lines)


@pytest.fixture(scope="module")
def measured(real_encoder: Encoder) -> dict[str, Measured]:
    """Every recorded sentence, checked once with the shipped encoder."""
    encode = RememberingEncoder(real_encoder.embed_queries)
    found = {}
    for name, wanted in (("faulty", False), ("faithful", True)):
        right: Counter[tuple[str, str]] = Counter()
        total: Counter[tuple[str, str]] = Counter()
        wrong = []
        for one in recorded_sentences(name):
            decided = verify_sentence(one.text, [one.passage], one.language, encode).ok == wanted
            total[one.half, one.kind] += 1
            right[one.half, one.kind] += decided
            if not decided:
                wrong.append(one)
        found[name] = Measured(right, total, wrong)
    return found


def _rates(measured: dict[str, Measured], half: str) -> tuple[float, float]:
    """Precision (of what was withheld, how much was faulty) and recall (of what is faulty, how much was withheld)."""
    faulty, faithful = measured["faulty"], measured["faithful"]
    keys = [key for key in faulty.total if half in ("", key[0])]
    caught = sum(faulty.right[key] for key in keys)
    withheld = sum(faithful.total[key] - faithful.right[key] for key in faithful.total if half in ("", key[0]))
    return caught / (caught + withheld), faulty.share(half)


def test_the_checker_catches_faulty_sentences(measured: dict[str, Measured]) -> None:
    """At least 95 % of the faulty sentences are withheld, in the half that nothing was tuned on as well."""
    print("\n" + measured["faulty"].table("faulty sentences caught"))
    assert measured["faulty"].share("held") >= MUST_CATCH
    assert measured["faulty"].share() >= MUST_CATCH


def test_the_checker_passes_faithful_sentences(measured: dict[str, Measured]) -> None:
    """At least 85 % of the faithful paraphrases pass, in the half that nothing was tuned on as well."""
    print("\n" + measured["faithful"].table("faithful sentences passed"))
    assert measured["faithful"].share("held") >= MUST_PASS
    assert measured["faithful"].share() >= MUST_PASS


def test_precision_and_recall_are_reported(measured: dict[str, Measured]) -> None:
    """Withholding is precise: most of what is withheld deserves it."""
    for half in ("dev", "held", ""):
        precision, recall = _rates(measured, half)
        print(f"\nwithholding, {half or 'all'}: precision {precision:.3f}, recall {recall:.3f}")
    assert _rates(measured, "held")[0] >= MUST_PASS


def test_the_sets_are_large_and_in_both_languages() -> None:
    """At least 120 sentences on each side, every kind of fault, French and English, passages of both languages."""
    for name in ("faulty", "faithful"):
        sentences = recorded_sentences(name)
        assert len(sentences) >= 120
        assert min(Counter(one.language for one in sentences).values()) >= 50
        assert sum(one.language != one.passage.language for one in sentences) >= 30
        assert {one.half for one in sentences} == {"dev", "held"}
        assert len({one.text for one in sentences}) == len(sentences)
    kinds = {one.kind for one in recorded_sentences("faulty")}
    assert kinds == {"number", "negation", "name", "date", "unit", "marker", "half"}


def test_without_an_encoder_the_checker_only_grows_stricter() -> None:
    """Words alone still catch 95 % of the faulty sentences; they pass fewer translations, never more faults."""
    faulty = recorded_sentences("faulty")
    caught = sum(not verify_sentence(one.text, [one.passage], one.language).ok for one in faulty)
    assert caught / len(faulty) >= MUST_CATCH
