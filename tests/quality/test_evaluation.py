from datetime import timedelta

import dagster as dg
import pytest

from orchestration import contracts
from orchestration.quality import checks, suites
from orchestration.quality.evaluation import evaluate
from tests.quality.conftest import AS_OF, insert

LEAD = {"id": 1, "email": "ada@example.com", "lifecycle_stage": "MQL", "created_at": AS_OF, "updated_at": AS_OF}
YESTERDAY = AS_OF.date() - timedelta(days=1)


def judge(suite, warehouse):
    return {outcome.check.name: outcome for outcome in evaluate(suite, warehouse, as_of=AS_OF)}


def test_a_good_extract_passes(suite, warehouse, deliver):
    deliver("marketo", "leads", LEAD)
    outcomes = judge(suite("marketo__leads"), warehouse)
    assert all(outcome.passed for outcome in outcomes.values())
    assert outcomes["has_rows"].rows_examined == 1
    assert outcomes["has_rows"].no_data is None


def test_no_extract_yet_is_said_and_not_green(suite, warehouse):
    outcomes = judge(suite("hubspot__contacts"), warehouse)
    assert {outcome.no_data for outcome in outcomes.values()} == {"no extract yet"}
    assert all(outcome.passed for outcome in outcomes.values())


def test_a_table_that_its_system_usually_delivers_is_missed_but_stops_nothing(suite, warehouse, deliver):
    deliver("salesforce", "opportunity", {"id": "006", "last_modified_date": AS_OF})
    outcomes = evaluate(suite("salesforce__lead"), warehouse, as_of=AS_OF, landing="/data/landing")
    assert all(outcome.passed for outcome in outcomes)
    said = "no extract yet in /data/landing/salesforce/lead/, where salesforce delivers other tables"
    assert {outcome.no_data for outcome in outcomes} == {said}


@pytest.mark.parametrize("system", sorted({system for system, _ in contracts.load()}))
def test_a_system_alone_fails_nothing_that_others_should_deliver(warehouse, deliver, system):
    """Each stack is whole without the others: no MAP, no CRM, no ads, no web, no tasks."""
    for name, table in contracts.load():
        if name == system:
            deliver(system, table, quarantined=1)
    for each in suites.load():
        if each.asset_key[0] != system:
            failed = [outcome for outcome in evaluate(each, warehouse, as_of=AS_OF) if not outcome.passed]
            assert not [outcome.check.name for outcome in failed if checks.is_critical(outcome)], each.file


def test_files_that_were_all_rejected_fail(suite, warehouse, deliver):
    deliver("hubspot", "contacts", status="rejected")
    outcome = judge(suite("hubspot__contacts"), warehouse)["has_rows"]
    assert not outcome.passed
    assert "header id is missing" in outcome.finding


def test_extracts_without_rows_are_no_data(suite, warehouse, deliver):
    deliver("google_ads", "campaign_stats")
    assert judge(suite("google_ads__campaign_stats"), warehouse)["has_rows"].no_data == "the extracts hold no rows yet"


def test_unknown_values_are_listed_with_a_record(suite, warehouse, deliver):
    deliver("marketo", "leads", LEAD, {**LEAD, "id": 2, "lifecycle_stage": "Marketing Qualified"})
    outcome = judge(suite("marketo__leads"), warehouse)["lifecycle_stages_known"]
    assert not outcome.passed
    assert outcome.sample == (("Marketing Qualified", 1, "2"),)


def test_a_corrected_record_no_longer_counts(suite, warehouse, deliver):
    earlier = {**LEAD, "lifecycle_stage": "Marketing Qualified", "updated_at": AS_OF - timedelta(days=1)}
    deliver("marketo", "leads", LEAD, earlier)
    assert judge(suite("marketo__leads"), warehouse)["lifecycle_stages_known"].passed


