from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from orchestration import contracts
from orchestration.policy.assets import CONFORMED, MARTS
from orchestration.quality import suites
from orchestration.quality.evaluation import evaluate
from orchestration.quality.queries import render
from tests.quality.conftest import AS_OF, create_tables, night_after

SUITES = suites.load()
PARAMETERS = {"threshold.age.warn": 2.0, "vocabulary.marketo.leads.lead_status": ["New"]}
OWNER = suites.Owner("marketing_operations", "Marketing Operations", "m@example.com", "docs/x.md")


@pytest.fixture(scope="module")
def second_night(last_publication) -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty warehouse beside the last publication."""
    with night_after(last_publication) as connection:
        yield connection


def document(**changes: Any) -> dict[str, Any]:
    second = {
        "type": "expect_column_max_to_be_between",
        "kwargs": {"column": "extract.newest_age_days", "max_value": {"$PARAMETER": "threshold.age.warn"}},
        "severity": "warning",
        "description": "Marketers read old leads.",
        "meta": {"check": "fresh"},
    }
    return {
        "name": "marketo__leads",
        "meta": {
            "description": "Leads.",
            "asset_key": ["marketo", "leads"],
            "owner": "marketing_operations",
            "queries": {"extract": {"template": "extract"}},
        },
        "expectations": [
            {
                "type": "expect_column_max_to_be_between",
                "kwargs": {"column": "extract.row_count", "min_value": 1},
                "severity": "critical",
                "description": "The funnel counts nobody.",
                "meta": {"check": "has_rows"},
            },
            {**second, **changes},
        ],
    }


def read(folder: Path, content: dict[str, Any]) -> suites.Suite:
    path = folder / "raw" / "marketo__leads.yml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.safe_dump(content))
    return suites.read(path, parameters=PARAMETERS, owners={OWNER.id: OWNER})


def test_parameters_come_from_the_seeds(tmp_path):
    assert read(tmp_path, document()).checks[1].kwargs["max_value"] == 2.0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"severity": "info"}, r"raw/marketo__leads.yml, line \d+, check 'fresh', severity: 'info' is unknown"),
        ({"type": "ExpectColumnMax"}, r"raw/marketo__leads.yml, line \d+, check 'fresh', type: 'ExpectColumnMax'"),
        (
            {"kwargs": {"column": "extract.x", "max_value": {"$PARAMETER": "threshold.none.warn"}}},
            "'threshold.none.warn'",
        ),
        ({"kwargs": {"column": "nowhere.x", "max_value": 1}}, "'nowhere.x' comes from no query"),
        ({"meta": {"check": "has_rows"}}, "'has_rows' stands twice"),
        ({"meta": {"check": "fresh", "sample": "rows"}}, "sample: 'rows' is not under meta.samples"),
        ({"meta": {"check": "fresh", "sampel": "rows"}}, "'sampel' is unknown"),
        ({"mostly": 0.9}, "'mostly' is unknown"),
    ],
)
def test_a_malformed_check_is_named(tmp_path, changes, message):
    with pytest.raises(ValueError, match=message):
        read(tmp_path, document(**changes))


@pytest.mark.parametrize("missing", ["severity", "description", "kwargs"])
def test_an_incomplete_check_is_named(tmp_path, missing):
    content = document()
    del content["expectations"][1][missing]
    with pytest.raises(ValueError, match=f"check 'fresh': {missing} is missing"):
        read(tmp_path, content)


def test_a_suite_without_a_row_count_is_refused(tmp_path):
    content = document()
    del content["expectations"][0]
    with pytest.raises(ValueError, match="make the first check 'has_rows', critical"):
        read(tmp_path, content)


@pytest.mark.parametrize("name", ["marketing", ["marketo", "leads"]])
def test_an_input_that_is_no_entity_is_refused(tmp_path, name):
    content = document()
    content["meta"]["inputs"] = [name]
    with pytest.raises(ValueError, match="is no entity; name a model of dbt_project/models/conformed/"):
        read(tmp_path, content)


def test_an_unknown_owner_is_refused(tmp_path):
    content = document()
    content["meta"]["owner"] = "nobody"
    with pytest.raises(ValueError, match=r"owner: 'nobody' has no row in seeds/check_owners.csv"):
        read(tmp_path, content)


def test_what_gx_would_drop_in_silence_is_an_error(tmp_path, warehouse, deliver):
    changes = {"kwargs": {"column": "extract.newest_age_days", "max_value": "many"}}
    deliver("marketo", "leads", {"id": 1, "updated_at": AS_OF})
    with pytest.raises(ValueError, match=r"expectations/raw/marketo__leads.yml, check 'fresh'"):
        evaluate(read(tmp_path, document(**changes)), warehouse, as_of=AS_OF)


@pytest.mark.parametrize("suite", [suite for suite in SUITES if suite.layer != CONFORMED], ids=lambda suite: suite.file)
def test_every_suite_judges(suite, warehouse, deliver, last_publication):
    """All expectations survive GX, no query is wrong, and a table that lost its rows is never green."""
    for contract in contracts.load().values():
        deliver(contract.system, contract.object, quarantined=1)
    for entity in suite.inputs:
        warehouse.execute(f"insert into conformed.{entity} (system) values ('marketo')")
    outcomes = evaluate(suite, warehouse, as_of=AS_OF, last=last_publication)
    assert [outcome.check for outcome in outcomes] == list(suite.checks)
    assert not [outcome for outcome in outcomes if outcome.is_broken]
    assert outcomes[0].check.name == "has_rows"
    assert not outcomes[0].passed


@pytest.mark.parametrize("suite", [suite for suite in SUITES if suite.layer == CONFORMED], ids=lambda suite: suite.file)
def test_every_suite_of_an_entity_judges_once_something_tells_of_it(suite, warehouse):
    absent = evaluate(suite, warehouse, as_of=AS_OF)
    assert {outcome.no_data for outcome in absent} == {f"no extract yet of {suite.name}"}
    warehouse.execute(f"insert into conformed.{suite.name} (system) values ('marketo')")
    outcomes = evaluate(suite, warehouse, as_of=AS_OF)
    assert [outcome.check for outcome in outcomes] == list(suite.checks)
    assert not [outcome for outcome in outcomes if outcome.is_broken or outcome.no_data]


def test_an_entity_is_refused_whose_versions_and_vocabulary_are_wrong(suite, warehouse):
    """Two versions hold of one lead and none of another, an instant is of 1970; a type of campaigns stands nowhere."""
    warehouse.execute("""
        insert into conformed.people (system, person_record_id, is_newest, implausible_instants, valid_from) values
            ('marketo', 'marketo:lead:1', true, null, '2026-01-01'),
            ('marketo', 'marketo:lead:1', true, ' mql_at 1970-01-01', '2026-01-02'),
            ('marketo', 'marketo:lead:2', false, null, '2026-01-01'),
            ('marketo', 'marketo:lead:3', true, null, '2026-01-01');
        insert into conformed.campaign_members (system, object, source_record_id, person_record_id, is_newest) values
            ('marketo', 'program_member', '1', 'marketo:lead:1', true),
            ('marketo', 'program_member', '2', 'marketo:lead:9', true),
            ('salesforce', 'campaign_member', '1', 'marketo:lead:8', false),
            ('salesforce', 'campaign_member', '1', 'marketo:lead:3', true);
        insert into conformed.campaigns (system, campaign_id, campaign_type) values
            ('marketo', 'marketo:1', ' Webinar'), ('marketo', 'marketo:2', 'Fireside Chat'),
            ('marketo', 'marketo:3', 'fireside chat'), ('marketo', 'marketo:4', ''),
            ('google_ads', 'google_ads:1', 'SEARCH')
    """)

    def failed(name: str) -> dict[str, tuple[tuple, ...]]:
        outcomes = evaluate(suite(name), warehouse, as_of=AS_OF)
        return {outcome.check.name: outcome.sample for outcome in outcomes if not outcome.passed}

    assert failed("people") == {
        "one_version_holds": (("marketo:lead:1", 2, 2), ("marketo:lead:2", 1, 0)),
        "instants_plausible": (("marketo:lead:1", " mql_at 1970-01-01", datetime(2026, 1, 2)),),
    }
    assert failed("campaign_members") == {
        "people_delivered": (("marketo", "program_member", None, "marketo:lead:9", None),)
    }
    assert failed("campaigns") == {
        "types_known": (("fireside chat", 2, "marketo:2", "fireside chat,<channel>,<owner>,1900-01-01,"),)
    }


@pytest.mark.parametrize("suite", [suite for suite in SUITES if suite.layer == MARTS], ids=lambda suite: suite.file)
def test_a_mart_that_was_always_empty_is_no_data_and_stops_nothing(suite, warehouse, tmp_path):
    for entity in suite.inputs:
        warehouse.execute(f"insert into conformed.{entity} (system) values ('marketo')")
    last = tmp_path / "last.duckdb"
    with duckdb.connect(str(last)) as connection:
        create_tables(connection)
    older = tmp_path / "older.duckdb"
    with duckdb.connect(str(older)) as connection:
        connection.execute("create schema marts")
    for before in (None, last, older):
        outcomes = evaluate(suite, warehouse, as_of=AS_OF, last=before)
        assert all(outcome.passed for outcome in outcomes), before
        assert outcomes[0].no_data == "no rows, and none in the last publication"


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.file)
def test_every_check_says_who_is_hurt_and_what_to_do(suite):
    for check in suite.checks:
        assert len(check.description) > 15, check.name
        assert len(check.remedy) > 15, check.name


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.file)
def test_every_query_runs_beside_a_publication(suite, second_night):
    for query in (*suite.queries.values(), *suite.samples.values()):
        second_night.execute(render(query, suite, as_of=AS_OF))
