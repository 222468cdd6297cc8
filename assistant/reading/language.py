"""Is a text French or English? Right on short, unaccented, misspelt and mixed questions.

Function words decide (they form the frame of a sentence, while names and borrowed terms may come from the other
language), then py3langid, then the language of the page.
"""

from __future__ import annotations

import re
import threading
from functools import lru_cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from assistant.records import Language

_MAX_CHARS = 2_000  # more text does not change the verdict, only the time

_FRENCH = frozenset(
    "le la les un une des du de au aux et ou qui que quoi quel quelle quels quelles est sont etait etaient ont avait avaient "
    "pour dans sur avec par pas ne ce cette ces cet il elle ils elles nous vous je tu mon ma mes ton ta tes sa ses leur leurs "
    "combien comment pourquoi quand lequel laquelle lesquels ya y eu ete fut furent sera seront peut peux veut veux doit fait dit "
    "donne donnez donner dis moi toi lui eux chez sans sous entre vers depuis pendant avant apres contre selon aussi tres plus "
    "moins encore deja toujours jamais rien tout toute tous toutes meme autre autres si mais donc car ni alors comme quest "
    "cest koi kel kelle ki pk pkoi pourkoi kan komen svp stp slt bjr salut bonjour merci oui non parle explique expliquez resume "
    "qu jai ca cela ceci voici voila faut suis sommes etes liste cite citez raconte dessous ailleurs ici quelqu aurait lien "
    "quelques quelque avez avons suite signifie veulent proposait proposé dites connais sais savoir peuvent pays lieu date".split()
)
_ENGLISH = frozenset(
    "the an of and who whom whose what which when where why how is are was were be been being did do does done has have had "
    "for in at by with without from into about not no this that these those it its they them their he she his her we our you your i my "
    "will would can could should may might must there here any some much many more most than then as if but or so because "
    "while during before after between under over against tell give show list explain describe please hi hello thanks thank yes "
    "whats wat wut hows whos u r pls plz wich wen wer hw bout gimme isnt didnt doesnt wasnt arent werent dont cant ive im "
    "name called happened happen say said mean means country countries people kind sort just also ever never".split()
)
# The subject's own words decide between keyword strings that have no function word ("budget IA France milliards").
_FRENCH_TOPIC = frozenset(
    "ia sommet somet declaration pays milliards milliard miliards signataires janvier fevrier mars avril juillet septembre octobre novembre "
    "decembre rapport securite reseau premier premiere fonds discours inde chine etats unis royaume europeen europeenne francais "
    "francaise donnees emplois outils liste evenement entreprises centre centres epee critique milions millions parc banque energie "
    "environnement bulletin soutras projets campus europe societe travail role argent lancement qui propose reponse chercheurs".split()
)
_ENGLISH_TOPIC = frozenset(
    "ai summit sumit statement countries billion bilion signatories january february march april june july september october november december "
    "report safety network first fund speech india china states united kingdom european french data jobs tools list event companies center "
    "centre criticism million energy environment projects society work role money launch proposed researchers dates members number start "
    "end guide president secretary general minister party paper performance ambassador envoy budget".split()
) - {"data", "centre", "budget", "role", "performance", "guide"}
# Words that both lists would claim or that say nothing.
_AMBIGUOUS = frozenset("a on me or an as in i y no date pays list liste son par y plus ai ia are".split()) - {
    "in",
    "are",
    "y",
}
_ACRONYMS = frozenset({"UN", "US", "UE", "LA", "IT"})  # upper-case names, not function words
_ELISION = re.compile(r"\b(?:[ldcjnstm]|qu|jusqu|lorsqu|puisqu)['’](?=\w)", re.IGNORECASE)
_CONTRACTION = re.compile(r"\b\w+(?:n['’]t|['’](?:s|re|ve|ll|m))\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_QUOTED = re.compile(r"«[^»]*»|“[^”]*”|\"[^\"]*\"")
_FRENCH_LETTER = re.compile(r"[àâçéèêëîïôùûüœ]")
_ACCENTS = str.maketrans("àâäçéèêëîïôöùûüÿ", "aaaceeeeiioouuuy")

