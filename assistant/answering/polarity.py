"""Which words of a sentence are affirmed, which denied: negation cues with their reach, in French and English.

A cue before a verb (`did not sign`, « n'a pas signé ») denies the verb and its first complement; one before a name or a noun
(`, not Germany`, « et non Pékin ») denies that alone; `no`, `neither`, « aucun », « ni » deny their whole clause. Words such as
`refuse` or « sans » turn what follows them. What is neither clearly affirmed nor denied is left open (0).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from assistant.answering.words import Word, is_content

_AUXILIARIES = frozenset(
    "is are was were be been am do does did has have had can could will would shall should may might must ca wo need".split()
)
_DETERMINERS = frozenset("no none neither nor nobody nothing never without aucun aucune ni nul nulle jamais".split())
_CONSTITUENT = frozenset("not non pas".split())
_CONCORD = frozenset("pas plus jamais aucun aucune ni rien personne guere nul nulle point".split())
# Words that deny what follows them: `refused to sign`, « loin de saluer », `lack of clarity`.
_TURNING = frozenset(
    "refuse refused refuses refusing refusal refusals refuser refusait refuse refusee refuses decline declined declines declining fail failed fails "
    "failure failing deny denied denies nier niait nie lack lacks lacked lacking manque manquer manquait absence absent missing avoid avoiding eviter "
    "evitant evite sans without loin far faute prevent prevents empecher empeche renoncer renonce stop stopped instead rather plutot lieu".split()
)
_TURNING_NEEDS = {
    "loin": "de",
    "far": "from",
    "faute": "de",
    "instead": "of",
    "rather": "than",
    "plutot": "que",
    "lieu": "de",
}
_CLAUSE_END = re.compile(
    r"[;:()«»“”—!?]|\.(?!\w)|,(?!\d)(?!\s*(?:nor|ni|or|ou)\b)|\s[–-]\s|\s(?:but|mais|whereas|while|tandis|alors qu|although|because|car|puisqu|since|which|who)\b"
)
_BUT = re.compile(
    r"^[,\s]*(?:(?:where|which|who|où|qui|dont)\b[^,]*,\s*)?(?:but|mais)(?:\s+(?:also|rather|only|bien|plutôt|aussi))?\s+(?:\w['’])?(\w+)",
    re.IGNORECASE,
)
_PREPOSITIONS = {
    **dict.fromkeys(("a", "au", "aux", "at", "in", "on", "en", "dans", "sur"), "at"),
    **dict.fromkeys(("de", "du", "des", "d", "of", "about", "from"), "of"),
    **dict.fromkeys(("to",), "to"),
    **dict.fromkeys(("by", "par"), "by"),
    **dict.fromkeys(("for", "pour"), "for"),
}
_PRONOUNS = frozenset("they he she it we il elle ils elles on their his her".split())
_VERBAL_CUES = frozenset("n ne not n't cannot never has have".split())
_REACH = 3
_WHOLE_REACH = 5
_BREAKS = frozenset("sur on with at in dans for pour over under about from par by between entre".split())


def polarities(text: str, tokens: Sequence[Word]) -> list[int]:
    """For each word: 1 affirmed, -1 denied, 0 open."""
    values = [1] * len(tokens)
    for start, end in _clauses(text):
        inside = [index for index, word in enumerate(tokens) if start <= word.start < end]
        for part in _coordinated(tokens, inside):
            _mark_clause(text, tokens, values, part, end)
    _turn(text, tokens, values)
    return values


def _clauses(text: str) -> list[tuple[int, int]]:
    cuts = [
        0,
        *(match.start() + (match.group()[0] in ";:()«»“”—!?.,") for match in _CLAUSE_END.finditer(text)),
        len(text),
    ]
    return [(a, b) for a, b in pairwise(cuts) if b > a]


def _coordinated(tokens: Sequence[Word], inside: list[int]) -> list[list[int]]:
    """A clause cut at each `and` after which another negation begins: `is no regulator and has no powers`."""
    parts: list[list[int]] = [[]]
    for place, index in enumerate(inside):
        rest = {tokens[other].norm for other in inside[place + 1 : place + 5]}
        if tokens[index].norm in ("and", "et") and rest & _VERBAL_CUES and parts[-1]:
            parts.append([])
        parts[-1].append(index)
    return [part for part in parts if part]


def _mark_clause(text: str, tokens: Sequence[Word], values: list[int], inside: list[int], end: int) -> None:
    norms = [tokens[index].norm for index in inside]
    for place, index in enumerate(inside):
        kind = _cue(norms, place, tokens[index], text)
        if kind is None:
            continue
        before, after = inside[:place], inside[place + 1 :]
        if kind == "verbal":
            for other in before:
                values[other] = min(values[other], 0)
            listed = bool({"ni", "aucun", "aucune"} & set(norms[place:]))
            _deny(text, tokens, values, after, end, len(after) if listed else _REACH)
            if not listed and _focus(text, tokens, after, end) is None:
                _leave_names_open(tokens, values, after)
        elif kind == "whole":
            reached = _until_relative(tokens, after)
            _deny(text, tokens, values, reached, end, _WHOLE_REACH)
            _leave_objects_open(tokens, values, reached)
        elif kind == "prefix":
            for other in after[:1]:
                values[other] = -1
        else:
            _deny(text, tokens, values, after, end, _REACH + 1)
        return


def _cue(norms: Sequence[str], place: int, word: Word, text: str) -> str | None:
    norm = norms[place]
    following = norms[place + 1] if place + 1 < len(norms) else ""
    preceding = norms[max(0, place - 2) : place]
    if norm in ("not", "pas", "non") and following in ("only", "seulement", "just", "uniquement"):
        return None
    if norm == "non" and (
        text[word.end : word.end + 1] == "-" or (preceding and preceding[-1] not in ("et", "mais", "pas"))
    ):
        return "prefix"  # `non-binding`, « à but non lucratif »
    if norm in ("n", "ne"):
        rest = norms[place + 1 :]
        only = any(a == "pas" and b in ("seulement", "uniquement", "que") for a, b in pairwise(rest))
        return "verbal" if _CONCORD & set(rest) and not only else None
    if norm in ("n't", "n’t", "cannot"):
        return "verbal"
    if norm == "never" or (norm == "not" and any(one in _AUXILIARIES for one in preceding)):
        return "verbal"
    if norm in _DETERMINERS and norm != "without":
        return "whole"
    return "constituent" if norm in _CONSTITUENT else None


def _deny(text: str, tokens: Sequence[Word], values: list[int], after: Sequence[int], end: int, reach: int) -> None:
    """Deny up to `reach` content words of `after`; leave the rest open. Before `but Y`, deny only what stands in Y's place."""
    focus = _focus(text, tokens, after, end)
    content = 0
    for position, index in enumerate(after):
        word = tokens[index]
        # "do not agree on the deadline" denies the agreement, not the deadline.
        if focus is None and reach == _REACH and content and word.norm in _BREAKS:
            reach = content
        if position and word.norm in ("and", "et") and reach < len(after):
            reach = content if content else reach
        content += is_content(word)
        within = content <= reach and (focus is None or position >= focus)
        values[index] = -1 if within else 0


