"""The nightly job, its schedule, retries and freshness: what runs when, and when a number is too old."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import dagster as dg

from orchestration.settings import Settings

NIGHTLY = "nightly"
# A night is missed when nothing arrived for a day and a half: the run's length and a late delivery fit in.
FRESH = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=36), warn_window=timedelta(hours=26))
# Object storage and a lake on a network drive fail in passing; a second and third try cost less than a lost night.
RETRY = dg.RetryPolicy(max_retries=2, delay=5, backoff=dg.Backoff.EXPONENTIAL)


class _PolicyFirst(dg.Executor):
    """Runs the steps of another executor once the policy has no fault.

    Whoever starts a run, and whichever assets they select, comes through here; an asset at the root of the graph would
    hold only for runs that select it. `make nightly`, which Dagster runs by an executor of its own, asks by itself.
    """

    def __init__(self, steps: dg.Executor) -> None:
        self._steps = steps

    @property
    def retries(self) -> Any:
        return self._steps.retries

    @property
    def step_dependency_config(self) -> Any:
        return self._steps.step_dependency_config

    def execute(self, plan_context: Any, execution_plan: Any) -> Iterator[dg.DagsterEvent]:
        """The events of the run; raises PolicyError, with every fault, before the first of them."""
        from orchestration.checking.policy import require

        require()
        yield from self._steps.execute(plan_context, execution_plan)


@dg.executor(name="policy_first", config_schema=dg.in_process_executor.config_schema)
def policy_first(context: dg.InitExecutorContext) -> dg.Executor:
    """All steps in one process, after a look at the policy."""
    create = dg.in_process_executor.executor_creation_fn
    if create is None:
        raise TypeError("Dagster's in-process executor can't be created")
    return _PolicyFirst(create(context))


nightly = dg.define_asset_job(
    NIGHTLY,
    selection=dg.AssetSelection.all(),
    description="Policy checked, then extracts -> lake -> gate -> dbt -> audit -> published, in one process.",
    executor_def=policy_first,
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
