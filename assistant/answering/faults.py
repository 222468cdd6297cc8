"""What can go wrong with a language model, told without its words: a server's error text may hold the key or the question."""

from __future__ import annotations

import json
from typing import Final, Literal

from assistant.errors import ModelError, SettingsError

FaultKind = Literal[
    "late",
    "busy",
    "budget",
    "key",
    "model",
    "server",
    "unreachable",
    "broken",
    "empty",
    "endless",
    "request",
    "rewriting",
    "check",
]

_REMEDIES: Final[dict[FaultKind, str]] = {
    "late": "raise SUMMIT_LLM_FIRST_TOKEN_SECONDS or SUMMIT_LLM_ANSWER_SECONDS, or choose a faster model",
    "busy": "raise SUMMIT_LLM_CONCURRENCY, or the limits of the model server",
    "budget": "raise SUMMIT_LLM_DAILY_REQUESTS or SUMMIT_LLM_DAILY_TOKENS",
    "key": "check SUMMIT_LLM_API_KEY",
    "model": "check the model's name in SUMMIT_LLM and SUMMIT_LLM_BASE_URL",
    "server": "look at the model server's log",
    "unreachable": "check SUMMIT_LLM_BASE_URL and that the model server runs",
    "broken": "check that SUMMIT_LLM_BASE_URL speaks the protocol of the provider in SUMMIT_LLM",
    "empty": "choose another model",
    "endless": "choose another model, or raise SUMMIT_LLM_MAX_TOKENS",
    "request": "check that the model accepts SUMMIT_LLM_TEMPERATURE and SUMMIT_LLM_MAX_TOKENS",
    "rewriting": "the question stands as it was asked",
    "check": "report the error that the log shows before this line",
}
_TRANSIENT = frozenset({"busy", "server", "unreachable"})


class ModelFault(ModelError):
    """The language model gave nothing usable; `kind` says why. Its text holds nothing that the server sent."""

    def __init__(self, kind: FaultKind, what: str, *, retry_after: float | None = None) -> None:
        super().__init__(f"{what}; {_REMEDIES[kind]}" if ";" not in what else what)
        self.kind: FaultKind = kind
        self.retry_after = retry_after

    @property
    def is_transient(self) -> bool:
        """May the same request succeed a moment later?"""
        return self.kind in _TRANSIENT


def fault_of(error: BaseException) -> ModelFault:
    """The fault behind an exception of any provider's client, told apart by status code and type name.

    Providers have their own error trees; none is imported here.
    """
    if isinstance(error, ModelFault):
        return error
    if isinstance(error, SettingsError):
        return ModelFault("model", str(error))
    status = _status(error)
    if status is not None:
        return _fault_of_status(status, error)
    names = {kind.__name__ for one in _chain(error) for kind in type(one).__mro__}
    if names & {"TimeoutException", "APITimeoutError", "TimeoutError"}:
        return ModelFault("late", "the model server did not answer in time")
    if isinstance(error, ImportError):
        return ModelFault("model", f"package {error.name!r} of the model's provider cannot be imported; install it")
    if names & {"ConnectError", "ConnectionRefusedError", "gaierror", "ProxyError", "UnsupportedProtocol"}:
        return ModelFault("unreachable", "the model server cannot be reached")
    if isinstance(error, (UnicodeDecodeError, json.JSONDecodeError)) or names & {
        "RemoteProtocolError",
        "ReadError",
        "DecodingError",
    }:
        return ModelFault("broken", f"the model server's answer broke off or cannot be read ({type(error).__name__})")
    return ModelFault("broken", f"the model's client failed ({type(error).__name__})")


def _fault_of_status(status: int, error: BaseException) -> ModelFault:
    if status in (401, 403):
        return ModelFault("key", f"the model server refused the key (HTTP {status})")
    if status == 404:
        return ModelFault("model", "the model server does not know the model or the path (HTTP 404)")
    if status == 429:
        return ModelFault("busy", "the model server is at its limit (HTTP 429)", retry_after=_retry_after(error))
    if status >= 500:
        return ModelFault("server", f"the model server failed (HTTP {status})", retry_after=_retry_after(error))
    return ModelFault("request", f"the model server refused the request (HTTP {status})")


def _chain(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def _status(error: BaseException) -> int | None:
    for one in _chain(error):
        for holder in (one, getattr(one, "response", None)):
            status = getattr(holder, "status_code", None)
            if isinstance(status, int) and status >= 400:
                return status
    return None


def _retry_after(error: BaseException) -> float | None:
    """Seconds of a Retry-After header, if it gives seconds."""
    for one in _chain(error):
        headers = getattr(getattr(one, "response", None), "headers", None)
        value = headers.get("retry-after") if headers is not None else None
        try:
            return max(0.0, float(value)) if value is not None else None
        except ValueError:
            return None  # an HTTP date: the ordinary backoff serves
    return None
