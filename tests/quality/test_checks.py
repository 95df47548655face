import html
from datetime import timedelta

import dagster as dg
import duckdb
import pytest

from orchestration.quality import checks, suites
from orchestration.quality.outcomes import Outcome
from orchestration.quality.queries import render
from orchestration.settings import PROJECT, current
from tests.quality.conftest import AS_OF, create_tables, insert, set_aside

OWNER = suites.Owner("web", "Web Analytics", "web@example.com", "docs/runbooks/checks.md")
HOSTILE = "<script>alert(1)</script>ada@example.com"


def judged(home, monkeypatch, *, leads, quarantined=0):
    """The leads' suite and how its checks end on a lake that holds `leads`."""
    monkeypatch.setenv("TOUCHSTONE_HOME", str(home))
    monkeypatch.setenv("TOUCHSTONE_LANDING", str(home))
    monkeypatch.setenv("TOUCHSTONE_AS_OF", AS_OF.isoformat())
    with duckdb.connect() as connection:
        create_tables(connection)
        for lead in leads:
            insert(connection, "raw_marketo.leads", lead)
        file = {"system": "marketo", "object": "leads", "source_file": "marketo/leads/leads.csv", "batch_id": "b1"}
        rows = {"rows_read": len(leads) + quarantined, "rows_quarantined": quarantined, "loaded_at": AS_OF}
        insert(connection, "raw_lake.ledger", {**file, **rows, "status": "loaded"})
        insert(connection, "raw_lake.quarantined_rows", *set_aside("marketo", "leads", quarantined, file="leads.csv"))
        for table, folder in {
            "raw_marketo.leads": "marketo/leads/load_date=2026-01-31",
            "raw_lake.ledger": "_ledger/marketo/leads",
            "raw_lake.quarantined_rows": "_quarantine/marketo/leads",
            "raw_lake.settled_rows": "_settled/marketo/leads",
        }.items():
            (home / "lake" / folder).mkdir(parents=True)
            connection.execute(f"copy {table} to '{home / 'lake' / folder}/b1.parquet' (format parquet)")
    suite = by_name("marketo__leads")
    return suite, checks.judge(suite, current())


def by_name(name):
    return next(suite for suite in suites.load() if suite.name == name)


def lead(number, **columns):
    return {"id": number, "lifecycle_stage": "MQL", "created_at": AS_OF, "updated_at": AS_OF, **columns}


def shown(suite, outcomes):
    """What Dagster shows, by check, with plain metadata."""
    results = {outcome.check.name: checks.result(suite, outcome) for outcome in outcomes}
    return {
        name: (result, {key: getattr(entry, "value", entry) for key, entry in result.metadata.items()})
        for name, result in results.items()
    }


def test_every_expectation_is_a_check_and_none_stops_a_whole_step():
    specs = checks.build_specs(suites.load())
    assert {(tuple(spec.asset_key.path), spec.name) for spec in specs} == {
        (suite.asset_key, check.name) for suite in suites.load() for check in suite.checks
    }
    assert not any(spec.blocking for spec in specs)


def test_a_warning_tells_all_and_stops_nothing(tmp_path, monkeypatch):
    leads = [*(lead(number) for number in range(1, 20)), lead(20, lifecycle_stage=HOSTILE)]
    suite, outcomes = judged(tmp_path, monkeypatch, leads=leads)
    assert checks.stopping(suite, outcomes) is None
    result, said = shown(suite, outcomes)["lifecycle_stages_known"]
    assert not result.passed
    assert result.severity == dg.AssetCheckSeverity.WARN
    assert said["severity"] == "warning"
    assert said["rows_examined"] == 20
    assert said["no_data"] is False
    assert said["owner"] == "Marketing Operations <marketing-operations@example.com>"
    assert "seeds/vocabularies.csv" in said["remedy"]
    place, _, line = said["suite"].partition(", line ")
    assert place == "expectations/raw/marketo__leads.yml"
    suite_text = (PROJECT / place).read_text().splitlines()
    assert "lifecycle_stages_known" in "".join(suite_text[int(line) - 1 : int(line) + 6])
    assert said["expected"].startswith("one of Known, Inquiry, MQL")
    assert "<script>" not in said["sample"]
    assert "ada@example.com" not in said["sample"]
    assert result.description.startswith("1 of 2 unexpected; expected one of Known")


