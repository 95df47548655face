"""A landing read by contract into a lake that is thrown away: what a night would load, set aside and refuse."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

import duckdb

from orchestration import contracts
from orchestration.checking.marts import Mart, judge_marts
from orchestration.checking.vocabularies import Gap, find_gaps
from orchestration.contracts import Contract
from orchestration.ingestion.batches import IngestReport, ingest
from orchestration.ingestion.files import Listing, list_landing, unrecognised
from orchestration.ingestion.ledger import BOOKKEEPING, ensure_shapes, literal
from orchestration.settings import Settings

NEAREST = 3


@dataclass(frozen=True)
class Finding:
    """Rows or cells of a file that can't be read for one reason, and the first of them."""

    reason: str
    count: int
    line: int | None
    column: str | None
    value: str | None
    remedy: str | None = None


@dataclass(frozen=True)
class CheckedFile:
    """One file: its table, what it is, and what becomes of it. `status` is loaded, duplicate, rejected or waiting."""

    path: str
    table: str
    status: str
    shape: str | None = None
    encoding: str | None = None
    rows_read: int = 0
    rows_loaded: int = 0
    rows_quarantined: int = 0
    error: str | None = None
    quarantined: tuple[Finding, ...] = ()
    cells: tuple[Finding, ...] = ()
    unknown_columns: tuple[str, ...] = ()
    missing_columns: tuple[str, ...] = ()
    assumed_zones: tuple[str, ...] = ()
    more_follows: tuple[str, ...] = ()


@dataclass(frozen=True)
class CheckedLanding:
    """All files of a landing; `strays` are folders and files of no table, with the nearest folders that are some."""

    landing: str
    files: tuple[CheckedFile, ...]
    strays: dict[str, list[str]]
    gaps: tuple[Gap, ...]
    marts: tuple[Mart, ...]

    @property
    def loads_whole(self) -> bool:
        """Whether every file and every row would load."""
        whole = all(file.status in ("loaded", "duplicate") and not file.rows_quarantined for file in self.files)
        return whole and not self.strays


@dataclass
class _Told:
    """The lake's bookkeeping by (table, file)."""

    quarantined: dict[tuple[str, str], list[Finding]] = field(default_factory=dict)
    cells: dict[tuple[str, str], list[Finding]] = field(default_factory=dict)
    drift: dict[tuple[str, str], dict[str, list[str]]] = field(default_factory=dict)


def check(landing: str, *, settings: Settings) -> CheckedLanding:
    """What a first night on a landing would make of it; writes nothing outside a temporary folder.

    Raises FileNotFoundError when the landing is not there.
    """
    known = list(contracts.load().values())
    listing = list_landing(landing)
    with tempfile.TemporaryDirectory(prefix="touchstone-check-") as folder:
        lake = Path(folder, "lake")
        ensure_shapes(known, lake=lake)
        delivered = [contract for contract in known if _is_delivered(contract, listing)]
        reports = {
            f"{contract.system}.{contract.object}": ingest(contract, listing=listing, lake=lake, now=settings.as_of)
            for contract in delivered
        }
        with duckdb.connect() as connection:
            files = _files(connection, lake, reports)
            loaded = {table for table, report in reports.items() if report.rows_loaded}
            gaps = list(find_gaps(connection, lake=lake, tables=loaded))
        told = {f"{contracts.LAKE}.{name}" for table, name in BOOKKEEPING.items() if any((lake / table).glob("*/*/*"))}
        marts = judge_marts(loaded | told, settings=settings, scratch=Path(folder))
    return CheckedLanding(landing, files, _strays(listing, known), tuple(gaps), tuple(marts))


def _is_delivered(contract: Contract, listing: Listing) -> bool:
    return bool(listing.complete_of(contract) or listing.waiting_of(contract) or listing.manifests_of(contract))


def _files(
    connection: duckdb.DuckDBPyConnection, lake: Path, reports: Mapping[str, IngestReport]
) -> tuple[CheckedFile, ...]:
    told = _read_bookkeeping(connection, lake)
    rows = connection.execute(f"""
        select system || '.' || object, source_file, status, encoding, rows_read, rows_loaded, rows_quarantined, error
        from {_table(lake, "_ledger")} order by 1, 2
    """).fetchall()
    files = []
    for table, path, status, encoding, read, loaded, quarantined, error in rows:
        drift = told.drift.get((table, path), {})
        files.append(
            CheckedFile(
                path=path,
                table=table,
                status=status,
                shape=reports[table].shapes.get(path),
                encoding=encoding,
                rows_read=read,
                rows_loaded=loaded,
                rows_quarantined=quarantined,
                error=error,
                quarantined=tuple(told.quarantined.get((table, path), ())),
                cells=tuple(told.cells.get((table, path), ())),
                unknown_columns=tuple(drift.get("unknown_column", ())),
                missing_columns=tuple(drift.get("missing_column", ())),
                assumed_zones=tuple(drift.get("assumed_zone", ())),
                more_follows=tuple(drift.get("more_follows", ())),
            )
        )
    waiting = [
        CheckedFile(path, table, "waiting")
        for table, report in reports.items()
        for path in dict.fromkeys(report.waiting)
    ]
    return (*files, *waiting)


def _read_bookkeeping(connection: duckdb.DuckDBPyConnection, lake: Path) -> _Told:
    told = _Told()
    for folder, place, remedy in (("_quarantine", told.quarantined, "min(remedy)"), ("_defects", told.cells, "null")):
        rows = connection.execute(f"""
            select system || '.' || object, source_file, reason, count(*), min(source_line),
                min_by(column_name, source_line), min_by(value, source_line), {remedy}
            from {_table(lake, folder)} group by 1, 2, 3 order by 4 desc, 5
        """).fetchall()
        for table, path, *found in rows:
            place.setdefault((table, path), []).append(Finding(*found))
    rows = connection.execute(
        f"select system || '.' || object, source_file, kind, column_name from {_table(lake, '_drift')} order by all"
    ).fetchall()
    for table, path, kind, column in rows:
        told.drift.setdefault((table, path), {}).setdefault(kind, []).append(column)
    return told


def _strays(listing: Listing, known: Sequence[Contract]) -> dict[str, list[str]]:
    folders = [f"{contract.system}/{contract.object}" for contract in known]
    return {
        stray: get_close_matches(stray.strip("/").lower(), folders, n=NEAREST)
        for stray in unrecognised(listing, contracts=known)
    }


def _table(lake: Path, folder: str) -> str:
    return f"read_parquet({literal(lake / folder / '**' / '*.parquet')}, union_by_name = true)"
