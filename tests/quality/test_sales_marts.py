from datetime import timedelta

import pytest

from orchestration.quality.evaluation import evaluate
from tests.quality.conftest import AS_OF, insert

FUNNEL = {"funnel": "person", "breakdown": "all", "period_type": "week", "skipped_count": 0}


@pytest.fixture
def judge(suite, warehouse, deliver):
    """Outcomes of a mart's suite by check, leads having come."""
    deliver("salesforce", "lead", {"id": "00Q"})
    return lambda mart: {outcome.check.name: outcome for outcome in evaluate(suite(mart), warehouse, as_of=AS_OF)}


@pytest.fixture
def mart(warehouse):
    """Insert rows into a mart."""
    return lambda name, *rows: insert(warehouse, f"marts.{name}", *rows)


def mql(number, **row):
    flags = dict.fromkeys(("is_inbound", "is_touched", "is_due", "is_routed"), True)
    flags |= dict.fromkeys(("is_sla_breach", "has_negative_interval", "has_routing_exception"), False)
    return {
        "mql_pass_id": f"m{number}",
        "mql_at": AS_OF - timedelta(days=number),
        "business_hours": 0.5,
        **flags,
        **row,
    }


@pytest.mark.parametrize("name", ["fct_speed_to_lead", "fct_routing_exceptions"])
def test_a_funnel_without_mqls_blocks_nothing(judge, mart, name):
    mart("fct_funnel_counts", {**FUNNEL, "stage": "known", "entity_count": 7})
    outcomes = judge(name)
    assert all(outcome.passed for outcome in outcomes.values())
    assert outcomes["has_rows"].no_data


def test_mqls_that_the_mart_lost_block_it(judge, mart):
    mart("fct_funnel_counts", {**FUNNEL, "stage": "mql", "entity_count": 7})
    outcome = judge("fct_speed_to_lead")["no_mql_lost"]
    assert (outcome.passed, outcome.check.severity) == (False, "critical")


def test_slow_answers_and_broken_promises_are_told(judge, mart):
    mart("fct_speed_to_lead", *(mql(n) for n in range(1, 9)))
    mart("fct_speed_to_lead", mql(100, business_hours=40, is_sla_breach=True))
    assert all(outcome.passed for outcome in judge("fct_speed_to_lead").values() if outcome.check.name != "has_rows")
    slow = {
        "business_hours": 1.0,
        "is_sla_breach": True,
        "owner_id": "salesforce:A",
        "crm_record_id": "salesforce:lead:1",
    }
    mart("fct_speed_to_lead", *(mql(n, **slow) for n in range(10, 30)), mql(31, has_negative_interval=True))
    outcomes = judge("fct_speed_to_lead")
    for check in ("speed_to_lead_median_hours", "sla_breach_rate", "dates_in_order"):
        assert not outcomes[check].passed, check
        assert outcomes[check].sample, check


def test_a_misrouted_mql_is_listed_with_its_owner_and_remedy(judge, mart):
    mart("fct_speed_to_lead", *(mql(n) for n in range(1, 60)), mql(60, has_routing_exception=True))
    assert judge("fct_routing_exceptions")["lead_routing_exception_rate"].passed
    mart("fct_speed_to_lead", mql(61, has_routing_exception=True))
    exception = {"record_id": "salesforce:lead:1", "owner_id": "salesforce:Q", "remedy": "Assign it", "mql_at": AS_OF}
    mart("fct_routing_exceptions", exception)
    outcome = judge("fct_routing_exceptions")["lead_routing_exception_rate"]
    assert not outcome.passed
    assert tuple(outcome.sample[0][at] for at in (0, 1, 6)) == ("salesforce:lead:1", "salesforce:Q", "Assign it")
