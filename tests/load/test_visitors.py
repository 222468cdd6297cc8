"""Two hundred visitors at once."""

from __future__ import annotations

import pytest

from assistant.settings import Settings
from tests.load.visitors import Crowd, visit


@pytest.mark.usefixtures("real_parts")
def test_two_hundred_visitors_for_a_minute(real_settings: Settings) -> None:
    """Each gets the answer that everybody gets, or is asked to come again; nobody gets an error."""
    report = visit(real_settings, Crowd(visitors=200, seconds=60))
    print("\n".join(report.lines()))
    assert report.errors == []
    assert len(report.took) > 100
