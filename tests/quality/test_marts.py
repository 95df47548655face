from datetime import date, datetime, timedelta

import pytest

from orchestration.quality import checks, suites
from orchestration.quality.evaluation import evaluate
from tests.quality.conftest import AS_OF, insert

WEEK = datetime(2026, 1, 12).date()


@pytest.fixture
def judge(suite, warehouse):
    """Outcomes of a mart's suite by check."""
    return lambda mart: {outcome.check.name: outcome for outcome in evaluate(suite(mart), warehouse, as_of=AS_OF)}


@pytest.fixture
def mart(warehouse):
    """Insert one row into a mart."""
    return lambda name, **row: insert(warehouse, f"marts.{name}", row)


def test_a_mart_that_lost_its_rows_fails(suite, warehouse, last_publication):
    outcome = evaluate(suite("fct_ad_spend"), warehouse, as_of=AS_OF, last=last_publication)[0]
    assert (outcome.check.name, outcome.passed, outcome.observed) == ("has_rows", False, 0)


def test_a_mart_that_is_empty_when_all_is_well_is_judged_only_where_its_input_came(judge, warehouse, mart):
    mart("dim_people", person_id="1")
    name = "fct_sent_after_opt_out"
    assert {outcome.no_data for outcome in judge(name).values()} == {"no extract yet of email_events"}
    warehouse.execute("insert into conformed.email_events (system) values ('hubspot')")
    assert {outcome.no_data for outcome in judge(name).values()} == {None}


def test_credit_is_conserved_in_integers(judge, mart, deliver):
    deliver("salesforce", "opportunity", {"id": "006"})
    for number, amount in ((1, 100), (2, 100), (3, None)):
        mart("fct_opportunities", opportunity_id=f"salesforce:{number}", won_amount_usd=amount)
    shares = {
        1: ((0.333333333333, 33.33), (0.666666666667, 66.67)),
        2: ((0.333333333333, 33.33), (0.666666666666, 66.67)),
    }
    for number, credits in {**shares, 3: ((1, None),)}.items():
        for position, (share, money) in enumerate(credits):
            mart(
                "fct_attribution_credits",
                basis="revenue",
                attribution_model="linear",
                opportunity_id=f"salesforce:{number}",
                touchpoint_id=f"t{position}",
                credit_share=share,
                credit_usd=money,
            )
    outcome = judge("fct_attribution_credits")["credit_conserved"]
    assert not outcome.passed
    assert [row[2] for row in outcome.sample] == ["salesforce:2"]


def test_a_cent_too_few_is_found(judge, mart, deliver):
    deliver("salesforce", "opportunity", {"id": "006"})
    mart("fct_opportunities", opportunity_id="salesforce:1", won_amount_usd=100)
    credit = {"basis": "revenue", "attribution_model": "last_touch", "opportunity_id": "salesforce:1"}
    mart("fct_attribution_credits", **credit, touchpoint_id="unattributed", credit_share=1, credit_usd=99.99)
    outcomes = judge("fct_attribution_credits")
    assert not outcomes["credit_conserved"].passed
    assert not outcomes["pipeline_covered"].passed
    assert outcomes["pipeline_covered"].observed == 0


@pytest.mark.parametrize(("conversions", "amount", "is_whole"), [(1, 100, True), (2, 100, False), (1, 99.99, False)])
def test_paths_that_hold_another_opportunity_or_a_cent_less_are_found(
    judge, mart, deliver, *, conversions, amount, is_whole
):
    deliver("salesforce", "opportunity", {"id": "006"})
    mart("fct_opportunities", opportunity_id="salesforce:1", amount_usd=100, is_won=False)
    path = {"attribution_setting": "default", "basis": "pipeline", "touch_count": 1}
    mart("fct_paths", **path, path="Email", conversion_count=conversions, amount_usd=amount, non_conversion_count=0)
    outcomes = judge("fct_paths")
    assert outcomes["paths_hold_every_opportunity"].passed is is_whole
    assert len(outcomes["paths_hold_every_opportunity"].sample) == (not is_whole)
    assert not outcomes["journeys_without_pipeline_known"].passed
    mart("fct_paths", **path, path="Referral", conversion_count=0, amount_usd=0, non_conversion_count=1)
    assert judge("fct_paths")["journeys_without_pipeline_known"].passed


