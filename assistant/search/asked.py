"""What kind of thing does a question ask for, and does a text offer one?"""

from __future__ import annotations

import re
from typing import Final

from assistant.search.folding import fold

# Kinds of answer, by what the folded question says (French and English).
_ASKED: Final[dict[str, re.Pattern[str]]] = {
    "age": re.compile(
        r"\b(?:how old|age of|\bage\b|quel age|born|birth\w*|nee? (?:en|le|a)\b|naissance|ne en|anniversaire|old is|old was)\b"
    ),
    "money": re.compile(
        r"\b(?:how much (?:money|does|did|do|is|was|will|are|were|has|have|funding)?|cost\w*|budget\w*|price\w*|salar\w+|paid|pay\b|fund(?:s|ed|ing)?|amount\w*|dollars?"
        r"|euros?|combien (?:d['’ ]argent|d['’ ]euros|coute\w*|a coute|vaut|gagne\w*|de milliards|de millions)|cout\w*|prix|montant\w*|somme\w*|salaire\w*|paye\w*|finance\w*|milliards?|billions?|millions?|argent|tarif\w*)\b"
    ),
    "number": re.compile(
        r"\b(?:how many|number of|combien|nombre d\w*|how large|how big|percentage|pourcentage|share of|taux|rate|count)\b"
    ),
    "hour": re.compile(
        r"\b(?:what time|quelle heure|a quelle heure|hours?|heures?|o'clock|minutes?|how long|combien de temps|duree|duration|lasted|dure|duraient)\b"
    ),
    "date": re.compile(
        r"\b(?:when|what (?:day|date|year|month)|which (?:day|date|year|month)|quand|quel(?:le)? (?:jour|date|annee|mois)|date\w*|depuis quand|since when|jusqu'a quand)\b"
    ),
    "place": re.compile(
        r"\b(?:where|which (?:city|country|room|hotel|street|venue)|what (?:city|room|hotel|street|address|venue)|ou (?:est|etait|a|se|sont|ont|aura|peut|puis|trouver)|d'ou|quel(?:le)? (?:ville|salle|hotel|rue|adresse|lieu|pays)|address|adresse|located|lieu)\b"
    ),
    "who": re.compile(r"\b(?:who|whom|whose|qui|name of|nom d\w+|par qui|avec qui|names?)\b"),
    "why": re.compile(
        r"\b(?:why|pourquoi|reason\w*|raison\w*|motif\w*|pour quelle|how come|cause\w*|motivation\w*|explain|expliqu\w+)\b"
    ),
    "how": re.compile(r"\b(?:how (?:do|does|did|can|could|is|was|will|should|to|are|were)|comment)\b"),
    "list": re.compile(
        r"\b(?:list|liste|which (?:countries|companies|people|organisations)|quels|quelles|name all|cite\w*|enumer\w+|all the|tous les|toutes les)\b"
    ),
    "words": re.compile(
        r"\b(?:exact words|quote|said|say|mot pour mot|verbatim|texte exact|citation|phrase|declare\w*|dit|words|wording|article \d+|clause)\b"
    ),
    "contact": re.compile(
        r"\b(?:phone|email|e-mail|telephone|contact\w*|website|site web|url|link|lien|twitter|instagram|linkedin|adresse mail|download|telecharger|photo\w*|video\w*|inscri\w+|register|apply|buy|acheter|ticket\w*|billet\w*|postuler|candidater|book|reserver|visa\w*)\b"
    ),
    "private": re.compile(
        r"\b(?:wife|husband|married|children|kids|salary|religion|hobb\w+|favou?rite|childhood|family|home|wear\w*|wore|suit|tie\b|colou?r|eat|ate|food|menu|drink|wine|femme de|mari\b|enfants?|famille|mange\w*|repas|plat|vin\b|couleur|porte\w*|costume|cravate|prefere\w*|maison|weather|meteo|rain|pluie|studied|etudes|diplome|school|degree|university)\b"
    ),
    "later": re.compile(
        r"\b(?:now|today|currently|since then|so far|aujourd'hui|actuellement|depuis|desormais|2026|2027|2028|2029|latest|dernier\w*|next year|l'an prochain|finally|eventually|result\w*|resultat\w*|afterwards|ensuite|has .{0,30} been|still|toujours)\b"
    ),
}
_YES_NO = re.compile(
    r"^(?:est-ce|is|are|was|were|did|does|do|has|have|had|can|could|will|would|should)\b|^(?:est|etait|a|ont|avait|peut|faut)[- ]|\b\w+-(?:t-)?(?:il|elle|ils|elles|on)\b"
)
_OFFERED: Final[dict[str, re.Pattern[str]]] = {
    "age": re.compile(r"\b(?:born|nee? (?:en|le)|ans\b|years old|aged)\b"),
    "money": re.compile(r"(?:\b(?:euros?|dollars?|milliards?|millions?|billions?)\b|[€$])"),
    "number": re.compile(
        r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifty|hundred|deux|trois|quatre|cinq|sept|huit|neuf|dix|onze|douze|trente|cinquante|cent|centaine|dozens?|dizaines?)\b"
    ),
    "hour": re.compile(
        r"\b(?:\d{1,2} ?(?:h|heures?|am|pm|a\.m|p\.m)|hours?|minutes?|matin|midi|soir\w*|morning|noon|evening|afternoon|days?|jours?|journees?|weeks?|semaines?|years?|ans)\b"
    ),
    "date": re.compile(
        r"\b(?:19|20)\d\d\b|\b(?:janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre|january|february|march|april|may|june|july|august|september|october|november|december)\b"
    ),
    "why": re.compile(
        r"\b(?:because|since|so that|so as to|in order|to (?:allow|help|avoid|promote|show)|reason\w*|car\b|parce|puisque|afin|pour (?:que|ne|eviter|que)|raison\w*|faute de|en raison|jugeant|estim\w+|argu\w+|consider\w+|said|selon|aim\w*|vise\w*|objectif\w*|motiv\w+|explain\w*|expliqu\w*)\b"
    ),
    "contact": re.compile(r"https?://|@|\b(?:www|site web|website)\b"),
}
CHECKED: Final[tuple[str, ...]] = tuple(_ASKED)


def asked_kinds(question: str) -> frozenset[str]:
    """The kinds of answer that a question asks for; "yesno" for a question that yes or no settles."""
    folded = fold(question)
    kinds = {kind for kind, pattern in _ASKED.items() if pattern.search(folded)}
    if _YES_NO.search(folded):
        kinds.add("yesno")
    return frozenset(kinds)


def offered_kinds(text: str) -> frozenset[str]:
    """The kinds of answer that a text offers, of those that leave a mark in it."""
    folded = fold(text)
    return frozenset(kind for kind, pattern in _OFFERED.items() if pattern.search(folded))


def missing_kinds(question: str, text: str) -> frozenset[str]:
    """Kinds that the question asks for, that would leave a mark, and of which the text has none."""
    return frozenset(kind for kind in asked_kinds(question) if kind in _OFFERED) - offered_kinds(text)
