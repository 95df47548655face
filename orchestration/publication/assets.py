"""The asset that publishes what the build offers, and the check that says what it kept back."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import dagster as dg

from orchestration import postgres
from orchestration.automation import FRESH, RETRY
from orchestration.publication import checked, report
from orchestration.publication.candidates import read
from orchestration.publication.descriptions import of_published
from orchestration.publication.memory import remember
from orchestration.publication.nights import started, utc
from orchestration.publication.publishing import RESTRICTED, Publication, publish
from orchestration.publication.report import Unreached
from orchestration.quality.display import markdown_rows
from orchestration.quality.tally import evaluations, had_no_data, tally
from orchestration.running import at_work, in_one_line, is_passing
from orchestration.settings import Settings
from orchestration.transformation import runner

if TYPE_CHECKING:
    from dagster._core.definitions.asset_checks.asset_check_evaluation import AssetCheckEvaluation


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
        with at_work(context) as settings:
            candidates = read(settings)
            outcomes = evaluations(context.instance, candidates.run_id)
            checks = tally(outcome for outcome in outcomes if not report.is_report(outcome))
            publication = publish(
                settings,
                run_id=context.run_id,
                candidates=candidates,
                checks=checks,
                described=of_published(runner.manifest()),
                results=checked.results(outcomes, run_id=candidates.run_id, as_of=utc(candidates.as_of)),
                started_at=started(context.instance, candidates.run_id),
            )
            for mart, row_count in remember(settings, publication).items():
                context.log.info(f"{row_count:,} rows of {mart} kept in the lake")
            unreached = None if publication.replay else _to_postgres(context, settings)
        folder = publication.replay or settings.published
        check = report.result(publication, unreached=unreached)
        rows_published = sum(mart.row_count or 0 for mart in publication.tables)
        context.log.info(f"{check.description}; {rows_published:,} rows; checks: {checks}")
        return dg.MaterializeResult(
            metadata={
                "duckdb": dg.MetadataValue.path(str(folder / settings.published_database.name)),
                "parquet": dg.MetadataValue.path(str(folder / "parquet")),
                "checks": str(checks),
                "warned": dg.MetadataValue.md(_warned(outcomes)),
                "marts": dg.MetadataValue.md(_table(publication)),
            },
            check_results=[check],
        )

    return published


def _warned(outcomes: Sequence["AssetCheckEvaluation"]) -> str:
    """What did not pass, as a Markdown table."""
    wrong = [found for found in outcomes if not (found.passed or had_no_data(found) or report.is_report(found))]
    rows = [
        (found.metadata["owner"].value, found.asset_key.to_user_string(), found.check_name, found.description)
        for found in sorted(wrong, key=lambda found: (str(found.metadata["owner"].value), found.asset_key))
    ]
    return markdown_rows(("owner", "asset", "check", "found"), rows)


def _to_postgres(context: dg.AssetExecutionContext, settings: Settings) -> Unreached | None:
    """Publish into PostgreSQL too, where one is configured; why that failed when it was tried for the last time."""
    if not settings.postgres_url:
        return None
    target = f"PostgreSQL {postgres.describe(settings.postgres_url)}"
    try:
        rows = postgres.publish(
            settings.published_database, url=settings.postgres_url, restricted=settings.published / RESTRICTED
        )
    except Exception as error:
        if is_passing(error) and context.retry_number < RETRY.max_retries:
            raise
        because = in_one_line(error)
        context.log.error(f"{target} still shows the publication before: {because}")
        return Unreached(target, because)
    context.log.info(f"{sum(rows.values()):,} rows into {target}")
    return None


def _table(publication: Publication) -> str:
    lines = ["| mart | state | as of | rows |", "|---|---|---|---|"]
    for mart in publication.marts:
        rows = "" if mart.row_count is None else f"{mart.row_count:,}"
        lines.append(f"| {mart.mart} | {mart.state} | {mart.as_of or ''} | {rows} |")
    return "\n".join(lines)
