from datetime import timedelta

import dagster as dg
import duckdb
import pytest

from orchestration.quality import checks, suites
from orchestration.quality.evaluation import Outcome
from tests.quality.conftest import AS_OF, create_tables, insert

KEY = dg.AssetKey(["marketo", "leads"])
HOSTILE = "<script>alert(1)</script>ada@example.com"


def night(home, monkeypatch, *, leads, quarantined=0):
    """Run the leads' checks between the extract and a model behind it; the finished run."""
    monkeypatch.setenv("TOUCHSTONE_HOME", str(home))
    monkeypatch.setenv("TOUCHSTONE_AS_OF", AS_OF.isoformat())
    with duckdb.connect() as connection:
        create_tables(connection)
        for lead in leads:
            insert(connection, "raw_marketo.leads", lead)
        file = {"system": "marketo", "object": "leads", "source_file": "leads.csv", "status": "loaded"}
        rows = {"rows_read": len(leads) + quarantined, "rows_quarantined": quarantined, "loaded_at": AS_OF}
        insert(connection, "raw_lake.ledger", {**file, **rows})
        for table, folder in {
            "raw_marketo.leads": "marketo/leads/load_date=2026-01-31",
            "raw_lake.ledger": "_ledger/marketo/leads",
            "raw_lake.quarantined_rows": "_quarantine/marketo/leads",
        }.items():
            (home / "lake" / folder).mkdir(parents=True)
            connection.execute(f"copy {table} to '{home / 'lake' / folder}/b1.parquet' (format parquet)")

    @dg.asset(key=KEY)
    def leads_extract(): ...

    @dg.asset(deps=[KEY])
    def funnel(): ...

    suite = next(suite for suite in suites.load() if suite.name == "marketo__leads")
    check = checks.build_check(suite, asset_key=KEY)
    definitions = dg.Definitions(assets=[leads_extract, funnel], asset_checks=[check])
    job = definitions.resolve_implicit_global_asset_job_def()
    return job.execute_in_process(raise_on_error=False, instance=dg.DagsterInstance.ephemeral())


def lead(number, **columns):
    return {"id": number, "lifecycle_stage": "MQL", "created_at": AS_OF, "updated_at": AS_OF, **columns}


def evaluations(result):
    return {evaluation.check_name: evaluation for evaluation in result.get_asset_check_evaluations()}


def metadata(evaluation):
    return {name: entry.value for name, entry in evaluation.metadata.items()}


def test_every_expectation_is_a_check():
    definitions = checks.build_checks()
    expected = {(suite.asset_key, check.name) for suite in suites.load() for check in suite.checks}
    found = {(tuple(spec.asset_key.path), spec.name) for one in definitions for spec in one.check_specs}
    assert found == expected
    assert all(spec.blocking for one in definitions for spec in one.check_specs)


def test_asset_keys_are_mapped():
    definitions = checks.build_checks(asset_key=lambda key: dg.AssetKey(["mapped", *key]))
    assert all(spec.asset_key.path[0] == "mapped" for one in definitions for spec in one.check_specs)


def test_a_warning_tells_all_and_stops_nothing(tmp_path, monkeypatch):
    result = night(tmp_path, monkeypatch, leads=[lead(1), lead(2, lifecycle_stage=HOSTILE)])
    assert result.success
    evaluation = evaluations(result)["lifecycle_stages_known"]
    assert not evaluation.passed
    assert evaluation.severity == dg.AssetCheckSeverity.WARN
    said = metadata(evaluation)
    assert said["severity"] == "warning"
    assert said["rows_examined"] == 2
    assert said["no_data"] is False
    assert said["owner"] == "Marketing Operations <marketing-operations@example.com>"
    assert "seeds/vocabularies.csv" in said["remedy"]
    assert said["suite"] == "expectations/raw/marketo__leads.yml"
    assert said["expected"].startswith("one of Known, Inquiry, MQL")
    assert "<script>" not in said["sample"]
    assert "ada@example.com" not in said["sample"]
    assert evaluation.description.startswith("1 of 2 unexpected; expected one of Known")