@pytest.mark.parametrize(
    ("credit", "money", "effect", "broken"),
    [
        (0.333333333, 33.33, 0.5, set()),
        (0.333333332, 33.33, 0.5, {"credit_conserved"}),
        (0.333333333, 33.34, 0.5, {"credit_conserved"}),
        (0.333333333, 33.33, -0.1, {"removal_effects_are_shares"}),
        (0.333333333, 33.33, 1.1, {"removal_effects_are_shares"}),
    ],
)
def test_channels_that_earn_another_sum_than_the_paths_are_found(
    judge, mart, deliver, *, credit, money, effect, broken
):
    deliver("salesforce", "opportunity", {"id": "006"})
    model = {"attribution_setting": "default", "basis": "revenue", "attribution_model": "markov"}
    mart("fct_paths", attribution_setting="default", basis="revenue", path="A > B", conversion_count=1, amount_usd=100)
    mart("fct_channel_credits", **model, channel="A", conversion_credit=0.666666667, credit_usd=66.67)
    mart("fct_channel_credits", **model, channel="B", conversion_credit=credit, credit_usd=money, removal_effect=effect)
    outcomes = judge("fct_channel_credits")
    assert {check for check, outcome in outcomes.items() if not outcome.passed} == broken


@pytest.mark.parametrize(("reason", "is_explained"), [(None, False), ("more states than the var", True)])
def test_a_model_that_is_left_out_says_why(judge, mart, deliver, reason, is_explained):
    deliver("salesforce", "opportunity", {"id": "006"})
    model = {"attribution_setting": "default", "basis": "revenue", "attribution_model": "markov_2"}
    mart("fct_channel_credit_models", **model, is_worked_out=False, reason_not_worked_out=reason)
    assert judge("fct_channel_credit_models")["absence_explained"].passed is is_explained


@pytest.mark.parametrize(("is_assumed", "passes"), [(True, False), (False, True)])
def test_spend_in_a_currency_that_nobody_told_is_named(judge, mart, deliver, is_assumed, passes):
    deliver("meta_ads", "ad_insights", {"ad_id": 1})
    spend = {"ad_platform": "meta_ads", "ad_account_id": "5", "currency_code": "USD", "spend_date": WEEK}
    mart("fct_ad_spend", **spend, amount=100, amount_usd=100, is_currency_assumed=is_assumed)
    mart("fct_ad_spend", **spend, amount=0, amount_usd=0, is_currency_assumed=True)
    outcome = judge("fct_ad_spend")["currency_told"]
    assert outcome.passed is passes
    assert [row[:3] for row in outcome.sample] == ([] if passes else [("meta_ads", "5", "USD")])


def reconciliation(mart, week, *, map_value, crm_value, mart_value, period_type="week"):
    largest, smallest = max(map_value, crm_value, mart_value), min(map_value, crm_value, mart_value)
    rate = (largest - smallest) / largest
    mart(
        "fct_reconciliation",
        period_type=period_type,
        period_start_date=week if period_type == "week" else week - timedelta(days=84),
        period_end_date=week + timedelta(days=7),
        core_count="mqls",
        owner="marketing_operations",
        map_value=map_value,
        crm_value=crm_value,
        mart_value=mart_value,
        variance_rate=rate,
        judged_week_count=1,
        judged_variance_rate=rate,
        warn_variance_rate=0.01,
        fail_variance_rate=0.02,
        min_base=20,
        is_complete=True,
        reconciliation_status="fail" if rate >= 0.02 else "warn" if rate >= 0.01 else "ok",
    )


