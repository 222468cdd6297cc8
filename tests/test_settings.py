"""Settings come from the environment, are bounded, and a wrong name does not pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.settings import Settings


def test_defaults_need_nothing() -> None:
    """Without any variable the server listens on loopback and reads `corpus`."""
    settings = Settings.from_env({"PATH": "/bin"})
    assert (settings.host, settings.port, settings.corpus_dir) == ("127.0.0.1", 7860, Path("corpus"))


def test_a_variable_overrides_its_setting() -> None:
    """Values are read as what they are."""
    settings = Settings.from_env({"SUMMIT_PORT": "8080", "SUMMIT_CORPUS_DIR": "other"})
    assert (settings.port, settings.corpus_dir) == (8080, Path("other"))


def test_an_unknown_setting_stops_with_a_suggestion() -> None:
    """A misspelt name is an error that names the right one."""
    with pytest.raises(SettingsError, match="unknown setting SUMMIT_PROT; did you mean SUMMIT_PORT"):
        Settings.from_env({"SUMMIT_PROT": "1"})


@pytest.mark.parametrize(
    ("name", "value"), [("SUMMIT_PORT", "0"), ("SUMMIT_PORT", "x"), ("SUMMIT_MAX_QUESTION_CHARS", "1")]
)
def test_a_value_out_of_bounds_is_named(name: str, value: str) -> None:
    """The message says the variable and the value."""
    with pytest.raises(SettingsError, match=f"{name}='{value}'"):
        Settings.from_env({name: value})


def test_settings_are_frozen() -> None:
    """Nobody changes a setting after it was read."""
    with pytest.raises(ValueError, match="frozen"):
        Settings().port = 1  # type: ignore[misc]  # the point of the test
