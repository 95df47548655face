"""The asset that publishes what the build offers, and the check that says what it kept back."""

import dagster as dg

from orchestration import postgres
from orchestration.automation import FRESH, RETRY
from orchestration.publication import report
from orchestration.publication.candidates import read
from orchestration.publication.publishing import Publication, publish
from orchestration.quality.tally import evaluations, tally
from orchestration.settings import current


def build_publication(candidates: dg.AssetKey) -> dg.AssetsDefinition:
    """The asset that publishes what `candidates` offers."""

    @dg.asset(
        key=report.PUBLISHED,
        deps=[candidates],
        group_name="published",
        kinds={"duckdb", "parquet"},
        owners=["team:marketing-ops"],
        freshness_policy=FRESH,
        retry_policy=RETRY,
        pool="duckdb",
        check_specs=[
            dg.AssetCheckSpec(
                report.CHECK, asset=report.PUBLISHED, description="Every mart is of this run; else what keeps it back."
            )
        ],
        description="The marts that BI reads, swapped in one step: those that passed are renewed, the others kept.",
    )
    def published(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        """Publish the marts on offer and report each one's state."""
        settings = current()
        candidates = read(settings)
        outcomes = evaluations(context.instance, candidates.run_id)
        checks = tally(outcome for outcome in outcomes if not report.is_report(outcome))
        publication = publish(settings, run_id=context.run_id, candidates=candidates, checks=checks)
        if settings.postgres_url:
            rows = postgres.publish(settings.published_database, url=settings.postgres_url)
            context.log.info(f"{sum(rows.values()):,} rows into {postgres.describe(settings.postgres_url)}")
        check = report.result(publication)
        rows_published = sum(mart.row_count or 0 for mart in publication.tables)
        context.log.info(f"{check.description}; {rows_published:,} rows; checks: {checks}")
        return dg.MaterializeResult(
            metadata={
                "duckdb": dg.MetadataValue.path(str(settings.published_database)),
                "parquet": dg.MetadataValue.path(str(settings.published / "parquet")),
                "checks": str(checks),
                "marts": dg.MetadataValue.md(_table(publication)),
            },
            check_results=[check],
        )

    return published


def _table(publication: Publication) -> str:
    lines = ["| mart | state | as of | rows |", "|---|---|---|---|"]
    for mart in publication.marts:
        rows = "" if mart.row_count is None else f"{mart.row_count:,}"
        lines.append(f"| {mart.mart} | {mart.state} | {mart.as_of or ''} | {rows} |")
    return "\n".join(lines)
