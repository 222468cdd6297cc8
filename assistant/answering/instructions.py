"""Is a text of the corpus talking to the assistant instead of to its reader?

Text inside passages is data. A model may still obey it, so a sentence that gives orders to the assistant supports nothing, and a
passage that holds one is not shown to the model. The patterns look for the address, not for the content: orders to ignore or
reveal instructions, role changes, chat and markup delimiters, orders to say, cite or link something.
"""

from __future__ import annotations

import re
import unicodedata

from assistant.records import Passage
from assistant.search.folding import fold

_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        # Delimiters of chats, prompts, HTML and Markdown; nothing that a sentence of prose needs.
        r"</?[a-z!][^>]{0,200}>|<\||\|>|\[/?inst\]|\[/?system\]|```|^#{2,}|!\[|\]\(|&lt;|&#",
        r"\b(?:system|assistant|user|developer|systeme|utilisateur)\s*(?:prompt|message)?\s*:",
        r"\bjavascript:|\bdata:[a-z]+/|https?://",
        # Instructions about instructions.
        r"\b(?:ignore|ignorez|ignorer|disregard|forget|oublie|oubliez|oublier|override|bypass|contourne\w*|do not follow|ne suis pas|ne suivez pas)\b"
        r".{0,60}\b(?:instructions?|rules?|regles?|consignes?|prompts?|directives?|guidelines?|above|previous|precedent\w*|ci-dessus|restrictions?)",
        r"\b(?:system prompt|prompt systeme|hidden prompt|consignes? systeme|prompt injection|invite systeme)\b",
        r"\b(?:new|nouvelles?|updated|real|vraies?|secret|secretes?|priority|prioritaires?)\s+(?:instructions?|consignes?|directives?|orders?|ordres?|rules?|regles?)\b",
        r"\b(?:instructions?|consignes?|note|message|attention|ordre|order|memo)\s+(?:to|for|pour|a|aux?|a l'attention d\w*)\s+(?:the\s+|l'|les?\s+|la\s+|all\s+|any\s+|tou\w+\s+)*(?:ai|ia|llm|language models?|model|modeles?|assistants?|chatbots?|bots?|agents?|machines?)\b",
        # The assistant spoken to or about.
        r"\b(?:you are|you're|tu es|vous etes|act as|agis comme|agissez comme|pretend|fais semblant|imagine que tu|behave as|joue le role|jouez le role|roleplay)\b.{0,40}"
        r"\b(?:now|desormais|maintenant|an?|une?|the|le|la|dan|assistant|model|modele|ai|ia)\b",
        r"\b(?:as an|en tant qu[e'])\s*(?:ai|ia|assistant|language model|modele)\b",
        r"\b(?:any|every|each|all|tout|toute|chaque)\s+(?:ai|ia|llm|assistant|chatbot|model|modele|bot)s?\b.{0,20}\b(?:must|should|shall|will|doit|devra|doivent|reading|qui lit|lisant)\b",
        r"\b(?:the|this|your|l'|le|un|une|cet|votre)\s*(?:llm|assistant|chatbot|language model|modele de langage|modele de langue)s?\s+(?:that|who|reading|qui|lisant|must|should|shall|will|doit|devra|is required|is instructed|a pour consigne)\b",
        r"\b(?:si|if)\s+(?:tu|vous|you)\s+(?:es|etes|are|lis|lisez|read)\b",
        # Orders to speak: to the reader, in a fixed wording, with a citation.
        r"\b(?:tell|inform|convince|remind|warn|ask|dis|dites|informe|informez|annonce|annoncez|reponds|repondez|demande|demandez|previens|prevenez|persuade\w*|recommand\w+)\b.{0,30}"
        r"\b(?:the user|users|the reader|readers|visitors?|everyone who asks|anyone who asks|l'utilisateur|utilisateurs?|au lecteur|aux lecteurs|lecteurs?|l'usager|a quiconque|anyone)\b",
        r"^\W{0,20}(?:always|toujours|please|veuillez|merci de|never|jamais)?\s*(?:say|state|answer|reply|respond|announce|repeat|print|write|output|translate|claim|declare that|report that|cite|quote|append|insert|include|add|reponds|"
        r"repondez|repondre|dis|dites|ecris|ecrivez|annonce|annoncez|repete|repetez|affiche|affichez|cite|citez|declare que|declarez|ajoute|ajoutez|insere|inserez|affirme|affirmez|traduis|traduisez|conclus|concluez|termine|terminez|commence|commencez)\b"
        r"(?!\s+(?:by|par|a|au|aux|en)\b)",
        r"\b(?:must|should|doit|devez|dois|il faut|you will|tu vas|vous allez|required to|obligatoire de|shall|prie de|priere de|make sure to|be sure to|remember to|n'oublie\w* pas de?|veille\w* a)\b.{0,25}"
        r"\b(?:say|state|answer|reply|respond|announce|repeat|print|cite|output|repondre|dire|annoncer|repeter|citer|afficher|affirmer|ecrire|quote|mention first)\b",
        r"\b(?:when|if|whenever|quand|si|lorsque|des que|en cas de)\b.{0,40}\b(?:asked|asks?|question|questions|interrog\w+|demande|demandent|pose)\b.{0,60}"
        r"\b(?:say|state|answer|reply|respond|announce|tell|cite|claim|repond\w*|dis|dire|dites|annonc\w+|affirm\w+|cite\w*|declar\w+)\b",
        r"\b(?:answer|reponse|response|reply)\s+(?:must|should|doit|devra|shall|is to|:)",
        r"\b(?:reveal|revele\w*|leak|divulgu\w+|send|envoie|envoyez|exfiltrat\w+|transmets|transmettez|post)\b.{0,60}\b(?:prompt|instructions?|consignes?|conversation|api key|cle api|password|mot de passe|question|history|historique)\b",
        r"\bpassage\s*(?:n[o°]?\s*)?\d+\b|^\s*\[\d+\]|\[\d+\]\s*$",
    )
)
_HIDDEN = frozenset({"Cf", "Co", "Cn", "Cs"})
_HARMLESS = frozenset("\u00ad")  # soft hyphens come with PDF files


