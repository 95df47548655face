"""Every model, data test and unit test on a lake into which nothing was delivered yet."""

from typing import Any

import pytest

from orchestration import contracts
from orchestration.ingestion.ledger import ensure_shapes
from tests.parsed import run

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """The results of one `dbt build` of the whole project."""
    folder = tmp_path_factory.mktemp("nothing")
    ensure_shapes(contracts.load().values(), lake=folder / "lake")
    built = run(
        ["build"],
        artifacts=folder,
        warehouse=folder / "work.duckdb",
        lake=folder / "lake",
        as_of="2026-07-01 02:00:00",
    )
    return list(built.results)


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
