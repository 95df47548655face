"""The dbt project as assets: one step per source system's staging, one for everything behind it.

dbt runs inside the process: a start of its command line costs 6.5 s here, a warm runner 45 ms a model. Staging is cut
by system because a failed critical check on one system's extracts must stop that branch and no other.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
import duckdb
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, dbt_assets
from dagster_dbt.asset_utils import get_asset_check_key_for_test

from orchestration import incremental
from orchestration.automation import RETRY
from orchestration.quality.display import markdown_table
from orchestration.settings import DBT_PROJECT, Settings, current

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest
    from dbt.contracts.results import RunResult

BUILT = ("success", "warn", "pass")
SAMPLE_ROWS = 10


class Translator(DagsterDbtTranslator):
    """Names dbt's nodes as the lineage reads them: `marketo/leads`, `marts/dim_people`."""

    def __init__(self) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_source_tests_as_checks=True))

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """[system, object] of a source, [layer, name] of anything else."""
        if dbt_resource_props["resource_type"] == "source":
            return dg.AssetKey([dbt_resource_props["source_name"], dbt_resource_props["name"]])
        return dg.AssetKey([self.get_group_name(dbt_resource_props), dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """The layer: staging, intermediate, marts or seeds."""
        return dbt_resource_props["fqn"][1] if dbt_resource_props["resource_type"] == "model" else "seeds"


TRANSLATOR = Translator()


def prepare() -> None:
    """Parse the dbt project and write its manifest, from which the assets are drawn.

    Raises RuntimeError with dbt's own message when the project does not parse.
    """
    _parsed()


def build_assets() -> list[dg.AssetsDefinition]:
    """The dbt assets, drawn from the manifest that `prepare` wrote."""
    systems = sorted({node["fqn"][2] for node in _models().values() if node["fqn"][1] == "staging"})
    return [
        *(_step(f"staging_{system}", select=f"fqn:touchstone.staging.{system}") for system in systems),
        _step("marts", select="resource_type:seed fqn:touchstone.conformed fqn:touchstone.intermediate fqn:touchstone.marts"),
    ]


def marts() -> list[dg.AssetKey]:
    """The keys of every mart."""
    return [TRANSLATOR.get_asset_key(node) for node in _models().values() if node["fqn"][1] == "marts"]


def _step(name: str, *, select: str) -> dg.AssetsDefinition:
    @dbt_assets(
        manifest=_manifest_path(),
        select=select,
        name=name,
        dagster_dbt_translator=TRANSLATOR,
        pool="duckdb",
        retry_policy=RETRY,
    )
    def build(context: dg.AssetExecutionContext) -> Iterator[dg.Output[None] | dg.AssetCheckResult]:
        yield from _build(context, current(), select=select)

    return build


def _build(
    context: dg.AssetExecutionContext, settings: Settings, *, select: str
) -> Iterator[dg.Output[None] | dg.AssetCheckResult]:
    """Run `dbt build` and report each model and test; raises Failure naming what failed and what was skipped."""
    started = datetime.now()
    # Tests run in the step that builds the last of their parents; nobody reads the artifacts of a step.
    flags = ["--exclude-resource-type", "unit_test", "--indirect-selection", "buildable", "--no-write-json"]
    keys = context.selected_asset_keys
    models = [name for name, node in _models().items() if TRANSLATOR.get_asset_key(node) in keys]
    whole_because = incremental.reason_to_rebuild(settings, _manifest(), models=models)
    if whole_because:
        flags.append("--full-refresh")
    results = _invoke(settings, ["build", *flags, "--select", *select.split()], manifest=_parsed()).results
    _close_connections(settings)
    succeeded = [result.node.unique_id for result in results if result.status in BUILT]
    incremental.record_built(settings, _manifest(), models=succeeded)
    row_counts = _row_counts(settings)
    for result in results:
        props = result.node.to_dict()
        if props["resource_type"] == "test":
            check = _check_result(context, settings, result)
            if check:
                yield check
        elif props["resource_type"] in ("model", "seed") and result.status in BUILT:
            key = TRANSLATOR.get_asset_key(props)
            yield dg.Output(
                None,
                output_name=key.to_python_identifier(),
                metadata={
                    "unique_id": result.node.unique_id,
                    "seconds": round(result.execution_time, 2),
                    **({"dagster/row_count": row_counts[tuple(key.path)]} if tuple(key.path) in row_counts else {}),
                },
            )
    built = [result for result in results if result.node.resource_type in ("model", "seed")]
    tests = [result for result in results if result.node.resource_type == "test"]
    context.log.info(
        f"{len(built)} models and seeds, {len(tests)} tests in {(datetime.now() - started).total_seconds():.1f} s"
        + (f"; event tables built whole: {whole_because}" if whole_because else "")
    )
    failed = [result for result in results if result.status in ("error", "fail", "runtime error")]
    if failed:
        skipped = sum(result.status == "skipped" for result in results)
        lines = [f"{result.node.name} ({result.status}): {result.message}" for result in failed]
        raise dg.Failure(
            f"dbt: {len(failed)} failed, {skipped} skipped behind them.\n" + "\n".join(lines), allow_retries=False
        )


def _check_result(
    context: dg.AssetExecutionContext, settings: Settings, result: "RunResult"
) -> dg.AssetCheckResult | None:
    """The asset check of a dbt data test; None for a skipped one and for one that hangs on no single asset."""
    if result.status == "skipped":
        return None
    key = get_asset_check_key_for_test(_manifest(), TRANSLATOR, result.node.unique_id, project=None)
    if key is None or key not in context.selected_asset_check_keys:
        return None
    passed = result.status == "pass"
    metadata: dict[str, Any] = {"status": str(result.status), "failed_rows": result.failures or 0}
    if not passed and result.failures:
        metadata["sample"] = dg.MetadataValue.md(_sample(settings, result.node.compiled_code))
    return dg.AssetCheckResult(
        passed=passed,
        asset_key=key.asset_key,
        check_name=key.name,
        severity=dg.AssetCheckSeverity.WARN if result.status == "warn" else dg.AssetCheckSeverity.ERROR,
        description=result.message,
        metadata=metadata,
    )


def _invoke(settings: Settings, arguments: Sequence[str], *, manifest: "Manifest | None" = None) -> Any:
    """Run one dbt command in this process and return its result; raises RuntimeError when dbt itself breaks."""
    from dbt.cli.main import dbtRunner

    os.environ.update(settings.dbt_environment())
    settings.warehouse.parent.mkdir(parents=True, exist_ok=True)
    places = {
        "--project-dir": DBT_PROJECT,
        "--profiles-dir": DBT_PROJECT,
        "--target-path": settings.dbt_artifacts,
        "--log-path": settings.home / "logs",
    }
    flags = [str(part) for place in places.items() for part in place]
    outcome = dbtRunner(manifest=manifest).invoke(
        [*arguments, *flags, "--log-level", "none", "--log-level-file", "none"]
    )
    if outcome.exception:
        raise RuntimeError(f"dbt {arguments[0]} broke: {outcome.exception}") from outcome.exception
    return outcome.result


def _close_connections(settings: Settings) -> None:
    """Let go of the DuckDB file, which stays locked for as long as dbt's connections are open."""
    from dbt.adapters.factory import get_adapter_class_by_name

    manager = get_adapter_class_by_name(settings.target).ConnectionManager
    if hasattr(manager, "close_all_connections"):
        manager.close_all_connections()


def _row_counts(settings: Settings) -> dict[tuple[str, str], int]:
    """Rows of every table in the working DuckDB by (schema, table); empty on another engine."""
    if settings.target != "duckdb":
        return {}
    with duckdb.connect(str(settings.warehouse)) as connection:
        rows = connection.execute("select schema_name, table_name, estimated_size from duckdb_tables()").fetchall()
    return {(schema, table): size for schema, table, size in rows}


def _sample(settings: Settings, sql: str) -> str:
    """The first failing rows of a test as a Markdown table."""
    with duckdb.connect(str(settings.warehouse)) as connection:
        failing = connection.sql(f"select * from ({sql}) as failing limit {SAMPLE_ROWS}")
        return markdown_table(failing.columns, failing.fetchall())


def _manifest_path() -> Path:
    return current().dbt_artifacts / "manifest.json"


def _models() -> dict[str, Mapping[str, Any]]:
    return {name: node for name, node in _manifest()["nodes"].items() if node["resource_type"] == "model"}


@cache
def _manifest() -> Mapping[str, Any]:
    return json.loads(_manifest_path().read_text())


@cache
def _parsed() -> "Manifest":
    return _invoke(current(), ["parse"])
