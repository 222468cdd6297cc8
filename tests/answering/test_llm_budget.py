"""The daily budget counts across threads, restarts and days."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assistant.answering.budget import DailyBudget
from assistant.answering.faults import ModelFault


def test_requests_and_tokens_are_limited() -> None:
    """Each limit has its own message with the setting to raise."""
    budget = DailyBudget(2, 100)
    budget.reserve()
    budget.reserve()
    with pytest.raises(ModelFault, match="SUMMIT_LLM_DAILY_REQUESTS"):
        budget.reserve()
    budget = DailyBudget(10, 100)
    budget.reserve()
    budget.spend(100)
    with pytest.raises(ModelFault, match="SUMMIT_LLM_DAILY_TOKENS"):
        budget.reserve()


def test_a_restart_does_not_refill_it(tmp_path: Path) -> None:
    """The file remembers what was spent today."""
    path = tmp_path / "budget.sqlite"
    DailyBudget(1, 100, path).reserve()
    assert DailyBudget(1, 100, path).spent() == (1, 0)
    with pytest.raises(ModelFault):
        DailyBudget(1, 100, path).reserve()


def test_a_new_day_refills_it() -> None:
    """Days are counted apart."""
    days = ["2025-02-10", "2025-02-10", "2025-02-10"]
    budget = DailyBudget(1, 100, today=lambda: days[0])
    budget.reserve()
    days[0] = "2025-02-11"
    budget.reserve()
    assert budget.spent() == (1, 0)


def test_threads_never_overdraw_it(tmp_path: Path) -> None:
    """Of forty reservations at once, exactly the allowed ones succeed."""
    budget = DailyBudget(25, 1_000, tmp_path / "budget.sqlite")

    def reserve(_: int) -> bool:
        try:
            budget.reserve()
        except ModelFault:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(reserve, range(40))) == 25


def test_a_file_that_cannot_be_used_ends_in_a_fault(tmp_path: Path) -> None:
    """A folder in the file's place is told with the setting to check."""
    with pytest.raises(ModelFault, match="SUMMIT_DATA_DIR"):
        DailyBudget(1, 1, tmp_path).reserve()
