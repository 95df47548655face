"""Runs of the daemon are told of by sensors; a night that runs headless tells by itself."""

import dagster as dg

from orchestration.alerts.telling import tell, tell_waiting
from orchestration.settings import reread

# Quiet hours end on the minute, and a receiver comes back whenever: nobody waits longer than this.
LOOKS_EVERY = 600


def build_sensors() -> list[dg.SensorDefinition]:
    """One for failed runs, one for successful ones, one for what waits; a run is told of once, whoever is first."""

    @dg.run_failure_sensor(name="alert_on_failure", default_status=dg.DefaultSensorStatus.RUNNING)
    def alert_on_failure(context: dg.RunFailureSensorContext) -> None:
        """Tell the owners why the run failed."""
        _log(context.log, tell(context.instance, context.dagster_run, settings=reread()))

    @dg.run_status_sensor(
        name="alert_on_warnings", run_status=dg.DagsterRunStatus.SUCCESS, default_status=dg.DefaultSensorStatus.RUNNING
    )
    def alert_on_warnings(context: dg.RunStatusSensorContext) -> None:
        """Tell the owners what a published run warned of, and what has passed."""
        _log(context.log, tell(context.instance, context.dagster_run, settings=reread()))

    @dg.sensor(
        name="alert_later",
        minimum_interval_seconds=LOOKS_EVERY,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Sends what waited for the end of quiet hours or for its receiver, and the week's digest.",
    )
    def alert_later(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        """Look for what waits."""
        return dg.SkipReason(tell_waiting(settings=reread()) or "nothing is left to send")

    return [alert_on_failure, alert_on_warnings, alert_later]


def _log(log: "dg.DagsterLogManager", untold: str | None) -> None:
    if untold:
        log.warning(untold)
