"""Every key of a fact joins its dimension, and periods have one name: read from the YAML, so that none is forgotten."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import pytest
import yaml

from orchestration.settings import DBT_PROJECT

Model = dict[str, Any]

# What the last words of a column's name join.
DIMENSIONS = {
    "account_id": "dim_accounts",
    "campaign_id": "dim_campaigns",
    "campaign_record_id": "dim_campaign_records",
    "channel": "dim_channels",
    "consent_change_id": "fct_consent_ledger",
    "date": "dim_dates",
    "defect_id": "fct_defect_history",
    "mql_pass_id": "fct_speed_to_lead",
    "opportunity_id": "fct_opportunities",
    "owner_id": "dim_owners",
    "person_id": "dim_people",
    "stage": "dim_stages",
    "territory": "dim_territories",
    "touchpoint_id": "fct_touchpoints",
}
KEY_TYPES = ("string", "date")
# Ids in other systems or of what is no mart: a record, a file, a browser, a message, an ad platform's own.
FOREIGN = re.compile(r"(source_|ad_|former_).*_id|(.*_)?(record|batch|client|message)_id(_[ab])?")
# Credit without a touch is of no touchpoint; what converts, and what a metric counts, is a person or an opportunity.
EXCEPTIONS = {
    ("fct_attribution_credits", "touchpoint_id"), ("fct_attribution_credits_by_setting", "touchpoint_id"),
    ("fct_attribution_credits_by_setting", "conversion_id"), ("fct_stage_credits", "touchpoint_id"),
    ("fct_metric_members", "entity_id"),
    # An experiment is a row of a seed; its fact has one a metric.
    ("fct_experiments", "experiment_id"), ("fct_experiment_comparison", "experiment_id"),
}  # fmt: skip
MAY_BE_NULL = {"dim_accounts", "dim_dates", "dim_people", "fct_consent_ledger", "fct_opportunities"}
OTHER_PERIODS = re.compile(r"(week|month|quarter|year|cohort|period)(_start)?(_date)?|.*_(week|month|quarter|year)")


def marts() -> Iterator[Model]:
    """Every mart that is in the YAML, in no order."""
    for path in (DBT_PROJECT / "models" / "marts").glob("*/*.yml"):
        yield from (yaml.safe_load(path.read_text()) or {}).get("models", [])


def dimension_of(column: str) -> str | None:
    """The dimension that a column's name says it joins; None when it says none."""
    plain = re.sub(r"_[ab]$", "", column)
    if plain in DIMENSIONS:
        return DIMENSIONS[plain]
    ends = [end for end in DIMENSIONS if plain.endswith(f"_{end}")]
    return DIMENSIONS[max(ends, key=len)] if ends and not FOREIGN.fullmatch(column) else None


def joined(model: Model) -> dict[str, str]:
    """The dimension that each column of a model is tested to join."""
    tests = [test["joins"]["arguments"] for test in model.get("data_tests", []) if "joins" in test]
    return {c: d for test in tests for name in ("keys", "nullable") for c, d in test.get(name, {}).items()}


def own_key(model: Model) -> list[str]:
    """The columns of a model's grain."""
    return next(test["grain"]["arguments"]["columns"] for test in model["data_tests"] if "grain" in test)


def forgotten(model: Model) -> Iterator[str]:
    """Keys of a fact that no test joins, or joins to another dimension than the name says."""
    found = joined(model)
    spoken_for = {name for fact, name in EXCEPTIONS if fact == model["name"]}
    if len(own_key(model)) == 1:
        spoken_for.update(own_key(model))
    for column in model["columns"]:
        name = column["name"]
        if name in spoken_for or column["data_type"] not in KEY_TYPES:
            continue
        wanted = dimension_of(name)
        is_unknown_id = wanted is None and name.endswith("_id") and not FOREIGN.fullmatch(name)
        if found.get(name) != wanted or is_unknown_id:
            yield name


def misnamed_periods(model: Model) -> list[str]:
    """Columns that say a period in another way, or that a period lacks."""
    columns = {column["name"] for column in model["columns"]}
    wanted = {"period_type", "period_start_date", "periods_ago"} if "period_start_date" in columns else set()
    others = {name for name in columns if OTHER_PERIODS.fullmatch(name) and name != "period_start_date"}
    return sorted(others | (wanted - columns))


