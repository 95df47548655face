"""Experiments against simulated ones whose lift is known, and against numpy on one of each kind."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations

import duckdb
import numpy as np
import pandas
import pyarrow as pa
import pytest

from orchestration.policy.things import FOLDS
from orchestration.settings import SEEDS

AS_OF = date(2026, 7, 1)
BASELINE, TEST, READ = date(2026, 1, 1), date(2026, 3, 1), date(2026, 5, 1)
MODELS = ("int_experiment_changes", "int_experiment_assignments", "int_experiment_differences", "fct_experiments")
TAIL = 0.05


@dataclass(frozen=True)
class Experiment:
    """Outcomes of each unit in the halves of the baseline and in the test, and what the channel brought of the last."""

    sizes: np.ndarray
    is_treated: np.ndarray
    former: np.ndarray
    latter: np.ndarray
    test: np.ndarray
    lift: float = 0
    recorded: np.ndarray | None = None
    reached: float = 0
    in_both_cells: tuple[int, ...] = ()
    test_end: date = READ


@pytest.fixture(scope="module")
def models(compile_sql: Callable[..., str]) -> dict[str, str]:
    variables = {"as_of": f"{AS_OF} 02:00:00"}
    return {model: compile_sql(model=model, variables=variables) for model in MODELS}


def drawn(seed: int, *, units: int, treated: int, lift: float, noise: float = 0.15) -> Experiment:
    """Units of unlike size and rate, dealt out by lot; the channel adds `lift` per size to whoever has it.

    Rates move from one period to the next by chance, of each unit for itself, as those of countries do.
    """
    rng = np.random.default_rng([seed, units])
    sizes = np.round(np.exp(rng.normal(5, 0.6, units))).astype(int)
    is_treated = np.zeros(units, dtype=bool)
    is_treated[rng.permutation(units)[:treated]] = True
    rates = sizes * np.exp(rng.normal(-1.0, 0.3, units))
    periods = [rng.poisson(part * rates * np.exp(rng.normal(0, noise, units))) for part in (0.5, 0.5, 1.0)]
    # What is added is the same whoever has it; the truth is what it is for the treated.
    added = np.round(lift * sizes).astype(int) * is_treated
    return Experiment(sizes, is_treated, periods[0], periods[1], periods[2] + added, float(added.sum()))


def analysed(models: dict[str, str], experiments: Iterable[Experiment]) -> duckdb.DuckDBPyConnection:
    """A database with every model of estimates, made from units and outcomes; the metric is people."""
    database = duckdb.connect()
    heads, units, outcomes = [], [], []
    middle = BASELINE + timedelta(days=(TEST - BASELINE).days // 2)
    for number, each in enumerate(experiments):
        name = f"e{number:04}"
        heads.append((name, each.test_end, (each.test_end - TEST).days, each.test_end > AS_OF))
        for unit, size in enumerate(each.sizes.tolist()):
            key, is_treated = f"u{unit:03}", bool(each.is_treated[unit])
            recorded = None if each.recorded is None else int(each.recorded[unit])
            units.append(
                (
                    name, key, is_treated, recorded, unit in each.in_both_cells, size, size, 100,
                    100 if is_treated else round(100 * each.reached),
                )
            )  # fmt: skip
            for day, values in ((BASELINE, each.former), (middle, each.latter), (TEST, each.test)):
                outcomes.append((name, "people", key, day, float(values[unit])))
    given = {
        "heads": (("experiment_id", "test_end", "read_days", "is_running"), heads),
        "int_experiment_units": (
            ("experiment_id", "unit_value", "is_treated", "recorded_size", "is_in_both_cells", "found_size",
             "known_person_count", "touched_person_count", "tested_person_count"), units,
        ),
        "outcomes": (("experiment_id", "metric", "unit_value", "outcome_date", "outcome_value"), outcomes),
    }  # fmt: skip
    for table, (names, rows) in given.items():
        frame = pa.table(dict(zip(names, zip(*rows, strict=True), strict=True)))
        assert frame.num_rows == len(rows)
        database.execute(f"create table {table} as select * from frame")
    database.execute(f"""
        create table int_experiment_outcomes as
        select * replace (outcome_value::decimal(18, 2) as outcome_value) from outcomes;
        create table int_experiments as
        select experiment_id, 'Test' as experiment_name, 'demand_generation' as owner, 'geo' as kind,
            'state' as unit_kind, 'Paid Search' as channel, null::varchar as campaign, 'people' as asked_metric,
            date '{BASELINE}' as baseline_start, date '{TEST}' as baseline_end, date '{TEST}' as test_start, test_end,
            test_end as read_end, {(TEST - BASELINE).days} as baseline_days, read_days, is_running
        from heads;
        create table check_thresholds as
        select * from (values ('experiment_interval', {1 - 2 * TAIL}), ('experiment_size_mismatch', 10.83),
            ('experiment_trend', 0.01), ('experiment_contamination', 0.05)) as rows (threshold, warn)
    """)
    for model, sql in models.items():
        database.execute(f"create table {model} as {sql}")
    return database


@pytest.mark.parametrize(("units", "treated"), [(8, 4), (11, 4), (30, 15), (60, 20)])
def test_intervals_hold_the_lift_as_often_as_they_say(models: dict[str, str], units: int, treated: int) -> None:
    """Of 250 experiments of each kind, every third without an effect; three deviations of so many coins are allowed.

    Where few ways are there the ends fall between them, and the interval holds the lift a little more often.
    """
    count = 250
    given = [drawn(seed, units=units, treated=treated, lift=(0, 0.05, 0.2)[seed % 3]) for seed in range(count)]
    with analysed(models, given) as database:
        rows = database.execute("""
            select lift_low, lift_high, lift from fct_experiments where metric = 'people' order by experiment_id
        """).fetchall()
    held = [low <= each.lift <= high for (low, high, _), each in zip(rows, given, strict=True)]
    ways = min(math.comb(units, treated), 1000)
    stated = 1 - 2 * math.floor(TAIL * ways) / ways
    assert stated >= 0.9
    assert np.mean(held) == pytest.approx(stated, abs=3 * math.sqrt(0.9 * 0.1 / count))
    # And it is an estimate: on average right, by less than a tenth of the greatest lift.
    errors = [lift - each.lift for (_, _, lift), each in zip(rows, given, strict=True)]
    assert abs(np.mean(errors)) < 3 * np.std(errors) / math.sqrt(count)


def test_a_channel_that_does_nothing_is_seldom_said_to(models: dict[str, str]) -> None:
    """Of 300, five of a hundred show a lift and as many harm, give or take what chance does."""
    count = 300
    with analysed(models, [drawn(seed, units=20, treated=10, lift=0) for seed in range(count)]) as database:
        found = dict(database.execute("""
            select verdict, count(*) from fct_experiments where metric = 'people' and verdict <> 'invalid' group by all
        """).fetchall())  # fmt: skip
    assert found.keys() <= {"lift_shown", "harm_shown", "nothing_shown"}
    judged = sum(found.values())
    assert judged > 0.95 * count
    assert (judged - found["nothing_shown"]) / judged == pytest.approx(0.1, abs=3 * math.sqrt(0.1 * 0.9 / count))


def test_the_smallest_visible_lift_is_seen_in_80_of_100(models: dict[str, str]) -> None:
    """Its size is worked out by one set of tests without an effect, and looked for in others."""
    count, size = 200, dict(units=24, treated=12)
    without = [drawn(seed, lift=0, **size) for seed in range(count)]
    with analysed(models, without) as database:
        visible = [row[0] for row in database.execute(
            "select visible_lift from fct_experiments where metric = 'people' order by experiment_id"
        ).fetchall()]  # fmt: skip
    added = [drawn(seed, lift=lift / each.sizes[each.is_treated].sum(), **size)
             for seed, (lift, each) in enumerate(zip(visible, without, strict=True))]  # fmt: skip
    with analysed(models, added) as database:
        seen = database.execute(
            "select avg((lift_low > 0)::int) from fct_experiments where metric = 'people'"
        ).fetchall()
    assert seen[0][0] == pytest.approx(0.8, abs=3 * math.sqrt(0.8 * 0.2 / count))


def differences(each: Experiment, is_treated: np.ndarray, *, lift_per_size: float = 0) -> float:
    """By the definition: how much more the treated changed a day and per size, times their size and the days."""
    before, after = (TEST - BASELINE).days, (each.test_end - TEST).days
    test = each.test - lift_per_size * each.sizes * each.is_treated
    change = test / after - (each.former + each.latter) / before
    per_size = [change[cell].sum() / each.sizes[cell].sum() for cell in (is_treated, ~is_treated)]
    return float((per_size[0] - per_size[1]) * each.sizes[each.is_treated].sum() * after)


def ways_of(each: Experiment) -> list[np.ndarray]:
    """Every way to deal the units out."""
    count = len(each.sizes)
    return [np.isin(np.arange(count), chosen) for chosen in combinations(range(count), int(each.is_treated.sum()))]


def test_the_same_in_numpy(models: dict[str, str]) -> None:
    """Estimate, p-value and interval by the definition: the interval is searched for, not solved."""
    each = drawn(5, units=9, treated=4, lift=0.1)
    with analysed(models, [each]) as database:
        lift, low, high, p_value, ways, is_every_way, trend, relative = database.execute("""
            select lift, lift_low, lift_high, p_value, way_count, is_every_way, trend_p_value, relative_lift
            from fct_experiments where metric = 'people'
        """).fetchall()[0]
    every = ways_of(each)
    assert (ways, is_every_way) == (len(every), True)
    observed = differences(each, each.is_treated)
    assert lift == pytest.approx(observed)
    assert relative == pytest.approx(observed / (each.test[each.is_treated].sum() - observed))

    def tails(total: float) -> tuple[float, float]:
        """Share of ways with as great, and with as small a difference as the lot, when that lift is taken off."""
        per_size = total / each.sizes[each.is_treated].sum()
        shown = differences(each, each.is_treated, lift_per_size=per_size)
        others = np.array([differences(each, way, lift_per_size=per_size) for way in every])
        return float(np.mean(others >= shown - 1e-9)), float(np.mean(others <= shown + 1e-9))

    assert p_value == pytest.approx(min(1, 2 * min(tails(0))))
    step = 1e-6 * (high - low)
    assert tails(low + step)[0] > TAIL >= tails(low - step)[0]
    assert tails(high - step)[1] > TAIL >= tails(high + step)[1]
    halves = replace(each, former=each.former * 0, latter=each.former * 2, test=each.latter * 2)
    drifts = np.array([abs(differences(halves, way)) for way in every])
    assert trend == pytest.approx(np.mean(drifts >= abs(differences(halves, each.is_treated)) - 1e-9), abs=0.05)


def test_ways_that_hashes_draw_deal_every_unit_out_alike(models: dict[str, str]) -> None:
    each = drawn(1, units=40, treated=10, lift=0)
    with analysed(models, [each]) as database:
        ways, most = database.execute("""
            select count(*), max(treated) from (
                select assignment, sum(is_treated::int) as treated from int_experiment_assignments group by assignment
            )
        """).fetchall()[0]
        shares = np.array([share for (share,) in database.execute("""
            select avg(is_treated::int) from int_experiment_assignments where assignment > 0 group by unit_value
        """).fetchall()])  # fmt: skip
    assert (ways, most) == (1000, 10)
    assert len(shares) == 40
    # A quarter each, within what 999 draws stray: chi-square of 39 degrees, beyond 72 once in a thousand.
    assert 999 * ((shares - 0.25) ** 2 / (0.25 * 0.75)).sum() * 39 / 40 < 72


def test_two_builds_agree_to_the_last_digit(models: dict[str, str]) -> None:
    given = [drawn(seed, units=25, treated=12, lift=0.1) for seed in range(4)]
    with analysed(models, given) as once, analysed(models, given) as again:
        query = "select * from fct_experiments order by experiment_id, metric"
        assert once.execute(query).fetchall() == again.execute(query).fetchall()


def test_what_makes_a_test_worthless_is_said(models: dict[str, str]) -> None:
    good = drawn(3, units=16, treated=8, lift=0.3)
    half = good.is_treated
    given = {
        "good": replace(good, recorded=good.sizes),
        "other sizes": replace(good, recorded=np.where(half, good.sizes, good.sizes * 2)),
        "drift": replace(good, former=np.where(half, good.former // 4, good.former)),
        "reached": replace(good, reached=0.4),
        "a unit in both cells": replace(good, in_both_cells=(3, 4)),
        "running": replace(good, test_end=date(2026, 8, 1)),
        "few": replace(
            good, **{name: getattr(good, name)[[0, 1, 2, 3, 4]] for name in ("sizes", "former", "latter", "test")},
            is_treated=np.array([True, False, False, True, False]),
        ),
        "nobody": replace(good, sizes=np.where(half, 0, good.sizes)),
        "nothing": replace(good, former=good.former * 0, latter=good.latter * 0, test=good.test * 0),
    }  # fmt: skip
    with analysed(models, given.values()) as database:
        rows = database.execute("""
            select verdict, invalid_because, lift is null and lift_low is null and p_value is null
            from fct_experiments where metric = 'people' order by experiment_id
        """).fetchall()
    assert dict(zip(given, rows, strict=True)) == {
        "good": ("lift_shown", None, False),
        "other sizes": ("invalid", "sizes", False),
        "drift": ("invalid", "trend", False),
        "reached": ("invalid", "contamination", False),
        "a unit in both cells": ("invalid", "units", False),
        "running": ("running", None, True),
        "few": ("too_few", None, True),
        "nobody": ("too_few", None, True),
        "nothing": ("too_few", None, True),
    }


def test_units_that_nobody_belongs_to_are_named(models: dict[str, str]) -> None:
    good = drawn(3, units=16, treated=8, lift=0.3)
    given = [good, *(replace(good, sizes=np.where(np.isin(np.arange(16), empty), 0, good.sizes))
                     for empty in ((4,), range(3, 15)))]  # fmt: skip
    with analysed(models, given) as database:
        rows = database.execute("""
            select empty_unit_count, empty_units, treated_unit_count + control_unit_count
            from fct_experiments where metric = 'people' order by experiment_id
        """).fetchall()
    ten = ", ".join(f"u{unit:03}" for unit in range(3, 13))
    assert rows == [(0, None, 16), (1, "u004", 15), (12, ten, 4)]


def test_sizes_are_compared_by_the_textbook(models: dict[str, str]) -> None:
    from scipy.stats import chisquare

    each = drawn(2, units=16, treated=8, lift=0)
    recorded = np.where(each.is_treated, each.sizes + 3, each.sizes)
    with analysed(models, [replace(each, recorded=recorded)]) as database:
        found = database.execute("select size_chi_square from fct_experiments where metric = 'people'").fetchall()
    cells = [(each.sizes[cell].sum(), recorded[cell].sum()) for cell in (each.is_treated, ~each.is_treated)]
    total = sum(size for size, _ in cells)
    expected = [total * written / sum(written for _, written in cells) for _, written in cells]
    assert found[0][0] == pytest.approx(chisquare([size for size, _ in cells], expected).statistic)


def test_the_policy_tells_spellings_of_a_unit_as_the_model_does(compile_sql: Callable[..., str]) -> None:
    """Key by key: what one of them held for two units and the other for one would count wrongly, or be refused."""
    names = pandas.read_csv(SEEDS / "country_names.csv", dtype="str", keep_default_na=False)
    countries = [*names["spelling"], *names["country"], "U.S.A.", " germany", "Nowhere", "Korea  Republic Of"]
    values = {
        "country": countries,
        "state": [f"{country}/{state}" for country in countries[::25] for state in ("TX", " New\t York", "Baden-W.")],
        "domain": ["ba.example", "www.ba.example", "emea.ba.example", "www.example", "www2.ba.example", "a-b.co.uk"],
    }
    units = [(fold, value) for fold, those in values.items() for value in dict.fromkeys(those)]
    cells = pa.table({
        "experiment_id": [fold for fold, _ in units],
        "unit_kind": [{"domain": "account"}.get(fold, fold) for fold, _ in units],
        "unit_value": [value for _, value in units], "cell": ["on"] * len(units),
        "is_treated": [True] * len(units), "recorded_size": pa.nulls(len(units), pa.int64()),
    })  # fmt: skip
    with duckdb.connect() as database:
        database.register("experiment_cells", cells)
        database.register("country_names", names)
        found = database.execute(
            f"select experiment_id, unit_value, unit_key from ({compile_sql(model='int_experiment_cells')})"
        ).fetchall()
    folds = {name: fold({"country_names": names}) for name, fold in FOLDS.items()}
    assert folds.keys() == values.keys()
    assert len(found) == len(units) > 500
    assert {(fold, value): key for fold, value, key in found} == {
        (fold, value): folds[fold](value) for fold, value in units
    }
