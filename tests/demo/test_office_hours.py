"""The simulated company keeps the hours and promises that the seeds govern, or every speed number would be its own."""

import csv
from datetime import date, timedelta

from orchestration.demo.clock import CLOSES, OPENS, Clock
from orchestration.demo.parameters import Parameters
from orchestration.demo.vocabulary import REGIONS, ZONES
from orchestration.settings import SEEDS

START, DAYS = date(2024, 12, 1), 730


def rows(seed: str) -> list[dict[str, str]]:
    with (SEEDS / f"{seed}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_offices_open_on_the_same_days_and_hours():
    clock = Clock(START)
    holidays = {(row["region"], date.fromisoformat(row["holiday_date"])) for row in rows("holidays")}
    calendars = {(row["region"], int(row["weekday"])): row for row in rows("business_calendars")}
    for code, region in enumerate(REGIONS):
        for number in range(DAYS):
            day = START + timedelta(days=number)
            hours = calendars.get((region, day.isoweekday()))
            assert clock.is_open[code, number] == (hours is not None and (region, day) not in holidays), (region, day)
            if hours:
                assert hours["time_zone"] == ZONES[code]
                assert hours["opens_at"] == f"{OPENS // 3600:02}:00"
                assert hours["closes_at"] == f"{CLOSES // 3600:02}:00"


def test_the_promise_is_the_same():
    promised = {row["promise"]: float(row["promised"]) for row in rows("sla_promises")}
    assert promised["first_touch_business_hours"] == Parameters().sla_business_hours
