"""The nightly job, its schedule, retries and freshness: what runs when, and when a number is too old."""

from datetime import timedelta

import dagster as dg

from orchestration.settings import Settings

NIGHTLY = "nightly"
# A night is missed when nothing arrived for a day and a half: the run's length and a late delivery fit in.
FRESH = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=36), warn_window=timedelta(hours=26))
# Object storage and a lake on a network drive fail in passing; a second and third try cost less than a lost night.
RETRY = dg.RetryPolicy(max_retries=2, delay=5, backoff=dg.Backoff.EXPONENTIAL)

nightly = dg.define_asset_job(
    NIGHTLY,
    selection=dg.AssetSelection.all(),
    description="Extracts -> lake -> gate -> dbt -> audit -> published, in one process.",
    executor_def=dg.in_process_executor,
)


def build_schedule(settings: Settings) -> dg.ScheduleDefinition:
    """The nightly schedule; cron and time zone come from the environment. On while `make ui` runs."""
    return dg.ScheduleDefinition(
        name=NIGHTLY,
        job=nightly,
        cron_schedule=settings.schedule_cron,
        execution_timezone=settings.schedule_timezone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
