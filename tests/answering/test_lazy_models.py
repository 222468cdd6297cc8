"""Without a configured model nothing of a chat client is imported; with one, what is missing is one clear line."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from assistant.answering.faults import ModelFault
from assistant.answering.models import LangChainModel, Message, ModelOptions, Piece, TextModel, check_provider
from assistant.errors import SettingsError
from tests.answering.scripted import ScriptedModel
from tests.openai_server import Reply, openai_server

ROOT = Path(__file__).parents[2]


def _run(program: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=True, timeout=60
    )
    return done.stdout.strip()


def test_importing_and_building_imports_no_client() -> None:
    """The modules, their options and even a `GenerationAnswerer` leave langchain, langsmith and openai alone."""
    program = """
import sys
from assistant.answering import generation, verification, prompts, models, budget
from assistant.answering.models import ModelOptions
generation.GenerationAnswerer(ModelOptions("openai:some-model", base_url="http://127.0.0.1:1/v1"))
print([name for name in sys.modules if name.split(".")[0] in
       ("langchain", "langchain_core", "langchain_openai", "langsmith", "openai", "tiktoken")])
"""
    assert _run(program) == "[]"


def test_chat_models_are_imported_in_one_module() -> None:
    """Only models.py names LangChain or a provider's package."""
    naming = [
        path.name
        for path in (ROOT / "assistant" / "answering").glob("*.py")
        if any(
            word in path.read_text()
            for word in ("import langchain", "from langchain", "from langsmith", "import openai")
        )
    ]
    assert naming == ["models.py"]


@pytest.mark.parametrize("model", ["gpt-4o", "openai:", ":x", "unheard-of:model"])
def test_a_model_without_a_known_provider_is_refused(model: str) -> None:
    """The message shows the value, the form and what to write for any other server."""
    with pytest.raises(SettingsError, match=r"PROVIDER:MODEL.*SUMMIT_LLM_BASE_URL"):
        ModelOptions(model)


def test_a_missing_package_is_one_line_with_the_command() -> None:
    """Found out at the start, without importing anything."""
    with pytest.raises(SettingsError, match="pip install langchain-groq"):
        check_provider(ModelOptions("groq:some-model"))


def test_a_missing_key_is_told_without_the_clients_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key and no base URL: the fault names our setting."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ModelFault, match="SUMMIT_LLM_API_KEY"):
        LangChainModel(ModelOptions("openai:gpt-test")).prepare()


def test_the_key_is_in_no_representation() -> None:
    """Options may be logged."""
    assert "sk-hidden" not in repr(ModelOptions("openai:m", api_key=SecretStr("sk-hidden")))


@pytest.fixture(params=["scripted", "langchain"])
def model(request: pytest.FixtureRequest) -> Iterator[TextModel]:
    """The double and the real client over the wire: each is told to write `Hello, world`, once."""
    if request.param == "scripted":
        yield ScriptedModel("Hello, world")
        return
    with openai_server(Reply("Hello, world", piece=5)) as server:
        yield LangChainModel(ModelOptions("openai:scripted", base_url=server.url, retries=0))


def test_both_models_keep_the_same_promises(model: TextModel) -> None:
    """Prepared at will, they stream text in several pieces, count tokens at the end, name themselves, and raise past their script."""
    model.prepare()
    model.prepare()
    pieces = list(model.stream([Message("system", "Be brief."), Message("user", "Hello?")]))
    assert "".join(piece.text for piece in pieces) == "Hello, world"
    assert len([piece for piece in pieces if piece.text]) > 1
    assert [piece.tokens for piece in pieces if piece.tokens is not None]
    assert all(isinstance(piece, Piece) for piece in pieces)
    assert model.name == "openai:scripted"
    with pytest.raises(Exception, match=r".+"):
        list(model.stream([Message("user", "Again?")]))


def test_nothing_is_traced_to_a_service(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where LangSmith's tracing is switched on by its variable, a question goes to the model server alone."""
    from langchain_core.tracers.langchain import wait_for_all_tracers
    from langsmith.utils import get_env_var

    with openai_server(Reply("Hello")) as server:
        monkeypatch.setenv("LANGSMITH_TRACING", "true")
        monkeypatch.setenv("LANGSMITH_ENDPOINT", server.url)
        monkeypatch.setenv("LANGSMITH_API_KEY", "test")
        get_env_var.cache_clear()  # type: ignore[attr-defined]  # its stub hides the cache
        list(LangChainModel(ModelOptions("openai:scripted", base_url=server.url)).stream([Message("user", "Hi")]))
        wait_for_all_tracers()
        assert (len(server.requests), server.strays) == (1, [])
    get_env_var.cache_clear()  # type: ignore[attr-defined]
