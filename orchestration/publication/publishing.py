"""Marts -> published: what BI may read, swapped in one step; a mart that did not pass keeps its last published table.

A publication is a folder of its own, `publications/<run>/`, and `published` is a link to the newest, replaced by one
rename: a reader sees all of yesterday or all of today, and an open file lives on until its reader lets go.
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import duckdb

from orchestration import contracts
from orchestration.ingestion import origins
from orchestration.ingestion.ledger import literal
from orchestration.lineage import Failure
from orchestration.publication import descriptions, nights
from orchestration.publication.candidates import Candidates
from orchestration.publication.descriptions import Description, Descriptions
from orchestration.publication.nights import CheckResult, Night, utc
from orchestration.quality.connections import attach_last
from orchestration.quality.tally import Tally
from orchestration.settings import Settings

# Older drivers of BI tools open files of this storage version.
STORAGE_VERSION = "v1.4.0"
# When a run happened is not what it found: two runs over the same extracts have the same content.
VOLATILE = {"fct_load_ledger": ("loaded_at",)}

# Who people are, apart from what BI reads.
RESTRICTED = Path("restricted", "touchstone_restricted.duckdb")
PEOPLE = "dim_people"

PUBLICATION = "One row per mart: the run and instant that its numbers are of, and what keeps it back if anything does."

State = Literal["fresh", "carried", "absent"]
COLUMNS = (
    "mart varchar, state varchar, run_id varchar, as_of timestamp, row_count bigint, content_hash varchar, "
    "because varchar, owner varchar, remedy varchar, publication_run_id varchar, published_at timestamp, "
    "checks_passed bigint, checks_warned bigint, checks_failed bigint, checks_without_data bigint, "
    "is_simulated boolean"
)


@dataclass(frozen=True)
class PublishedMart:
    """One mart of a publication: what it is from, and why it is not of the publishing run.

    An absent mart was never published and did not pass: it has no table, run, rows or content.
    """

    mart: str
    state: State
    run_id: str | None = None
    as_of: datetime | None = None
    row_count: int | None = None
    content_hash: str | None = None
    because: Failure | None = None


@dataclass(frozen=True)
class Publication:
    """What one run published, mart by mart in order of name; times are UTC without a zone.

    `company` describes a simulated company; None where the extracts are real. `replay` is where a night lies that
    called an earlier instant now than the current publication does, None of the current one.
    """

    run_id: str
    published_at: datetime
    checks: Tally
    marts: tuple[PublishedMart, ...]
    company: str | None = None
    replay: Path | None = None

    @property
    def tables(self) -> tuple[PublishedMart, ...]:
        """The marts that have a table."""
        return tuple(mart for mart in self.marts if mart.state != "absent")


def publish(
    settings: Settings,
    *,
    run_id: str,
    candidates: Candidates,
    checks: Tally,
    described: Descriptions = MappingProxyType({}),
    results: Sequence[CheckResult] = (),
    started_at: datetime | None = None,
) -> Publication:
    """Copy what passed from the warehouse and the rest from the last publication, and make it the current one.

    Candidates that are published already stay as they are, so that to publish again takes nothing from its readers.
    Those as of an earlier instant than the current publication are a replay, and lie beside it. `described` says what
    the marts mean, `results` what the night's checks found; `started_at` is when the night began, UTC without a zone.
    Raises FileExistsError when `published` is a folder that this project did not make.
    """
    if settings.published.exists() and not settings.published.is_symlink():
        raise FileExistsError(f"{settings.published} is not a publication of Touchstone; move it away and run again")
    current = _current(settings, candidates)
    if current is not None:
        return current
    replay = None
    if nights.is_replay(settings, utc(candidates.as_of)):
        replay = settings.replays / f"{candidates.as_of:%Y-%m-%dT%H%M%SZ}"
    publications = settings.home / "publications"
    building = publications / f".building-{run_id}"
    shutil.rmtree(building, ignore_errors=True)
    (building / "parquet").mkdir(parents=True)
    with duckdb.connect(str(settings.warehouse)) as work:
        file = building / settings.published_database.name
        work.execute(f"attach '{file}' as published (storage_version '{STORAGE_VERSION}')")
        work.execute("create schema published.marts")
        last = {} if replay else _attach_last(work, settings)
        marts = [_fresh(work, mart, candidates) for mart in candidates.passed]
        marts += [_kept(work, mart, last.get(mart), because) for mart, because in candidates.held.items()]
        publication = Publication(
            run_id=run_id,
            published_at=datetime.now(UTC).replace(tzinfo=None),
            checks=checks,
            marts=tuple(sorted(marts, key=lambda mart: mart.mart)),
            company=_company(settings),
            replay=replay,
        )
        _write_publication_table(work, publication)
        if not replay:
            nights.keep(settings, results)
        nights.write(work, "published.marts", settings, _night(publication, candidates, started_at))
        texts = {mart.mart: described.get(mart.mart, Description()) for mart in publication.tables}
        texts |= {"publication": Description(PUBLICATION), **nights.DESCRIPTIONS}
        descriptions.write_readme(work, texts)
        texts[descriptions.README] = Description(descriptions.BEGIN)
        descriptions.ship(work, "published.marts", texts, parquet=building / "parquet")
        work.execute("detach published")
        is_fresh = any(mart.mart == PEOPLE and mart.state == "fresh" for mart in marts)
        _write_restricted(work, building, settings, described=described, is_fresh=is_fresh)
    if replay:
        shutil.rmtree(replay, ignore_errors=True)
        replay.parent.mkdir(exist_ok=True)
        building.rename(replay)
    else:
        _swap(settings.published, publications, building, run_id)
    return publication


def _night(publication: Publication, candidates: Candidates, started_at: datetime | None) -> Night:
    kept = [mart for mart in publication.marts if mart.state != "fresh"]
    because = kept[0].because if kept else None
    as_of = utc(candidates.as_of)
    renewed = len(publication.marts) - len(kept)
    stale = f"; {len(kept)} show an earlier night or nothing, because {because}" if kept else ""
    checks = publication.checks
    return Night(
        run_id=publication.run_id,
        as_of=as_of,
        started_at=started_at,
        ended_at=publication.published_at,
        outcome="partly_published" if kept else "published",
        message=f"{renewed} of {len(publication.marts)} marts are as of {as_of:%Y-%m-%d %H:%M} UTC{stale}",
        published_mart_count=renewed,
        kept_mart_count=len(kept),
        passed_check_count=checks.passed,
        warned_check_count=checks.warned,
        failed_check_count=checks.failed,
        unjudged_check_count=checks.no_data,
        because=str(because) if because else None,
        owner=because.owner if because else None,
        remedy=because.remedy if because else None,
    )


def _company(settings: Settings) -> str | None:
    origin = origins.read(settings.lake)
    return origin.company if origin else None


def _current(settings: Settings, candidates: Candidates) -> Publication | None:
    """The current publication where it is of `candidates`, else None."""
    if not settings.published_database.exists():
        return None
    with duckdb.connect(str(settings.published_database), read_only=True) as published:
        columns = {name for (name, *_) in published.execute("describe marts.publication").fetchall()}
        if not columns >= {column.split()[0] for column in COLUMNS.split(", ")}:
            return None
        marts = {
            row[0]: PublishedMart(*row, because=candidates.held.get(row[0]))
            for row in published.execute(
                "select mart, state, run_id, as_of, row_count, content_hash from marts.publication order by mart"
            ).fetchall()
        }
        fresh = {name for name, mart in marts.items() if mart.state == "fresh" and mart.run_id == candidates.run_id}
        if fresh != set(candidates.passed) or set(marts) - fresh != set(candidates.held):
            return None
        run_id, published_at, *counts = published.execute(
            "select any_value(publication_run_id), any_value(published_at), any_value(checks_passed), "
            "any_value(checks_warned), any_value(checks_failed), any_value(checks_without_data) from marts.publication"
        ).fetchall()[0]
    return Publication(run_id, published_at, Tally(*counts), tuple(marts.values()), company=_company(settings))


def _attach_last(work: duckdb.DuckDBPyConnection, settings: Settings) -> dict[str, PublishedMart]:
    """The tables of the last publication by mart, readable as `last.marts.<mart>`; none where nothing was published."""
    if not settings.published_database.exists():
        return {}
    attach_last(work, settings.published_database)
    rows = work.execute(
        "select mart, run_id, as_of, row_count, content_hash from last.marts.publication "
        "where mart in (select table_name from duckdb_tables() where database_name = 'last')"
    ).fetchall()
    return {row[0]: PublishedMart(row[0], "carried", *row[1:]) for row in rows}


def _fresh(work: duckdb.DuckDBPyConnection, mart: str, candidates: Candidates) -> PublishedMart:
    work.execute(f"create table published.marts.{mart} as from marts.{mart}")
    excluded = ", ".join(VOLATILE.get(mart, ()))
    row_count, content_hash = work.execute(
        "select count(*), printf('%032x', coalesce(sum(hash(content)), 0)) "
        f"from (select * {f'exclude ({excluded})' if excluded else ''} from marts.{mart}) as content"
    ).fetchall()[0]
    return PublishedMart(mart, "fresh", candidates.run_id, utc(candidates.as_of), row_count, content_hash)


def _kept(work: duckdb.DuckDBPyConnection, mart: str, last: PublishedMart | None, because: Failure) -> PublishedMart:
    if last is None:
        return PublishedMart(mart, "absent", because=because)
    work.execute(f"create table published.marts.{mart} as from last.marts.{mart}")
    return PublishedMart(mart, "carried", last.run_id, last.as_of, last.row_count, last.content_hash, because=because)


def _write_publication_table(work: duckdb.DuckDBPyConnection, publication: Publication) -> None:
    """One row per mart, so that a number in BI can be traced to its run, its checks and what holds it back."""
    work.execute(f"create table published.marts.publication ({COLUMNS})")
    checks = publication.checks
    work.executemany(
        "insert into published.marts.publication values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                mart.mart,
                mart.state,
                mart.run_id,
                mart.as_of,
                mart.row_count,
                mart.content_hash,
                str(mart.because) if mart.because else None,
                mart.because.owner if mart.because else None,
                mart.because.remedy if mart.because else None,
                publication.run_id,
                publication.published_at,
                checks.passed,
                checks.warned,
                checks.failed,
                checks.no_data,
                publication.company is not None,
            )
            for mart in publication.marts
        ],
    )


def _write_restricted(
    work: duckdb.DuckDBPyConnection, building: Path, settings: Settings, *, described: Descriptions, is_fresh: bool
) -> None:
    """Names and addresses in a database of their own, which no other user of the machine may open.

    They are of the run that the mart of people is of.
    """
    kept = settings.published / RESTRICTED
    if is_fresh:
        tables = "select table_name from duckdb_tables() where schema_name = 'restricted'"
        names = {name: f"restricted.{name}" for (name,) in work.execute(tables).fetchall()}
    elif kept.exists():
        work.execute(f"attach {literal(kept.resolve())} as kept (read_only)")
        tables = "select table_name from duckdb_tables() where database_name = 'kept'"
        names = {name: f"kept.restricted.{name}" for (name,) in work.execute(tables).fetchall()}
    else:
        names = {}
    if not names:
        return
    file = building / RESTRICTED
    file.parent.mkdir(mode=0o700)
    work.execute(f"attach {literal(file)} as named (storage_version '{STORAGE_VERSION}')")
    work.execute("create schema named.restricted")
    for name, place in names.items():
        work.execute(f"create table named.restricted.{name} as from {place}")
        descriptions.comment(work, f"named.restricted.{name}", described.get(name, Description()))
    work.execute("detach named")


def _swap(published: Path, publications: Path, building: Path, run_id: str) -> None:
    # A run that publishes again must not take the folder from under its readers.
    names = chain([run_id], (f"{run_id}-{attempt}" for attempt in count(2)))
    final = next(publications / name for name in names if not (publications / name).exists())
    building.rename(final)
    link = publications / f".link-{run_id}"
    link.unlink(missing_ok=True)
    link.symlink_to(os.path.relpath(final, published.parent))
    os.replace(link, published)
    for stale in _stale(publications, keep=final):
        shutil.rmtree(stale, ignore_errors=True)


def _stale(publications: Path, *, keep: Path) -> Iterator[Path]:
    """Publications beyond the newest `publications_kept`, and what a killed run left half-built."""
    finished = [p for p in publications.iterdir() if not p.name.startswith(".") and p != keep]
    finished.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    yield from finished[contracts.policy()["publications_kept"] - 1 :]
    yield from publications.glob(".building-*")