@pytest.mark.parametrize(
    ("crm_values", "passes"),
    [((1000, 1000), (True, True)), ((1000, 985), (False, True)), ((950, 950), (False, False))],
)
def test_reconciliation_warns_by_week_and_by_quarter(judge, mart, deliver, crm_values, passes):
    deliver("marketo", "leads", {"id": 1})
    for number, crm_value in enumerate(crm_values):
        week = WEEK - timedelta(days=7 * number)
        reconciliation(mart, week, map_value=1000, crm_value=crm_value, mart_value=1000)
        summed = {"map_value": 2000 - 1000 * number, "crm_value": sum(crm_values[number:])}
        reconciliation(mart, week, **summed, mart_value=2000 - 1000 * number, period_type="13_weeks")
    outcomes = judge("fct_reconciliation")
    assert outcomes["weeks_reconcile"].passed is passes[0]
    assert outcomes["quarter_reconciles"].passed is passes[1]
    assert outcomes["marts_within_systems"].passed
    if not passes[1]:
        assert outcomes["quarter_reconciles"].sample[0][:5] == ("mqls", "marketing_operations", 2000, 1900, 2000)
    # What disagrees is held back, and what shows why is published.
    suite = next(suite for suite in suites.load() if suite.name == "fct_reconciliation")
    assert checks.stopping(suite, outcomes.values()) is None
    held = checks.held_back(suite, outcomes.values())
    assert set(held) == (set() if passes[1] else {"fct_funnel_counts"})
    assert all(because.name == "marts/fct_reconciliation quarter_reconciles" for because in held.values())


@pytest.mark.parametrize(("mart_value", "passes"), [(800, False), (950, True), (1980, True), (2300, False)])
def test_marts_that_lose_or_invent_records_are_not_published(judge, mart, deliver, mart_value, passes):
    deliver("marketo", "leads", {"id": 1})
    reconciliation(mart, WEEK, map_value=1000, crm_value=980, mart_value=mart_value, period_type="13_weeks")
    outcome = judge("fct_reconciliation")["marts_within_systems"]
    assert outcome.passed is passes
    assert outcome.check.severity == "critical"


def test_reconciliation_of_old_weeks_has_no_data(judge, mart, deliver):
    deliver("marketo", "leads", {"id": 1})
    for period_type in ("week", "13_weeks"):
        reconciliation(
            mart, WEEK - timedelta(days=400), map_value=1000, crm_value=10, mart_value=1000, period_type=period_type
        )
    outcomes = judge("fct_reconciliation")
    assert outcomes["weeks_reconcile"].no_data == "no complete week with enough records in two systems"
    assert outcomes["quarter_reconciles"].passed


def records_of_a_map(mart, deliver, **classes):
    """A MAP of 200 records, of which so many are in a class, half of these since yesterday; and its one person."""
    deliver("marketo", "leads", {"id": 1})
    mart("dim_people", person_id="p")
    listed = [name for name, count in classes.items() for _ in range(count)]
    for number in range(200):
        mart(
            "fct_reconciliation_records",
            entity="person",
            system="marketo",
            record_id=f"marketo:lead:{number}",
            reconciliation_class=listed[number] if number < len(listed) else "matched",
            since_at=AS_OF - timedelta(days=1 if number % 2 else 30),
            open_pipeline_usd=number,
        )


@pytest.mark.parametrize(("count", "passes"), [(1, True), (2, True), (6, False)])
def test_classes_of_records_are_held_to_their_limits(judge, mart, deliver, count: int, passes: bool):
    records_of_a_map(mart, deliver, map_only=count, excluded_by_sync_rule=90)
    outcomes = judge("fct_reconciliation_records")
    assert outcomes["classes_within_share"].passed is passes
    assert outcomes["classes_do_not_grow"].passed is passes
    if not passes:
        sample = outcomes["classes_within_share"].sample
        assert sample[0][:3] == ("marketo", "map_only", 6)
        assert sample[0][5] == "marketo:lead:5"


def test_classes_of_few_records_are_not_judged(judge, mart, deliver):
    deliver("marketo", "leads", {"id": 1})
    mart("dim_people", person_id="p")
    mart("fct_reconciliation_records", entity="person", system="marketo", reconciliation_class="map_only")
    assert judge("fct_reconciliation_records")["classes_within_share"].no_data


