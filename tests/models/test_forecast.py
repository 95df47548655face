"""Forecasts of revenue against simulated companies whose law is known, and against plain Python on one of them."""

import math
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction

import duckdb
import numpy as np
import pyarrow as pa
import pytest

AS_OF = date(2026, 7, 1)
FIRST = date(2023, 1, 1)
MODELS = ("int_forecast_windows", "int_forecast_lags", "int_forecast_chances", "fct_revenue_forecasts")
TYPES = {"stage": pa.string(), "entity_id": pa.string(), "reached_date": pa.date32(), "won_date": pa.date32(),
         "won_usd": pa.float64(), "lost_date": pa.date32()}  # fmt: skip
NAMES = tuple(TYPES)
Entity = tuple[str, str, date, date | None, float | None, date | None]


@pytest.fixture(scope="module")
def models(compile_sql: Callable[..., str]) -> dict[str, str]:
    variables = {"as_of": f"{AS_OF} 02:00:00"}
    return {model: compile_sql(model=model, variables=variables) for model in MODELS}


def forecast(
    models: dict[str, str], entities: list[Entity], *, target: float | None = None
) -> duckdb.DuckDBPyConnection:
    """A database with every model of forecasts, made from those who reached a stage."""
    database = duckdb.connect()
    columns = dict(zip(NAMES, zip(*entities, strict=True) if entities else [()] * len(NAMES), strict=True))
    given = pa.table({name: pa.array(values, type=TYPES[name]) for name, values in columns.items()})
    database.execute("""
        create table int_forecast_entities as select * replace (won_usd::decimal(18, 2) as won_usd) from given
    """)
    assert given.num_rows == len(entities)
    database.execute("create table kpi_targets (kpi varchar, warn_value double, valid_from date, valid_to date)")
    if target is not None:
        database.execute("insert into kpi_targets values ('revenue_won', ?, '1900-01-01', null)", [target])
    database.execute("""
        create table check_thresholds as
        select * from (values ('forecast_least_wins', 20), ('forecast_late_share', 0.1)) as rows (threshold, warn)
    """)
    for model, sql in models.items():
        database.execute(f"create table {model} as {sql}")
    return database


def company(seed: int, *, weekly: float = 8, win_rate: float = 0.3, days: float = 45) -> list[Entity]:
    """Opportunities of three years and a half: created by chance, won after a time that is exponential, or lost."""
    rng = np.random.default_rng(seed)
    created = np.flatnonzero(rng.random((AS_OF - FIRST).days * 10) < weekly / 70) // 10
    lags = 1 + rng.exponential(days, len(created)).astype(int)
    amounts = np.round(np.exp(rng.normal(10, 0.8, len(created))), 2)
    wins = rng.random(len(created)) < win_rate
    losses = 1 + rng.exponential(days / 2, len(created)).astype(int)
    rows: list[Entity] = []
    for number, day in enumerate(created.tolist()):
        reached = FIRST + timedelta(days=day)
        won = reached + timedelta(days=int(lags[number]))
        is_won = bool(wins[number]) and won <= AS_OF
        lost = reached + timedelta(days=int(losses[number]))
        is_lost = not wins[number] and number % 3 > 0 and lost <= AS_OF  # of the others nobody ever hears again
        amount = amounts[number] if is_won else None
        rows.append(("opportunity", str(number), reached, won if is_won else None, amount, lost if is_lost else None))
    return rows


def test_intervals_hold_as_often_as_they_say(models: dict[str, str]) -> None:
    """Of 20 companies; quarters of neighbouring days overlap, so the share strays further than of as many coins."""
    held, count = 0, 0
    for seed in range(20):
        with forecast(models, company(seed)) as database:
            rows = database.execute("""
                select is_within_interval from fct_revenue_forecasts where is_test and forecast_status = 'forecast'
            """).fetchall()
        held, count = held + sum(is_held for (is_held,) in rows), count + len(rows)
    assert count > 1_000
    assert held / count == pytest.approx(0.9, abs=0.04)


