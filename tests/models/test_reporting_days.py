"""A date without time is that reporting date in every zone, clock changes at midnight included."""

from collections.abc import Callable

import duckdb
import pytest

# Santiago and Beirut change their clocks at midnight, Lord Howe by half an hour; Kiritimati and Midway are a day apart.
ZONES = (
    "UTC",
    "America/New_York",
    "Asia/Tokyo",
    "Asia/Kolkata",
    "Europe/Berlin",
    "America/Santiago",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "Pacific/Kiritimati",
    "Pacific/Midway",
)


@pytest.mark.parametrize("zone", ZONES)
def test_dates_without_time_shift(
    compile_sql: Callable[..., str], database: duckdb.DuckDBPyConnection, zone: str
) -> None:
    bounds = compile_sql(
        inline="""
            select
                day,
                {{ day_start('day') }} as starts_at,
                {{ day_end('day') }} as ends_at,
                {{ reporting_date(day_start('day')) }} as start_date,
                {{ reporting_date(day_end('day')) }} as end_date
            from days
        """,
        variables={"reporting_timezone": zone},
    )
    database.execute(
        "create table days as select cast(day as date) as day"
        " from generate_series(date '2024-01-01', date '2026-12-31', interval 1 day) as days (day)"
    )
    counted, shifted, hours = database.execute(
        f"""
        select count(*), count(*) filter (where start_date <> day or end_date <> day),
            list(distinct date_diff('second', starts_at, ends_at) + 1)
        from ({bounds})
        """
    ).fetchall()[0]
    assert (counted, shifted) == (1096, 0)
    assert set(hours) <= {hour * 1800 for hour in range(46, 51)}


def test_the_last_second_of_a_day_is_before_the_next(
    compile_sql: Callable[..., str], database: duckdb.DuckDBPyConnection
) -> None:
    """A close date of the 1st of April, by the clock of each zone."""
    ends = {}
    for zone in ("UTC", "America/New_York", "Asia/Tokyo", "Asia/Kolkata"):
        sql = compile_sql(
            inline="select cast({{ day_end(\"date '2026-04-01'\") }} as varchar) as ends_at",
            variables={"reporting_timezone": zone},
        )
        ends[zone] = database.execute(sql).fetchall()[0][0]
    assert ends == {
        "UTC": "2026-04-01 23:59:59",
        "America/New_York": "2026-04-02 03:59:59",
        "Asia/Tokyo": "2026-04-01 14:59:59",
        "Asia/Kolkata": "2026-04-01 18:29:59",
    }