def test_more_undeclared_values_than_governed_stop_the_night_and_name_the_row_to_add(tmp_path, monkeypatch):
    leads = [lead(number, lifecycle_stage="MQL" if number > 3 else "O'Brien's") for number in range(1, 21)]
    suite, outcomes = judged(tmp_path, monkeypatch, leads=leads)
    stopped = checks.stopping(suite, outcomes)
    assert stopped is not None
    assert stopped.name == "marketo/leads lifecycle_stages_known_of_most"
    _, said = shown(suite, outcomes)["lifecycle_stages_known_of_most"]
    assert "marketo,leads,lifecycle_stage,O'Brien's," in html.unescape(said["sample"])


def test_statuses_that_nobody_gives_a_meaning_are_named_with_the_row_to_add():
    suite = by_name("salesforce__campaign_member")
    with duckdb.connect() as connection:
        create_tables(connection)
        for number, status, has_responded in (
            (1, "Visited Booth", None),
            (2, "Visited Booth", None),
            (3, "ATTENDED", None),
            (4, "Sent", None),
            (5, "Came By", False),
            (6, None, None),
        ):
            member = {"id": number, "status": status, "has_responded": has_responded, "last_modified_date": AS_OF}
            insert(connection, "raw_salesforce.campaign_member", member)
        told_later = {"id": 7, "status": "Came Late", "last_modified_date": AS_OF}
        insert(connection, "raw_salesforce.campaign_member", told_later, {**told_later, "has_responded": True})
        counted = connection.execute(render(suite.queries["untold"], suite, as_of=AS_OF)).fetchall()
        named = connection.execute(render(suite.samples["untold_statuses"], suite, as_of=AS_OF)).fetchall()
    assert counted == [(1,)]
    assert named == [("Visited Booth", 2, "salesforce,Visited Booth,true or false,")]


def test_a_critical_failure_stops_what_reads_the_table(tmp_path, monkeypatch):
    suite, outcomes = judged(tmp_path, monkeypatch, leads=[lead(number) for number in range(9)], quarantined=1)
    result, said = shown(suite, outcomes)["quarantine_rate"]
    assert not result.passed
    assert result.severity == dg.AssetCheckSeverity.ERROR
    assert (said["observed"], said["expected"]) == ("10 %", "at most 5 %")
    stopping = checks.stopping(suite, outcomes)
    assert str(stopping) == "marketo/leads quarantine_rate: quarantine_rate is 10 %; expected at most 5 %"
    assert stopping.owner == "Marketing Operations <marketing-operations@example.com>"
    assert "compare the file with the contract" in stopping.remedy


def test_a_good_table_stops_nothing(tmp_path, monkeypatch):
    suite, outcomes = judged(tmp_path, monkeypatch, leads=[lead(1)])
    assert all(outcome.passed for outcome in outcomes)
    assert checks.stopping(suite, outcomes) is None


def test_a_query_that_does_not_run_stops_its_table_and_says_so_once(tmp_path, monkeypatch):
    monkeypatch.setenv("TOUCHSTONE_HOME", str(tmp_path))
    monkeypatch.setenv("TOUCHSTONE_LANDING", str(tmp_path))
    (tmp_path / "warehouse").mkdir()
    suite = by_name("dim_people")
    outcomes = checks.judge(suite, current())
    assert [outcome.check.name for outcome in outcomes if not outcome.passed] == ["has_rows"]
    stopping = checks.stopping(suite, outcomes)
    assert stopping.name == "marts/dim_people has_rows"
    assert stopping.found.startswith("could not be evaluated: Catalog Error")


