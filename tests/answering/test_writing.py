"""Answers that a model writes, through the assistant's own door: what is shown, and what serves where the model fails."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from assistant.answering.as_json import answer_to_json
from assistant.answering.as_text import answer_to_text, writing_to_text
from assistant.answering.chat import Assistant, answer_id
from assistant.answering.closeness import Matrix
from assistant.answering.generation import GenerationAnswerer
from assistant.answering.wording import NOT_SUPPORTED, NOT_WRITTEN
from assistant.answering.writing import ModelWriter
from assistant.records import LANGUAGES, Document, Language, Turn
from assistant.search.encoder import Encoder
from tests.answering.scripted import OPTIONS, ScriptedModel
from tests.fakes import memory_parts, tiny_documents

QUESTION = "What is Current AI?"
TRUE = "Current AI is a foundation that has 400 million dollars [1]. "
FALSE = "Current AI is a foundation that has 900 million dollars [1]. "
FOLLOWUP = ("And its budget?", [Turn(QUESTION)])


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> tuple[Document, ...]:
    """The tiny corpus."""
    return tiny_documents(tmp_path_factory.mktemp("tiny"))


def writing(documents: Sequence[Document], *script: str | Exception) -> tuple[Assistant, ScriptedModel]:
    """An assistant whose model follows `script`, and the model."""
    model = ScriptedModel(*script)
    return memory_parts(documents, writer=ModelWriter(GenerationAnswerer(OPTIONS, None, model))).assistant, model


def test_a_written_answer_says_who_wrote_it_and_carries_the_usual_citations(documents: tuple[Document, ...]) -> None:
    """Mode, model, support and count of withheld sentences; title, dates and sources as in the default mode."""
    assistant, _ = writing(documents, TRUE + FALSE)
    answer = assistant.ask(QUESTION)
    assert (answer.mode, answer.model, answer.withheld) == ("generation", "openai:scripted", 1)
    assert [(one.text, one.support) for one in answer.sentences] == [
        ("Current AI is a foundation that has 400 million dollars.", "supported")
    ]
    (quoted,) = memory_parts(documents).assistant.ask(QUESTION).citations
    (cited,) = answer.citations
    assert cited.quote.text == "Current AI is a foundation with 400 million dollars."
    assert (cited.title, cited.as_of, cited.sources) == (quoted.title, quoted.as_of, quoted.sources)
    found = answer_to_json(answer)
    assert (found["mode"], found["model"], found["withheld"]) == ("generation", "openai:scripted", 1)
    assert found["sentences"][0]["support"] == "supported"
    assert "900" not in str(found)


def test_sentences_stream_one_by_one(documents: tuple[Document, ...]) -> None:
    """Each part has one sentence more; only the complete answer has its name."""
    assistant, _ = writing(documents, TRUE + "It pays for open data [1].")
    *parts, answer = assistant.stream(QUESTION)
    assert [len(part.sentences) for part in parts] == [1, 2]
    assert len(answer.sentences) == 2
    assert [part.id for part in parts] == ["", ""]
    assert answer.id == answer_id(answer, answer.corpus_version)


@pytest.mark.parametrize(
    ("script", "notice", "withheld"),
    [
        ([FALSE], NOT_SUPPORTED, 1),
        ([RuntimeError("boom")], NOT_WRITTEN, 0),
        (["The passages do not answer the question."], NOT_WRITTEN, 0),
    ],
    ids=["nothing left", "fault", "refused"],
)
def test_the_quotes_answer_serves_with_one_honest_line(
    documents: tuple[Document, ...], script: list[str | Exception], notice: dict[Language, str], withheld: int
) -> None:
    """Whatever the model did, the reader gets what the default mode says, and one line that says why."""
    assistant, _ = writing(documents, *script)
    answer, quoted = assistant.ask(QUESTION), memory_parts(documents).assistant.ask(QUESTION)
    assert (answer.sentences, answer.citations) == (quoted.sentences, quoted.citations)
    assert (answer.mode, answer.model, answer.notice, answer.withheld) == ("quotes", None, notice["en"], withheld)
    assert answer_to_text(answer).startswith(notice["en"])


def test_a_fault_after_the_first_sentence_takes_it_back(documents: tuple[Document, ...]) -> None:
    """The sentence was shown as it passed; the complete answer is the quotes answer all the same."""
    endless = TRUE + "And so it goes on and on. " * 1000
    assistant, _ = writing(documents, endless)
    first, *_, last = assistant.stream(QUESTION)
    assert (first.mode, len(first.sentences)) == ("generation", 1)
    assert (last.mode, last.notice) == ("quotes", NOT_WRITTEN["en"])
    assert last.writing is not None
    assert last.writing.fault_kind == "endless"


def test_a_checker_that_breaks_costs_no_answer(documents: tuple[Document, ...]) -> None:
    """An error of our own, while a sentence is checked, ends in the quotes answer."""

    def broken(texts: Sequence[str]) -> Matrix:
        raise ArithmeticError(f"{len(texts)} texts too many")

    writer = ModelWriter(GenerationAnswerer(OPTIONS, broken, ScriptedModel(TRUE)))
    answer = memory_parts(documents, writer=writer).assistant.ask(QUESTION)
    assert (answer.mode, answer.notice) == ("quotes", NOT_WRITTEN["en"])
    assert answer.writing is not None
    assert answer.writing.fault_kind == "check"


@pytest.mark.parametrize(
    "question", ["What is the weather tomorrow?", "Combien de chaises avait le Grand Palais ?", ""]
)
def test_a_model_is_asked_only_what_the_documents_answer(documents: tuple[Document, ...], question: str) -> None:
    """Refusals and nearest passages cost no call, and are those of the default mode."""
    assistant, model = writing(documents)
    answer, quoted = assistant.ask(question), memory_parts(documents).assistant.ask(question)
    assert answer.outcome == quoted.outcome != "answer"
    assert (answer.id, answer.writing, model.asked) == (quoted.id, None, [])


def test_a_followup_is_rewritten_and_the_rewriting_can_be_shown(documents: tuple[Document, ...]) -> None:
    """The model completes the question, answers the completed one, and the record holds it with what both calls cost."""
    rewritten = "What is the budget of Current AI?"
    assistant, model = writing(documents, rewritten, TRUE)
    answer = assistant.ask(*FOLLOWUP)
    assert answer.question == "And its budget?"
    assert answer.writing is not None
    assert (answer.writing.rewritten, answer.writing.tokens) == (rewritten, len(rewritten) + len(TRUE))
    assert rewritten in model.asked[1][1].text
    assert f"follow-up rewritten as: {rewritten}" in writing_to_text(answer.writing)


def test_a_rewriting_that_invents_is_not_used(documents: tuple[Document, ...]) -> None:
    """The follow-up is then completed as in the default mode, and the model may still write."""
    assistant, _ = writing(documents, "What is the budget of Stargate?", TRUE)
    answer = assistant.ask(*FOLLOWUP)
    assert answer.mode == "generation"
    assert answer.writing is not None
    assert answer.writing.rewritten is None


def test_a_model_that_fails_at_the_rewriting_is_not_waited_for_again(documents: tuple[Document, ...]) -> None:
    """One fault, one wait: the quotes answer to the completed question serves at once."""
    assistant, model = writing(documents, RuntimeError("boom"))
    answer = assistant.ask(*FOLLOWUP)
    assert (len(model.asked), answer.mode, answer.notice) == (1, "quotes", NOT_WRITTEN["en"])
    assert answer.sentences == memory_parts(documents).assistant.ask(*FOLLOWUP).sentences


def test_the_record_of_a_rewriting_stays_with_an_answer_that_is_not_written(documents: tuple[Document, ...]) -> None:
    """A follow-up that ends in nearest passages still says what it was rewritten to, and what that cost."""
    rewritten = "Combien de chaises avait le Grand Palais ?"
    assistant, _ = writing(documents, rewritten)
    answer = assistant.ask("Et combien de chaises ?", [Turn("Qu’est-ce que le Grand Palais ?")])
    assert answer.outcome != "answer"
    assert answer.writing is not None
    assert answer.writing.tokens == len(rewritten)


def test_disagreements_of_the_quoted_sections_are_shown(documents: tuple[Document, ...]) -> None:
    """A written answer hides no other figure of its sources."""
    assistant, _ = writing(documents, "Emmanuel Macron announced 109 billion euros of private investment [1].")
    answer = assistant.ask("How many billions did Emmanuel Macron announce?")
    assert answer.mode == "generation"
    assert [one.source for one in answer.conflicts[0].figures] == ["BFM", "AFP"]


def test_a_translation_is_labelled_beside_its_original(documents: tuple[Document, ...], real_encoder: Encoder) -> None:
    """Where the evidence is French alone, an English sentence says so, and its quotation stays French."""
    model = ScriptedModel("The Alexandre-III bridge stayed closed for three days during the summit [1].")
    writer = ModelWriter(GenerationAnswerer(OPTIONS, real_encoder.embed_queries, model))
    assistant = memory_parts(documents, writer=writer).assistant
    answer = assistant.ask("Answer in English: quel pont était fermé pendant le sommet ?")
    assert (answer.language, answer.mode) == ("en", "generation")
    assert answer.sentences[0].translated
    assert answer.citations[0].quote.passage.language == "fr"
    assert answer_to_json(answer)["sentences"][0]["translated"] is True
    assert "[1] (translation)" in answer_to_text(answer)


def test_a_name_by_content_tells_who_wrote_it(documents: tuple[Document, ...]) -> None:
    """A model's answer in the very words of the quotes answer is another answer."""
    quoted = memory_parts(documents).assistant.ask(QUESTION)
    own = " ".join(f"{one.text.rstrip('.')} [1]." for one in quoted.sentences)
    assistant, _ = writing(documents, own)
    answer = assistant.ask(QUESTION)
    assert (answer.text, answer.mode) == (quoted.text, "generation")
    assert answer.id != quoted.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_a_terminal_each_sentence_has_its_quotation_under_it(
    documents: tuple[Document, ...], language: Language
) -> None:
    """The quotation follows its sentence at its first use, and the last lines say who wrote and what was withheld."""
    script = {
        "en": TRUE + FALSE + "It pays for open data [1].",
        "fr": "Current AI est une fondation qui a 400 millions de dollars [1]. Elle a 900 millions de dollars [1].",
    }
    question = {"en": QUESTION, "fr": "Qu’est-ce que Current AI ?"}[language]
    assistant, _ = writing(documents, script[language])
    lines = [line for line in answer_to_text(assistant.ask(question)).splitlines() if line]
    assert lines[0].endswith("[1]")
    assert lines[1].startswith("[1] ")
    assert "400" in lines[1]
    assert "openai:scripted" in lines[-1]
    assert lines[-1].endswith("1.")


def test_what_was_withheld_is_told_to_the_operator_alone(documents: tuple[Document, ...]) -> None:
    """`--explain` has the sentences and their reasons; neither the text nor the JSON of the answer has."""
    assistant, _ = writing(documents, TRUE + FALSE + "It has 900 staff [99].")
    answer = assistant.ask(QUESTION)
    assert answer.writing is not None
    told = writing_to_text(answer.writing)
    assert "sentences that passed: 1; withheld: 2" in told
    assert "900 million dollars. (figure:" in told
    assert "markers that name no passage: 99" in told
    assert "900" not in answer_to_text(answer) + str(answer_to_json(answer))
