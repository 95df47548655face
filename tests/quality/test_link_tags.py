"""How links are tagged in the extract itself, before anything is built from it."""

from datetime import timedelta

import pytest

from orchestration.quality.evaluation import evaluate
from tests.quality.conftest import AS_OF


def event(days_ago: float, query: str, *, amp: str = "&", eq: str = "=") -> dict[str, object]:
    query = query.replace("&", amp).replace("=", eq)
    params = f'[{{"key":"page_location","value":{{"string_value":"https://acme.example/?{query}"}}}}]'
    return {"event_name": "page_view", "event_timestamp": AS_OF - timedelta(days=days_ago), "event_params": params}


@pytest.fixture
def judged(suite, warehouse, deliver):
    def call(*events):
        deliver("ga4", "events", *events)
        return {outcome.check.name: outcome for outcome in evaluate(suite("ga4__events"), warehouse, as_of=AS_OF)}

    return call


def test_known_mediums_and_pairs_of_before_pass(judged):
    old = event(20, "utm_source=google&utm_medium=cpc")
    outcomes = judged(old, event(1, "a=1&utm_source=Google&utm_medium=CPC#x"), event(1, "untagged=1"))
    assert outcomes["mediums_known"].observed == 0
    assert outcomes["tags_as_before"].observed == 0
    assert outcomes["mediums_known"].passed
    assert outcomes["tags_as_before"].passed


@pytest.mark.parametrize("signs", [{}, {"amp": "\\u0026", "eq": "\\u003d"}])
def test_a_medium_that_nobody_registered_is_listed(judged, signs):
    good = [event(20, "utm_source=google&utm_medium=cpc"), event(1, "utm_source=google&utm_medium=cpc")]
    outcomes = judged(*good, event(1, "utm_source=google&utm_medium=paid%20search", **signs))
    assert not outcomes["mediums_known"].passed
    assert outcomes["mediums_known"].observed == pytest.approx(0.5)
    assert not outcomes["tags_as_before"].passed
    assert outcomes["tags_as_before"].observed == pytest.approx(0.5)
    assert outcomes["mediums_known"].sample == (("google", "paid search", False, True, 1),)


def test_old_links_and_weeks_without_tags_judge_nothing(judged):
    outcomes = judged(event(40, "utm_source=x&utm_medium=x"), event(20, "utm_source=y&utm_medium=y"))
    assert outcomes["mediums_known"].no_data == "no event of the last 7 days came by a tagged link"
    assert outcomes["tags_as_before"].passed
