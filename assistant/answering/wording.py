"""What the assistant says in its own name, in both languages. One constant per language, shared by every mode and test."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from assistant.records import Language, Writing

REFUSAL: Final[dict[Language, str]] = {
    "fr": "Je réponds seulement aux questions sur le Sommet pour l’action sur l’IA (Paris, 10 et 11 février 2025), d’après les documents dont je dispose.",
    "en": "I only answer questions about the AI Action Summit (Paris, 10 and 11 February 2025), from the documents that I have.",
}
EMPTY: Final[dict[Language, str]] = {
    "fr": "Je n’ai reçu aucune question lisible. Posez-en une sur le Sommet pour l’action sur l’IA (Paris, 10 et 11 février 2025).",
    "en": "I received no readable question. Ask one about the AI Action Summit (Paris, 10 and 11 February 2025).",
}
TOO_LONG: Final[dict[Language, str]] = {
    "fr": "Cette question compte {length} caractères\u202f; la limite est de {limit}. Posez-la plus brièvement, s’il vous plaît.",
    "en": "This question has {length} characters; the limit is {limit}. Please ask it more briefly.",
}
CLOSEST: Final[dict[Language, str]] = {
    "fr": "Les documents ne le disent pas. Voici les passages les plus proches\u202f; ils ne répondent pas à la question.",
    "en": "The documents do not say. These are the nearest passages; they do not answer the question.",
}
SOURCES_BELOW: Final[dict[Language, str]] = {
    "fr": "Voici de nouveau la réponse\u202f; chaque citation est suivie de ses sources.",
    "en": "Here is the answer again; its sources stand under each quotation.",
}
DID_YOU_MEAN: Final[dict[Language, str]] = {
    "fr": "Vouliez-vous dire {names}\u202f? La recherche a porté sur cette orthographe.",
    "en": "Did you mean {names}? That spelling was searched for.",
}
# The one line above the quotes answer where a model was asked and its text is not shown.
NOT_WRITTEN: Final[dict[Language, str]] = {
    "fr": "Le modèle de langue n’a pas pu rédiger cette réponse\u202f; voici les phrases des documents.",
    "en": "The language model could not write this answer; here are the documents’ own sentences.",
}
NOT_SUPPORTED: Final[dict[Language, str]] = {
    "fr": "Ce que le modèle de langue a rédigé ne s’appuyait pas assez sur les documents\u202f; voici leurs propres phrases.",
    "en": "What the language model wrote was not well enough supported by the documents; here are their own sentences.",
}
EXAMPLES: Final[dict[Language, tuple[str, ...]]] = {
    "fr": (
        "Qui a coprésidé le sommet\u202f?",
        "Quels pays ont refusé de signer la déclaration\u202f?",
        "Que sont les 109 milliards d’euros annoncés\u202f?",
        "Qu’est-ce que Current AI\u202f?",
        "Qui était l’envoyée spéciale pour le sommet\u202f?",
        "Où aura lieu le prochain sommet\u202f?",
    ),
    "en": (
        "Who co-chaired the summit?",
        "Which countries refused to sign the statement?",
        "What are the 109 billion euros that were announced?",
        "What is Current AI?",
        "Who was the special envoy for the summit?",
        "Where is the next summit being held?",
    ),
}


def refusal_suggestions(language: Language) -> tuple[str, ...]:
    """Two or three example questions to offer with a refusal."""
    return EXAMPLES[language][:3]


def did_you_mean(names: Sequence[str], language: Language) -> str:
    """The line that says which spelling was searched for; empty without names."""
    return DID_YOU_MEAN[language].format(names=", ".join(names)) if names else ""


def fallback_notice(writing: Writing, language: Language) -> str:
    """The line above the quotes answer that serves instead of what a model wrote; empty where its sentences stand."""
    if writing.usable:
        return ""
    return NOT_WRITTEN[language] if writing.fault is not None or writing.refused else NOT_SUPPORTED[language]
