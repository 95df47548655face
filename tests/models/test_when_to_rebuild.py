"""Which change has the tables that keep their rows built whole, and which does not."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orchestration import contracts, incremental, settings
from orchestration.settings import Settings

STAGING, SESSIONS, MART = "model.touchstone.stg", "model.touchstone.int_sessions", "model.touchstone.fct"
BOTH = [STAGING, SESSIONS]
MACRO, BENEATH = "macro.touchstone.cut", "macro.touchstone.default__cut"


def model(materialized: str, raw_code: str, *, nodes: list[str], macros: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "name": "a model",
        "resource_type": "model",
        "config": {"materialized": materialized},
        "raw_code": raw_code,
        "depends_on": {"nodes": nodes, "macros": list(macros)},
    }


MANIFEST: dict[str, Any] = {
    "nodes": {
        STAGING: model("incremental", "select 1", nodes=["source.touchstone.ga4.events"]),
        SESSIONS: model(
            "incremental", "{{ cut(var('session_timeout_minutes')) }}", nodes=[STAGING, "seed.s"], macros=(MACRO,)
        ),
        MART: model("table", "select 3", nodes=[SESSIONS, "seed.other"]),
        "seed.s": {"resource_type": "seed", "checksum": {"checksum": "1"}, "depends_on": {"macros": []}},
        "seed.other": {"resource_type": "seed", "checksum": {"checksum": "1"}, "depends_on": {"macros": []}},
    },
    "sources": {
        "source.touchstone.ga4.events": {
            "resource_type": "source",
            "source_name": "ga4",
            "name": "events",
            "config": {"meta": {"key": ["id"]}},
            "columns": {"id": {"data_type": "string"}},
        }
    },
    "macros": {
        MACRO: {"package_name": "touchstone", "macro_sql": "a", "depends_on": {"macros": [BENEATH, "macro.dbt.x"]}},
        BENEATH: {"package_name": "touchstone", "macro_sql": "b", "depends_on": {"macros": []}},
        "macro.dbt.x": {"package_name": "dbt", "macro_sql": "c", "depends_on": {"macros": []}},
    },
}


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    """A home in which both tables were built."""
    home = settings.load({"TOUCHSTONE_HOME": str(tmp_path)})
    batch(home, "one", night="2026-01-01")
    assert incremental.reason_to_rebuild(home, MANIFEST, models=BOTH) == incremental.FIRST
    incremental.record_built(home, MANIFEST, models=BOTH)
    assert incremental.reason_to_rebuild(home, MANIFEST, models=BOTH) is None
    return home


def batch(home: Settings, name: str, *, night: str) -> Path:
    path = home.lake / "ga4" / "events" / f"load_date={night}" / f"{name}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


def changed(change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    manifest = copy.deepcopy(MANIFEST)
    change(manifest)
    return manifest


CHANGES: dict[str, Callable[[dict[str, Any]], None]] = {
    "sql": lambda manifest: manifest["nodes"][SESSIONS].update(raw_code="select 2"),
    "sql of an input": lambda manifest: manifest["nodes"][STAGING].update(raw_code="select 2"),
    "seed": lambda manifest: manifest["nodes"]["seed.s"]["checksum"].update(checksum="2"),
    "macro": lambda manifest: manifest["macros"][MACRO].update(macro_sql="z"),
    "macro beneath it": lambda manifest: manifest["macros"][BENEATH].update(macro_sql="z"),
    "key of the contract": lambda manifest: manifest["sources"]["source.touchstone.ga4.events"]["config"].update(
        meta={"key": ["other"]}
    ),
}
HARMLESS: dict[str, Callable[[dict[str, Any]], None]] = {
    "sql of what reads it": lambda manifest: manifest["nodes"][MART].update(raw_code="select 4"),
    "seed of what reads it": lambda manifest: manifest["nodes"]["seed.other"]["checksum"].update(checksum="2"),
    "description": lambda manifest: manifest["nodes"][SESSIONS].update(description="clearer"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_of_what_makes_the_rows_rebuilds(home: Settings, what: str) -> None:
    manifest = changed(CHANGES[what])
    assert incremental.reason_to_rebuild(home, manifest, models=BOTH) == "what makes a model changed"
    incremental.record_built(home, manifest, models=BOTH)
    assert incremental.reason_to_rebuild(home, manifest, models=BOTH) is None


@pytest.mark.parametrize("what", HARMLESS)
def test_any_other_change_does_not(home: Settings, what: str) -> None:
    assert incremental.reason_to_rebuild(home, changed(HARMLESS[what]), models=BOTH) is None


def test_a_var_that_the_rows_follow_from_rebuilds(
    home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (contracts.DBT_PROJECT / "dbt_project.yml").read_text()
    monkeypatch.setattr(contracts, "DBT_PROJECT", tmp_path)
    (tmp_path / "dbt_project.yml").write_text(text.replace("sync_sla_hours: 24", "sync_sla_hours: 25"))
    assert incremental.reason_to_rebuild(home, MANIFEST, models=BOTH) is None
    (tmp_path / "dbt_project.yml").write_text(text.replace("timeout_minutes: 30", "timeout_minutes: 45"))
    assert incremental.reason_to_rebuild(home, MANIFEST, models=BOTH) == "what makes a model changed"


def test_a_new_batch_is_read_and_a_batch_swept_away_rebuilds(home: Settings) -> None:
    half_done = batch(home, "two", night="2026-01-02")
    assert incremental.reason_to_rebuild(home, MANIFEST, models=[STAGING]) is None
    half_done.unlink()
    gone = "1 batches that they were built from are gone from the lake"
    assert incremental.reason_to_rebuild(home, MANIFEST, models=[STAGING]) == gone
    incremental.record_built(home, MANIFEST, models=[STAGING])
    assert incremental.reason_to_rebuild(home, MANIFEST, models=[STAGING]) is None
    assert incremental.reason_to_rebuild(home, MANIFEST, models=[SESSIONS]) == gone


def test_what_was_built_from_an_input_of_the_old_logic_is_built_again(home: Settings) -> None:
    manifest = changed(CHANGES["sql of an input"])
    incremental.record_built(home, manifest, models=[SESSIONS])
    assert incremental.reason_to_rebuild(home, manifest, models=[SESSIONS]) is not None


def test_a_full_refresh_can_be_asked_for(home: Settings) -> None:
    incremental.forget(home, because="asked for")
    assert incremental.reason_to_rebuild(home, MANIFEST, models=BOTH) == "asked for"


def test_steps_without_such_tables_take_no_part(home: Settings) -> None:
    incremental.forget(home, because="asked for")
    assert incremental.reason_to_rebuild(home, MANIFEST, models=[MART]) is None


def test_a_table_that_keeps_its_rows_may_not_follow_the_clock(home: Settings) -> None:
    manifest = changed(lambda given: given["macros"][BENEATH].update(macro_sql="{{ var('as_of') }}"))
    with pytest.raises(ValueError, match="must not read as_of"):
        incremental.reason_to_rebuild(home, manifest, models=BOTH)
