"""Business time against a brute-force clock: clock changes, weekends, holidays, nights, half-hour zones."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

FIRST, LAST = datetime(2025, 10, 1), datetime(2026, 4, 20)
OFFICE = {weekday: [("09:00", "17:00")] for weekday in range(1, 6)}
# region -> zone, shifts by ISO weekday, holidays. Sundays are open where clocks change on them.
REGIONS = {
    "amer": ("America/New_York", OFFICE, {date(2025, 11, 27), date(2025, 12, 25), date(2026, 1, 1)}),
    "emea": ("Europe/Berlin", OFFICE, {date(2025, 12, 25), date(2025, 12, 26)}),
    "apac": ("Asia/Singapore", OFFICE, {date(2026, 1, 1)}),
    "always": ("America/New_York", {weekday: [("00:00", "24:00")] for weekday in range(1, 8)}, set()),
    "sundays": ("Europe/Berlin", {7: [("00:30", "23:15")], 1: [("12:00", "24:00")]}, {date(2026, 1, 4)}),
    "half": ("Asia/Kolkata", OFFICE, set()),
    "south": ("Australia/Sydney", {weekday: [("06:00", "22:00")] for weekday in range(1, 8)}, {date(2026, 1, 26)}),
    "nights": ("Europe/Berlin", {weekday: [("22:00", "06:00")] for weekday in range(1, 6)}, {date(2025, 12, 24)}),
    "lunch": (
        "Europe/Berlin",
        {weekday: [("8:30", "12:00"), ("13:00", "17:30"), ("23:00", "00:00")] for weekday in range(1, 8)},
        {date(2025, 12, 25)},
    ),
}
TABLES = """
    create table business_calendars (region varchar, time_zone varchar, weekday bigint, opens_at varchar,
        closes_at varchar);
    create table holidays (region varchar, holiday_date date);
    create table int_stage_transitions (stage varchar, entered_at timestamp);
    create table waits (begun_at timestamp, region varchar, ended_at timestamp, promised double);
    create view int_mql_passes as
    select rowid::varchar as mql_pass_id, begun_at as mql_at, ended_at as first_touch_at, ended_at as waited_until,
        begun_at as inquiry_at, false as has_negative_interval from waits;
    create view int_mql_owners as
    select rowid::varchar as mql_pass_id, region, begun_at as assigned_at from waits;
    create view sla_promises as
    select 'first_touch_business_hours' as promise, max(promised) as promised, date '1900-01-01' as valid_from,
        null::date as valid_to from waits;
"""


def shifts(region: str, day: date) -> list[tuple[datetime, datetime]]:
    """When the shifts of a region that begin on a local day open and close, naive UTC, in their order."""
    zone, week, holidays = REGIONS[region]
    begun = [] if day in holidays else week.get(day.isoweekday(), [])
    midnight = datetime.combine(day, datetime.min.time())
    spans = [(midnight + _after_midnight(opens), midnight + _after_midnight(closes)) for opens, closes in begun]
    spans = [(opens, closes if closes > opens else closes + timedelta(days=1)) for opens, closes in spans]
    return [(_utc(opens, zone), _utc(closes, zone)) for opens, closes in spans]


def _after_midnight(time: str) -> timedelta:
    hour, minute = time.split(":")
    return timedelta(hours=int(hour), minutes=int(minute))


def _utc(local: datetime, zone: str) -> datetime:
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)


def business_seconds(region: str, begun: datetime, ended: datetime) -> float:
    """Day by day, the overlap of an interval with the hours; negative when it runs backwards."""
    if ended < begun:
        return -business_seconds(region, ended, begun)
    days = [begun.date() + timedelta(days=n) for n in range(-2, (ended - begun).days + 4)]
    spans = [span for day in days for span in shifts(region, day)]
    return sum(max((min(ended, closes) - max(begun, opens)).total_seconds(), 0) for opens, closes in spans)


def due_at(region: str, begun: datetime, promised: float) -> datetime:
    """Day by day, the instant at which the promised seconds have passed."""
    left, day = promised, begun.date() - timedelta(days=2)
    while True:
        for opened, closes in shifts(region, day):
            opens = max(opened, begun)
            if closes > begun and (closes - opens).total_seconds() >= left:
                return opens + timedelta(seconds=left)
            left -= max((closes - opens).total_seconds(), 0)
        day += timedelta(days=1)


@pytest.fixture(scope="module")
def calendar(compile_sql: Callable[..., str]) -> Iterator[duckdb.DuckDBPyConnection]:
    """The regions' days as the model makes them, and what int_mql_times reads beside them, from `waits`."""
    with duckdb.connect() as database:
        database.execute("set TimeZone = 'UTC'")
        database.execute(TABLES)
        for region, (zone, week, holidays) in REGIONS.items():
            for weekday, spans in week.items():
                database.executemany(
                    "insert into business_calendars values (?, ?, ?, ?, ?)",
                    [[region, zone, weekday, *span] for span in spans],
                )
            for day in holidays:
                database.execute("insert into holidays values (?, ?)", [region, day])
        database.execute("insert into int_stage_transitions values ('mql', ?), ('won', '1999-01-01')", [FIRST])
        database.execute("create table int_human_touches as select 'crm' as system")
        database.execute("create table int_system_roles (system varchar, system_role varchar)")
        database.execute("create table stg_lake__ledger (system varchar, object varchar, load_status varchar)")
        database.execute(f"create table int_business_days as {compile_sql(model='int_business_days')}")
        database.execute(f"create view int_mql_times as {compile_sql(model='int_mql_times')}")
        yield database