@pytest.mark.parametrize(("gap", "passes"), [(100, True), (900, False)])
def test_classes_of_deals_and_bills_are_held_to_their_share_of_the_money(judge, mart, deliver, gap: int, passes: bool):
    deliver("billing", "invoices", {"id": "1", "status": "on hold"})
    month = {"periods_ago": 1, "period_type": "month"}
    matched = {"reconciliation_class": "matched", "won_usd": 10_000, "billed_usd": 10_000, "gap_usd": 0}
    mart("fct_won_and_billed", **month, **matched, deal_count=150, bill_count=150)
    never = {"reconciliation_class": "crm_only", "won_usd": gap, "billed_usd": 0, "gap_usd": gap}
    mart("fct_won_and_billed", **month, **never, deal_count=1, bill_count=0)
    mart("fct_billing_records", reconciliation_class="crm_only", record_id="salesforce:1")
    outcomes = judge("fct_won_and_billed")
    assert outcomes["has_rows"].passed
    assert outcomes["nothing_unexplained"].passed
    assert outcomes["classes_within_share"].passed is passes
    assert not outcomes["bill_statuses_declared"].passed
    if not passes:
        assert [row[4] for row in outcomes["classes_within_share"].sample] == ["salesforce:1"]


@pytest.fixture
def billed(mart, deliver):
    """Deliver bills of a company that has won and billed."""
    mart("fct_won_and_billed", periods_ago=1, reconciliation_class="matched", won_usd=1, billed_usd=1, gap_usd=0)
    return lambda *bills: deliver("billing", "invoices", *bills)


@pytest.mark.parametrize(("kind", "passes"), [("Sales Credit Memo", True), (None, True), ("Leasing", False)])
def test_kinds_of_bills_that_nobody_declared_are_named(judge, billed, kind: str | None, passes: bool):
    billed({"id": "1", "kind": kind})
    outcome = judge("fct_won_and_billed")["bill_kinds_declared"]
    assert outcome.passed is passes
    if not passes:
        assert outcome.sample[0][-1] == "leasing,<invoice, credit_note or none>,finance,"


@pytest.mark.parametrize(("deal", "amount", "passes"), [("a", 100, True), ("b", 100, False), ("a", 30, False)])
def test_a_number_of_two_documents_is_named_and_a_corrected_kind_is_not(
    judge, billed, deal: str, amount: int, passes: bool
):
    bill = {"id": "7714", "kind": "invoice", "amount": 100, "crm_opportunity_id": "a"}
    billed(bill, {**bill, "kind": "credit_note", "amount": amount, "crm_opportunity_id": deal})
    assert judge("fct_won_and_billed")["one_document_per_number"].passed is passes


@pytest.mark.parametrize(("factor", "passes"), [(1, True), (0.5, True), (100, False), (0.01, False)])
def test_bills_in_cents_are_told(judge, mart, billed, factor: float, passes: bool):
    billed({"id": "1"})
    for n in range(5):
        both = {"opportunity_id": f"salesforce:{n}"}
        mart("fct_billing_records", **both, system="salesforce", system_role="crm", amount_usd=1000)
        # One deal of each company is billed otherwise.
        amount = 1000 * (factor if n else 3)
        mart("fct_billing_records", **both, system="billing", system_role="billing", amount_usd=amount)
    assert judge("fct_won_and_billed")["amounts_in_units"].passed is passes


def test_few_billed_deals_tell_no_unit(judge, mart, billed):
    billed({"id": "1"})
    both = {"opportunity_id": "salesforce:1"}
    mart("fct_billing_records", **both, system="salesforce", system_role="crm", amount_usd=10)
    mart("fct_billing_records", **both, system="billing", system_role="billing", amount_usd=1000)
    assert judge("fct_won_and_billed")["amounts_in_units"].no_data


@pytest.mark.parametrize("table", [("billing", "invoices", "updated_at"), ("stripe", "invoice", "created")])
@pytest.mark.parametrize(("days", "wrong"), [(-1, None), (-60, "fresh"), (3, "none_from_the_future")])
def test_bills_of_the_future_and_a_stop_of_billing_are_told(judge, deliver, table, days: int, wrong: str | None):
    system, name, dated_by = table
    row = {"id": "1", dated_by: AS_OF + timedelta(days=days)}
    deliver(system, name, row, {"id": "2", dated_by: AS_OF + timedelta(days=min(days, -1))})
    outcomes = judge(f"{system}__{name}")
    for check in ("fresh", "none_from_the_future"):
        assert outcomes[check].passed is (check != wrong)