def test_the_same_in_plain_python(models: dict[str, str]) -> None:
    entities = company(3)
    with forecast(models, entities, target=2_000_000) as database:
        found = database.execute("""
            select quarters_ahead, period_start_date, stock_usd, expected_usd, low_usd, high_usd, pace_weekly_count,
                required_weekly_count, safe_weekly_count
            from fct_revenue_forecasts where not is_test order by quarters_ahead
        """).fetchall()
    starts = {1: date(2026, 10, 1), 2: date(2027, 1, 1)}
    ends = {1: starts[2], 2: date(2027, 4, 1)}
    curve = curves(entities)
    wins = [round(float(usd)) for *_, won, usd, _ in entities if won and won < AS_OF and usd]
    mean, square = sum(wins) / len(wins), sum(usd * usd for usd in wins) / len(wins)
    pace = sum(AS_OF - timedelta(days=91) <= reached < AS_OF for _, _, reached, *_ in entities) / 13
    assert [row[0] for row in found] == [1, 2]
    for ahead, start, stock, expected, low, high, weekly, required, safe in found:
        assert start == starts[ahead]
        assert weekly == pytest.approx(pace)
        there = [chance(curve, reached, starts[ahead], ends[ahead], known=AS_OF)
                 for _, _, reached, won, _, lost in entities
                 if reached < AS_OF and (won or lost or AS_OF) >= AS_OF]  # fmt: skip
        weeks = [chance(curve, AS_OF + timedelta(days=7 * week + 3), starts[ahead], ends[ahead])
                 for week in range(40) if AS_OF + timedelta(days=7 * week + 3) < ends[ahead]]  # fmt: skip

        def interval(
            count: float, there: list[float] = there, weeks: list[float] = weeks
        ) -> tuple[float, float, float]:
            """Lower end, middle and upper end when so many reach the stage each week."""
            middle = mean * (sum(there) + count * sum(weeks))
            variance = square * (sum(there) + count * sum(weeks)) - mean * mean * (
                sum(p * p for p in there) + count * sum(p * p for p in weeks)
            )
            reach = 1.6449 * math.sqrt(variance + square / mean / mean / len(wins) * middle * middle)
            return max(middle - reach, 0), middle, middle + reach

        assert stock == pytest.approx(mean * sum(there), rel=1e-6, abs=0.01)
        assert (low, expected, high) == pytest.approx(interval(pace), rel=1e-6)
        assert interval(required)[1] == pytest.approx(2_000_000, rel=1e-6)
        assert interval(safe)[0] == pytest.approx(2_000_000, rel=1e-6)


def test_a_stage_watched_too_short_or_won_too_seldom_has_no_forecast(models: dict[str, str]) -> None:
    slow = [("mql", *rest) for _, *rest in company(1, days=400)]
    seldom = [("sql", *rest) for _, *rest in company(2, win_rate=0.01)]
    with forecast(models, [*company(1), *slow, *seldom]) as database:
        status = dict(database.execute("""
            select forecast_from, forecast_status from fct_revenue_forecasts
            where not is_test and quarters_ahead = 1
        """).fetchall())  # fmt: skip
        numbers = database.execute("""
            select count(*) from fct_revenue_forecasts
            where forecast_status <> 'forecast' and coalesce(expected_usd, low_usd, required_weekly_count) is not null
        """).fetchall()
    assert status == {"opportunity": "forecast", "mql": "too_young", "sql": "too_few"}
    assert numbers == [(0,)]


def test_nothing_that_happened_later_is_known_to_a_forecast_of_the_past(models: dict[str, str]) -> None:
    """What is won after a day changes what was won in the quarter, not what was expected of those who were there."""
    day = date(2025, 9, 1)
    entities = company(4)
    cut = [
        (
            *row[:3],
            *(row[3:5] if row[3] and row[3] < day else (None, None)),
            row[5] if row[5] and row[5] < day else None,
        )
        for row in entities
    ]
    query = f"""
        select stock_usd, win_count, mean_won_usd from fct_revenue_forecasts where origin_date = date '{day}'
        order by quarters_ahead
    """
    with forecast(models, entities) as known, forecast(models, cut) as unknown:
        assert known.execute(query).fetchall() == unknown.execute(query).fetchall()