def test_a_critical_failure_stops_what_is_behind_it(tmp_path, monkeypatch):
    result = night(tmp_path, monkeypatch, leads=[lead(number) for number in range(9)], quarantined=1)
    assert not result.success
    evaluation = evaluations(result)["quarantine_rate"]
    assert not evaluation.passed
    assert evaluation.severity == dg.AssetCheckSeverity.ERROR
    assert metadata(evaluation)["observed"] == "0.1"
    assert metadata(evaluation)["expected"] == "at most 0.05"
    assert not [event for event in result.get_asset_materialization_events() if event.asset_key.path == ["funnel"]]


def test_a_good_night_goes_through(tmp_path, monkeypatch):
    result = night(tmp_path, monkeypatch, leads=[lead(1)])
    assert result.success
    assert all(evaluation.passed for evaluation in evaluations(result).values())


def test_pii_columns_come_from_the_contract():
    suite = next(suite for suite in suites.load() if suite.name == "marketo__leads")
    assert {"email", "first_name", "last_name", "phone"} <= checks.pii_columns(suite)


@pytest.mark.parametrize(
    ("kwargs", "text"),
    [
        ({"min_value": 1}, "at least 1"),
        ({"max_value": 0.02}, "at most 0.02"),
        ({"min_value": 1, "max_value": 5}, "1 to 5"),
        ({"value_set": [str(n) for n in range(25)]}, "one of " + ", ".join(map(str, range(20))) + " and 5 more"),
        ({"regex": "^[a-z]+$"}, "text like ^[a-z]+$"),
        ({}, "column values to be null"),
    ],
)
def test_expected_in_words(kwargs, text):
    check = suites.Check("c", "expect_column_values_to_be_null", kwargs, "warning", "", "", None, None)
    assert checks.expected(check) == text


def test_an_old_extract_is_told_in_days(tmp_path, monkeypatch):
    result = night(tmp_path, monkeypatch, leads=[lead(1, updated_at=AS_OF - timedelta(days=5))])
    assert evaluations(result)["fresh"].description == "newest_age_days is 5; expected at most 2"


def test_a_mart_is_judged_in_the_warehouse(tmp_path, monkeypatch):
    monkeypatch.setenv("TOUCHSTONE_HOME", str(tmp_path))
    monkeypatch.setenv("TOUCHSTONE_AS_OF", AS_OF.isoformat())
    (tmp_path / "warehouse").mkdir()
    with duckdb.connect(str(tmp_path / "warehouse" / "work.duckdb")) as connection:
        create_tables(connection)
        loaded = {"source_file": "a.csv", "load_status": "loaded", "loaded_at": AS_OF, "cell_defect_count": 0}
        counts = {"read_row_count": 9, "loaded_row_count": 7, "quarantined_row_count": 1}
        insert(connection, "marts.fct_load_ledger", {**loaded, **counts})

    @dg.asset(key=["marts", "fct_load_ledger"])
    def ledger(): ...

    suite = next(suite for suite in suites.load() if suite.name == "fct_load_ledger")
    check = checks.build_check(suite, asset_key=dg.AssetKey(suite.asset_key))
    job = dg.Definitions(assets=[ledger], asset_checks=[check]).resolve_implicit_global_asset_job_def()
    result = job.execute_in_process(raise_on_error=False, instance=dg.DagsterInstance.ephemeral())
    assert not result.success
    assert [name for name, one in evaluations(result).items() if not one.passed] == ["no_row_lost"]
    assert metadata(evaluations(result)["no_row_lost"])["sample"].splitlines()[2] == "| a.csv | 9 | 7 | 1 |"


def test_a_table_without_an_extract_is_shown_as_no_data():
    suite = next(suite for suite in suites.load() if suite.name == "marketo__leads")
    outcome = Outcome(check=suite.checks[1], passed=True, rows_examined=0, no_data="no extract yet")
    shown = checks.result(suite, outcome, asset_key=KEY)
    assert shown.passed
    assert shown.description == "no extract yet"
    assert shown.metadata["no_data"].value is True