def timed(calendar: duckdb.DuckDBPyConnection, waits: list[tuple[datetime, str, datetime, float]]) -> list[tuple]:
    """Seconds waited and instant due, as the model gives them."""
    calendar.execute("delete from waits")
    calendar.executemany("insert into waits values (?, ?, ?, ?)", waits)
    return calendar.execute("select waited_seconds, due_at from int_mql_times order by mql_pass_id::bigint").fetchall()


INSTANTS = st.datetimes(FIRST, LAST)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(INSTANTS, st.sampled_from(sorted(REGIONS)), INSTANTS), min_size=1, max_size=40),
    st.integers(1, 60 * 3600),
)
def test_business_time_is_what_a_clock_counts(calendar, drawn, promised):
    """Forwards and backwards, to the millisecond; the promise ends when its seconds have passed."""
    results = timed(calendar, [(begun, region, ended, promised / 3600) for begun, region, ended in drawn])
    for (begun, region, ended), (seconds, due) in zip(drawn, results, strict=True):
        assert seconds == pytest.approx(business_seconds(region, begun, ended), abs=0.001)
        assert abs((due - due_at(region, begun, promised)).total_seconds()) < 0.001
        assert business_seconds(region, begun, due) == pytest.approx(promised, abs=0.001)


@pytest.mark.parametrize(
    ("region", "begun", "ended", "seconds"),
    [
        pytest.param("always", "2025-11-02 04:00", "2025-11-03 05:00", 25 * 3600, id="a day of 25 hours"),
        pytest.param("always", "2026-03-08 05:00", "2026-03-09 04:00", 23 * 3600, id="a day of 23 hours"),
        pytest.param("amer", "2025-10-31 20:00", "2025-11-03 15:00", 2 * 3600, id="over the change back to 9 o'clock"),
        pytest.param("amer", "2026-03-06 21:00", "2026-03-09 14:00", 2 * 3600, id="over the change to summer time"),
        pytest.param("amer", "2025-11-26 12:00", "2025-11-28 15:00", 9 * 3600, id="Thanksgiving is closed"),
        pytest.param("emea", "2025-12-24 15:30", "2025-12-29 08:30", 1800 + 1800, id="holidays and a weekend"),
        pytest.param("apac", "2025-12-31 10:00", "2026-01-02 01:00", 0, id="after closing until opening"),
        pytest.param("emea", "2026-01-06 12:00", "2026-01-06 11:00", -3600, id="backwards"),
        pytest.param("nights", "2026-01-06 21:00", "2026-01-07 02:00", 5 * 3600, id="a shift over midnight"),
        pytest.param("nights", "2025-12-24 20:00", "2025-12-25 12:00", 0, id="no shift begins on a holiday"),
        pytest.param("nights", "2026-01-09 20:00", "2026-01-12 20:00", 8 * 3600, id="Friday's shift ends on Saturday"),
        pytest.param("lunch", "2026-01-06 10:30", "2026-01-06 12:30", 3600, id="an hour closed at noon"),
    ],
)
def test_business_time_of_known_days(calendar, region, begun, ended, seconds):
    begun, ended = datetime.fromisoformat(begun), datetime.fromisoformat(ended)
    assert timed(calendar, [(begun, region, ended, 1.0)])[0][0] == seconds
    assert business_seconds(region, begun, ended) == seconds