def test_a_mart_is_not_judged_by_one_that_was_not_built_and_is_not_stopped_for_it(tmp_path, monkeypatch):
    monkeypatch.setenv("TOUCHSTONE_HOME", str(tmp_path))
    monkeypatch.setenv("TOUCHSTONE_LANDING", str(tmp_path))
    (tmp_path / "warehouse").mkdir()
    with duckdb.connect(str(tmp_path / "warehouse" / "work.duckdb")) as connection:
        create_tables(connection)
        insert(connection, "marts.fct_speed_to_lead", {"mql_at": AS_OF, "is_inbound": True, "business_hours": 99})
        connection.execute("drop table marts.fct_funnel_counts")
    suite = by_name("fct_speed_to_lead")
    outcomes = checks.judge(suite, current(), unbuilt={"fct_funnel_counts"})
    assert [outcome.check for outcome in outcomes] == list(suite.checks)
    ended = {outcome.check.name: outcome for outcome in outcomes}
    assert ended["no_mql_lost"].no_data == "not judged: fct_funnel_counts was not built"
    assert ended["has_rows"].no_data is None
    assert checks.stopping(suite, outcomes) is None
    assert checks.stopping(suite, checks.judge(suite, current())).name == "marts/fct_speed_to_lead has_rows"


def test_a_suite_that_only_reads_what_was_not_built_judges_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("TOUCHSTONE_HOME", str(tmp_path))
    monkeypatch.setenv("TOUCHSTONE_LANDING", str(tmp_path))
    suite = by_name("dim_people")
    outcomes = checks.judge(suite, current(), unbuilt={"dim_people"})
    assert {outcome.no_data for outcome in outcomes} == {"not judged: dim_people was not built"}


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
    check = suites.Check("c", OWNER, "expect_column_values_to_be_null", kwargs, "warning", "", "", None, None, 1)
    assert checks.expected(check) == text


def test_an_old_extract_is_told_in_days(tmp_path, monkeypatch):
    suite, outcomes = judged(tmp_path, monkeypatch, leads=[lead(1, updated_at=AS_OF - timedelta(days=5))])
    assert shown(suite, outcomes)["fresh"][0].description == "newest_age_days is 5; expected at most 2"


def test_a_mart_is_judged_in_the_warehouse(tmp_path, monkeypatch):
    monkeypatch.setenv("TOUCHSTONE_HOME", str(tmp_path))
    monkeypatch.setenv("TOUCHSTONE_LANDING", str(tmp_path))
    monkeypatch.setenv("TOUCHSTONE_AS_OF", AS_OF.isoformat())
    (tmp_path / "warehouse").mkdir()
    with duckdb.connect(str(tmp_path / "warehouse" / "work.duckdb")) as connection:
        create_tables(connection)
        loaded = {"source_file": "a.csv", "load_status": "loaded", "loaded_at": AS_OF, "cell_defect_count": 0}
        counts = {"read_row_count": 9, "loaded_row_count": 7, "quarantined_row_count": 1}
        insert(connection, "marts.fct_load_ledger", {**loaded, **counts})
    suite = by_name("fct_load_ledger")
    outcomes = checks.judge(suite, current())
    assert [outcome.check.name for outcome in outcomes if not outcome.passed] == ["no_row_lost"]
    assert shown(suite, outcomes)["no_row_lost"][1]["sample"].splitlines()[2] == "| a.csv | 9 | 7 | 1 |"
    assert checks.stopping(suite, outcomes).name == "marts/fct_load_ledger no_row_lost"


def test_a_table_without_an_extract_is_shown_as_no_data_and_not_as_green():
    suite = by_name("marketo__leads")
    outcome = Outcome(check=suite.checks[1], passed=True, rows_examined=0, no_data="no extract yet")
    result, said = shown(suite, [outcome])[suite.checks[1].name]
    assert (result.passed, result.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert result.description == "no extract yet"
    assert said["no_data"] is True
