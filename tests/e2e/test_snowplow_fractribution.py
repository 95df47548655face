"""Snowplow's fractribution example, told in our extracts: its sessions, paths and last-touch credit come out the same.

Its events become GA4's export, its customers leads of the MAP and contacts of the CRM, its transactions won
opportunities. Three things differ by policy and are set as its authors had them: every visit is a touch, direct ones
too; the lookback is 30 days; and a visit is cut by the tracker, so the silence that cuts ours is set to none.
"""

import csv
import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from itertools import groupby
from pathlib import Path

import duckdb
import pytest

from orchestration import contracts
from orchestration.ingestion.batches import ingest
from orchestration.ingestion.files import list_landing
from orchestration.ingestion.ledger import ensure_shapes
from orchestration.settings import DBT_PROJECT, SEEDS
from tests.models.conftest import shared_data

pytestmark = pytest.mark.slow

AS_OF = datetime(2022, 8, 2, tzinfo=UTC)
VARS = {"attribution_lookback_days": 30, "session_timeout_minutes": 0, "direct_inherits_days": 7}
# Its channels -> GA4's. It has no affiliates, and calls a social site's links referrals.
CHANNELS = {
    "Direct": "Direct",
    "Organic_Search": "Organic Search",
    "Paid_Search_Other": "Paid Search",
    "Referral": "Referral",
    "Unmatched_Channel": "Affiliates",
    "Video": "Organic Video",
}
SOCIAL_SOURCES = {"quora.com": "Organic Social"}

Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def events() -> Rows:
    return _read("source/snowplow_fractribution_events.csv")


