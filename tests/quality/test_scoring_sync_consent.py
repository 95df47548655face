from datetime import date

import pytest

from orchestration.quality.evaluation import evaluate
from tests.quality.conftest import AS_OF, insert


@pytest.fixture
def judge(suite, warehouse, deliver):
    """Outcomes of a mart's suite by check, in a company that knows somebody."""
    deliver("marketo", "leads", {"id": 1})
    deliver("marketo", "activities", {"marketo_guid": "1"})
    insert(warehouse, "marts.dim_people", {"person_id": "p"})
    return lambda mart: {outcome.check.name: outcome for outcome in evaluate(suite(mart), warehouse, as_of=AS_OF)}


@pytest.fixture
def mart(warehouse):
    """Insert one row into a mart."""
    return lambda name, **row: insert(warehouse, f"marts.{name}", row)


def calibration(mart, start, **measures):
    row = {"mql_count": 500, "scored_count": 500, "is_auc_judged": True, "is_psi_judged": True, "auc": 0.8, "psi": 0.01}
    period = {"score_kind": "total", "outcome_stage": "sql", "period_type": "quarter", "period_start_date": start}
    mart("fct_scoring_calibration", **{**row, **period, **measures})


@pytest.mark.parametrize(
    ("measures", "failed"),
    [({}, set()), ({"auc": 0.6}, {"score_tells_who_converts"}), ({"psi": 0.3}, {"score_is_stable"})],
)
def test_the_newest_quarter_that_can_be_judged_is(judge, mart, measures, failed):
    calibration(mart, date(2025, 7, 1), auc=0.1, psi=9)
    calibration(mart, date(2025, 10, 1), **measures)
    calibration(mart, date(2026, 1, 1), auc=0.1, psi=9, is_auc_judged=False, is_psi_judged=False)
    calibration(mart, date(2024, 1, 1), period_type="all", auc=0.1, psi=None)
    assert {name for name, outcome in judge("fct_scoring_calibration").items() if not outcome.passed} == failed


def test_without_a_full_quarter_all_time_is_judged(judge, mart):
    calibration(mart, date(2026, 1, 1), is_auc_judged=False, is_psi_judged=False)
    calibration(mart, date(2026, 1, 1), period_type="all", auc=0.6, psi=None, is_psi_judged=False)
    outcomes = judge("fct_scoring_calibration")
    assert not outcomes["score_tells_who_converts"].passed
    assert outcomes["score_is_stable"].no_data.startswith("fewer MQLs")


def test_too_few_mqls_are_no_verdict_and_unscored_ones_are_counted(judge, mart):
    calibration(mart, date(2026, 1, 1), period_type="all", is_auc_judged=False, is_psi_judged=False, scored_count=400)
    outcomes = judge("fct_scoring_calibration")
    assert outcomes["score_tells_who_converts"].no_data.startswith("fewer mature MQLs")
    assert outcomes["mqls_scored"].observed == pytest.approx(0.2)


def test_an_overdue_backlog_names_the_records_and_their_error(judge, mart):
    assert judge("fct_sync_health")["backlog_in_time"].no_data == "no MAP and CRM that synchronise"
    for week, overdue in ((date(2026, 1, 19), 7), (date(2026, 1, 26), 1)):
        mart(
            "fct_sync_health",
            period_start_date=week,
            from_system="marketo",
            to_system="salesforce",
            overdue_count=overdue,
        )
    mart("fct_detected_defects", defect_kind="sync_loss", record_id="marketo:lead:1", is_open=True)
    mart("fct_sync_errors", person_record_id="marketo:lead:1", error_family="unknown", remedy="Read", is_open=True)
    outcomes = judge("fct_sync_health")
    assert outcomes["backlog_in_time"].observed == 1
    assert outcomes["backlog_in_time"].sample[0][0] == "marketo:lead:1"
    assert not outcomes["errors_classified"].passed


def test_only_what_has_not_arrived_is_overdue_consent(judge, mart):
    assert judge("fct_consent_propagation")["withdrawals_spread"].no_data == "nobody withdrew consent"
    mart("fct_consent_propagation", propagation_status="propagated", is_overdue=True)
    assert judge("fct_consent_propagation")["withdrawals_spread"].passed
    mart("fct_consent_propagation", propagation_status="overdue", is_overdue=True, other_record_id="marketo:lead:2")
    assert not judge("fct_consent_propagation")["withdrawals_spread"].passed


def test_a_mail_after_opt_out_is_one_too_many(judge, mart, warehouse):
    warehouse.execute("insert into conformed.email_events (system) values ('marketo')")
    mart("dim_people", person_id="1")
    assert all(outcome.passed for outcome in judge("fct_sent_after_opt_out").values())
    mart("fct_sent_after_opt_out", message_id="1", opt_out_scope="person")
    outcomes = judge("fct_sent_after_opt_out")
    assert outcomes["none_to_an_opted_out_record"].passed
    assert not outcomes["none_to_another_record_of_the_person"].passed
    mart("fct_sent_after_opt_out", message_id="2", opt_out_scope="record")
    assert not judge("fct_sent_after_opt_out")["none_to_an_opted_out_record"].passed