@pytest.mark.parametrize("rest", [0, -1])
def test_a_difference_that_no_line_explains_stops_the_bridge(judge, mart, deliver, rest: int):
    deliver("marketo", "leads", {"id": 1})
    line = {"period_type": "week", "period_start_date": WEEK, "core_count": "mqls"}
    mart("fct_reconciliation_bridge", **line, step="map_total", line_kind="total", line_value=10)
    mart("fct_reconciliation_bridge", **line, step="mart_unexplained", line_kind="unexplained", line_value=rest)
    mart("fct_mql_bridge", period_type="week", period_start_date=WEEK, unexplained_count=abs(rest))
    outcomes = judge("fct_reconciliation_bridge")
    assert outcomes["nothing_unexplained"].passed is (rest == 0)
    assert outcomes["nothing_unexplained"].check.severity == "critical"
    assert outcomes["counts_of_mqls_foot"].passed is (rest == 0)


def test_tracking_compliance_names_value_rule_and_repair(judge, mart, deliver):
    deliver("ga4", "events", {"event_name": "click"})
    recent = {"channel": "Paid Search", "session_start_at": AS_OF}
    for number, is_compliant in enumerate([True] * 9 + [False, None]):
        mart("fct_sessions", session_id=str(number), is_taxonomy_compliant=is_compliant, **recent)
    longer_ago = AS_OF - timedelta(days=91)
    mart("fct_sessions", session_id="old", is_taxonomy_compliant=False, session_start_at=longer_ago)
    row = {"subject_kind": "sessions", "field": "utm_source", "rule": "utm_case", "session_count": 1}
    mart("fct_taxonomy_violations", **row, value="Google", suggested_value="google", last_seen_date=AS_OF.date())
    mart("fct_taxonomy_violations", **row, value="Bing", suggested_value="bing", last_seen_date=longer_ago.date())
    mart("fct_taxonomy_violations", **row | {"subject_kind": "campaign_record"}, last_seen_date=AS_OF.date())
    outcome = judge("fct_sessions")["tracking_compliance"]
    assert not outcome.passed
    assert outcome.observed == pytest.approx(0.9)
    assert [found[:4] for found in outcome.sample] == [("utm_source", "Google", "utm_case", "google")]


def test_compliance_of_visits_without_tags_has_no_data(judge, mart, deliver):
    deliver("ga4", "events", {"event_name": "click"})
    mart("fct_sessions", session_id="1", channel="Direct", session_start_at=AS_OF, is_taxonomy_compliant=None)
    assert judge("fct_sessions")["tracking_compliance"].no_data == "no tagged visit in the last 90 days"


def test_campaigns_named_off_the_rules_are_listed(judge, mart, deliver):
    deliver("marketo", "programs", {"id": 1})
    mart("dim_campaigns", campaign_id="emea", system="marketo")
    records = [("marketo:1", True, True), ("salesforce:2", False, True), ("web:x", False, False)]
    for record, is_compliant, is_delivered in records:
        mart(
            "dim_campaign_records",
            campaign_record_id=record,
            is_delivered=is_delivered,
            is_taxonomy_compliant=is_compliant,
        )
    row = {"subject_kind": "campaign_record", "field": "campaign_name", "rule": "campaign_name_spelling"}
    mart("fct_taxonomy_violations", **row, record_id="salesforce:2", value="Webinar March", session_count=0)
    outcome = judge("dim_campaigns")["names_governed"]
    assert outcome.observed == pytest.approx(0.5)
    assert [found[:3] for found in outcome.sample] == [("salesforce:2", "campaign_name", "Webinar March")]