def test_quarantine_warns_with_its_lines_and_fails_beyond_the_threshold(suite, warehouse, deliver):
    deliver("marketo", "leads", *[{**LEAD, "id": number} for number in range(30)], quarantined=1)
    outcomes = judge(suite("marketo__leads"), warehouse)
    assert not outcomes["none_quarantined"].passed
    assert outcomes["none_quarantined"].sample == (("marketo/leads/one.csv", 2, "id", "not a bigint", "Write digits."),)
    assert outcomes["quarantine_rate"].passed
    deliver("marketo", "leads", quarantined=9, file="two.csv")
    assert not judge(suite("marketo__leads"), warehouse)["quarantine_rate"].passed


def test_a_corrected_file_heals_the_same_morning_and_the_sample_shows_what_is_judged(suite, warehouse, deliver):
    leads = [{**LEAD, "id": number} for number in range(9)]
    deliver("marketo", "leads", *leads, quarantined=2, modified_at=AS_OF - timedelta(hours=2))
    assert not judge(suite("marketo__leads"), warehouse)["quarantine_rate"].passed
    settled = {"batch_id": "b1", "source_file": "marketo/leads/one.csv", "status": "superseded"}
    insert(warehouse, "raw_lake.settled_rows", *({**settled, "source_line": line} for line in (2, 3)))
    deliver("marketo", "leads", quarantined=1, file="two.csv", batch="b2", modified_at=AS_OF - timedelta(hours=1))
    outcomes = judge(suite("marketo__leads"), warehouse)
    assert outcomes["none_quarantined"].observed == 1
    assert [row[0] for row in outcomes["none_quarantined"].sample] == ["marketo/leads/two.csv"]
    accepted = {"batch_id": "b2", "source_file": "marketo/leads/two.csv", "source_line": 2, "status": "accepted"}
    insert(warehouse, "raw_lake.settled_rows", accepted)
    assert judge(suite("marketo__leads"), warehouse)["none_quarantined"].passed


def test_an_open_row_is_named_every_morning_and_stops_only_its_own(suite, warehouse, deliver):
    deliver("marketo", "leads", {**LEAD, "id": 1}, quarantined=9, loaded_at=AS_OF - timedelta(days=9))
    deliver("marketo", "leads", {**LEAD, "id": 2}, file="two.csv", batch="b2")
    outcomes = judge(suite("marketo__leads"), warehouse)
    assert outcomes["none_quarantined"].observed == 9
    assert outcomes["quarantine_rate"].passed


def test_a_row_from_the_future_does_not_hide_an_old_extract(suite, warehouse, deliver):
    old = {**LEAD, "updated_at": AS_OF - timedelta(days=9)}
    deliver("marketo", "leads", old, {**LEAD, "id": 2, "updated_at": AS_OF + timedelta(days=300)})
    outcomes = judge(suite("marketo__leads"), warehouse)
    assert outcomes["fresh"].observed == pytest.approx(9)
    assert not outcomes["fresh"].passed
    assert not outcomes["none_from_the_future"].passed


@pytest.mark.parametrize(("age", "passes"), [(6, True), (8, False)])
def test_retention_cliff(suite, warehouse, deliver, age, passes):
    at = AS_OF - timedelta(days=age)
    deliver("marketo", "activities", {"marketo_guid": "a", "lead_id": 1, "activity_type_id": 1, "activity_date": at})
    outcome = judge(suite("marketo__activities"), warehouse)["retention_cliff"]
    assert outcome.passed is passes
    assert outcome.check.severity == "warning"


def events(warehouse, deliver, counts):
    """GA4 events: `counts` is the number per days before yesterday."""
    rows = [
        {"event_timestamp": f"{YESTERDAY - timedelta(days=back)} 12:00", "event_name": "click", "user_pseudo_id": "c"}
        for back, count in counts.items()
        for _ in range(count)
    ]
    deliver("ga4", "events", *rows)


