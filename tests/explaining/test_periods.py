"""Periods as people write them."""

from datetime import date

import pytest

from orchestration.explaining.periods import Period, read_period


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-06-15", date(2026, 6, 15), date(2026, 6, 15)),
        ("2026-W01", date(2025, 12, 29), date(2026, 1, 4)),
        ("2026-w9", date(2026, 2, 23), date(2026, 3, 1)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-05..2026-06-14", date(2026, 5, 1), date(2026, 6, 14)),
    ],
)
def test_days_of_a_period(text: str, start: date, end: date) -> None:
    assert read_period(text) == Period(start, end)


@pytest.mark.parametrize(
    "text", ["26", "2026-13", "2026-02-30", "2026-W54", "2026-Q5", "June 2026", "2026-06..2026-05"]
)
def test_what_is_no_period_is_told_how_to_write_one(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no period; write it as 2026-06-15, 2026-W25"):
        read_period(text)
