"""Truth is complete, consistent with itself and with the extracts, and plausible to a practitioner."""

from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from orchestration.demo.fault_rates import FaultRates
from orchestration.demo.score import SCHEMAS, read
from tests.demo.conftest import value

REFERENCES = (
    ("person_records", "person_id", "people", "person_id"),
    ("stage_transitions", "person_id", "people", "person_id"),
    ("touches", "person_id", "people", "person_id"),
    ("touch_opportunities", "touch_id", "touches", "touch_id"),
    ("touch_opportunities", "opportunity_id", "opportunities", "opportunity_id"),
    ("opportunity_people", "opportunity_id", "opportunities", "opportunity_id"),
    ("opportunity_people", "person_id", "people", "person_id"),
    ("opportunities", "primary_person_id", "people", "person_id"),
    ("mql_passes", "person_id", "people", "person_id"),
    ("mql_passes", "lead_record_id", "person_records", "person_record_id"),
    ("sync_records", "map_record_id", "person_records", "person_record_id"),
    ("sync_records", "crm_record_id", "person_records", "person_record_id"),
    ("people", "account_record_id", "accounts", "account_record_id"),
    ("opportunities", "account_record_id", "accounts", "account_record_id"),
    ("touch_parts", "touch_id", "touches", "touch_id"),
)
KEYS = {
    "people": "person_id",
    "person_records": "person_record_id",
    "accounts": "account_record_id",
    "stage_transitions": "recoverable_person_id, stage, pass_number, is_skipped, transition_at",
    "touches": "touch_id",
    "touch_parts": "touch_id, part_kind, source_record_id",
    "touch_opportunities": "touch_id, opportunity_id",
    "opportunities": "opportunity_id",
    "opportunity_people": "opportunity_id, person_id",
    "mql_passes": "person_id, pass_number",
    "sync_records": "record_id",
    "billing_records": "record_id",
    "record_hygiene": "rule, record_id",
    "injected_faults": "fault_id",
    "unidentified_traffic": "month_start_date, channel",
    "self_reported_sources": "person_id",
    "channel_effects": "true_channel",
    "core_counts": "week_start_date, core_count, system_role",
    "experiments": "experiment_id",
    "marketing_costs": "cost_source, campaign_record_id, month_start_date",
    "platform_claims": "ad_platform, campaign_record_id, month_start_date",
}
# Tables of what a company writes on request alone.
ON_REQUEST = {"billing_records", "experiments"}


@pytest.mark.parametrize("table", SCHEMAS)
def test_tables_have_their_columns_and_grain(company: Path, truth: duckdb.DuckDBPyConnection, table: str) -> None:
    assert pq.read_schema(company / "truth" / f"{table}.parquet").names == list(SCHEMAS[table].columns)
    rows = read(company / "truth", table).num_rows
    assert (rows > 0) == (table not in ON_REQUEST)
    assert value(truth, f"select count(*) from (select distinct {KEYS[table]} from {table})") == rows


@pytest.mark.parametrize(("table", "column", "parent", "key"), REFERENCES, ids=str)
def test_references_hold(truth: duckdb.DuckDBPyConnection, table: str, column: str, parent: str, key: str) -> None:
    orphans = (
        f"select count(*) from {table} where {column} is not null and {column} not in (select {key} from {parent})"
    )
    assert value(truth, orphans) == 0


def test_records_of_truth_are_the_records_of_the_extracts(company: Path, truth: duckdb.DuckDBPyConnection) -> None:
    leads = company / "landing" / "marketo" / "leads" / "*.csv"
    truth.execute(f"""
        create or replace temp view lead_ids as
        select distinct 'marketo:lead:' || id as record from read_csv('{leads}', all_varchar = true,
            ignore_errors = true, union_by_name = true)
        where regexp_full_match(id, '[0-9]+') and email is not null
    """)
    known = "select person_record_id from person_records where system = 'marketo'"
    assert value(truth, f"select count(*) from lead_ids where record not in ({known})") == 0
    assert value(truth, f"select count(*) from ({known}) where person_record_id not in (from lead_ids)") == 0


RATES = FaultRates()
# kind -> (expected rate, the count it is a rate of)
RECORD_FAULTS = {
    "missing_field": (RATES.missing_field, "select count(*) from people where known_at is not null"),
    "duplicate_exact": (RATES.duplicate_exact * 2, "select count(*) from people where known_at is not null"),
    "duplicate_fuzzy": (RATES.duplicate_fuzzy * 2, "select count(*) from people where known_at is not null"),
    "field_drift": (
        RATES.field_drift + RATES.email_changed,
        "select count(*) from sync_records where crm_record_id is not null",
    ),
    "sync_loss": (RATES.sync_loss, "select count(*) from people where inquiry_at is not null"),
    "sync_lag": (RATES.sync_lag, "select count(*) from people where inquiry_at is not null"),
    "utm_case_drift": (
        RATES.utm_case_drift,
        "select count(*) from touches where touch_kind = 'session' and campaign is not null",
    ),
    "utm_typo": (RATES.utm_typo, "select count(*) from touches where touch_kind = 'session' and campaign is not null"),
    "routing_wrong_territory": (RATES.routing_wrong_territory, "select count(*) from mql_passes"),
    "routing_no_owner": (RATES.routing_no_owner + RATES.sync_loss, "select count(*) from mql_passes"),
    "sla_breach": (RATES.sla_breach + RATES.sla_untouched, "select count(*) from mql_passes"),
    "profiled_task": (RATES.profiled_task, "select count(*) from mql_passes where lead_record_id is not null"),
    "missed_meeting": (RATES.missed_meeting, "select count(*) from mql_passes where assigned_at is not null"),
    "day_stamp": (RATES.day_stamp, "select count(*) from mql_passes where lead_record_id is not null"),
    "excluded_referrer": (
        RATES.excluded_referrer * 0.5,
        "select count(*) from touch_parts where part_kind in ('session', 'direct_session')",
    ),
    "role_mailbox": (RATES.role_mailbox, "select count(*) from people where known_at is not null"),
}


