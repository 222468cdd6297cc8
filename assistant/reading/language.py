"""Is a text French or English? Right on short, unaccented, misspelt and mixed questions.

Function words decide (they form the frame of a sentence, while names and borrowed terms may come from the other
language), then py3langid, then the language of the page.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

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
_JUDGED = _FRENCH | _ENGLISH | _FRENCH_TOPIC | _ENGLISH_TOPIC
# Words that both lists would claim or that say nothing.
_AMBIGUOUS = frozenset("a on me or an as in i y no date pays list liste son par y plus ai ia are".split()) - {
    "in",
    "are",
    "y",
}
# Frequent words of German, Spanish, Portuguese and Italian that are neither French nor English, nor part of a name here.
_FOREIGN = frozenset(
    "wie wird wurde wer wo warum wann das dem ein eine einen einer mir dir ich ist sind nicht kannst kann bitte kostet nach mit auf fur uber zum zur und "
    "quien quienes cual cuales cuando donde por para como el los del hay muy esta esto una uno fue gano tiene "
    "qual quais quem onde quando nao uma dos foi isso "
    "che chi dove perche cosa sono della delle nel nella quale quali fa".split()
)
_ACCENT_WEIGHT = 0.7
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


class WordLanguages(Protocol):
    """Anything that knows which language a word of the subject belongs to."""

    def of(self, word: str) -> Language | None:
        """The word's language, or None."""

    def knows(self, word: str) -> bool:
        """Is it a word of the subject?"""


@dataclass(frozen=True, slots=True)
class LanguageReading:
    """A language with what decided: evidence is positive for French, negative for English."""

    language: Language
    reason: str
    evidence: float


def detect_language(text: str, default: Language | None = None, words: WordLanguages | None = None) -> Language:
    """The language of `text`; `default` (the page's language) breaks ties that neither words nor statistics decide."""
    return read_language(text, default, words).language


def read_language(text: str, default: Language | None = None, words: WordLanguages | None = None) -> LanguageReading:
    """The language of `text` with the reason; `words` knows the subject's own words."""
    text = _unquoted(text[:_MAX_CHARS])
    score = frame_score(text)
    if default is not None and _foreign_words(text) > max(1.0, abs(score)):
        return LanguageReading(default, "another language; the page's or the conversation's counts", score)
    reason = "function words"
    if abs(score) < 1.5:
        score += topic_score(text)
        reason = "function words and words of the subject"
    if abs(score) >= 1.0:
        return LanguageReading("fr" if score > 0 else "en", reason, score)
    corpus = _corpus_score(text, words) if words is not None else 0.0
    known = score + corpus
    if abs(known) >= 1.0:
        return LanguageReading("fr" if known > 0 else "en", "words of the corpus", known)
    language, confidence = _classify(text)
    if default is not None and (confidence < 0.9 or len(_WORD.findall(text)) < 3):
        if score:
            return LanguageReading("fr" if score > 0 else "en", f"weak evidence ({reason})", score)
        return LanguageReading(default, "a tie, broken by the page or the conversation", score)
    if confidence < 0.9 and corpus and known:
        return LanguageReading("fr" if known > 0 else "en", "weak evidence (words of the corpus)", known)
    return LanguageReading(language, f"statistics of letters ({confidence:.2f})", score)


def _foreign_words(text: str) -> float:
    """Function words of neither language, and signs that neither writes."""
    found = sum(word.lower().translate(_ACCENTS) in _FOREIGN or word in ("é", "è") for word in _WORD.findall(text))
    return float(found + text.count("¿") + text.count("¡"))


def _corpus_score(text: str, words: WordLanguages) -> float:
    """Evidence from the corpus's words; the accent of a name says nothing."""
    score = 0.0
    for word in _WORD.findall(text):
        if word.lower().translate(_ACCENTS) in _JUDGED:
            continue
        language = words.of(word)
        score += 0.67 * ((language == "fr") - (language == "en"))
        if language is None and word[0].islower() and _FRENCH_LETTER.search(word) and words.knows(word):
            score -= _ACCENT_WEIGHT
    return score


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
            score += _ACCENT_WEIGHT
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
