"""Landing and lake as assets: the delivery, the raw tables (one step per system), the lake's bookkeeping."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from pathlib import Path

import dagster as dg

from orchestration.automation import FRESH, RETRY
from orchestration.contracts import LAKE, Contract
from orchestration.ingestion.batches import IngestReport, ingest
from orchestration.ingestion.files import Listing, list_landing, unrecognised
from orchestration.ingestion.ledger import BOOKKEEPING, TABLES, ensure_shapes
from orchestration.ingestion.origins import claim
from orchestration.ingestion.proofs import SET_ASIDE, sweep
from orchestration.running import at_work
from orchestration.settings import Settings, current

LANDING = dg.AssetKey(["landing"])
OWNERS = ["team:data-engineering"]


def build_ingestion_assets(contracts: Sequence[Contract]) -> list[dg.AssetsDefinition]:
    """The landing, every raw table, and the bookkeeping, in this order."""
    systems = [list(tables) for _, tables in groupby(contracts, key=lambda contract: contract.system)]
    return [_landing(contracts), *(_system(tables) for tables in systems), _bookkeeping(contracts)]


def _landing(contracts: Sequence[Contract]) -> dg.AssetsDefinition:
    @dg.asset(
        key=LANDING,
        group_name="landing",
        kinds={"file"},
        owners=OWNERS,
        retry_policy=RETRY,
        description="Extracts as vendors export them. Listing them also clears what a killed run left in the lake.",
    )
    def landing(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        with at_work(context) as settings:
            if not settings.has_extracts:
                raise dg.Failure(
                    "no extracts: set TOUCHSTONE_LANDING, or run `make demo` for the demo company", allow_retries=False
                )
            listing = _listing(settings, context.run_id)
            swept = sweep(settings.lake)
            ensure_shapes(contracts, lake=settings.lake)
        strays = unrecognised(listing, contracts=contracts)
        context.log.info(f"{len(listing.complete):,} extracts in {listing.landing}")
        if swept.recovered:
            context.log.warning(
                f"{len(swept.recovered)} batches had no ledger; it was written again from what they hold"
            )
        if swept.set_aside:
            context.log.warning(
                f"set aside {len(swept.set_aside)} files that are no whole batch: {settings.lake / SET_ASIDE}"
            )
        for stray in strays:
            context.log.warning(f"nobody reads {stray}: no contract of that name; rename it or declare the table")
        for file in listing.waiting:
            context.log.warning(f"{file.path} is still being written; it is read next time")
        return dg.MaterializeResult(
            metadata={"files": len(listing.complete), "waiting": len(listing.waiting), "unrecognised": strays}
        )

    return landing


def _system(contracts: Sequence[Contract]) -> dg.AssetsDefinition:
    system = contracts[0].system

    @dg.multi_asset(
        name=f"ingest_{system}",
        specs=[
            dg.AssetSpec(
                [contract.system, contract.object],
                deps=[LANDING],
                group_name="raw",
                kinds={"parquet"},
                owners=OWNERS,
                description=contract.description,
                freshness_policy=FRESH,
                metadata={"dagster/column_schema": _column_schema(contract)},
                skippable=True,
            )
            for contract in contracts
        ],
        can_subset=True,
        retry_policy=RETRY,
    )
    def ingest_system(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        reports = []
        with at_work(context) as settings:
            listing = _listing(settings, context.run_id)
            for contract in contracts:
                key = dg.AssetKey([contract.system, contract.object])
                if key in context.selected_asset_keys:
                    report = ingest(contract, listing=listing, lake=settings.lake, now=settings.as_of)
                    reports.append(report)
                    yield dg.MaterializeResult(asset_key=key, metadata=_metadata(report))
        for error in (error for report in reports for error in report.errors):
            context.log.error(error)
        for report in reports:
            for suspect in report.suspects:
                context.log.warning(f"not taken as whole, so nothing of it counts as gone: {suspect}")
            for kept in report.kept:
                context.log.warning(f"stays as it was read: {kept}")
        context.log.info(_summary(reports))

    return ingest_system


def _bookkeeping(contracts: Sequence[Contract]) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name="lake_bookkeeping",
        specs=[
            dg.AssetSpec(
                [LAKE, BOOKKEEPING[folder]],
                deps=[[contract.system, contract.object] for contract in contracts],
                group_name="raw",
                kinds={"parquet"},
                owners=OWNERS,
                description=f"What ingestion wrote about itself in {folder}; one file per batch.",
            )
            for folder in TABLES
        ],
    )
    def lake_bookkeeping() -> Iterator[dg.MaterializeResult]:
        lake = current().lake
        for folder in TABLES:
            batches = sum(1 for _ in Path(lake, folder).glob("*/*/*.parquet"))
            yield dg.MaterializeResult(asset_key=[LAKE, BOOKKEEPING[folder]], metadata={"batches": batches})

    return lake_bookkeeping


@lru_cache(maxsize=1)
def _listing(settings: Settings, run_id: str) -> Listing:
    """The landing as this run found it: listed once, since it may hold tens of thousands of files.

    Raises OtherOrigin when the lake is not this landing's, whichever table was asked for.
    """
    claim(settings)
    return list_landing(settings.landing)


def _column_schema(contract: Contract) -> dg.TableSchema:
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                column.name,
                column.data_type,
                description=column.description,
                constraints=dg.TableColumnConstraints(nullable=column.name not in contract.mandatory),
                tags={"pii": ""} if column.is_pii else None,
            )
            for column in contract.columns
        ]
    )


def _metadata(report: IngestReport) -> dict[str, int]:
    return {
        "files_read": report.files_loaded,
        "files_rejected": report.files_rejected,
        "rows_read": report.rows_read,
        "rows_loaded": report.rows_loaded,
        "rows_quarantined": report.rows_quarantined,
        "cell_defects": report.cell_defects,
    }


def _summary(reports: Sequence[IngestReport]) -> str:
    files = sum(report.files_loaded for report in reports)
    if not files:
        return "nothing new"
    rows = sum(report.rows_read for report in reports)
    return f"{files:,} files, {rows:,} rows, {sum(report.rows_quarantined for report in reports):,} quarantined"
