"""What a night saw and no later one can, kept in the lake: since when a defect is known, what a month closed with."""

from datetime import UTC
from types import MappingProxyType

import duckdb

from orchestration.ingestion.ledger import TABLES, commit, literal, lock, scratch
from orchestration.publication.publishing import Publication
from orchestration.settings import Settings

# Mart -> the folder below the lake that keeps its rows, and the column that says which night saw them.
KEPT = MappingProxyType(
    {
        "fct_defect_changes": ("_defect_changes", "changed_at"),
        "fct_kpi_snapshots": ("_kpi_snapshots", "snapshot_at"),
    }
)


def remember(settings: Settings, publication: Publication) -> dict[str, int]:
    """Keep what the current publication's night saw; how many rows of each mart these are.

    One file per mart and instant of a night, written again when the same instant is run again: a row is kept once.
    Nothing is kept of a replay, which knows less than what was published since, nor of a mart that another night made.
    """
    fresh = {mart.mart: mart.as_of for mart in publication.marts if mart.state == "fresh"}
    if publication.replay:
        return {}
    counts = {}
    with (
        lock(settings.lake),
        scratch(settings.lake) as place,
        duckdb.connect(str(settings.published_database), read_only=True) as published,
    ):
        for mart, (folder, column) in KEPT.items():
            seen_at = fresh.get(mart)
            if seen_at is None:
                continue
            file = f"{seen_at.replace(tzinfo=UTC):%Y-%m-%dT%H%M%SZ}.parquet"
            (place / folder).mkdir()
            rows = f"select {', '.join(TABLES[folder])} from marts.{mart} where {column} = ?"
            copied = f"copy ({rows} order by all) to {literal(place / folder / file)} (format parquet)"
            ((counts[mart],),) = published.execute(copied, [seen_at]).fetchall()
            commit([(place / folder / file, settings.lake / folder / file)])
    return counts
