"""Time in the simulated company: when people are awake, when offices are open. Instants are whole UTC epoch seconds."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from orchestration.demo.parameters import HORIZON_DAYS
from orchestration.demo.vocabulary import ZONES

DAY = 86_400
OPENS, CLOSES = 9 * 3600, 17 * 3600
# (month, day) on which a region's offices are closed.
HOLIDAYS = (
    {(1, 1), (7, 4), (12, 25)},
    {(1, 1), (5, 1), (12, 25), (12, 26)},
    {(1, 1), (5, 1), (12, 25)},
)
# (month, weekday) -> days of the month one of which is a holiday of the first region: Memorial Day, Labor Day and
# Thanksgiving. The project's seed `holidays` has the same days.
MOVING_HOLIDAYS = {(5, 0): range(25, 32), (9, 0): range(1, 8), (11, 3): range(22, 29)}
MONTH_DEMAND = (1.10, 1.08, 1.10, 1.02, 1.02, 0.98, 0.84, 0.78, 1.14, 1.12, 1.06, 0.72)
YEARLY_GROWTH = 0.15
WEEKEND_DEMAND, HOLIDAY_DEMAND = 0.22, 0.35
# Share of visits by local hour: office hours, a lunch dip, an evening tail.
HOUR_DEMAND = (1, 1, 1, 1, 1, 2, 4, 8, 16, 24, 27, 26, 20, 22, 26, 25, 22, 16, 10, 8, 8, 7, 4, 2)


class Clock:
    """Calendars of the three regions over the horizon, as arrays indexed by region and day."""

    def __init__(self, start: date) -> None:
        self.start = start
        self.epoch = int(datetime(start.year, start.month, start.day, tzinfo=UTC).timestamp())
        # A margin behind the horizon, for what is promised inside it and due later.
        self.days = HORIZON_DAYS + 400
        dates = [start + timedelta(days=day) for day in range(self.days)]
        noon = [datetime(day.year, day.month, day.day, 12, tzinfo=UTC) for day in dates]
        self.offset = np.array(
            [[int(ZoneInfo(zone).utcoffset(at.replace(tzinfo=None)).total_seconds()) for at in noon] for zone in ZONES]
        )
        weekend = np.array([day.weekday() >= 5 for day in dates])
        holiday = np.array([[_is_holiday(day, region) for day in dates] for region in range(len(ZONES))])
        season = np.array([MONTH_DEMAND[day.month - 1] for day in dates])
        growth = 1 + YEARLY_GROWTH * np.arange(self.days) / 365
        demand = season * growth * np.where(weekend, WEEKEND_DEMAND, 1.0)
        self.demand = demand * np.where(holiday, HOLIDAY_DEMAND, 1.0)
        self.is_open = ~(weekend | holiday)
        self.quarter = np.array([day.year * 4 + (day.month - 1) // 3 for day in dates]) - (
            start.year * 4 + (start.month - 1) // 3
        )
        self.month = np.array([day.year * 12 + day.month for day in dates]) - (start.year * 12 + start.month)
        self.weekday = np.array([day.weekday() for day in dates])
        self._worked = np.concatenate(
            [np.zeros((3, 1), dtype=np.int64), np.cumsum(self.is_open * (CLOSES - OPENS), axis=1)], axis=1
        )

    def day_of(self, instant: npt.NDArray) -> npt.NDArray[np.int64]:
        """UTC day number of instants."""
        return (instant - self.epoch) // DAY

    def midnight(self, day: npt.NDArray | int) -> npt.NDArray:
        """UTC midnight that opens a day."""
        return self.epoch + day * DAY

    def local(self, day: npt.NDArray, region: npt.NDArray, seconds: npt.NDArray | int) -> npt.NDArray[np.int64]:
        """Instants of a wall-clock time on local days."""
        return self.epoch + day * DAY + seconds - self.offset[region, np.clip(day, 0, self.days - 1)]

    def waking(self, rng: np.random.Generator, day: npt.NDArray, region: npt.NDArray) -> npt.NDArray[np.int64]:
        """Instants on local days, at the hours at which people browse."""
        edges = np.cumsum(HOUR_DEMAND) / np.sum(HOUR_DEMAND)
        hour = np.minimum(np.searchsorted(edges, rng.random(len(day)), side="right"), 23)
        return self.local(day, region, hour * 3600 + rng.integers(0, 3600, len(day)))

    def after_work(self, instant: npt.NDArray, region: npt.NDArray, seconds: npt.NDArray) -> npt.NDArray[np.int64]:
        """Instants at which `seconds` of office hours have passed since `instant`."""
        offset = self.offset[region, np.clip(self.day_of(instant), 0, self.days - 1)]
        day = np.clip(self.day_of(instant + offset), 0, self.days - 1)
        of_day = instant + offset - self.midnight(day)
        worked = self._worked[region, day] + np.where(
            self.is_open[region, day], np.clip(of_day - OPENS, 0, CLOSES - OPENS), 0
        )
        due = worked + np.maximum(seconds, 1).astype(np.int64)
        result = np.empty(len(instant), dtype=np.int64)
        for code in range(len(ZONES)):
            rows = region == code
            last = np.searchsorted(self._worked[code], due[rows], side="left") - 1
            last = np.minimum(last, self.days - 1)
            result[rows] = self.local(last, region[rows], OPENS + due[rows] - self._worked[code][last])
        return result

    def work_between(self, begin: npt.NDArray, end: npt.NDArray, region: npt.NDArray) -> npt.NDArray[np.int64]:
        """Seconds of office hours between instants."""
        return self._office(end, region) - self._office(begin, region)

    def _office(self, instant: npt.NDArray, region: npt.NDArray) -> npt.NDArray[np.int64]:
        local = instant + self.offset[region, np.clip(self.day_of(instant), 0, self.days - 1)]
        day = np.clip(self.day_of(local), 0, self.days - 1)
        today = np.where(self.is_open[region, day], np.clip(local - self.midnight(day) - OPENS, 0, CLOSES - OPENS), 0)
        return self._worked[region, day] + today


def _is_holiday(day: date, region: int) -> bool:
    moving = MOVING_HOLIDAYS.get((day.month, day.weekday()), range(0)) if region == 0 else range(0)
    return day.day in moving or (day.month, day.day) in HOLIDAYS[region]