@pytest.fixture(scope="module")
def warehouse(events: Rows, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse after extracts of these events went through ingestion and dbt."""
    home = tmp_path_factory.mktemp("snowplow")
    _deliver(events, home / "landing")
    listing = list_landing(str(home / "landing"), settle_seconds=0)
    ensure_shapes(contracts.load().values(), lake=home / "lake")
    reports = [
        ingest(contract, listing=listing, lake=home / "lake", now=AS_OF) for contract in contracts.load().values()
    ]
    assert [error for report in reports for error in report.errors] == []
    assert sum(report.rows_quarantined + report.cell_defects for report in reports) == 0
    _build(home)
    with duckdb.connect(str(home / "work.duckdb"), read_only=True) as connection:
        yield connection


def test_sessions_have_the_expected_channels(warehouse: duckdb.DuckDBPyConnection) -> None:
    expected = Counter[str]()
    for row in _read("expected/snowplow_fractribution_channel_counts_expected.csv"):
        expected[_channel(row["channel"], row["source"])] += int(row["number_of_sessions"])
    found = warehouse.execute("select channel, count(*) from marts.fct_sessions group by channel").fetchall()
    assert dict(found) == expected


def test_conversions_and_revenue_are_the_expected_ones(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = _read("expected/snowplow_fractribution_conversions_by_customer_id_expected.csv")
    expected = {
        (_client(row["customer_id"]), datetime.fromisoformat(row["conversion_tstamp"]), Decimal(row["revenue"]))
        for row in rows
    }
    found = warehouse.execute(
        "select loss_reason, closed_at, amount_usd from marts.fct_opportunities where is_won"
    ).fetchall()
    assert {(client, at, amount) for client, at, amount in found} == expected


def test_paths_to_conversion_are_the_expected_ones(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = _read("expected/snowplow_fractribution_paths_to_conversion_expected.csv")
    expected = {_client(row["customer_id"]): _path(row["transformed_path"]) for row in rows}
    found: dict[str, list[str]] = defaultdict(list)
    touches = warehouse.execute(
        """
        select opportunities.loss_reason, touches.channel
        from intermediate.int_touches_sequenced as touches
        inner join marts.fct_opportunities as opportunities on touches.opportunity_id = opportunities.opportunity_id
        where touches.basis = 'revenue' and touches.attribution_setting = 'contact_roles'
        order by touches.opportunity_id, touches.touch_position
        """
    ).fetchall()
    for client, channel in touches:
        found[client].append(channel)
    assert {client: _collapsed(path) for client, path in found.items()} == expected


def test_paths_without_conversion_are_the_expected_ones(warehouse: duckdb.DuckDBPyConnection, events: Rows) -> None:
    """Its paths of customers who bought nothing: their visits of the 30 days before the last one."""
    rows = _read("expected/snowplow_fractribution_paths_to_non_conversion_expected.csv")
    expected = Counter(tuple(_path(row["transformed_path"])) for row in rows)
    found: dict[str, list[str]] = defaultdict(list)
    touches = warehouse.execute(
        """
        with visits as (
            select
                client_id, session_start_at, channel, source,
                max(session_start_at) over (partition by client_id) as last_at
            from marts.fct_sessions
        )
        select client_id, case when source = 'quora.com' then 'Referral' else channel end
        from visits
        where session_start_at >= last_at - interval 30 day
        order by client_id, session_start_at
        """
    ).fetchall()
    buyers = {row["domain_userid"] for row in events if row["tr_total"]}
    for client, channel in touches:
        if client not in buyers:
            found[client].append(channel)
    assert Counter(tuple(_collapsed(path)) for path in found.values()) == expected


@pytest.mark.parametrize("basis", ["pipeline", "revenue"])
def test_last_touch_credit_and_revenue_are_the_expected_ones(warehouse: duckdb.DuckDBPyConnection, basis: str) -> None:
    """Each opportunity is created at its purchase, so that both bases have the same touches."""
    expected = {
        _channel(row["CHANNEL"]): (Decimal(row["CONVERSIONS"]), round(Decimal(row["REVENUE"]), 2))
        for row in _read("expected/snowplow_fractribution_report_table_expected.csv")
        if row["ATTRIBUTION_TYPE"] == "last_touch" and float(row["CONVERSIONS"])
    }
    found = warehouse.execute(
        """
        select channel, sum(credit_share), sum(credit_usd)
        from marts.fct_attribution_credits
        where attribution_model = 'last_touch' and basis = ?
        group by channel
        """,
        [basis],
    ).fetchall()
    assert {channel: (share, money) for channel, share, money in found} == expected


def _read(name: str) -> Rows:
    with shared_data(f"snowplow_fractribution/{name}").open(newline="") as file:
        return list(csv.DictReader(file))


def _client(customer_id: str) -> str:
    """Its customer ids are the tracker's client ids behind an f."""
    return customer_id.removeprefix("f")


def _channel(name: str, source: str = "") -> str:
    return SOCIAL_SOURCES.get(source, CHANNELS[name])


def _path(text: str) -> list[str]:
    return [_channel(name) for name in text.split(" > ")]


def _collapsed(path: list[str]) -> list[str]:
    return [channel for channel, _ in groupby(path)]


def _deliver(events: Rows, landing: Path) -> None:
    """Write the extracts. The client id goes where both a lead and an opportunity can carry it."""
    clients = sorted({row["domain_userid"] for row in events})
    contact = {client: f"contact-{client}" for client in clients}
    early = "2022-06-01T00:00:00Z"
    _write_json(landing / "ga4/events/events.jsonl", [_event(row) for row in events])
    _write(
        landing / "marketo/leads/leads.csv",
        ["id", "gaClientId", "sfdcContactId", "createdAt", "updatedAt"],
        [[number, client, contact[client], early, early] for number, client in enumerate(clients, start=1)],
    )
    _write(
        landing / "salesforce/Contact/contacts.csv",
        ["Id", "CreatedDate", "LastModifiedDate"],
        [[contact[client], early, early] for client in clients],
    )
    sales = [
        (f"sale-{row['event_id']}", row["domain_userid"], row["derived_tstamp"], row["tr_total"])
        for row in events
        if row["tr_total"]
    ]
    _write(
        landing / "salesforce/Opportunity/opportunities.csv",
        [
            "Id",
            "StageName",
            "Amount",
            "CloseDate",
            "IsClosed",
            "IsWon",
            "LossReason",
            "CreatedDate",
            "LastModifiedDate",
        ],
        [[sale, "Closed Won", amount, at[:10], "true", "true", client, at, at] for sale, client, at, amount in sales],
    )
    _write(
        landing / "salesforce/OpportunityHistory/history.csv",
        ["OpportunityId", "ValidFrom", "StageName", "Amount", "CloseDate"],
        [[sale, at, "Closed Won", amount, at[:10]] for sale, _, at, amount in sales],
    )
    _write(
        landing / "salesforce/OpportunityContactRole/roles.csv",
        ["Id", "OpportunityId", "ContactId", "IsPrimary", "CreatedDate", "LastModifiedDate"],
        [[f"role-{sale}", sale, contact[client], "true", at, at] for sale, client, at, _ in sales],
    )


def _event(row: dict[str, str]) -> dict[str, object]:
    at = datetime.fromisoformat(row["derived_tstamp"])
    tags = {"source": row["mkt_source"], "medium": row["mkt_medium"], "campaign": row["mkt_campaign"]}
    return {
        "event_date": at.strftime("%Y%m%d"),
        "event_timestamp": int(at.timestamp() * 1_000_000),
        "event_name": row["event_name"],
        "user_pseudo_id": row["domain_userid"],
        "event_bundle_sequence_id": 1,
        "event_params": [{"key": key, "value": {"string_value": value}} for key, value in tags.items() if value],
    }


def _write(path: Path, header: list[str], rows: list[list[object]]) -> None:
    path.parent.mkdir(parents=True)
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def _write_json(path: Path, documents: list[dict[str, object]]) -> None:
    path.parent.mkdir(parents=True)
    path.write_text("".join(json.dumps(document) + "\n" for document in documents))


def _build(home: Path) -> None:
    """Run dbt on a copy of the project in which direct visits may earn credit."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    project = home / "dbt_project"
    shutil.copytree(DBT_PROJECT, project, ignore=shutil.ignore_patterns("target", "logs", "*.duckdb"))
    shutil.copytree(SEEDS, home / "seeds")
    kinds = home / "seeds" / "touchpoint_kinds.csv"
    kinds.write_text(kinds.read_text().replace("direct_session,2,6,false", "direct_session,2,6,true"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TOUCHSTONE_TARGET", "duckdb")
        patch.setenv("TOUCHSTONE_LAKE", str(home / "lake"))
        patch.setenv("TOUCHSTONE_WAREHOUSE", str(home / "work.duckdb"))
        patch.setenv("TOUCHSTONE_AS_OF", AS_OF.strftime("%Y-%m-%d %H:%M:%S"))
        patch.setenv("DBT_TARGET_PATH", str(home / "target"))
        places = ["--project-dir", project, "--profiles-dir", project, "--log-path", home / "logs"]
        outcome = dbtRunner().invoke(
            ["build", "--quiet", "--vars", json.dumps(VARS), "--exclude", "test_type:unit", *map(str, places)]
        )
        DuckDBConnectionManager.close_all_connections()
    assert outcome.success, outcome.exception or [
        (result.node.name, result.message) for result in outcome.result if result.status not in ("success", "pass")
    ]