def test_anomaly_self_inclusion(suite, warehouse, deliver):
    """A tenfold day would widen its own baseline and pass; left out of it, it alarms."""
    usual = {7 * week: 10 + week % 2 for week in range(1, 9)}
    events(warehouse, deliver, {0: 100, **usual})
    outcome = judge(suite("ga4__events"), warehouse)["volume_as_usual"]
    assert not outcome.passed
    assert outcome.observed == pytest.approx((100 - 10.5) / 1.05)
    row = dict(zip(outcome.sample_columns, outcome.sample[0], strict=True))
    assert (row["tested_day"], row["row_count"], row["season"]) == (YESTERDAY, 100, "weekday")


def test_anomaly_weekly_season(suite, warehouse, deliver):
    """A quiet day of the week is no anomaly among its own kind."""
    events(warehouse, deliver, {back: 2 if back % 7 == 0 else 40 for back in range(60)})
    assert judge(suite("ga4__events"), warehouse)["volume_as_usual"].passed


def test_anomaly_monthly_season(suite, warehouse, deliver):
    """A peak that comes every month on the same day is no anomaly."""
    counts = {back: 50 if (YESTERDAY - timedelta(days=back)).day == YESTERDAY.day else 5 for back in range(200)}
    events(warehouse, deliver, counts)
    outcome = judge(suite("ga4__events"), warehouse)["volume_as_usual"]
    assert outcome.passed
    assert outcome.observed == 0


def test_anomaly_says_when_it_cannot_judge(suite, warehouse, deliver):
    events(warehouse, deliver, {0: 5, 7: 1})
    assert judge(suite("ga4__events"), warehouse)["volume_as_usual"].no_data == "fewer than 4 comparable days"


def test_a_day_without_any_row_is_a_gap(suite, warehouse, deliver):
    counts = {7 * week: 20 for week in range(1, 9)}
    events(warehouse, deliver, {0: 1, **counts})
    assert not judge(suite("ga4__events"), warehouse)["volume_as_usual"].passed


def test_versions_of_a_record_count_once(suite, warehouse, deliver):
    leads = [
        {**LEAD, "id": week, "created_at": at, "updated_at": at}
        for week in range(9)
        for at in [AS_OF - timedelta(days=1 + 7 * week)]
    ]
    versions = [{**leads[0], "updated_at": AS_OF - timedelta(minutes=number)} for number in range(50)]
    deliver("marketo", "leads", *leads, *versions)
    outcome = judge(suite("marketo__leads"), warehouse)["volume_as_usual"]
    assert (outcome.passed, outcome.observed) == (True, 0)


def activity(number, kind, day, **columns):
    at = AS_OF - timedelta(days=5) + timedelta(days=day)
    return {"marketo_guid": f"a{number}", "lead_id": 7, "activity_type_id": kind, "activity_date": at, **columns}


@pytest.mark.parametrize(
    "opt_in",
    [
        {"new_value": "false"},
        {"attributes": '{"New Value":"false","Old Value":"true"}'},
        {"attributes": '[{"name":"New Value","value":"false"},{"name":"Old Value","value":"true"}]'},
    ],
)
def test_sent_after_opt_out(suite, warehouse, deliver, opt_in):
    deliver(
        "marketo",
        "activities",
        activity(1, 6, 0, primary_attribute_value="Before"),
        activity(2, 9, 1),
        activity(3, 6, 2, primary_attribute_value="Newsletter"),
        activity(4, 13, 3, primary_attribute_value="Unsubscribed", **opt_in),
        activity(5, 6, 4, primary_attribute_value="Welcome back"),
    )
    outcome = judge(suite("marketo__activities"), warehouse)["none_sent_after_opt_out"]
    assert not outcome.passed
    assert outcome.observed == 1
    assert [row[:2] + row[3:4] for row in outcome.sample] == [("a3", 7, "Newsletter")]


