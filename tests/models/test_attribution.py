"""Credit of touches and its uncertainty in SQL, against the definitions in exact fractions."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from fractions import Fraction

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.seeds import values
from orchestration.settings import SEEDS

CONVERTED_AT = datetime(2026, 3, 1, 12)
WHOLE = 10**12
CHANNELS = ("Direct", "Email", "Events", "Paid Search")
Touch = tuple[int, str]
Weights = dict[str, Fraction]

TABLES = f"""
    create table int_conversion_people (
        attribution_setting varchar, basis varchar, conversion_id varchar, opportunity_id varchar, person_id varchar,
        opportunity_created_at timestamp, conversion_at timestamp, lookback_days bigint
    );
    create table int_people_created (person_id varchar, created_at timestamp);
    create table int_touchpoints_united (
        touchpoint_id varchar, person_id varchar, touchpoint_at timestamp, touchpoint_kind varchar, channel varchar,
        campaign_id varchar
    );
    create table touchpoint_kinds as select 'session' as touchpoint_kind, true as is_eligible;
    create table int_people_accounts (person_id varchar, account_id varchar);
    create table channels as select unnest(['Direct', 'Email', 'Events', 'Paid Search']) as channel,
        unnest([true, false, false, false]) as is_direct;
    create table int_conversions (
        basis varchar, conversion_id varchar, opportunity_id varchar, person_id varchar, account_id varchar,
        conversion_at timestamp
    );
    create table attribution_settings as select 's' as attribution_setting, 1 as setting_order;
    create table attribution_models as from read_csv(
        '{SEEDS / "attribution_models.csv"}', types = {{'weight': 'decimal(5,4)', 'half_life_days': 'bigint'}}
    );
    create table int_campaigns_resolved (campaign_record_id varchar, campaign_id varchar);
"""


@pytest.fixture(scope="module")
def sequenced(compile_sql: Callable[..., str]) -> str:
    return compile_sql(model="int_touches_sequenced")


@pytest.fixture(scope="module")
def credited(compile_sql: Callable[..., str]) -> str:
    return compile_sql(model="int_attribution_credits")


@pytest.fixture(scope="module")
def models() -> dict[str, tuple[Weights, int | None]]:
    """The weights of each model's roles, and its half-life, as the seed has them."""
    found: dict[str, tuple[Weights, int | None]] = {}
    for model, role, weight, half_life in values(
        "attribution_models", "attribution_model", "touch_role", "weight", "half_life_days"
    ):
        weights, _ = found.setdefault(model, ({}, int(half_life) if half_life else None))
        weights[role] = Fraction(weight)
    return found


def shares(
    touches: Sequence[Touch], weights: Weights, half_life: int | None, *, created: int, lead: int, is_won: bool
) -> list[Fraction]:
    """What each touch earns by the definitions; days count down to the conversion."""
    if not touches:
        return []
    last = len(touches) - 1
    positions: dict[str, int | None] = {
        "first": 0,
        "last": last,
        "last_non_direct": max((n for n, (_, channel) in enumerate(touches) if channel != "Direct"), default=last),
        "lead_creation": max((n for n, (day, _) in enumerate(touches) if day >= lead), default=0),
        "opportunity_creation": max((n for n, (day, _) in enumerate(touches) if day >= created), default=None),
        "close": last if is_won else None,
    }
    earned = [Fraction(0)] * len(touches)
    named = {positions[role] for role in weights if role in positions}
    for role, weight in weights.items():
        if role in positions:
            parts = {positions[role]: Fraction(1)} if positions[role] is not None else {}
        elif role == "rest":
            parts = {number: Fraction(1) for number in range(len(touches)) if number not in named}
        elif role == "each":
            ages = [day - touches[-1][0] for day, _ in touches]
            parts = {n: Fraction(2 ** (-age / half_life)) if half_life else Fraction(1) for n, age in enumerate(ages)}
        else:
            counts = {channel: sum(c == channel for _, c in touches) for _, channel in touches}
            parts = {n: Fraction(1, counts[channel]) for n, (_, channel) in enumerate(touches)}
        for number, part in parts.items():
            earned[number] += weight * part / sum(parts.values())
    return [share / sum(earned) if sum(earned) else share for share in earned]


@given(
    touches=st.lists(st.tuples(st.integers(0, 360), st.sampled_from(CHANNELS)), min_size=1, max_size=12),
    days=st.tuples(st.integers(0, 200), st.integers(0, 300)),
)
@settings(max_examples=15, deadline=None)
def test_every_model_earns_what_its_definition_says(sequenced, credited, models, touches, days) -> None:
    created, lead = days
    touches = sorted(touches, key=lambda touch: -touch[0])
    with duckdb.connect() as database:
        database.execute(TABLES)
        ago = [CONVERTED_AT - timedelta(days=days) for days in range(400)]
        for basis, at in (("pipeline", created), ("revenue", 0)):
            database.execute(
                "insert into int_conversion_people values ('s', ?, 'o', 'o', 'p', ?, ?, 730)",
                [basis, ago[created], ago[at]],
            )
            database.execute("insert into int_conversions values (?, 'o', 'o', null, null, ?)", [basis, ago[at]])
        database.execute("insert into int_people_created values ('p', ?)", [ago[lead]])
        for number, (day, channel) in enumerate(touches):
            row = [f"t{number:02}", ago[day], channel]
            database.execute("insert into int_touchpoints_united values (?, 'p', ?, 'session', ?, null)", row)
        database.execute(f"create table int_touches_sequenced as {sequenced}")
        found: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
        for basis, model, touchpoint, units in database.execute(
            f"select basis, attribution_model, touchpoint_id, credit_units from ({credited})"
        ).fetchall():
            found[basis, model][touchpoint] = units
    for basis, at in (("pipeline", created), ("revenue", 0)):
        counted = [(number, touch) for number, touch in enumerate(touches) if touch[0] >= at]
        for model, (weights, half_life) in models.items():
            expected = shares(
                [touch for _, touch in counted],
                weights,
                half_life,
                created=created,
                lead=lead,
                is_won=basis == "revenue",
            )
            owed = {f"t{number:02}": share for (number, _), share in zip(counted, expected, strict=True) if share}
            earned = found[basis, model]
            assert sum(earned.values()) == WHOLE
            if not owed:
                assert set(earned) == {"unattributed"}
                continue
            # Freshness is in millionths; all else is exact to the unit that the largest remainder deals.
            error = 5 * WHOLE // 10**6 if half_life else 1
            for touchpoint, share in owed.items():
                assert abs(earned.get(touchpoint, 0) - share * WHOLE) <= error, (basis, model, touchpoint)
            assert set(earned) <= set(owed)


