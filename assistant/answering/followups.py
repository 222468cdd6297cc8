"""What a question asks of the conversation: nothing, the subject of the one before, or the same answer once more."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Literal

from assistant.records import Language, Turn
from assistant.search.folding import fold
from assistant.search.lexical import content_words, words

# `alone`: a question of its own. `leaning`: it may lack its subject. The others ask for the last answer again: with more of
# its section, with its source, or in the other language.
FollowUp = Literal["alone", "leaning", "more", "source", "language"]

# A question with fewer content words than this may lack its subject.
_FEW_WORDS = 4
# A subject is looked for so many questions back; more of them would drown what is asked now.
_MAX_SUBJECT_TURNS = 2
_LEANS = re.compile(
    r"^\W*(?:et|and|mais|but|or|ou|then|alors|donc|so|also|aussi|what about|how about|qu'en est-il)\b"
    r"|(?<![\w-])(?:il|elle|ils|elles|lui|leur|leurs|celui-ci|celle-ci|ceux-ci|celui-la|celle-la|cela|ca|y|en|he|she|it|they|him|her|them|his|its|their|this|that|these|those"
    r"|la-bas|there|ce dernier|cette derniere|the latter|the former|same|meme)\b"
)
# "Pourquoi a-t-il refusé ?" lacks its subject; "Quand le sommet a-t-il eu lieu ?" has one before the verb.
_INVERTED = re.compile(r"^(?P<before>[^?,;]*?)\b[\w']+-(?:t-)?(?:il|elle|ils|elles)\b")
_NOUN = re.compile(
    r"\b(?:l'|(?:le|la|les|un|une|des|du|ce|cet|cette|ces|son|sa|ses|est-ce)\b)|(?<=\w )[A-ZÀ-Ý]", re.UNICODE
)
# What a request for the last answer is made of: words that name what is wanted, and words that only ask.
_WANTED: Final[dict[FollowUp, frozenset[str]]] = {
    "language": frozenset("french english francais anglais".split()),
    "source": frozenset("source sources reference references citation citations proof preuve preuves".split()),
    "more": frozenset(
        "more plus davantage encore else autre autres continue continuer continuez detail details precision precisions developpe developper developpez "
        "elaborate expand suite".split()
    ),
}
_ASKING: Final = frozenset(
    "can could would you please pls tell me give show say repeat answer reply write translate put explain go on into in it that this the a an any "
    "some your same thing again and ok okay so but now instead is are s what do have got for about of there more info information infos "
    "tu vous peux pouvez pourriez peut on dis dites dire redis redites repete repetez reponds repondez repondre traduis traduisez traduire "
    "donne donnez moi me m en l le la les de d des du un une ta tes ton votre vos ca cela ceci y et mais donc alors svp stp s il te plait "
    "merci thanks quelle quelles est sont quoi chose as avez avoir savoir sur dessus meme maintenant plutot aussi reponse "
    "je j aimerais voudrais veux i want need like to know au cite citez montre montrez".split()
)
_WHERE_FROM = re.compile(
    r"^\W*(?:and |et |mais |but )?(?:where (?:does|did|do|is) (?:that|this|it|you)(?: \w+){0,2} from|who says(?: so| that)?|says who|according to whom"
    r"|d'ou (?:vient|viennent|tiens-tu|tenez-vous|sort|sortent)(?: (?:ca|cela|cette|ces|ce)(?: \w+)?)?|d'ou ca vient|selon qui|d'apres qui"
    r"|qui (?:le |l')?dit(?: ca)?)\W*$"
)
_GO_ON = re.compile(r"^\W*(?:please |and )?(?:go on|carry on|keep going)(?: please)?\W*$")
_MOST_WORDS = 12


def followup_of(question: str) -> FollowUp:
    """What `question` asks of the conversation, by its wording alone."""
    said = set(words(question))
    if len(said) <= _MOST_WORDS:
        for kind, wanted in _WANTED.items():
            if said & wanted and said <= _ASKING | wanted | _WANTED["more"]:
                return kind
    folded = fold(question)
    if _WHERE_FROM.search(folded):
        return "source"
    if _GO_ON.search(folded):
        return "more"
    return "leaning" if points_back(question) or len(content_words(question)) < _FEW_WORDS else "alone"


def points_back(question: str) -> bool:
    """Whether a question says itself that it goes on: by a pronoun, an "and", or by having no content word at all ("Why?")."""
    said = [word for word in content_words(question) if word not in ("pourquoi", "come")]
    return bool(_LEANS.search(fold(question))) or _lacks_subject(question) or not said


def _lacks_subject(question: str) -> bool:
    """A verb with a pronoun after it and no noun before it."""
    found = _INVERTED.search(question.replace("’", "'"))
    return found is not None and not _NOUN.search(found["before"])


def subject_of(history: Sequence[Turn]) -> str | None:
    """The earlier question that the next one may lean on, with the one that it leans on itself; None without any.

    Turns that asked for the last answer again brought no subject of their own.
    """
    kept: list[str] = []
    for turn in reversed(history):
        text = turn.question.strip()
        if not text or followup_of(text) in _WANTED:
            continue
        kept.insert(0, text)
        if not points_back(text) or len(kept) == _MAX_SUBJECT_TURNS:
            break
    return " ".join(kept) or None


def wanted_language(question: str) -> Language:
    """The language that a question of the kind `language` names."""
    return "en" if {"english", "anglais"} & set(words(question)) else "fr"