def test_what_cannot_be_evaluated_is_an_error_whatever_its_severity(suite, warehouse, deliver):
    deliver("marketo", "leads", LEAD)
    real = suite("marketo__leads")
    warning = next(check for check in real.checks if check.severity == "warning")
    from dataclasses import replace

    broken = replace(warning, kwargs={**warning.kwargs, "column": "extract.no_such_metric"})
    suite_with_broken = replace(real, checks=(real.checks[0], broken))
    outcome = evaluate(suite_with_broken, warehouse, as_of=AS_OF)[1]
    assert outcome.is_broken
    shown = checks.result(suite_with_broken, outcome)
    assert not shown.passed
    assert shown.severity == dg.AssetCheckSeverity.ERROR
    assert "no_such_metric" in shown.description


def test_no_activity_table_is_never_green_by_accident(suite, warehouse, deliver):
    """An empty newest age fails rather than passes."""
    deliver("marketo", "leads", {**LEAD, "updated_at": None})
    assert not judge(suite("marketo__leads"), warehouse)["fresh"].passed


def test_lines_that_contradict_each_other_are_named(suite, warehouse, deliver):
    """One file says two things of a record at one time; another version of it, and another file, may differ."""
    said = {**LEAD, "_source_file": "a.csv", "_batch_id": "b1"}
    later = {**said, "updated_at": AS_OF - timedelta(hours=1), "_row_hash": "z", "_source_line": 4}
    lines = [{**said, "_row_hash": word, "_source_line": line} for line, word in ((2, "x"), (3, "x"))]
    deliver("marketo", "leads", *lines, later, {**said, "_source_file": "b.csv", "_row_hash": "y", "_source_line": 2})
    assert judge(suite("marketo__leads"), warehouse)["one_word_per_record"].passed
    old = {**said, "_batch_id": "b0", "_source_file": "old.csv"}
    deliver("marketo", "leads", {**old, "_row_hash": "x"}, {**old, "_row_hash": "y"})
    assert judge(suite("marketo__leads"), warehouse)["one_word_per_record"].passed
    deliver("marketo", "leads", {**said, "_row_hash": "y", "_source_line": 9})
    outcome = judge(suite("marketo__leads"), warehouse)["one_word_per_record"]
    assert not outcome.passed
    assert outcome.sample == (("a.csv", 1, 2, 9),)


def test_a_second_tag_is_seen_by_events_that_differ_in_a_parameter_alone(suite, warehouse, deliver):
    hits = [
        {
            "event_timestamp": AS_OF - timedelta(minutes=n),
            "event_name": "page_view",
            "user_pseudo_id": "c.1",
            "_batch_id": "b1",
        }
        for n in range(40)
    ]
    deliver("ga4", "events", *[{**hit, "_row_hash": f"{n}"} for n, hit in enumerate(hits)])
    assert judge(suite("ga4__events"), warehouse)["no_doubled_tag"].passed
    deliver("ga4", "events", *[{**hit, "_row_hash": f"again {n}"} for n, hit in enumerate(hits[:9])], file="two.csv")
    outcome = judge(suite("ga4__events"), warehouse)["no_doubled_tag"]
    assert not outcome.passed
    assert outcome.observed == pytest.approx(9 / 49)


@pytest.mark.parametrize(("held", "passes"), [(0.95, True), (0.8, False)])
def test_records_that_a_whole_delivery_lacks_are_said(suite, warehouse, held, passes):
    """The newest whole delivery is judged, not one before it and not a part."""
    shares = {1: (0.5, "table"), 2: (held, "table"), 3: (0.1, None)}
    for number, (share, scope) in shares.items():
        row = {"system": "hubspot", "object": "deal_contacts", "delivery_number": number, "held_share": share}
        insert(warehouse, "raw_lake.deliveries", {**row, "scope": scope, "delivery_name": f"{number}.csv"})
    insert(warehouse, "marts.fct_load_ledger", {"source_file": "3.csv", "load_status": "loaded"})
    outcome = judge(suite("fct_load_ledger"), warehouse)["few_withdrawn"]
    assert outcome.passed is passes
