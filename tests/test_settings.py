"""Settings come from the environment, are bounded, and a wrong name does not pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.settings import PREFIX, Settings


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


def _bounds() -> list[tuple[str, int, int]]:
    found = []
    for name, field in Settings.model_fields.items():
        limits = {type(one).__name__: one for one in field.metadata}
        if "Ge" in limits and "Le" in limits:
            found.append((name, limits["Ge"].ge, limits["Le"].le))
    return found


@pytest.mark.parametrize(("field", "least", "most"), _bounds())
def test_every_bound_holds_on_both_sides(field: str, least: int, most: int) -> None:
    """The least and the most are accepted; one beyond is refused with the variable's name, its value and the bound."""
    name = PREFIX + field.upper()
    for value in (least, most):
        assert getattr(Settings.from_env({name: str(value)}), field) == value
    for value, bound in ((least - 1, least), (most + 1, most)):
        with pytest.raises(SettingsError, match=f"{name}='{value}'.*{bound}.*correct or unset"):
            Settings.from_env({name: str(value)})


@pytest.mark.parametrize("field", Settings.model_fields)
def test_a_letter_too_many_is_caught_for_every_setting(field: str) -> None:
    """Whichever setting is misspelt, the message names it."""
    right = PREFIX + field.upper()
    with pytest.raises(SettingsError, match=f"unknown setting {right}S.*did you mean {right}"):
        Settings.from_env({f"{right}S": "1"})


def test_a_name_like_none_lists_those_that_there_are() -> None:
    """Where no setting is near, the message lists all."""
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({"SUMMIT_QQQQQQ": "1"})
    assert all(PREFIX + field.upper() in str(caught.value) for field in Settings.model_fields)


@pytest.mark.parametrize("name", ["summit_port", "Summit_Port"])
def test_case_does_not_matter(name: str) -> None:
    """A variable in small letters counts as well."""
    assert Settings.from_env({name: "8080"}).port == 8080


def test_other_peoples_variables_are_left_alone() -> None:
    """Only names with our prefix are looked at."""
    settings = Settings.from_env({"PORT": "1", "SUMMITS_PORT": "2", "MY_SUMMIT_PORT": "3", "HOST": "x"})
    assert (settings.port, settings.host) == (7860, "127.0.0.1")


@pytest.mark.parametrize("value", ["", " ", "7860.5", "0x50", "١٢٣x"])
def test_a_port_that_is_no_number_is_refused(value: str) -> None:
    """An empty or odd value is an error of ours, not a traceback."""
    with pytest.raises(SettingsError, match="SUMMIT_PORT="):
        Settings.from_env({"SUMMIT_PORT": value})
