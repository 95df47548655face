"""Marts -> published: what BI may read, swapped in one step, only when every critical check passed.

A publication is a folder of its own, `publications/<run>/`, and `published` is a link to the newest, replaced by one
rename: a reader sees all of yesterday or all of today, and an open file lives on until its reader lets go.
"""

import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import duckdb

from orchestration import postgres
from orchestration.automation import FRESH, RETRY
from orchestration.quality.tally import Tally, evaluations, tally
from orchestration.settings import Settings, current

# Older drivers of BI tools open files of this storage version.
STORAGE_VERSION = "v1.4.0"
DATABASE = "touchstone.duckdb"
KEPT = 2
# When a run happened is not what it found: two runs over the same extracts have the same content.
VOLATILE = {"fct_load_ledger": ("loaded_at",)}


@dataclass(frozen=True)
class Publication:
    """What one run published: rows and content hash of each mart."""

    run_id: str
    published_at: datetime
    checks: Tally
    row_counts: dict[str, int]
    content_hashes: dict[str, str]


def publish(settings: Settings, *, run_id: str, checks: Tally) -> Publication:
    """Copy every mart into a new publication and make it the current one.

    Raises FileExistsError when `published` is a folder that this project did not make.
    """
    if settings.published.exists() and not settings.published.is_symlink():
        raise FileExistsError(f"{settings.published} is not a publication of Touchstone; move it away and run again")
    publications = settings.home / "publications"
    building = publications / f".building-{run_id}"
    shutil.rmtree(building, ignore_errors=True)
    (building / "parquet").mkdir(parents=True)
    with duckdb.connect(str(settings.warehouse)) as work:
        work.execute(f"attach '{building / DATABASE}' as published (storage_version '{STORAGE_VERSION}')")
        work.execute("create schema published.marts")
        marts = [
            name
            for (name,) in work.execute(
                "select table_name from duckdb_tables() "
                "where database_name = current_database() and schema_name = 'marts' order by 1"
            ).fetchall()
        ]
        row_counts, content_hashes = {}, {}
        for mart in marts:
            work.execute(f"create table published.marts.{mart} as from marts.{mart}")
            excluded = ", ".join(VOLATILE.get(mart, ()))
            row_counts[mart], content_hashes[mart] = work.execute(
                "select count(*), printf('%032x', coalesce(sum(hash(content)), 0)) "
                f"from (select * {f'exclude ({excluded})' if excluded else ''} from marts.{mart}) as content"
            ).fetchall()[0]
        publication = Publication(
            run_id=run_id,
            published_at=datetime.now(UTC).replace(tzinfo=None),
            checks=checks,
            row_counts=row_counts,
            content_hashes=content_hashes,
        )
        _write_publication_table(work, publication, as_of=settings.as_of.replace(tzinfo=None))
        for mart in [*marts, "publication"]:
            file = building / "parquet" / f"{mart}.parquet"
            work.execute(f"copy published.marts.{mart} to '{file}' (format parquet, compression zstd)")
        work.execute("detach published")
    _swap(settings.published, publications, building, run_id)
    return publication


def _write_publication_table(work: duckdb.DuckDBPyConnection, publication: Publication, *, as_of: datetime) -> None:
    """One row per published mart, so that a number in BI can be traced to its run and its checks."""
    work.execute(
        "create table published.marts.publication (run_id varchar, published_at timestamp, as_of timestamp, "
        "checks_passed bigint, checks_warned bigint, checks_without_data bigint, mart varchar, row_count bigint, "
        "content_hash varchar)"
    )
    work.executemany(
        "insert into published.marts.publication values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                publication.run_id,
                publication.published_at,
                as_of,
                publication.checks.passed,
                publication.checks.warned,
                publication.checks.no_data,
                mart,
                row_count,
                publication.content_hashes[mart],
            )
            for mart, row_count in publication.row_counts.items()
        ],
    )


def _swap(published: Path, publications: Path, building: Path, run_id: str) -> None:
    final = publications / run_id
    shutil.rmtree(final, ignore_errors=True)
    building.rename(final)
    link = publications / f".link-{run_id}"
    link.unlink(missing_ok=True)
    link.symlink_to(os.path.relpath(final, published.parent))
    os.replace(link, published)
    for stale in _stale(publications, keep=final):
        shutil.rmtree(stale, ignore_errors=True)


def _stale(publications: Path, *, keep: Path) -> Iterator[Path]:
    """Publications beyond the newest KEPT, and what a killed run left half-built."""
    finished = [p for p in publications.iterdir() if not p.name.startswith(".") and p != keep]
    finished.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    yield from finished[KEPT - 1 :]
    yield from publications.glob(".building-*")


def build_publication(marts: Iterable[dg.AssetKey]) -> dg.AssetsDefinition:
    """The asset that publishes `marts`, and waits for every blocking check on them."""

    @dg.asset(
        deps=list(marts),
        group_name="published",
        kinds={"duckdb", "parquet"},
        owners=["team:marketing-ops"],
        freshness_policy=FRESH,
        retry_policy=RETRY,
        pool="duckdb",
        description="The marts that BI reads, swapped in one step after every critical check passed.",
    )
    def published(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        """Publish the marts of this run and report rows per mart."""
        settings = current()
        checks = tally(evaluations(context.instance, context.run_id))
        publication = publish(settings, run_id=context.run_id, checks=checks)
        if settings.postgres_url:
            rows = postgres.publish(settings.published / DATABASE, url=settings.postgres_url)
            context.log.info(f"{sum(rows.values()):,} rows into {postgres.describe(settings.postgres_url)}")
        context.log.info(
            f"{len(publication.row_counts)} marts, {sum(publication.row_counts.values()):,} rows; checks: {checks}"
        )
        return dg.MaterializeResult(
            metadata={
                "duckdb": dg.MetadataValue.path(str(settings.published / DATABASE)),
                "parquet": dg.MetadataValue.path(str(settings.published / "parquet")),
                "checks": str(checks),
                "rows": dg.MetadataValue.md(
                    "| mart | rows |\n|---|---|\n"
                    + "\n".join(f"| {mart} | {count:,} |" for mart, count in publication.row_counts.items())
                ),
            }
        )

    return published
