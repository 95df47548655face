"""A period as people write it: a day, a week, a month, a quarter, a year, or from one day to another."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

SPELLINGS = "2026-06-15, 2026-W25, 2026-06, 2026-Q2, 2026 or 2026-06-01..2026-06-14"


@dataclass(frozen=True)
class Period:
    """Days from `start` to `end`, both of them in it."""

    start: date
    end: date

    def __str__(self) -> str:
        return f"{self.start}" if self.start == self.end else f"{self.start} to {self.end}"


def read_period(text: str) -> Period:
    """The days that `text` names; raises ValueError, with how it is written, where it names none."""
    try:
        return _read(text.strip())
    except ValueError as error:
        raise ValueError(f"{text!r} is no period; write it as {SPELLINGS}") from error


def _read(text: str) -> Period:
    first, dots, last = text.partition("..")
    if dots:
        period = Period(_read(first).start, _read(last).end)
        if period.end < period.start:
            raise ValueError("it ends before it begins")
        return period
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        day = date.fromisoformat(text)
        return Period(day, day)
    if found := re.fullmatch(r"(\d{4})-[Ww](\d\d?)", text):
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
        return Period(monday, monday + timedelta(days=6))
    if found := re.fullmatch(r"(\d{4})-[Qq]([1-4])", text):
        return _months(int(found[1]), 3 * int(found[2]) - 2, count=3)
    if found := re.fullmatch(r"(\d{4})-(\d\d)", text):
        return _months(int(found[1]), int(found[2]), count=1)
    if re.fullmatch(r"\d{4}", text):
        return _months(int(text), 1, count=12)
    raise ValueError("no such spelling")


def _months(year: int, month: int, *, count: int) -> Period:
    after = year * 12 + month - 1 + count
    return Period(date(year, month, 1), date(after // 12, after % 12 + 1, 1) - timedelta(days=1))
