"""A night that published nothing -> table `night`, beside the marts published last."""

from datetime import UTC, datetime

import dagster as dg

from orchestration import postgres
from orchestration.automation import NIGHTLY
from orchestration.digest import Digest, read_digest
from orchestration.publication import checked, nights
from orchestration.publication.nights import Night
from orchestration.quality.tally import evaluations
from orchestration.running import in_one_line
from orchestration.settings import Settings, reread


def build_sensor() -> dg.SensorDefinition:
    """Tells of nights of the daemon; a headless one tells of itself."""

    @dg.run_failure_sensor(name="tell_of_failed_night", default_status=dg.DefaultSensorStatus.RUNNING)
    def tell_of_failed_night(context: dg.RunFailureSensorContext) -> None:
        """Say in the published tables that the last night failed."""
        untold = tell(context.instance, context.dagster_run, settings=reread())
        if untold:
            context.log.warning(untold)

    return tell_of_failed_night


def tell(instance: dg.DagsterInstance, run: dg.DagsterRun, *, settings: Settings) -> str | None:
    """`close` for a caller that goes on whatever happens, as on a full disk; returns what hindered it."""
    try:
        close(instance, run, settings=settings)
    except Exception as error:  # noqa: BLE001 - the disk, DuckDB, the lake's lock and the server fail their own ways
        return f"Table {nights.NIGHT} does not tell of this night: {in_one_line(error)}"
    return None


def close(instance: dg.DagsterInstance, run: dg.DagsterRun, *, settings: Settings) -> bool:
    """Say beside the current publication that the night `run` published nothing; False where there is nothing to say.

    A run of anything but the whole night, a replay, and one that is told of already, is none. What its checks found is
    kept.
    """
    if run.job_name != NIGHTLY or nights.told(settings) == run.run_id:
        return False
    as_of = nights.utc(settings.as_of)
    digest = read_digest(instance, run)
    if digest.published is not None or nights.is_replay(settings, as_of):
        return False
    nights.keep(settings, checked.results(evaluations(instance, run.run_id), run_id=run.run_id, as_of=as_of))
    night = _failed(digest, as_of=as_of, started_at=nights.started(instance, run.run_id))
    if not nights.renew(settings, night):
        return False
    if settings.postgres_url:
        postgres.renew(settings.published_database, url=settings.postgres_url, tables=tuple(nights.DESCRIPTIONS))
    return True


def _failed(digest: Digest, *, as_of: datetime, started_at: datetime | None) -> Night:
    worst = next((finding for finding in digest.findings if finding.is_critical), None)
    because = f"{worst.title}: {worst.found}" if worst else "the run ended before it published"
    checks = digest.checks
    return Night(
        run_id=digest.run_id,
        as_of=as_of,
        started_at=started_at,
        ended_at=datetime.now(UTC).replace(tzinfo=None),
        outcome="failed",
        message=f"The night of {as_of:%Y-%m-%d} published nothing ({because}): numbers are of an earlier one",
        published_mart_count=0,
        kept_mart_count=0,
        passed_check_count=checks.passed,
        warned_check_count=checks.warned,
        failed_check_count=checks.failed,
        unjudged_check_count=checks.no_data,
        because=because,
        owner=worst.owner if worst else None,
        remedy=worst.remedy if worst else None,
    )
