"""What kind of thing a question asks for, and whether a text offers one."""

from __future__ import annotations

import pytest

from assistant.search.asked import asked_kinds, missing_kinds, offered_kinds


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How old is Anne Bouverot?", "age"),
        ("Quel âge a Modi ?", "age"),
        ("How much did it cost?", "money"),
        ("Combien a coûté le sommet ?", "money"),
        ("quel montant", "money"),
        ("How many countries signed?", "number"),
        ("Combien de pays ?", "number"),
        ("At what time did it begin?", "hour"),
        ("À quelle heure ?", "hour"),
        ("When was the summit?", "date"),
        ("Quand a eu lieu le sommet ?", "date"),
        ("Where was it?", "place"),
        ("Où se tenait-il ?", "place"),
        ("Who co-chaired?", "who"),
        ("Qui a coprésidé ?", "who"),
        ("Why did the UK refuse?", "why"),
        ("Pourquoi ont-ils refusé ?", "why"),
        ("List the signatories", "list"),
        ("Quels pays ont signé ?", "list"),
        ("What is the phone number of the desk?", "contact"),
        ("Did India sign?", "yesno"),
        ("L’Inde a-t-elle signé ?", "yesno"),
        ("Est-ce que la Chine a signé ?", "yesno"),
    ],
)
def test_the_kind_of_answer_is_recognised(question: str, kind: str) -> None:
    """In both languages, with typographic apostrophes and accents, the question's kind is among those found."""
    assert kind in asked_kinds(question)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Current AI a été doté de 400 millions de dollars.", "money"),
        ("It cost 5 billion euros.", "money"),
        ("Le 10 février 2025.", "date"),
        ("In August.", "date"),
        ("Sixty-one countries and two organisations.", "number"),
        ("Il a refusé parce que le texte était vague.", "why"),
        ("See https://example.org", "contact"),
        ("It opened at 9 am.", "hour"),
    ],
)
def test_a_kind_that_a_text_offers_is_recognised(text: str, kind: str) -> None:
    """Sums, dates, numbers, reasons, addresses and hours leave a mark."""
    assert kind in offered_kinds(text)


def test_what_is_asked_and_not_offered_is_missing() -> None:
    """A question for a sum is not answered by a text without one; a text with one lacks nothing."""
    assert missing_kinds("How much money was spent?", "The summit was a success.") == {"money"}
    assert missing_kinds("How much money was spent?", "Five million euros were spent.") == frozenset()
    assert missing_kinds("Who came?", "The summit was a success.") == frozenset()


@pytest.mark.parametrize("text", ["", "?", "🤖"])
def test_nothing_asks_for_nothing(text: str) -> None:
    """Without words there is no kind."""
    assert asked_kinds(text) == offered_kinds(text) == frozenset()
