"""Whether the lake still holds every batch that the last publication was made of: nothing that was counted disappears
in silence. Batches are never removed by a run; only a hand, a disk or a sync job takes one away."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

import dagster as dg
import duckdb

from orchestration.contracts import LAKE
from orchestration.ingestion.ledger import BOOKKEEPING, literal
from orchestration.lineage import Failure
from orchestration.quality.connections import attach_last
from orchestration.quality.display import markdown_rows
from orchestration.quality.suites import read_owners
from orchestration.settings import Settings
from orchestration.whole_files import write_whole

CHECK = "no_batch_lost"
ACCEPTED = "_accepted_losses.json"
OWNER = "data_engineering"
REMEDY = (
    "Restore the lake from its backup, or deliver the files below again. If they were removed on purpose, run "
    "`.venv/bin/touchstone nightly --accept-losses` once."
)
SPEC = dg.AssetCheckSpec(
    CHECK,
    asset=dg.AssetKey([LAKE, BOOKKEEPING["_ledger"]]),
    description="What the last publication counted is missing from every number of tonight, and nobody delivered that.",
    metadata={"owner": OWNER, "severity": "critical"},
)


@dataclass(frozen=True, order=True)
class Lost:
    """A file whose rows the last publication counted and the lake holds no more."""

    system: str
    object: str
    source_file: str
    batch_id: str
    row_count: int


def find(settings: Settings) -> list[Lost]:
    """Files that are gone from the lake, by table; none where nothing was published yet."""
    if not settings.published_database.exists():
        return []
    accepted = _accepted(settings)
    with duckdb.connect() as connection:
        attach_last(connection, settings.published_database)
        known = "select 1 from duckdb_tables() where database_name = 'last' and table_name = 'fct_load_ledger'"
        if not connection.execute(known).fetchall():
            return []
        ledger = literal(settings.lake / "_ledger" / "**" / "*.parquet")
        rows = connection.execute(f"""
            select system, object, source_file, batch_id, loaded_row_count
            from last.marts.fct_load_ledger anti join read_parquet({ledger}) using (batch_id)
            where loaded_row_count > 0
            order by all
        """).fetchall()
    return [Lost(*row) for row in rows if row[3] not in accepted]


def accept(settings: Settings) -> list[Lost]:
    """Let the lake go on without what is lost today; returns that, which is kept on record in the lake."""
    lost = find(settings)
    if lost:
        accepted = sorted({*_accepted(settings), *(file.batch_id for file in lost)})
        write_whole(settings.lake / ACCEPTED, json.dumps(accepted, indent=1))
    return lost


def failures(lost: Iterable[Lost]) -> Iterator[tuple[tuple[str, str], Failure]]:
    """Of each table that lost rows its key and why nothing may read it."""
    for table, files in groupby(lost, key=lambda file: (file.system, file.object)):
        of_table = list(files)
        rows = sum(file.row_count for file in of_table)
        found = f"{rows:,} rows of {len(of_table):,} files are gone from the lake, {of_table[0].source_file} first"
        yield table, Failure(f"{'/'.join(table)} {CHECK}", found, _contact(), REMEDY)


def result(lost: list[Lost]) -> dg.AssetCheckResult:
    """The check as Dagster shows it."""
    rows = sum(file.row_count for file in lost)
    found = f"{rows:,} rows of {len(lost):,} files are gone from the lake" if lost else "no batch is gone"
    columns = ("system", "object", "source_file", "row_count")
    sample = [(file.system, file.object, file.source_file, file.row_count) for file in lost[:20]]
    return dg.AssetCheckResult(
        asset_key=SPEC.asset_key,
        check_name=CHECK,
        passed=not lost,
        severity=dg.AssetCheckSeverity.ERROR,
        description=found,
        metadata={
            "severity": "critical",
            "description": SPEC.description or "",
            "owner": _contact(),
            "remedy": REMEDY,
            "no_data": False,
            **({"sample": dg.MetadataValue.md(markdown_rows(columns, sample))} if lost else {}),
        },
    )


def _accepted(settings: Settings) -> set[str]:
    place = settings.lake / ACCEPTED
    return set(json.loads(place.read_text())) if place.exists() else set()


def _contact() -> str:
    owner = read_owners()[OWNER]
    return f"{owner.name} <{owner.contact}>"