def test_without_a_target_nothing_is_required(models: dict[str, str]) -> None:
    with forecast(models, company(5)) as database:
        row = database.execute("""
            select required_weekly_count, safe_weekly_count, target_usd, expected_usd > 0
            from fct_revenue_forecasts where not is_test and quarters_ahead = 1
        """).fetchone()
    assert row == (None, None, None, True)


def test_a_company_without_history_has_none(models: dict[str, str]) -> None:
    with forecast(models, []) as database:
        assert database.execute("select count(*) from fct_revenue_forecasts").fetchall() == [(0,)]


def test_nobody_waits_of_deals_that_were_lost(models: dict[str, str]) -> None:
    """Of deals that were lost by the dozen last month nothing is to be expected, though most of their age are won."""
    made, closed = AS_OF - timedelta(days=20), AS_OF - timedelta(days=19)
    junk = [("opportunity", f"junk {number}", made, None, None, closed) for number in range(60)]
    entities = [(*row[:5], row[5] or (None if row[3] else AS_OF - timedelta(days=1))) for row in company(6)]
    query = "select stock_usd from fct_revenue_forecasts where not is_test"
    with forecast(models, [*entities, *junk]) as database:
        assert database.execute(query).fetchall() == [(0,), (0,)]


def test_a_win_of_an_unknown_amount_is_a_win_and_none_of_nought(models: dict[str, str]) -> None:
    entities = company(7)
    unpriced = [(*row[:4], None, row[5]) if number % 2 else row for number, row in enumerate(entities)]
    query = """
        select win_count, unpriced_win_count > 0, mean_won_usd, is_within_interval is null
        from fct_revenue_forecasts where {} and quarters_ahead = 1 order by origin_date desc limit 1
    """
    with forecast(models, unpriced) as database:
        ((count, has_unpriced, mean, _),) = database.execute(query.format("not is_test")).fetchall()
        ((*_, is_unjudged),) = database.execute(query.format("is_test")).fetchall()
    known = [round(row[4]) for row in unpriced if row[3] and row[3] < AS_OF and row[4]]
    assert count == sum(bool(row[3] and row[3] < AS_OF) for row in unpriced)
    assert has_unpriced
    assert is_unjudged
    assert mean == pytest.approx(sum(known) / len(known))


def ends(entity: Entity) -> tuple[int, bool, bool]:
    """After how many days it was won or lost, or how long it waits; whether it was won, whether it waits no more."""
    _, _, reached, won, _, lost = entity
    end = won or lost
    is_gone = bool(end and end < AS_OF)
    return ((end if end and is_gone else AS_OF) - reached).days, bool(won and is_gone), is_gone


def curves(entities: list[Entity]) -> dict[int, tuple[float, float]]:
    """Shares won, and won or lost, after just so many days, by the definition."""
    spans = [ends(entity) for entity in entities if entity[2] < AS_OF]
    curve, survival = {}, Fraction(1)
    for days in sorted({span for span, _, is_gone in spans if is_gone}):
        at_risk = sum(span >= days for span, _, _ in spans)
        gone = sum(is_gone and span == days for span, _, is_gone in spans)
        won = sum(is_won and span == days for span, is_won, _ in spans)
        curve[days] = float(survival * Fraction(won, at_risk)), float(survival * Fraction(gone, at_risk))
        survival = (survival * (1 - Fraction(gone, at_risk))).limit_denominator(10**15)
    return curve


def chance(
    curve: dict[int, tuple[float, float]], reached: date, start: date, end: date, *, known: date | None = None
) -> float:
    """Chance to be won from `start` until before `end`, given that it waited still on `known`."""
    within = sum(won for days, (won, _) in curve.items() if start <= reached + timedelta(days=days) < end)
    before = sum(gone for days, (_, gone) in curve.items() if known and reached + timedelta(days=days) < known)
    return within / (1 - before)
