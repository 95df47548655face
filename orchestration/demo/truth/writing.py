"""The truth beside the extracts: Parquet files in `truth/`, one per table of `score.SCHEMAS`.

Only what happened by the last day is in it. A link, stage or touch that no evidence in the extracts supports is kept
and marked, so that a pipeline is never blamed for what it cannot know.
"""

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.demo.company import Company
from orchestration.demo.deals import Deals
from orchestration.demo.delivery import Fault
from orchestration.demo.funnel import Funnel
from orchestration.demo.journeys import NEVER, Journeys
from orchestration.demo.parameters import CHANNELS
from orchestration.demo.score import SCHEMAS
from orchestration.demo.store import put
from orchestration.demo.truth import (
    bills,
    costs,
    faults_of_dirt,
    faults_of_history,
    hygiene,
    money,
    records,
    stages,
    touches,
)
from orchestration.demo.truth.costs import COSTS
from orchestration.demo.truth.faults import FAULTS
from orchestration.demo.truth.money import COUNTS, DEALS
from orchestration.demo.truth.records import RECORDS
from orchestration.demo.truth.spelling import names_of, spelled
from orchestration.demo.truth.touches import TOUCHES
from orchestration.demo.world import World

QUERIES = {
    **records.QUERIES, **stages.QUERIES, **touches.QUERIES, **money.QUERIES, **hygiene.QUERIES, **costs.QUERIES,
    **bills.QUERIES,
}  # fmt: skip


def write(con: duckdb.DuckDBPyConnection, company: Company, *, delivered: list[Fault], folder: Path) -> None:
    """Write every truth table; `delivered` are the faults that lie in files rather than in records."""
    folder.mkdir(parents=True, exist_ok=True)
    _put_speed(con, company.world, company.funnel)
    _put_effects(con, company.journeys, company.deals)
    names = ("fault_kind", "system", "object", "record_id", "ts", "detail")
    columns = list(zip(*delivered, strict=True)) or [[] for _ in names]
    types = (pa.string(), pa.string(), pa.string(), pa.string(), pa.int64(), pa.string())
    put(
        con,
        "delivered_faults",
        {name: pa.array(column, type=kind) for name, column, kind in zip(names, columns, types, strict=True)},
    )
    stack = company.world.parameters.stack
    spelling = {
        "of_history": faults_of_history.query(stack),
        "of_dirt": faults_of_dirt.QUERY,
        **names_of(company.world.parameters),
    }
    for statement in (RECORDS, *stages.statements(stack), TOUCHES, DEALS, COUNTS, *hygiene.statements(stack), COSTS):
        con.execute(spelled(statement, spelling))
    queries = {name: spelled(sql, spelling) for name, sql in {**QUERIES, "injected_faults": FAULTS}.items()}
    for name, schema in SCHEMAS.items():
        columns = ", ".join(f'"{column}"::{kind} as "{column}"' for column, (kind, _) in schema.columns.items())
        order = ", ".join([*schema.order, *(f'"{column}"' for column in schema.columns)])
        table = con.sql(f"select {columns} from ({queries[name]}) order by {order}").to_arrow_table()
        pq.write_table(table, folder / f"{name}.parquet", compression="zstd", store_schema=False)


def _put_speed(con: duckdb.DuckDBPyConnection, world: World, funnel: Funnel) -> None:
    """`speed`: office seconds from MQL to first touch per pass, and when the promise falls due."""
    passes = funnel.passes
    rows = np.flatnonzero(passes["mql_at"] < world.clock.midnight(world.parameters.last_day + 1))
    mql, touch, region = (passes[name][rows] for name in ("mql_at", "touch_at", "owner_region"))
    promised = np.full(len(rows), world.parameters.sla_business_hours * 3600)
    touched = (touch < NEVER) & (touch >= mql)
    worked = world.clock.work_between(mql, np.where(touched, touch, mql), region)
    put(con, "speed", {
        "person": passes["person"][rows], "number": passes["number"][rows],
        "work_seconds": pa.array(worked, mask=~touched),
        "due_at": world.clock.after_work(mql, region, promised),
    })  # fmt: skip


def _put_effects(con: duckdb.DuckDBPyConnection, journeys: Journeys, deals: Deals) -> None:
    put(con, "lifts", {
        "channel": np.arange(len(CHANNELS)), "incremental_inquiries": journeys.form_lift,
        "incremental_wins": deals.lift["wins"], "incremental_won_usd": deals.lift["won_usd"],
    })  # fmt: skip
    put(con, "trial_outcomes", {
        "experiment_id": pa.array([each.trial.experiment_id for each in journeys.trials], pa.string()),
        "channel": pa.array([each.trial.channel for each in journeys.trials], pa.string()),
        **{
            name: pa.array([getattr(each, name) for each in journeys.trials], pa.int64())
            for name in ("treated_people", "control_people", "lift")
        },
    })  # fmt: skip
