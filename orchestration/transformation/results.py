"""dbt's results as Dagster shows them, and as the failures that they are."""

import os
import re
import warnings
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import dagster as dg
import duckdb
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings
from dagster_dbt.asset_utils import get_asset_check_key_for_test

from orchestration import lineage
from orchestration.lineage import Failure
from orchestration.policy.assets import MARTS
from orchestration.quality import suites
from orchestration.quality.display import markdown_rows, safe
from orchestration.quality.runbooks import link
from orchestration.quality.suites import read_owners
from orchestration.settings import DBT_PROJECT, PROJECT, Settings
from orchestration.transformation.runner import manifest

if TYPE_CHECKING:
    from dbt.contracts.results import RunResult

SAMPLE_ROWS = 10
DATA_ENGINEERING = "data_engineering"
# dbt says first where an error is, then what it is.
_WHERE = re.compile(r"\w+ Error in \w+ ")


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
        """The layer: staging, conformed, intermediate, marts or seeds."""
        return dbt_resource_props["fqn"][1] if dbt_resource_props["resource_type"] == "model" else "seeds"

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> Sequence[str]:
        """Of a mart the owner of its suite; everything before it is the data engineers'."""
        return [f"team:{_mart_owners().get(dbt_resource_props['name'], DATA_ENGINEERING).replace('_', '-')}"]

    def get_metadata(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, Any]:
        """dbt's own, and where its SQL or CSV stands."""
        file = PROJECT / "dbt_project" / dbt_resource_props["original_file_path"]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", dg.BetaWarning)
            source = dg.LocalFileCodeReference(file_path=os.path.normpath(file), line_number=1, label=file.name)
            references = dg.CodeReferencesMetadataValue(code_references=[source])
        return {**super().get_metadata(dbt_resource_props), "dagster/code_references": references}


TRANSLATOR = Translator()


@cache
def _mart_owners() -> dict[str, str]:
    return {suite.asset_key[-1]: suite.owner.id for suite in suites.load() if suite.layer == MARTS}


def spoiled(result: "RunResult") -> list[str]:
    """Ids of the tables that a failed model, seed or test leaves in doubt."""
    if result.node.resource_type == "test":
        return lineage.suspects(manifest(), result.node.unique_id)
    return [result.node.unique_id]


def failure(result: "RunResult") -> Failure:
    """What a failed model, seed or test says, as one line that names no one."""
    lines = [line.strip() for line in (result.message or str(result.status)).splitlines() if line.strip()]
    told = _told(result.node)
    return Failure(
        name=result.node.name,
        found=safe(next((line for line in lines if not _WHERE.match(line)), lines[0])),
        owner=_contact(told.get("owner", DATA_ENGINEERING)),
        remedy=told.get(
            "remedy", "A fault of the model, or of a seed that it reads: correct it, or report it with the message."
        ),
    )


def data_engineering() -> str:
    """Who repairs models."""
    return _contact(DATA_ENGINEERING)


def materialization(result: "RunResult", row_counts: Mapping[tuple[str, str], int]) -> dg.MaterializeResult:
    """What was built, in how long, and how many rows it holds."""
    key = TRANSLATOR.get_asset_key(result.node.to_dict())
    rows = row_counts.get(tuple(key.path))
    return dg.MaterializeResult(
        asset_key=key,
        metadata={
            "unique_id": result.node.unique_id,
            "seconds": round(result.execution_time, 2),
            **({} if rows is None else {"dagster/row_count": rows}),
        },
    )


def check_result(settings: Settings, result: "RunResult") -> dg.AssetCheckResult | None:
    """The asset check of a dbt data test; None for a skipped one and for one that hangs on no single asset."""
    key = get_asset_check_key_for_test(manifest(), TRANSLATOR, result.node.unique_id, project=None)
    if key is None or result.status == "skipped":
        return None
    passed = result.status == "pass"
    told = failure(result)
    owner = read_owners()[_told(result.node)["owner"]]
    metadata: dict[str, Any] = {
        "owner": told.owner,
        "remedy": told.remedy,
        "description": _told(result.node)["meaning"],
        "failed_rows": result.failures or 0,
        "runbook": link(owner.runbook),
        "test": _place(result.node),
    }
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


def _told(node: Any) -> dict[str, str]:
    """What a test's SQL or macro says: owner, remedy, and what it means when it fails. Nothing of a model.

    In SQL, for what YAML says of a singular test dbt forgets when it parses only what changed.
    """
    return dict(node.config.meta) if node.resource_type == "test" else {}


def _place(node: Any) -> str:
    """The file in which a test is declared."""
    return f"{DBT_PROJECT.name}/{node.original_file_path}"


def _contact(owner: str) -> str:
    found = read_owners()[owner]
    return f"{found.name} <{found.contact}>"


def test_descriptions() -> dict[dg.AssetCheckKey, str]:
    """Of each dbt test whether it blocks or warns, and what it means when it fails."""
    found = {}
    for name, node in manifest()["nodes"].items():
        if node["resource_type"] != "test":
            continue
        key = get_asset_check_key_for_test(manifest(), TRANSLATOR, name, project=None)
        if key is not None:
            weight = "Warns" if node["config"]["severity"].lower() == "warn" else "Blocks"
            found[key] = f"{weight}: {node['config']['meta']['meaning']}"
    return found


def row_counts(settings: Settings) -> dict[tuple[str, str], int]:
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
        return markdown_rows(failing.columns, failing.fetchall())