def test_spend_without_results_is_listed(judge, mart, deliver):
    deliver("google_ads", "campaign_stats", {"campaign_id": "1"})
    month = {"period_start_date": date(2025, 12, 1), "periods_ago": 1, "tagged_session_count": 1}
    amounts = [("a", 90, 90, 90), ("b", 10, 10, 0), ("c", 20, 0, 20)]
    for campaign, spent, compliant, covered in amounts:
        money = {"spend_usd": spent, "compliant_spend_usd": compliant, "covered_spend_usd": covered}
        mart("fct_taxonomy_compliance", campaign_id=campaign, compliant_session_count=1, **month, **money)
    outcomes = judge("fct_taxonomy_compliance")
    assert outcomes["spend_covered"].passed
    assert outcomes["spend_covered"].observed == pytest.approx(110 / 120)
    assert not outcomes["spend_named"].passed
    assert [(row[2], row[4]) for row in outcomes["spend_named"].sample] == [("c", 20)]


def test_coverage_without_spend_has_no_data(judge, mart, deliver):
    deliver("ga4", "events", {"event_name": "click"})
    old = {"period_start_date": date(2025, 1, 1), "periods_ago": 12, "spend_usd": 5, "covered_spend_usd": 0}
    mart("fct_taxonomy_compliance", campaign_id="a", **old)
    assert judge("fct_taxonomy_compliance")["spend_covered"].no_data == "no ad spend in the last three months"


def test_launches_that_fail_are_listed_and_young_ones_judge_nothing(judge, mart, deliver):
    deliver("marketo", "programs", {"id": 1})
    recent = {"judged_date": date(2026, 1, 20), "launched_date": date(2026, 1, 6), "is_manual": False}
    statuses = [("a", "passed"), ("a", "failed"), ("b", "passed"), ("c", "pending"), ("d", "too_few")]
    for campaign, status in statuses:
        mart("fct_campaign_launch_checks", campaign_id=campaign, item=status, status=status, **recent)
    mart("fct_campaign_launch_checks", campaign_id="e", status="failed", **recent | {"judged_date": date(2025, 1, 1)})
    outcome = judge("fct_campaign_launch_checks")["launch_defect_rate"]
    assert not outcome.passed
    assert outcome.observed == pytest.approx(0.5)
    assert [row[0] for row in outcome.sample] == ["a"]


def test_lost_rows_and_rejected_files_are_named(judge, mart):
    row = {
        "system": "marketo",
        "object": "leads",
        "loaded_at": AS_OF,
        "cell_defect_count": 0,
        "quarantined_row_count": 1,
    }
    mart("fct_load_ledger", **row, source_file="a.csv", load_status="loaded", read_row_count=9, loaded_row_count=7)
    rejected = {**row, "load_status": "rejected", "read_row_count": 0, "loaded_row_count": 0}
    mart("fct_load_ledger", **rejected, source_file="b.csv", error_message="b.csv: duplicate header email; rename one")
    later = {**row, "loaded_at": AS_OF + timedelta(hours=1), "load_status": "loaded", "quarantined_row_count": 0}
    mart("fct_load_ledger", **rejected, source_file="c.csv", error_message="c.csv: header id is missing")
    mart("fct_load_ledger", **later, source_file="c.csv", read_row_count=2, loaded_row_count=2)
    outcomes = judge("fct_load_ledger")
    assert outcomes["no_row_lost"].sample == (("a.csv", 9, 7, 1),)
    assert outcomes["no_file_rejected"].sample == (("b.csv", "b.csv: duplicate header email; rename one"),)


def test_money_without_a_rate_is_listed(judge, mart, deliver):
    deliver("salesforce", "opportunity", {"id": "006"})
    row = {"has_negative_interval": False, "is_won": False}
    mart(
        "fct_opportunities", opportunity_id="salesforce:1", currency_code="CHF", has_missing_rate=True, amount=5, **row
    )
    mart(
        "fct_opportunities", opportunity_id="salesforce:2", currency_code="USD", has_missing_rate=False, amount=5, **row
    )
    outcome = judge("fct_opportunities")["rates_present"]
    assert not outcome.passed
    assert [row[:2] for row in outcome.sample] == [("salesforce:1", "CHF")]
