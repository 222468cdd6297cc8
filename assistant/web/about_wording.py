"""What the page "About" says, in both languages, chapter by chapter; the same chapters in each (tested).

What it says is stored is what `permalinks.py`, `database.py` and `limits.py` store; `docs/privacy.md` says it to operators.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from assistant.records import Language
from assistant.web.typography import long_date


@dataclass(frozen=True, slots=True)
class Chapter:
    """A titled part of a page; `items` makes a list after the paragraphs."""

    id: str
    heading: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


# `{contact}` stands for an address that becomes a link; `{texts}` for one of the two sentences below.
UNANSWERED_TEXTS: Final[Mapping[Language, Mapping[bool, str]]] = {
    "fr": {
        True: "L’exploitant a choisi d’en garder aussi le texte, sans savoir qui l’a écrit.",
        False: "Leur texte n’est pas gardé.",
    },
    "en": {
        True: "The operator has chosen to keep their text as well, not knowing who wrote it.",
        False: "Their text is not kept.",
    },
}
ABOUT: Final[Mapping[Language, tuple[Chapter, ...]]] = {
    "fr": (
        Chapter(
            "covers",
            "Ce que couvre l’assistant",
            (
                "Le Sommet pour l’action sur l’intelligence artificielle, tenu à Paris les 10 et 11\u00a0février 2025\u00a0: sa préparation, son "
                "programme, les discours, la déclaration et ses signataires, les initiatives et les montants annoncés, les critiques et les suites.",
                "Les réponses sont tirées de {documents} documents, tous à lire sur la page «\u00a0Documents\u00a0». Le plus récent est du {newest}. "
                "L’assistant ne sait rien d’autre et ne consulte pas internet.",
            ),
        ),
        Chapter(
            "answers",
            "Comment il répond",
            ("Il cherche les passages qui répondent à la question, puis en reprend une à trois phrases entières.",),
            (
                "Chaque phrase renvoie à une citation exacte, placée dans son passage, avec le titre, l’éditeur, les dates et les sources.",
                "Quand les documents ne disent rien, il le dit et montre les passages les plus proches, sans les donner pour une réponse.",
                "Quand les sources divergent, tous les chiffres sont montrés, chacun avec sa source et sa date\u202f; aucun n’est choisi.",
                "Une question en français reçoit une réponse en français. Un passage qui n’existe que dans l’autre langue est cité tel quel et signalé.",
                "Sans réglage contraire, aucun modèle de langue n’écrit la réponse\u00a0: la même question sur les mêmes documents donne toujours la même. "
                "Si un modèle est utilisé, la réponse le dit, chaque phrase est vérifiée dans les passages cités, et celles qui ne tiennent pas sont écartées.",
            ),
        ),
        Chapter(
            "stored",
            "Ce qui est conservé",
            ("Ni cookie, ni identifiant, ni mesure d’audience, ni requête vers un autre site.",),
            (
                "Poser une question n’enregistre rien. La réponse reste en mémoire une heure au plus, pour que vous puissiez demander un lien "
                "permanent ou donner votre avis, puis disparaît.",
                "Ouvrir ou copier le lien permanent d’une réponse, ou copier la réponse avec ses notes, la conserve "
                "{permalink_time}, question comprise. Toute personne qui a le lien peut la lire\u202f; "
                "les moteurs de recherche sont priés de ne pas l’indexer.",
                "Un avis est conservé {feedback_time} avec la question et la réponse qu’il concerne, et avec le jour, sans l’heure.",
                "Les questions restées sans réponse sont comptées par jour et par section la plus proche, {feedback_time}. {texts}",
                "Si un modèle de langue est utilisé, la question, celles sur lesquelles elle s’appuie et les passages trouvés, rien d’autre, sont "
                "envoyés au serveur que l’exploitant a choisi pour lui\u202f; l’exploitant en répond.",
                "Pour limiter les abus, les questions sont comptées par adresse réseau pendant deux minutes au plus\u202f; l’adresse n’est écrite nulle part.",
                "Le serveur de l’hébergeur peut tenir un journal technique\u202f; son exploitant en répond.",
                "Pour faire supprimer une réponse conservée ou un avis, envoyez le lien de la réponse à l’adresse ci-dessous.",
            ),
        ),
        Chapter(
            "accessibility",
            "Accessibilité",
            (
                "Ces pages visent le niveau AA des WCAG 2.2. Aucun audit RGAA n’a été mené\u00a0: aucune conformité n’est donc déclarée.",
            ),
            (
                "Vérifié\u00a0: contrôles automatiques axe-core dans Chromium, en français et en anglais, en clair et en sombre\u202f; usage au clavier "
                "seul\u202f; zoom à 200\u00a0% et largeur de 360\u00a0pixels\u202f; impression\u202f; contraste du texte d’au moins 7 pour 1.",
                "Non vérifié\u00a0: aucun essai par une personne qui utilise un lecteur d’écran, une plage braille ou "
                "la commande vocale\u202f; aucun autre navigateur.",
                "Une difficulté d’accès peut être signalée à l’adresse ci-dessous.",
            ),
        ),
        Chapter("contact", "Contact", ("{contact}",)),
    ),
    "en": (
        Chapter(
            "covers",
            "What the assistant covers",
            (
                "The AI Action Summit, held in Paris on 10 and 11\u00a0February 2025: its preparation, its programme, the speeches, the statement "
                "and those who signed it, the initiatives and sums announced, the criticism, and what followed.",
                "Answers are taken from {documents} documents, all to be read on the page “Documents”. The newest is dated {newest}. "
                "The assistant knows nothing else and does not look at the internet.",
            ),
        ),
        Chapter(
            "answers",
            "How it answers",
            ("It looks for the passages that answer the question, then takes one to three whole sentences from them.",),
            (
                "Every sentence points to an exact quotation, shown in its passage, with title, publisher, dates and sources.",
                "Where the documents say nothing, it says so and shows the nearest passages, not passing them off as an answer.",
                "Where sources disagree, every figure is shown, each with its source and date; none is chosen.",
                "A question in English is answered in English. A passage that exists in the other language only is quoted as it is and labelled.",
                "Unless set otherwise, no language model writes the answer: the same question on the same documents always gets the same one. "
                "If a model is used, the answer says so, every sentence is checked in the passages that it cites, and those that fail are withheld.",
            ),
        ),
        Chapter(
            "stored",
            "What is stored",
            ("No cookies, no identifier, no audience measurement, no request to any other site.",),
            (
                "Asking a question records nothing. The answer stays in memory for an hour at most, so that you can ask for a permanent link "
                "or give your view, and is then forgotten.",
                "Opening or copying an answer’s permanent link, or copying the answer with its notes, keeps it "
                "for {permalink_time}, with the question. Anyone who has the link can read it; search engines are asked not to index it.",
                "Feedback is kept for {feedback_time} with the question and answer that it is about, and with the day, not the hour.",
                "Questions left without an answer are counted by day and nearest section, for {feedback_time}. {texts}",
                "If a language model is used, the question, earlier ones that it leans on, and the passages found, nothing else, are sent to "
                "the server that the operator has chosen for it; the operator answers for it.",
                "To limit abuse, questions are counted by network address for two minutes at most; the address is written nowhere.",
                "The host’s server may keep a technical log; its operator answers for that.",
                "To have a kept answer or feedback deleted, send the answer’s link to the address below.",
            ),
        ),
        Chapter(
            "accessibility",
            "Accessibility",
            ("These pages aim at level AA of WCAG 2.2. No audit has been made, so no conformity is claimed.",),
            (
                "Checked: automatic axe-core tests in Chromium, in French and English, light and dark; use by keyboard alone; "
                "200\u00a0% zoom and a width of 360\u00a0pixels; printing; text contrast of at least 7 to 1.",
                "Not checked: no session with a person who uses a screen reader, a braille display or voice control; no other browser.",
                "Difficulties can be reported to the address below.",
            ),
        ),
        Chapter("contact", "Contact", ("{contact}",)),
    ),
}


def about_chapters(language: Language, values: Mapping[str, object]) -> tuple[Chapter, ...]:
    """The chapters with the installation's own numbers; `{contact}` stays, for it becomes a link."""
    filled = {**values, "contact": "{contact}", "newest": long_date(str(values["newest"]), language)}
    return tuple(
        replace(
            chapter,
            paragraphs=tuple(text.format(**filled) for text in chapter.paragraphs),
            items=tuple(text.format(**filled) for text in chapter.items),
        )
        for chapter in ABOUT[language]
    )