FACTS = sorted((model for model in marts() if model["name"].startswith("fct_")), key=lambda model: model["name"])


@pytest.mark.parametrize("model", FACTS, ids=lambda model: model["name"])
def test_every_key_of_a_fact_is_tested_to_join_its_dimension(model: Model) -> None:
    assert list(forgotten(model)) == []


@pytest.mark.parametrize("model", FACTS, ids=lambda model: model["name"])
def test_a_period_has_one_name(model: Model) -> None:
    assert misnamed_periods(model) == []


def test_only_people_accounts_and_what_a_fact_need_not_have_may_be_null() -> None:
    nullable = {
        (model["name"], column, dimension)
        for model in marts()
        for test in model.get("data_tests", [])
        for column, dimension in test.get("joins", {}).get("arguments", {}).get("nullable", {}).items()
    }
    assert {dimension for _, _, dimension in nullable} == MAY_BE_NULL
    assert [name for _, name, dimension in nullable if dimension == "dim_dates" and name.startswith("period")] == []


@pytest.mark.parametrize(
    ("column", "is_forgotten"),
    [
        ("channel", True),
        ("last_non_direct_channel", True),
        ("primary_person_id", True),
        ("person_id_a", True),
        ("left_to_stage", True),
        ("delivery_date", True),
        ("widget_id", True),
        ("campaign_record_id", True),
        ("widget_made_id", False),
        ("source_widget_id", False),
        ("person_record_id", False),
        ("stage_name", False),
        ("made_at", False),
    ],
)
def test_a_key_without_a_test_is_found(column: str, is_forgotten: bool) -> None:
    grain = {"grain": {"arguments": {"columns": ["widget_made_id"]}}}
    fact = {
        "name": "fct_widgets_made",
        "data_tests": [grain],
        "columns": [
            {"name": "widget_made_id", "data_type": "string"},
            {"name": column, "data_type": "date" if column.endswith("_date") else "string"},
        ],
    }
    assert list(forgotten(fact)) == ([column] if is_forgotten else [])


def test_a_key_that_joins_another_dimension_is_found() -> None:
    fact = {
        "name": "fct_widgets_made",
        "data_tests": [
            {"grain": {"arguments": {"columns": ["from_stage", "channel"]}}},
            {"joins": {"arguments": {"keys": {"from_stage": "dim_channels"}, "nullable": {"channel": "dim_channels"}}}},
        ],
        "columns": [{"name": "from_stage", "data_type": "string"}, {"name": "channel", "data_type": "string"}],
    }
    assert list(forgotten(fact)) == ["from_stage"]


@pytest.mark.parametrize("name", ["week_start_date", "cohort_month", "month", "first_touch_month", "period"])
def test_another_name_for_a_period_is_found(name: str) -> None:
    assert misnamed_periods({"columns": [{"name": name}]}) == [name]


def test_a_period_says_its_type_and_how_long_ago_it_was() -> None:
    assert misnamed_periods({"columns": [{"name": "period_start_date"}]}) == ["period_type", "periods_ago"]


def test_what_joins_nothing_is_listed(compile_sql: Callable[..., str], database: duckdb.DuckDBPyConnection) -> None:
    database.execute("create table dim_channels as select 'Email' as channel")
    database.execute("create table dim_people as select 'p' as person_id")
    database.execute("create table facts (channel varchar, person_id varchar)")
    database.execute("insert into facts values ('Email', 'p'), ('Email', null), ('Fax', 'q'), ('Fax', 'p')")
    database.execute("insert into facts values (null, 'p')")
    orphans = compile_sql(
        inline="{{ test_joins('facts', keys={'channel': 'dim_channels'}, nullable={'person_id': 'dim_people'}) }}"
    )
    assert sorted(database.sql(orphans).fetchall(), key=str) == [
        ("channel", "dim_channels", "Fax", 2),
        ("channel", "dim_channels", None, 1),
        ("person_id", "dim_people", "q", 1),
    ]