def _leave_names_open(tokens: Sequence[Word], values: list[int], after: Sequence[int]) -> None:
    """`did not attend the summit in Paris` says nothing against Paris; `is not an American initiative` denies America."""
    content = 0
    for index in after:
        content += is_content(tokens[index])
        if tokens[index].is_capitalised and content > 1:
            values[index] = max(values[index], 0)


def _leave_objects_open(tokens: Sequence[Word], values: list[int], after: Sequence[int]) -> None:
    """« Aucune amende ne menace les pays » denies the fine and the threat, not the countries."""
    verb = next((place for place, index in enumerate(after) if tokens[index].norm in ("n", "ne")), None)
    content = 0
    for index in after[verb:] if verb is not None else ():
        content += is_content(tokens[index])
        if content > 1:
            values[index] = max(values[index], 0)


def _until_relative(tokens: Sequence[Word], after: Sequence[int]) -> Sequence[int]:
    """`No fine hangs over the countries that signed`: the signing is not denied."""
    stop = next(
        (place for place, index in enumerate(after) if place and tokens[index].norm in ("that", "qui")), len(after)
    )
    return after[:stop]


def _focus(text: str, tokens: Sequence[Word], after: Sequence[int], end: int) -> int | None:
    """Where in `after` the part begins that `but Y` replaces; None if no `but` follows or a whole new clause does."""
    match = _BUT.match(text[end - 1 :] if text[end - 1 : end] == "," else text[end:])
    if match is None:
        return None
    first = match.group(1).lower()
    if first in _PRONOUNS:
        return None
    group = _PREPOSITIONS.get(first)
    places = [place for place, index in enumerate(after) if group and _PREPOSITIONS.get(tokens[index].norm) == group]
    if places:
        return places[-1] if group != "of" or len(places) == 1 else places[0]
    return 0 if group is None else None


def _turn(text: str, tokens: Sequence[Word], values: list[int]) -> None:
    """Turn the first content word after `refuse`, « sans » and their like, within their clause."""
    for index, word in enumerate(tokens):
        if word.norm not in _TURNING:
            continue
        following = tokens[index + 1].norm if index + 1 < len(tokens) else ""
        needed = _TURNING_NEEDS.get(word.norm)
        if needed is not None and not following.startswith((needed, needed[0] if needed in ("de", "que") else needed)):
            continue
        turned = 0
        for other in range(index + 1, len(tokens)):
            if _CLAUSE_END.search(text[word.end : tokens[other].start]) or turned >= 1:
                break
            if is_content(tokens[other]):
                turned += 1
            values[other] = -values[other]
