"""The table of contents: what runs, in the order the data flows."""

import dagster as dg

from orchestration import automation, contracts, output_keys, running, settings
from orchestration.alerts.sensors import build_sensors
from orchestration.history import relax
from orchestration.ingestion.assets import build_ingestion_assets
from orchestration.progress import progress
from orchestration.publication import closing
from orchestration.publication.assets import build_publication
from orchestration.quality import suites
from orchestration.transformation.assets import CANDIDATES, build_transformation

_settings = settings.current()
relax()
output_keys.keep()

defs = dg.Definitions(
    assets=[
        *build_ingestion_assets(list(contracts.load().values())),  # landing -> lake
        build_transformation(suites.load()),  # lake -> gate -> staging -> conformed -> intermediate -> marts -> audit
        build_publication(CANDIDATES),  # marts that passed -> published
    ],
    jobs=[automation.nightly],
    schedules=[automation.build_schedule(_settings)],
    sensors=[*build_sensors(), closing.build_sensor(), running.dead_runs_sensor],
    executor=automation.policy_first,
    loggers={"console": progress},
)
