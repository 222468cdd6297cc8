"""What a question asks of the conversation before it."""

from __future__ import annotations

import pytest

from assistant.answering.chat import Assistant
from assistant.answering.followups import followup_of, points_back, subject_of, wanted_language
from assistant.records import Turn

MORE = (
    "more", "tell me more", "plus de détails", "et encore ?", "Go on", "continue", "en savoir plus", "dis-m'en plus", "details?",
    "développe", "can you tell me more about that?", "quoi d'autre ?", "J’aimerais en savoir plus", "What else?",
)  # fmt: skip
SOURCE = (
    "source?", "Sources ?", "quelle est la source ?", "what's your source?", "Where does that come from?", "d'où vient cette info ?",
    "tu as une source ?", "do you have a source for that?", "selon qui ?", "Says who?", "D’où ça vient ?",
)  # fmt: skip
LANGUAGE = (
    ("en anglais ?", "en"), ("And in French?", "fr"), ("in English please", "en"), ("traduis en anglais", "en"),
    ("can you say that in English?", "en"), ("peux-tu le dire en anglais ?", "en"), ("la même chose en français", "fr"),
    ("Answer in French", "fr"),
)  # fmt: skip
OWN = (
    "What were the sources of funding for the foundation?", "More countries signed than in Seoul, is that right?",
    "Comment la déclaration de Paris est-elle intitulée en anglais ?", "Tell me about the summit in French newspapers of Monday",
)  # fmt: skip


@pytest.mark.parametrize("question", MORE)
def test_more_is_recognised(question: str) -> None:
    """Whoever asks for more means the last answer, in whatever words."""
    assert followup_of(question) == "more"


@pytest.mark.parametrize("question", SOURCE)
def test_a_request_for_the_source_is_recognised(question: str) -> None:
    """Whoever asks for the source means that of the last answer."""
    assert followup_of(question) == "source"


@pytest.mark.parametrize(("question", "language"), LANGUAGE)
def test_a_change_of_language_is_recognised(question: str, language: str) -> None:
    """Whoever asks for the other language means the last answer, in that one."""
    assert (followup_of(question), wanted_language(question)) == ("language", language)


@pytest.mark.parametrize("question", OWN)
def test_a_question_with_a_subject_is_no_request_for_the_last_answer(question: str) -> None:
    """The same words inside a whole question ask for something new."""
    assert followup_of(question) in ("alone", "leaning")


@pytest.mark.parametrize(
    "question", ["Why?", "pourquoi ?", "Et la Chine ?", "who founded it?", "Pourquoi a-t-il refusé ?"]
)
def test_a_question_without_a_subject_points_back(question: str) -> None:
    """A pronoun, an "and", a verb without its noun, an interrogative alone."""
    assert points_back(question)


def test_a_verb_after_its_noun_does_not_point_back() -> None:
    """The pronoun of « a-t-il » stands for the noun before it."""
    assert not points_back("Quand le sommet a-t-il eu lieu ?")


@pytest.mark.parametrize(
    ("asked", "subject"),
    [
        (("What is Current AI?",), "What is Current AI?"),
        (("What is Current AI?", "more", "in French?"), "What is Current AI?"),
        (("What is Current AI?", "And who founded it?"), "What is Current AI? And who founded it?"),
        (("Who signed?", "What is Current AI?"), "What is Current AI?"),
        (("more", "", "source?"), None),
        ((), None),
    ],
)
def test_the_subject_is_the_last_question_that_had_one(asked: tuple[str, ...], subject: str | None) -> None:
    """Requests for the last answer are passed over; a question that leaned brings the one that it leaned on."""
    assert subject_of([Turn(one) for one in asked]) == subject


def test_the_other_language_gives_the_same_answer_in_it(tiny_assistant: Assistant) -> None:
    """ "And in French?" answers the last question in French."""
    answer = tiny_assistant.ask("And in French?", [Turn("Who co-chaired the summit?")])
    assert (answer.outcome, answer.language) == ("answer", "fr")
    assert answer.citations[0].quote.passage.id == "opening#dates/fr"


@pytest.mark.parametrize("question", ["source?", "Where does that come from?"])
def test_the_source_is_the_last_answer_with_its_quotations(tiny_assistant: Assistant, question: str) -> None:
    """Asked for the source, the answer comes again with a line that points to its sources."""
    before = tiny_assistant.ask("What is Current AI?")
    again = tiny_assistant.ask(question, [Turn("What is Current AI?")])
    assert [one.quote for one in again.citations] == [one.quote for one in before.citations]
    assert "sources" in again.notice


def test_more_gives_the_whole_section(tiny_assistant: Assistant) -> None:
    """Asked for more, every sentence of the section is quoted."""
    answer = tiny_assistant.ask("tell me more", [Turn("What is the budget of Current AI?")])
    assert [one.text for one in answer.sentences] == [
        "Current AI is a foundation with 400 million dollars.",
        "It pays for open data.",
    ]


@pytest.mark.parametrize("question", ["more", "source?", "in English?", "And its budget?", "Why?"])
def test_a_refused_subject_is_never_carried_forward(tiny_assistant: Assistant, question: str) -> None:
    """After the weather, whatever leans on it gets what it gets alone."""
    answer = tiny_assistant.ask(question, [Turn("Will it rain tomorrow?")])
    assert answer.id == tiny_assistant.ask(question, language="en").id


def test_the_conversation_breaks_ties_of_language(tiny_assistant: Assistant) -> None:
    """ "source?" is said in both languages: the answer stays in that of the last question, whatever the page's."""
    answer = tiny_assistant.ask("source?", [Turn("Who co-chaired the summit?")], "fr")
    assert answer.language == "en"
