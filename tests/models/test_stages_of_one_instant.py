"""Several opportunities of one person close at one instant, as in a bulk update: the stages still follow each other."""

from collections.abc import Callable
from itertools import permutations

import duckdb
import pytest

from orchestration.seeds import values

CLOSED = ("won", "won", "won", "lost")


@pytest.fixture(scope="module")
def sql(compile_sql: Callable[..., str]) -> tuple[str, str]:
    return compile_sql(model="int_stage_transitions"), compile_sql(model="assert_stage_transitions_are_contiguous")


@pytest.fixture
def stages(database: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    kept = ("stage", "stage_order", "is_on_path", "is_holding", "ends_pass")
    database.execute(
        "create table lifecycle_stages (stage varchar, stage_order int, is_on_path bool, is_holding bool, "
        "ends_pass bool)"
    )
    database.executemany("insert into lifecycle_stages values (?, ?, ?, ?, ?)", values("lifecycle_stages", *kept))
    database.execute("create table int_stage_reasons (stage_entry_id varchar, reason varchar)")
    return database


def test_stages_entered_at_one_instant_follow_each_other(
    stages: duckdb.DuckDBPyConnection, sql: tuple[str, str]
) -> None:
    rows = []
    for person, names in enumerate(permutations("abcd")):
        # As the model before orders them, each closing ends a pass.
        order = sorted(range(4), key=lambda place: (CLOSED[place] == "lost", names[place]))
        closings = [(CLOSED[place], names[place], number, "2026-06-15") for number, place in enumerate(order, start=1)]
        rows += [
            f"('p{person}', '{stage}', '{person}{name}', {number}, timestamp '{at} 10:00:00')"
            for stage, name, number, at in [("known", "k", 1, "2026-06-01"), *closings]
        ]
    stages.execute(f"""
        create table int_stage_entries_accepted as
        select
            person_id, entered.stage, stage_order, name as stage_entry_id, entered_at, pass_number, is_on_path,
            ends_pass, stage_order as reached_order, 'stamped' as evidence, 'crm' as system, 'opportunity' as object,
            name as source_record_id, null::varchar as person_record_id, name as opportunity_id
        from (values {", ".join(rows)}) as entered (person_id, stage, name, pass_number, entered_at)
        inner join lifecycle_stages on entered.stage = lifecycle_stages.stage
    """)
    transitions, contiguous = sql
    # In no order that the test could lean on.
    stages.execute(f"create table int_stage_transitions as from ({transitions}) order by stage_transition_id")
    closed = stages.execute("select count(*) from int_stage_transitions where stage in ('won', 'lost')").fetchall()
    assert closed == [(4 * 24,)]
    assert stages.execute(contiguous).fetchall() == []
