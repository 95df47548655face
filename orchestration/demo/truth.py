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
from orchestration.demo.faults import FAULTS
from orchestration.demo.funnel import Funnel
from orchestration.demo.journeys import NEVER, Journeys
from orchestration.demo.parameters import CHANNELS
from orchestration.demo.score import SCHEMAS
from orchestration.demo.store import put
from orchestration.demo.truth_queries import CORE_COUNTS, QUERIES, RECORDS, TOUCHES, TRANSITIONS
from orchestration.demo.world import World


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
    names = _names(company.world)
    for statement in (RECORDS, TRANSITIONS, TOUCHES, CORE_COUNTS):
        con.execute(_named(statement, names))
    queries = {name: _named(sql, names) for name, sql in {**QUERIES, "injected_faults": FAULTS}.items()}
    for name, schema in SCHEMAS.items():
        columns = ", ".join(f'"{column}"::{kind} as "{column}"' for column, (kind, _) in schema.columns.items())
        table = con.sql(f"select {columns} from ({queries[name]}) order by {', '.join(schema.order)}").to_arrow_table()
        pq.write_table(table, folder / f"{name}.parquet", compression="zstd", store_schema=False)


def _names(world: World) -> dict[str, str]:
    """What the queries leave open: how the chosen systems spell their records."""
    parameters = world.parameters
    return {
        "map": parameters.map_system,
        "crm": parameters.crm_system,
        "map_type": "lead" if parameters.map_system == "marketo" else "contact",
        "map_object": "leads" if parameters.map_system == "marketo" else "contacts",
        "log_object": "activities" if parameters.map_system == "marketo" else "email_events",
        "crm_object": "lead" if parameters.crm_system == "salesforce" else "contacts",
        "has_contacts": str(parameters.crm_system == "salesforce").lower(),
        "has_crm_records": str(parameters.crm_system != parameters.map_system).lower(),
        "has_links": str(parameters.crm_system == "salesforce").lower(),
        "has_memberships": str(parameters.map_system == "marketo" or parameters.crm_system == "salesforce").lower(),
        "crm_type": "lead" if parameters.crm_system == "salesforce" else "contact",
        "membership": "(1000 + m.campaign) || ':' || l.lead" if parameters.map_system == "marketo" else "m.id",
        "member_system": parameters.map_system if parameters.map_system == "marketo" else parameters.crm_system,
        "activity_id": "(783900000 + a.n)" if parameters.map_system == "marketo" else "a.n",
        "sla_seconds": str(int(parameters.sla_business_hours * 3600)),
    }


def _named(sql: str, names: dict[str, str]) -> str:
    for name, value in names.items():
        sql = sql.replace("{" + name + "}", value)
    return sql


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
