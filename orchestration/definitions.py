"""The table of contents: what runs, in the order the data flows."""

import dagster as dg

from orchestration import alerts, automation, contracts, settings, transformation
from orchestration.history import relax
from orchestration.ingestion.assets import build_ingestion_assets
from orchestration.progress import progress
from orchestration.publication import build_publication
from orchestration.quality.checks import build_checks

_settings = settings.current()
relax()

defs = dg.Definitions(
    assets=[
        *build_ingestion_assets(list(contracts.load().values())),  # landing -> lake
        *transformation.build_assets(),  # lake -> staging -> intermediate -> marts
        build_publication(transformation.marts()),  # marts -> published
    ],
    asset_checks=build_checks(),  # the gate on raw tables, the audit on marts
    jobs=[automation.nightly],
    schedules=[automation.build_schedule(_settings)],
    sensors=alerts.build_sensors(),
    executor=dg.in_process_executor,
    loggers={"console": progress},
)