@pytest.mark.parametrize("kind", RECORD_FAULTS)
def test_faults_come_at_their_rate(truth: duckdb.DuckDBPyConnection, kind: str) -> None:
    rate, base = RECORD_FAULTS[kind]
    expected = rate * value(truth, base)
    found = value(truth, f"select count(*) from injected_faults where fault_kind = '{kind}'")
    # Four standard deviations of a count; duplicates come in pairs of records, so twice the variance.
    assert abs(found - expected) <= 4 * (2 * expected) ** 0.5 + 0.25 * expected + 1


def test_faults_of_days_and_files_are_there(truth: duckdb.DuckDBPyConnection) -> None:
    kinds = dict(truth.execute("select fault_kind, count(*) from injected_faults group by all").fetchall())
    assert kinds["tracking_outage"] == RATES.tracking_outage
    assert kinds["volume_drop"] == RATES.volume_drop
    for kind in (
        "late_file",
        "corrected_file",
        "malformed_row",
        "bot_traffic",
        "spend_gap",
        "volume_spike",
        "unregistered_campaign",
        "currency_gap",
        "shared_identifier",
        "implausible_instant",
        "finer_spend",
        "spend_read_again",
        "unknown_country",
    ):
        assert kinds[kind] >= 1, kind


BOUNDS = {
    "inquiry to MQL": (
        "select avg((person_id in (select person_id from mql_passes))::int) from people where inquiry_at is not null",
        0.2,
        0.5,
    ),
    "MQL to SQL": (
        """select avg((m.person_id in (select person_id from stage_transitions where stage = 'sql'))::int)
           from mql_passes m where pass_number = 1""",
        0.12,
        0.40,
    ),
    "won of closed": ("select avg(is_won::int) from opportunities where closed_at is not null", 0.10, 0.45),
    "days to close": (
        "select median(epoch(closed_at - created_at)) / 86400 from opportunities where closed_at is not null",
        20,
        110,
    ),
    "deal size": ("select median(amount_usd) from opportunities", 12_000, 90_000),
    "office hours to first touch": ("select median(business_seconds) / 3600 from mql_passes", 0.2, 1.0),
    "touches an opportunity": (
        "select median(n) from (select count(*) as n from touch_opportunities group by opportunity_id)",
        3,
        25,
    ),
    "opportunities touched": (
        "select count(distinct t.opportunity_id) / (select count(*) from opportunities) from touch_opportunities t",
        0.8,
        1.0,
    ),
    "days inquiry to opportunity": (
        """select median(epoch(o.created_at - p.inquiry_at)) / 86400 from opportunities o
            join people p on p.person_id = o.primary_person_id
           where p.inquiry_at < o.created_at""",
        5,
        120,
    ),
    "records linked": ("select avg(is_recoverable::int) from person_records where system <> 'ga4'", 0.97, 1.0),
}


@pytest.mark.parametrize("what", BOUNDS)
def test_the_company_is_plausible(truth: duckdb.DuckDBPyConnection, what: str) -> None:
    sql, low, high = BOUNDS[what]
    assert low <= value(truth, sql) <= high


def test_core_counts_of_map_and_crm_agree_but_for_sync_loss(truth: duckdb.DuckDBPyConnection) -> None:
    # Salesforce never hears of an inquiry on a lead that it already had, unless a campaign's response says so.
    for count, gap in (("inquiries", 0.05), ("mqls", 0.02)):
        marketo, crm = (
            value(truth, f"select sum(value) from core_counts where core_count = '{count}' and system = '{system}'")
            for system in ("marketo", "salesforce")
        )
        assert abs(marketo - crm) / max(marketo, crm) < gap


def test_touches_after_the_close_belong_to_no_opportunity(truth: duckdb.DuckDBPyConnection) -> None:
    late = """
        select count(*) from touch_opportunities t join touches using (touch_id)
            join opportunities o using (opportunity_id)
        where touch_at > o.closed_at
    """
    assert value(truth, late) == 0


def test_a_stage_is_entered_in_the_order_of_the_funnel(truth: duckdb.DuckDBPyConnection) -> None:
    backward = """
        select count(*) from stage_transitions a join stage_transitions b using (recoverable_person_id)
        where a.stage = '{}' and b.stage = '{}' and a.is_first and b.is_first and b.transition_at < a.transition_at
    """
    for earlier, later in (
        ("known", "inquiry"),
        ("known", "mql"),
        ("sal", "sql"),
        ("sql", "sao"),
        ("sao", "won"),
        ("sao", "lost"),
    ):
        assert value(truth, backward.format(earlier, later)) == 0, (earlier, later)
