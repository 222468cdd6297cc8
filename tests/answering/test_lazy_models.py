"""Without a configured model nothing of a chat client is imported; with one, what is missing is one clear line."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from assistant.answering.budget import DailyBudget
from assistant.answering.faults import ModelFault
from assistant.answering.models import LangChainModel, Message, ModelOptions, Piece, TextModel, check_provider
from assistant.errors import SettingsError
from assistant.settings import Settings
from assistant.wiring import build_writer, index_corpus, open_parts, settings_from_environment
from tests.answering.scripted import ScriptedModel
from tests.fakes import FakeEncoder, memory_parts, tiny_corpus, tiny_documents
from tests.openai_server import Reply, openai_server

ROOT = Path(__file__).parents[2]
CLIENTS = ("langchain", "langchain_core", "langchain_openai", "langsmith", "openai", "tiktoken")
WRITING_MODULES = tuple(
    f"assistant.answering.{name}"
    for name in ("budget", "calls", "closeness", "faults", "generation", "models", "prompts", "verification", "writing")
)


def _run(program: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=True, timeout=60
    )
    return done.stdout.strip()


def test_importing_and_building_imports_no_client() -> None:
    """The modules, their options and even a `GenerationAnswerer` leave langchain, langsmith and openai alone."""
    program = f"""
import sys
from assistant.answering import generation, verification, prompts, models, budget
from assistant.answering.models import ModelOptions
generation.GenerationAnswerer(ModelOptions("openai:some-model", base_url="http://127.0.0.1:1/v1"))
print([name for name in sys.modules if name.split(".")[0] in
       {CLIENTS!r}])
"""
    assert _run(program) == "[]"


def test_without_a_model_nothing_of_one_is_imported(tmp_path: Path) -> None:
    """Indexing, asking and streaming as the command line and the server do load neither a client nor our own modules around one."""
    program = f"""
import sys
from pathlib import Path
import assistant.commands, assistant.serving, assistant.web.application
from assistant.settings import Settings
from assistant.wiring import check_model, index_corpus, open_parts
from tests.fakes import FakeEncoder, tiny_corpus
folder = Path({str(tmp_path)!r})
settings = Settings(corpus_dir=tiny_corpus(folder), data_dir=folder / "data")
assert not check_model(settings)
index_corpus(settings, FakeEncoder())
parts = open_parts(settings, FakeEncoder())
assert parts.writer is None
answer = parts.assistant.ask("Who co-chaired the summit?")
list(parts.assistant.stream("Who co-chaired the summit?"))
assert (answer.model, answer.writing, answer.withheld, answer.mode) == (None, None, 0, "quotes")
ours = {WRITING_MODULES!r}
print([name for name in sys.modules if name in ours or name.split(".")[0] in {CLIENTS!r}])
"""
    assert _run(program) == "[]"


@pytest.mark.parametrize("command", ["ask", "serve"])
def test_a_missing_package_stops_a_command_with_one_line(command: str, tmp_path: Path) -> None:
    """Before anything is indexed: no traceback, and the command that mends it."""
    environment = {**os.environ, "SUMMIT_LLM": "groq:some-model", "SUMMIT_DATA_DIR": str(tmp_path / "data")}
    arguments = [sys.executable, "-m", "assistant", command, *(["Who?"] if command == "ask" else [])]
    done = subprocess.run(arguments, capture_output=True, text=True, env=environment, cwd=ROOT, timeout=120)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "error: SUMMIT_LLM='groq:some-model' needs the package langchain-groq; run: pip install langchain-groq"
    ]
    assert not (tmp_path / "data").exists()


def test_what_the_settings_name_writes_the_answers(tmp_path: Path) -> None:
    """SUMMIT_LLM and SUMMIT_LLM_BASE_URL alone are enough; key, limits and temperature reach the wire; the budget is kept."""
    text = "France and India co-chaired the summit together [1]."
    with openai_server(Reply(text)) as server:
        environ = {
            "SUMMIT_CORPUS_DIR": str(tiny_corpus(tmp_path)),
            "SUMMIT_DATA_DIR": str(tmp_path / "data"),
            "SUMMIT_LLM": "openai:scripted",
            "SUMMIT_LLM_BASE_URL": server.url,
            "SUMMIT_LLM_API_KEY": "sk-hidden",
            "SUMMIT_LLM_MAX_TOKENS": "123",
            "SUMMIT_LLM_TEMPERATURE": "0.5",
        }
        settings = settings_from_environment(environ)
        index_corpus(settings, FakeEncoder())
        parts = memory_parts(tiny_documents(tmp_path / "again"), writer=build_writer(settings, FakeEncoder()))
        answer = parts.assistant.ask("Who co-chaired the summit?")
        (request,) = server.requests
        assert server.headers[0]["authorization"] == "Bearer sk-hidden"
    assert (answer.mode, answer.model) == ("generation", "openai:scripted")
    assert (request["max_tokens"], request["temperature"]) == (123, 0.5)
    assert DailyBudget(1, 1, settings.data_dir / "language-model.sqlite").spent() == (1, 120)
    assert "sk-hidden" not in f"{settings!r} {settings.model_dump()} {settings.model_dump_json()}"


def test_a_reopened_index_keeps_the_writer(tmp_path: Path) -> None:
    """Its client, its limit of concurrent answers and its budget go on when another index is put in force."""
    settings = Settings(corpus_dir=tiny_corpus(tmp_path), data_dir=tmp_path / "data", llm="openai:scripted")
    index_corpus(settings, FakeEncoder())
    first = open_parts(settings, FakeEncoder())
    assert first.writer is not None
    assert open_parts(settings, FakeEncoder(), first.writer).writer is first.writer


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