_MORE_SENTENCES = re.compile(r"[.!?:»”]\s+\w")
# What a visitor says to the assistant as a person or a player, and never of the summit: anchored at the beginning.
_TO_ASSISTANT = re.compile(
    r"^\W*(?:please |now |ok |okay |s'il te plait |maintenant )*"
    r"(?:act as|act like|pretend|roleplay|role-play|imagine (?:you|that you)|from now on|you are now|you're now|behave (?:as|like)|enable \w+ mode"
    r"|agis comme|agissez comme|fais semblant|faites semblant|joue le role|jouez le role|imagine que tu|imaginez que vous|desormais,? (?:tu|reponds|vous|repondez)"
    r"|a partir de maintenant|tu es (?:desormais|maintenant)|vous etes (?:desormais|maintenant)|active\w* le mode"
    r"|how old are you|quel age (?:as[- ]tu|avez[- ]vous)|(?:do|can|could|would|will) you (?:love|like|feel|dream|sleep|marry|sing|think)"
    r"|are you (?:an?|human|real|alive|ok|okay|there|sure|chatgpt|gpt|claude|gemini|happy|sad)\b|es-tu |etes-vous (?:un|une|humain|vivant)|tu m'aimes|m'aimes-tu|t'es (?:un|une) )"
)


def speaks_to_assistant(question: str) -> bool:
    """Does a visitor give the assistant a role, or talk about the assistant itself, in one sentence that asks nothing else?"""
    folded = fold(unicodedata.normalize("NFKC", question))
    return bool(_TO_ASSISTANT.search(folded)) and not _MORE_SENTENCES.search(folded)


def addresses_assistant(sentence: str) -> bool:
    """Does a sentence give orders to an assistant, or hide characters that a reader cannot see?"""
    if any(unicodedata.category(letter) in _HIDDEN and letter not in _HARMLESS for letter in sentence):
        return True
    folded = fold(unicodedata.normalize("NFKC", sentence)).strip(" \"'«»“”*_-•>#")
    spaced = re.sub(r"\b(\w)[\s.\-_](?=\w\b)", r"\1", folded)
    return any(pattern.search(text) for pattern in _PATTERNS for text in {folded, spaced})


def holds_instructions(passage: Passage) -> bool:
    """Does any sentence of the passage, or its heading, address the assistant?"""
    return any(
        addresses_assistant(text) for text in (passage.heading, *(passage.sentence_texts() or (passage.text,))) if text
    )
