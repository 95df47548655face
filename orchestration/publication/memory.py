"""What a night saw and no later one can, kept in the lake: since when a defect is known."""

from datetime import UTC

import duckdb

from orchestration.ingestion.ledger import TABLES, commit, literal, lock, scratch
from orchestration.publication.publishing import Publication
from orchestration.settings import Settings

FOLDER = "_defect_changes"
MART = "fct_defect_changes"


def remember(settings: Settings, publication: Publication) -> int:
    """Keep the changes of defects that the current publication's night saw; how many they are.

    One file per instant of a night, written again when the same instant is run again: a change is kept once. Nothing is
    kept of a replay, which knows less than what was published since, nor of a mart that another night made.
    """
    fresh = {mart.mart: mart.as_of for mart in publication.marts if mart.state == "fresh"}
    seen_at = fresh.get(MART)
    if publication.replay or seen_at is None:
        return 0
    file = f"{seen_at.replace(tzinfo=UTC):%Y-%m-%dT%H%M%SZ}.parquet"
    with (
        lock(settings.lake),
        scratch(settings.lake) as folder,
        duckdb.connect(str(settings.published_database), read_only=True) as published,
    ):
        rows = f"select {', '.join(TABLES[FOLDER])} from marts.{MART} where changed_at = ?"
        copied = f"copy ({rows} order by all) to {literal(folder / file)} (format parquet)"
        ((count,),) = published.execute(copied, [seen_at]).fetchall()
        commit([(folder / file, settings.lake / FOLDER / file)])
    return count
