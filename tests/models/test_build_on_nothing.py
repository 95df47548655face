"""Every model, data test and unit test on a lake into which nothing was delivered yet."""

from typing import Any

import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from orchestration import contracts
from orchestration.ingestion.ledger import ensure_shapes
from orchestration.settings import DBT_PROJECT
from tests.parsed import QUIET, manifest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """The results of one `dbt build` of the whole project."""
    folder = tmp_path_factory.mktemp("nothing")
    ensure_shapes(contracts.load().values(), lake=folder / "lake")
    places = {
        "--project-dir": DBT_PROJECT,
        "--profiles-dir": DBT_PROJECT,
        "--target-path": folder / "target",
        "--log-path": folder / "logs",
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TOUCHSTONE_WAREHOUSE", str(folder / "work.duckdb"))
        patch.setenv("TOUCHSTONE_LAKE", str(folder / "lake"))
        patch.setenv("TOUCHSTONE_AS_OF", "2026-07-01 02:00:00")
        flags = [str(part) for place in places.items() for part in place]
        outcome = dbtRunner(manifest=manifest()).invoke(["build", *flags, *QUIET])
        DuckDBConnectionManager.close_all_connections()
    assert outcome.exception is None, outcome.exception
    return list(outcome.result.results)


@pytest.mark.parametrize("kind", ["seed", "model", "unit_test", "test"])
def test_everything_succeeds(results: list[Any], kind: str) -> None:
    of_kind = [result for result in results if result.node.resource_type == kind]
    assert len(of_kind) > 20
    wrong = [f"{r.node.name} ({r.status}): {r.message}" for r in of_kind if r.status not in ("success", "pass")]
    assert not wrong, "\n".join(wrong)


def test_uniqueness_tests_removed_nowhere(results: list[Any]) -> None:
    """Every model that was built had its grain tested in the same run."""
    built = {r.node.unique_id for r in results if r.node.resource_type == "model"}
    grains = (r.node for r in results if r.node.resource_type == "test" and r.node.name.startswith("grain_"))
    assert built - {node.attached_node for node in grains} == set()