def test_order_and_threads_change_nothing(sequenced, credited) -> None:
    """Two builds of one input agree to the unit, whatever the order of rows."""
    results = []
    for order, threads in (("asc", 1), ("desc", 4)):
        with duckdb.connect() as database:
            database.execute(f"set threads = {threads}")
            database.execute(TABLES)
            database.execute(f"""
                insert into int_conversion_people
                select 's', 'revenue', 'o' || n, 'o' || n, 'p' || n, timestamp '2026-01-01', timestamp '2026-03-01', 365
                from range(300) t(n) order by n {order}
            """)
            database.execute("""
                insert into int_conversions
                select basis, conversion_id, opportunity_id, null, null, conversion_at from int_conversion_people
            """)
            database.execute(f"""
                insert into int_touchpoints_united
                select 't' || n || '-' || k, 'p' || n, timestamp '2025-09-01' + to_days(((n * 7 + k * 13) % 180)::int),
                    'session', ['Direct', 'Email', 'Events', 'Paid Search'][1 + (n + k * k) % 4], null
                from range(300) t(n), range(7) u(k) order by n + k * 1000 {order}
            """)
            database.execute(
                f"insert into int_people_created select 'p' || n, timestamp '2025-12-01' from range(300) t(n)"
                f" order by n {order}"
            )
            database.execute(f"create table int_touches_sequenced as {sequenced}")
            results.append(
                database.execute(f"""
                    select attribution_model, conversion_id, touchpoint_id, credit_units from ({credited}) order by all
                """).fetchall()
            )
    assert results[0] == results[1]
    assert len(results[0]) > 10_000


def poisson(opportunity: str, replicate: int) -> int:
    """How often an opportunity counts in a replicate: the quantile of a Poisson(1) at its hash."""
    hashed = int(hashlib.md5(f"{opportunity}|{replicate}".encode(), usedforsecurity=False).hexdigest()[:8], 16) / 2**32
    cumulated, term, count = 0.0, 2.718281828459045**-1, 0
    while count < 7:
        cumulated += term
        if hashed < cumulated:
            return count
        count += 1
        term /= count
    return count


def test_intervals_are_those_of_the_bootstrap(compile_sql: Callable[..., str]) -> None:
    credits = [
        (f"o{number}", channel, share, round(1000 * (number + 1) * share, 2))
        for number in range(40)
        for channel, share in (("Email", 0.25), ("Events", 0.75 if number % 3 else 0.0), ("unattributed", 0.5))
        if share
    ]
    sql = compile_sql(model="fct_attribution_sensitivity", variables={"as_of": "2026-07-01 02:00:00"})
    with duckdb.connect() as database:
        database.execute("""
            create table fct_attribution_credits_by_setting (
                attribution_setting varchar, basis varchar, attribution_model varchar, opportunity_id varchar,
                channel varchar, campaign_id varchar, credit_share decimal(18, 12), credit_usd decimal(18, 2),
                counted_date date
            );
            create table int_attribution_settings as select 's' as attribution_setting, true as is_first;
        """)
        database.executemany(
            "insert into fct_attribution_credits_by_setting values "
            "('s', 'pipeline', 'linear', ?, ?, 'c', ?, ?, date '2026-05-01')",
            credits,
        )
        database.execute(
            "insert into fct_attribution_credits_by_setting values "
            "('s', 'pipeline', 'linear', 'old', 'Email', 'c', 1, 99999, date '2025-05-01')"
        )
        found = database.execute(f"""
            select breakdown_value, credit_usd, credit_usd_low, credit_usd_high, rank_position, rank_low, rank_high,
                is_decision_robust, largest_opportunity_id, round(largest_share, 6)
            from ({sql}) where breakdown = 'channel' order by breakdown_value
        """).fetchall()
    money: dict[str, dict[str, float]] = defaultdict(dict)
    for opportunity, channel, _, amount in credits:
        money[channel][opportunity] = amount
    replicates = [
        {
            channel: sum(poisson(opportunity, number) * amount for opportunity, amount in of_channel.items())
            for channel, of_channel in money.items()
        }
        for number in range(100)
    ]
    ranks = [1 if totals["Events"] >= totals["Email"] else 2 for totals in replicates]
    for channel, total, low, high, *_ in found:
        drawn = [totals[channel] for totals in replicates]
        assert float(total) == pytest.approx(sum(money[channel].values()))
        assert (low, high) == pytest.approx(tuple(np.quantile(drawn, (0.05, 0.95))))
    by_channel = {row[0]: row[4:] for row in found}
    assert by_channel["Events"][:3] == (1, *np.quantile(ranks, (0.05, 0.95)))
    assert by_channel["Events"][3:5] == (True, "o38")
    assert by_channel["unattributed"][:4] == (None, None, None, False)
