"""What the rule-based models cost at size: every model, two settings, pipeline and revenue, ten touches a deal.

The floor counts the touches that each deal may credit. Everything runs on two threads within the memory that is asked
for, and spills to disk beyond it.

python -m tests.bench.bench_credits [--opportunities N] [--memory 8GiB]
"""

import argparse
import multiprocessing
import resource
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from orchestration.settings import SEEDS
from tests.models.conftest import sql_compiler

SETTINGS = ("contact_roles", "account")
MODELS = ("int_touches_sequenced", "int_attribution_credits")
VARIABLES = {"as_of": "2026-07-01 02:00:00"}
# A contact of each deal has half of its touches, a colleague the other half; a third of the deals are won.
INPUTS = """
    create table opportunities as
    select
        'o' || range as opportunity_id, 'p' || range as person_id, 'q' || range as colleague_id,
        'a' || range as account_id,
        timestamp '2025-01-01' + to_minutes((hash(range) % 700000)::bigint) as created_at, range % 3 = 0 as is_won
    from range({opportunities});

    create table int_conversions as
    select
        basis, opportunity_id as conversion_id, opportunity_id, null::varchar as person_id, account_id,
        created_at as opportunity_created_at,
        if(basis = 'revenue', created_at + interval 40 day, created_at) as conversion_at
    from opportunities
    cross join (values ('pipeline'), ('revenue')) as bases (basis)
    where basis = 'pipeline' or is_won;

    create table int_conversion_people as
    select
        attribution_setting, basis, conversion_id, opportunity_id, member.person_id, opportunity_created_at,
        conversion_at, 365 as lookback_days
    from int_conversions
    inner join (
        select opportunity_id, person_id, 'contact_roles' as attribution_setting from opportunities
        union all
        select opportunity_id, unnest([person_id, colleague_id]), 'account' from opportunities
    ) as member using (opportunity_id);

    create table int_touchpoints_united as
    select
        opportunity_id || ':' || number as touchpoint_id, if(number % 2 = 0, person_id, colleague_id) as person_id,
        created_at - to_minutes((hash(opportunity_id, number) % 300000)::bigint) as touchpoint_at,
        'session' as touchpoint_kind, 'channel ' || (hash(number, opportunity_id) % 12) as channel,
        'c' || (hash(opportunity_id, number) % 500) as campaign_id
    from opportunities cross join range(10) as touches (number);

    create table int_people_created as
    select person_id, created_at - interval 20 day as created_at from opportunities;
    create table int_people_accounts as
    select unnest([person_id, colleague_id]) as person_id, account_id from opportunities;
    create table touchpoint_kinds as select 'session' as touchpoint_kind, true as is_eligible;
    create table channels as select 'channel ' || range as channel, range = 0 as is_direct from range(12);
    create table int_campaigns_resolved as
    select 'c' || range as campaign_record_id, 'c' || range as campaign_id from range(500);
    create table attribution_settings as select unnest(['contact_roles', 'account']) as attribution_setting;
"""
FLOOR = """
    select count(*)
    from int_conversion_people as people
    inner join int_touchpoints_united as touches on people.person_id = touches.person_id
    where touches.touchpoint_at <= people.conversion_at
"""
# Whole credit for every deal and model, and nothing lost on the way.
UNBALANCED = """
    select count(*)
    from (
        select attribution_setting, basis, attribution_model, conversion_id
        from int_attribution_credits
        group by all
        having sum(credit_units) <> 1000000000000
    )
"""


def main(opportunities: int = 100_000, memory: str = "8GiB") -> bool:
    """Print the measures; False when a deal's credit is not whole."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        with sql_compiler(folder) as compiled:
            sql = {model: compiled(model=model, variables=VARIABLES) for model in MODELS}
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            return pool.apply(_measure, (folder, sql, opportunities, memory))


def _measure(folder: Path, sql: dict[str, str], opportunities: int, memory: str) -> bool:
    with duckdb.connect(str(folder / "bench.duckdb")) as connection:
        connection.execute(f"set threads = 2; set memory_limit = '{memory}'; set TimeZone = 'UTC'")
        connection.execute("set enable_progress_bar = false")
        connection.execute(f"set temp_directory = '{folder / 'spilled'}'; set preserve_insertion_order = false")
        connection.execute(INPUTS.format(opportunities=opportunities))
        connection.execute(
            "create table attribution_models as from read_csv(?)", [str(SEEDS / "attribution_models.csv")]
        )
        (touches,) = connection.execute("select count(*) from int_touchpoints_united").fetchall()[0]
        print(f"{opportunities:,} opportunities, {touches:,} touches, {len(SETTINGS)} settings, at most {memory}")
        floor = _seconds(connection, FLOOR)
        print(f"DuckDB joins and counts the touches  {floor:7.1f} s")
        total = 0.0
        for model in MODELS:
            seconds = _seconds(connection, f"create table {model} as {sql[model]}")
            total += seconds
            print(f"{model:36} {seconds:7.1f} s", flush=True)
        (models, credits) = connection.execute(
            "select count(distinct attribution_model), count(*) from int_attribution_credits"
        ).fetchall()[0]
        (unbalanced,) = connection.execute(UNBALANCED).fetchall()[0]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"{models} models, {credits:,} credits: {total / floor:.0f}x the floor, peak {peak:.1f} GiB")
    print(f"{unbalanced:,} allocations that are not whole")
    return unbalanced == 0


def _seconds(connection: duckdb.DuckDBPyConnection, query: str) -> float:
    start = time.perf_counter()
    connection.execute(query).fetchall()
    return time.perf_counter() - start


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--opportunities", type=int, default=100_000)
    parser.add_argument("--memory", default="8GiB", help="at most so much, then spill (default: 8GiB)")
    options = parser.parse_args()
    sys.exit(0 if main(options.opportunities, options.memory) else 1)
