"""Chat models through LangChain, behind two small records. The only module that imports a chat model, and only when one is called."""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from pydantic import SecretStr

from assistant.answering.faults import ModelFault
from assistant.errors import SettingsError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

# What each provider is called in SUMMIT_LLM, the package that it needs, and how its client takes a timeout and a length.
_PACKAGES = {
    "openai": "langchain-openai",
    "mistralai": "langchain-mistralai",
    "ollama": "langchain-ollama",
    "anthropic": "langchain-anthropic",
    "google_genai": "langchain-google-genai",
    "groq": "langchain-groq",
    "together": "langchain-together",
    "deepseek": "langchain-deepseek",
    "azure_openai": "langchain-openai",
}


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """Everything that a language model needs. Limits are explained at the settings of the same names."""

    model: str
    base_url: str | None = None
    api_key: SecretStr | None = None
    verify: bool = False
    first_token_seconds: float = 20.0
    answer_seconds: float = 60.0
    retries: int = 2
    concurrency: int = 4
    daily_requests: int = 1_000
    daily_tokens: int = 2_000_000
    max_tokens: int = 700
    temperature: float | None = 0.0
    budget_path: Path | None = None
    backoff_seconds: float = field(default=0.5, repr=False)

    def __post_init__(self) -> None:
        provider, separator, name = self.model.partition(":")
        if not separator or not name or provider not in _PACKAGES:
            raise SettingsError(
                f"SUMMIT_LLM={self.model!r} is not PROVIDER:MODEL with one of the providers {', '.join(_PACKAGES)}; "
                "for any server that speaks the OpenAI protocol write openai:MODEL and set SUMMIT_LLM_BASE_URL"
            )

    @property
    def provider(self) -> str:
        """The part of `model` before the colon."""
        return self.model.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat."""

    role: Literal["system", "user"]
    text: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a model's answer; `tokens` is what the whole request has cost, where the server says it."""

    text: str
    tokens: int | None = None


class TextModel(Protocol):
    """Anything that answers messages with text, piece by piece. Raises whatever its client raises."""

    @property
    def name(self) -> str:
        """What an answer says of who wrote it."""

    def prepare(self) -> None:
        """Get ready without asking anything: import and build the client, so that no answer's time goes into it."""

    def stream(self, messages: Sequence[Message]) -> Generator[Piece, None, None]:
        """The answer as it comes; closing the generator ends the request."""


def check_provider(options: ModelOptions) -> None:
    """Say at the start, without importing anything, that the provider's package is missing.

    Raises:
        SettingsError: with the command that installs it.
    """
    package = _PACKAGES[options.provider]
    for module in ("langchain", package.replace("-", "_")):
        if importlib.util.find_spec(module) is None:
            raise SettingsError(f"SUMMIT_LLM={options.model!r} needs the package {package}; run: pip install {package}")


class LangChainModel:
    """A chat model built by `init_chat_model` at its first call. Thread-safe."""

    def __init__(self, options: ModelOptions) -> None:
        self._options = options
        self._lock = threading.Lock()
        self._model: BaseChatModel | None = None

    @property
    def name(self) -> str:
        """The model as SUMMIT_LLM names it."""
        return self._options.model

    def prepare(self) -> None:
        """Import and build the client.

        Raises:
            SettingsError: if the provider's package is missing.
            ModelFault: if its client refuses the options.
        """
        self._built()

    def stream(self, messages: Sequence[Message]) -> Generator[Piece, None, None]:
        """The answer as the provider streams it, outside any tracing service that the environment may name."""
        model = self._built()
        from langsmith import tracing_context  # comes with langchain-core

        turns = [(message.role, message.text) for message in messages]
        with tracing_context(enabled=False):
            for chunk in model.stream(turns):
                usage = getattr(chunk, "usage_metadata", None)
                yield Piece(str(chunk.text), int(usage["total_tokens"]) if usage else None)

    def _built(self) -> BaseChatModel:
        with self._lock:
            if self._model is None:
                self._model = _build(self._options)
            return self._model


def _build(options: ModelOptions) -> BaseChatModel:
    check_provider(options)
    from langchain.chat_models import init_chat_model

    name = options.model.partition(":")[2]
    try:
        model: BaseChatModel = init_chat_model(name, model_provider=options.provider, **_arguments(options))
    except Exception as error:  # noqa: BLE001 - each provider has its own error for a missing key, and its text may hold one
        raise ModelFault("key", f"the client of {options.provider} cannot be built ({type(error).__name__})") from None
    return model


def _arguments(options: ModelOptions) -> dict[str, Any]:
    """Keyword arguments of the provider's class. Retries are ours (see calls.py), so the client makes none."""
    arguments: dict[str, Any] = {}
    if options.temperature is not None:
        arguments["temperature"] = options.temperature
    if options.base_url:
        arguments["base_url"] = options.base_url
    if options.api_key is not None and options.provider != "ollama":
        arguments["api_key"] = options.api_key.get_secret_value()
    elif options.base_url and options.provider == "openai":
        arguments["api_key"] = "none"  # the client insists on one; local servers do not look at it
    if options.provider == "ollama":
        return {**arguments, "num_predict": options.max_tokens, "client_kwargs": {"timeout": options.answer_seconds}}
    arguments["max_retries"] = 0
    # Whole seconds, as some clients insist on.
    openai = options.provider == "openai"
    arguments["timeout"] = options.answer_seconds if openai else max(1, round(options.answer_seconds))
    if openai:
        arguments["stream_usage"] = True
    if openai and options.base_url:
        # The client would send OpenAI's newer `max_completion_tokens`, which other servers ignore or refuse.
        arguments["extra_body"] = {"max_tokens": options.max_tokens}
    else:
        arguments["max_tokens"] = options.max_tokens
    return arguments
