"""What is delivered when: an object's export, the days to write, and which files come late or are corrected."""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal

import numpy as np

from orchestration.demo.clock import DAY, Clock
from orchestration.demo.fault_rates import FaultRates
from orchestration.demo.parameters import HORIZON_DAYS
from orchestration.demo.streams import stream


@dataclass(frozen=True)
class Extract:
    """One object's export: a query and how its vendor writes it.

    `sql` gives `_at` (epoch seconds: which day's file) and the columns under the vendor's names; `order` makes the
    order within a day total. Where the text is bulky `sql` gives narrow rows only, and `dressed` reads them from
    `_extract` with their `_day` and `_position`, a stretch of days at a time. `restated` maps a column to the wrong
    value that its first delivery shows when a corrected file follows. `left_out` names the key and a column that some
    deliveries lack. `malformed` names the key and cursor in which copies of rows are broken.
    """

    system: str
    object: str
    sql: str
    order: str
    format: Literal["csv", "jsonl", "parquet"] = "csv"
    compressed: bool = False
    null: str = ""
    newline: str = "\n"
    encoding: str = "utf-8"
    has_bom: bool = False
    malformed: tuple[str, ...] = ()
    restated: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[str, str] | None = None
    is_prompt: bool = False
    dressed: str = "select * from _extract"


@dataclass(frozen=True)
class Schedule:
    """Which days are written, and where."""

    landing: Path
    clock: Clock
    seed: int
    faults: FaultRates
    first_day: int
    last_day: int
    advance: Callable[[str], None] = lambda label: None


Fault = tuple[str, str, str, str, int, str]


class Plan:
    """Which of an object's files come late, and which are delivered again, corrected.

    Only files of the first three weeks of a month, so that a month's end finds everything delivered.
    """

    def __init__(self, extract: Extract, schedule: Schedule) -> None:
        self.extract, self.schedule = extract, schedule
        rng = stream(schedule.seed, f"delivery {extract.system} {extract.object}")
        day_of_month = np.array([(schedule.clock.start + timedelta(days=day)).day for day in range(HORIZON_DAYS)])
        quiet = (day_of_month > 3) & (day_of_month < 21) & (not extract.is_prompt)
        draw, delay = rng.random(HORIZON_DAYS), rng.integers(1, 4, HORIZON_DAYS)
        self.delay = np.where(quiet & (draw < schedule.faults.late_file), delay, 0)
        again = quiet & (draw > 1 - schedule.faults.corrected_file)
        self.again = np.where(again, delay + 1, 0)
        columns = stream(schedule.seed, f"columns {extract.system} {extract.object}").random(HORIZON_DAYS)
        self.lacks = (columns < schedule.faults.missing_column) & (self.again == 0) & (extract.left_out is not None)
        shapes = stream(schedule.seed, f"shapes {extract.system} {extract.object}")
        is_odd, self.variant = shapes.random(HORIZON_DAYS), shapes.integers(0, 2, HORIZON_DAYS)
        self.is_odd = (is_odd < schedule.faults.odd_file) & (self.again == 0)
        # What an odd file really is, and how many rows of it can be read.
        self.odd: dict[int, tuple[str, int]] = {}
        self.written: set[int] = set()

    @property
    def has_corrections(self) -> bool:
        """Whether any file is delivered again."""
        return bool(self.again.any())

    def path(self, day: int, *, corrected: bool = False) -> Path:
        """Where a day's file goes; `_v2` sorts behind the first delivery."""
        date = self.schedule.clock.start + timedelta(days=day)
        suffix = f"{self.extract.format}.gz" if self.extract.compressed else self.extract.format
        name = f"{self.extract.object}_{date}{'_v2' if corrected else ''}.{suffix}"
        return self.schedule.landing / self.extract.system / self.extract.object / name

    def due(self, day: int, *, corrected: bool = False) -> bool:
        """Whether a file is delivered on the days to write."""
        delivered = day + int(self.again[day] if corrected else self.delay[day])
        return self.schedule.first_day <= delivered <= self.schedule.last_day and (not corrected or self.again[day] > 0)

    def exists(self, day: int) -> bool:
        """Whether the file is delivered by the last day."""
        return day + int(self.delay[day]) <= self.schedule.last_day

    def save(self, path: Path, day: int, content: bytes) -> None:
        """Write a file; its modification time is the morning after the day it was delivered on."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        delay = int(self.again[day] if "_v2." in path.name else self.delay[day])
        # Never in the future, or a reader would take the file for one still being written.
        instant = min(int(self.schedule.clock.midnight(day + delay + 1)) + 3 * 3600, int(time.time()) - 60)
        os.utime(path, (instant, instant))

    def faults(self) -> list[Fault]:
        """The late, corrected and odd files that were delivered, and those without a column."""
        found: list[Fault] = []
        for day in sorted(self.written):
            at = int(self.schedule.clock.midnight(day))
            if self.extract.left_out and self.lacks[day] and self.exists(day):
                found.append(self._fault("missing_column", day, at, self.extract.left_out[1]))
            if day in self.odd and self.exists(day):
                shape, rows = self.odd[day]
                found.append(self._fault("odd_file", day, at + int(self.delay[day]) * DAY, f"{shape} {rows} rows"))
            for kind, delay, corrected in (
                ("late_file", self.delay[day], False),
                ("corrected_file", self.again[day], True),
            ):
                if delay and day + delay <= self.schedule.last_day:
                    found.append(
                        self._fault(kind, day, at + int(delay) * DAY, f"{delay} days later", corrected=corrected)
                    )
        return found

    def _fault(self, kind: str, day: int, at: int, detail: str, *, corrected: bool = False) -> Fault:
        name = self.path(day, corrected=corrected).relative_to(self.schedule.landing).as_posix()
        return kind, self.extract.system, self.extract.object, name, at, detail