# "Answer in English", « réponds en anglais », "and in French?"; not « comment dit-on ... en anglais ? ».
_ASKS_FOR = {
    "en": re.compile(
        r"\b(?:r[ée]pon(?:ds|dez|dre|se)\b.{0,30}\ben anglais|(?:answer|reply|respond|write|tell me|explain|say it|summari[sz]e)\b.{0,60}\bin english"
        r"|en anglais,? (?:svp|stp|s['’]il)|in english,? (?:please|pls)|^\W*(?:et |and )?(?:en anglais|in english)\W*$"
        r"|(?:dis|dites|donne|donnez|explique|expliquez)(?:-le)?(?:[- ]moi)?\b.{0,60}\ben anglais)",
        re.IGNORECASE,
    ),
    "fr": re.compile(
        r"\b(?:r[ée]pon(?:ds|dez|dre|se)\b.{0,30}\ben fran[çc]ais|(?:answer|reply|respond|write|tell me|explain|say it|summari[sz]e)\b.{0,60}\bin french"
        r"|en fran[çc]ais,? (?:svp|stp|s['’]il)|in french,? (?:please|pls)|^\W*(?:et |and )?(?:en fran[çc]ais|in french)\W*$"
        r"|(?:dis|dites|donne|donnez|explique|expliquez)(?:-le)?(?:[- ]moi)?\b.{0,60}\ben fran[çc]ais)",
        re.IGNORECASE,
    ),
}


def detect_language(text: str, default: Language | None = None) -> Language:
    """The language of `text`; `default` (the page's language) breaks ties that neither words nor statistics decide."""
    text = _unquoted(text[:_MAX_CHARS])
    score = frame_score(text)
    if abs(score) < 1.5:
        score += topic_score(text)
    if abs(score) >= 1.0:
        return "fr" if score > 0 else "en"
    language, confidence = _classify(text)
    if default is not None and (confidence < 0.9 or len(_WORD.findall(text)) < 3):
        return ("fr" if score > 0 else "en") if score else default
    return language


def _unquoted(text: str) -> str:
    """Without what is quoted, as in `What is the « Sommet pour l’action »?`, where enough is left to go by."""
    outside = _QUOTED.sub(" ", text)
    return outside if len(_WORD.findall(outside)) >= 2 else text


def requested_language(text: str) -> Language | None:
    """The language that the question asks to be answered in ("answer in French"), if it does."""
    for language, pattern in _ASKS_FOR.items():
        if pattern.search(text):
            return "fr" if language == "fr" else "en"
    return None


def frame_score(text: str) -> float:
    """Evidence from function words, elisions and accents: positive for French, negative for English."""
    lowered = text.lower()
    score = float(len(_ELISION.findall(lowered))) - len(_CONTRACTION.findall(lowered))
    for position, match in enumerate(_WORD.finditer(text)):
        if match.group() in _ACRONYMS:
            continue
        word = match.group().lower()
        plain = word.translate(_ACCENTS).replace("œ", "oe")
        weight = 1.5 if position == 0 else 1.0
        if plain not in _AMBIGUOUS:
            score += weight * ((plain in _FRENCH) - (plain in _ENGLISH))
        if match.group()[0].islower() and _FRENCH_LETTER.search(word):
            score += 0.7
    return score


def topic_score(text: str) -> float:
    """Weaker evidence from the subject's own words, each worth two thirds of a function word."""
    words = [match.group().lower().translate(_ACCENTS) for match in _WORD.finditer(re.sub(_ELISION, " l ", text))]
    return sum(((word in _FRENCH_TOPIC) - (word in _ENGLISH_TOPIC)) * 0.67 for word in words)


def _classify(text: str) -> tuple[Language, float]:
    with _lock:
        language, probability = _identifier().classify(text)
    return ("fr" if language == "fr" else "en"), float(probability)


_lock = threading.Lock()


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(["fr", "en"])
    return identifier
