"""French or English: short, unaccented, misspelt and mixed questions, and requests for a language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.reading.language import detect_language, requested_language
from assistant.records import LANGUAGES, Language, other_language

FRENCH = """
cest koi curent ai svp
c koi le sommet
ki a signé
kel pays a refusé
kand c'était
combien ça coute
pk les usa ont refusé
pq les americains ont pas signé
slt c quoi INESIA
bjr qui est anne bouverot
où ?
quand ?
pourquoi ?
combien ?
Et après ?
et l'Inde ?
Et les États-Unis ?
Oui mais qui ?
budget ?  et pour quoi faire
qui sont les signataires
quels pays
la date stp
le lieu
les 61 pays signataires
liste des pays
la déclaration
les montants investis
c'est où
c quand le prochain
dis moi tout sur Current AI
parle moi de ROOST
explique InvestAI
que dit le AI Act
que pense Vance de l'Europe
Vance a dit quoi
Modi etait la ?
est ce que la Chine a signe
la chine a t elle signe
Est-ce que Sam Altman était présent ?
J.D. Vance, il a dit quoi à Paris ?
Quel est le rôle de la Coalition for Sustainable AI ?
C’est quoi, le « AI Action Summit » ?
What's up c'est quoi Current AI
Qu’est-ce que le Brookfield deal ?
qui a co-chaired le sommet
combien de milliards annonces par macron
ya eu combien de participants
gouvernement britannique refus
europe 200 milliards qui paie
intelligence artificielle travail emplois
resume le sommet
resumé svp
Merci, et le montant ?
bonjour
"""
ENGLISH = """
wat is curent ai pls
whats the summit
who signed
which country refused
when was it
how much did it cost
why did france host
why didnt the uk sign
hi what is INESIA
hello who is anne bouverot
where?
when?
why?
how many?
And then?
and India?
And the United States?
Yes but who?
so whats the budget
who are the signatories
which countries
the date please
the venue
61 signatories
list of countries
the statement
money invested
where was it
whens the next one
tell me everything about Current AI
talk about ROOST please
explain InvestAI
what does the AI Act say
what does Macron think of Europe
what did Vance say
was Modi there?
did China sign
has China signed the déclaration
Was Emmanuel Macron there?
Who is the ministre déléguée Clara Chappaz?
What is the role of the Coalition pour une IA durable?
What is the « Sommet pour l’action sur l’IA »?
c'mon, what is Current AI
What did the Élysée announce?
how many milliards did Macron announce
british government refusal
europe 200 billion who pays
artificial intelligence work jobs
summarise the summit
summary pls
Thanks, and the amount?
hello
"""
QUESTIONS = [("fr", line) for line in FRENCH.strip().splitlines()] + [
    ("en", line) for line in ENGLISH.strip().splitlines()
]


@pytest.mark.parametrize(("language", "question"), QUESTIONS)
def test_the_questions_language_wins_over_the_pages(language: Language, question: str) -> None:
    """Typed into the page of the other language, a question is still answered in its own."""
    assert detect_language(question, other_language(language)) == language


@pytest.mark.parametrize(("language", "question"), QUESTIONS)
def test_the_pages_language_never_hurts(language: Language, question: str) -> None:
    """Typed into the page of its own language, or where there is no page, a question keeps its language."""
    assert detect_language(question, language) == language
    assert detect_language(question) == language


@pytest.mark.parametrize("text", ["Anne Bouverot", "ROOST", "INESIA", "InvestAI", "109", "Macron Modi"])
@pytest.mark.parametrize("page", LANGUAGES)
def test_names_and_numbers_follow_the_page(text: str, page: Language) -> None:
    """What belongs to neither language is answered in the page's."""
    assert detect_language(text, page) == page


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("answer in English: qui a signé ?", "en"),
        ("Please answer in French. Who signed?", "fr"),
        ("Who signed? Reply in French please", "fr"),
        ("réponds en anglais : qui a signé ?", "en"),
        ("Répondez-moi en anglais s’il vous plaît", "en"),
        ("Qui a signé ? Merci de répondre en anglais", "en"),
        ("Qui a signé ? En anglais svp", "en"),
        ("in French please", "fr"),
        ("And in English?", "en"),
        ("et en français ?", "fr"),
        ("en francais", "fr"),
        ("Explain the statement in French", "fr"),
        ("Explique-moi la déclaration en anglais", "en"),
        ("Tell me in English who signed", "en"),
        ("Dis-moi en français who signed", "fr"),
        ("ANSWER IN FRENCH!", "fr"),
        ("reponds en francais", "fr"),
    ],
)
def test_a_request_for_a_language_is_heard(text: str, language: Language) -> None:
    """In either language, politely or not, at either end of the question."""
    assert requested_language(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "Comment dit-on sommet en anglais ?",
        "Is the statement available in French?",
        "Did Macron speak in English?",
        "Macron a-t-il parlé en anglais ?",
        "Existe-t-il une version en français du texte ?",
        "Was the speech translated in French?",
        "Who signed?",
        "",
        "the English delegation",
        "les Français et les Anglais",
    ],
)
def test_speaking_of_a_language_is_no_request(text: str) -> None:
    """A question about a language or a people is answered in its own language."""
    assert requested_language(text) is None


@given(st.text(max_size=200), st.sampled_from([None, *LANGUAGES]))
def test_any_text_has_a_language(text: str, page: Language | None) -> None:
    """No text is without a verdict, and the verdict does not change."""
    assert detect_language(text, page) in LANGUAGES
    assert detect_language(text, page) == detect_language(text, page)


def test_a_long_text_is_judged_by_its_beginning() -> None:
    """A megabyte costs no more than a page."""
    assert detect_language("Le sommet s’est tenu à Paris. " * 40_000) == "fr"
    assert detect_language("The summit took place in Paris. " * 40_000) == "en"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("La France et l’Inde ont coprésidé le sommet.", "fr"),
        ("France and India co-chaired the summit.", "en"),
        ("OPENAI, ANTHROPIC ET MISTRAL ÉTAIENT PRÉSENTS", "fr"),
        ("THE STATEMENT WAS SIGNED BY 61 PARTIES", "en"),
        ("Tableau 3 : investissements annoncés (en milliards d’euros)", "fr"),
        ("Table 3: investments announced (in billion euros)", "en"),
    ],
)
def test_sentences_and_headings_of_documents(text: str, language: Language) -> None:
    """Documents dropped in are judged as rightly as questions."""
    assert detect_language(text, other_language(language)) == language
