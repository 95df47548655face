"""What stops a merged mess before it is published, and what tells of a past that moved."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.quality.checks import is_critical
from orchestration.quality.evaluation import evaluate
from tests.quality.conftest import AS_OF, create_tables, insert, night_after

FUNNEL = {"funnel": "person", "period_type": "month", "breakdown": "all", "breakdown_value": "all", "stage": "mql"}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A publication of a hundred people and two months."""
    path = tmp_path_factory.mktemp("published") / "touchstone.duckdb"
    with duckdb.connect(str(path)) as connection:
        create_tables(connection)
        redirects = [{"person_record_id": f"marketo:lead:{n}", "person_id": f"p{n}"} for n in range(100)]
        insert(connection, "marts.dim_person_redirects", *redirects)
        insert(connection, "marts.dim_people", {"person_id": "p1"})
        insert(connection, "marts.fct_funnel_counts", {**FUNNEL, "period_type": "week"})
        months = (("2025-11-01", True, 200), ("2025-12-01", True, 200), ("2026-01-01", False, 5))
        for start, is_complete, count in months:
            row = {"period_start_date": start, "is_complete": is_complete, "entity_count": count}
            insert(connection, "marts.fct_funnel_counts", {**FUNNEL, **row})
    return path


@pytest.fixture(scope="module")
def second_night(published) -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty warehouse beside the publication."""
    with night_after(published) as connection:
        yield connection


@pytest.fixture
def warehouse(second_night) -> Iterator[duckdb.DuckDBPyConnection]:
    """What a test puts in is rolled back."""
    second_night.begin()
    insert(second_night, "raw_lake.ledger", {"status": "loaded", "rows_read": 1})
    yield second_night
    second_night.rollback()


@pytest.fixture
def judge(suite, warehouse, published):
    """Outcomes of a mart's suite by check."""
    return lambda mart: {
        outcome.check.name: outcome for outcome in evaluate(suite(mart), warehouse, as_of=AS_OF, last=published)
    }


def people(warehouse, *, united):
    """A hundred records, the first `united` + 1 of one person."""
    rows = [{"person_record_id": f"marketo:lead:{n}", "person_id": f"p{max(n, united)}"} for n in range(100)]
    insert(warehouse, "marts.dim_person_redirects", *rows)
    insert(warehouse, "marts.dim_people", *({"person_id": f"p{n}"} for n in range(100)))


def test_a_person_of_a_hundred_records_blocks(judge, warehouse):
    """Web clients are none of them: who clears cookies has many."""
    insert(warehouse, "marts.dim_people", {"record_count": 900, "web_client_count": 800, "undelivered_record_count": 0})
    outcomes = judge("dim_people")
    assert (outcomes["no_giant_person"].passed, outcomes["no_merged_mess"].passed) == (False, True)
    insert(warehouse, "marts.dim_people", {"record_count": 101, "web_client_count": 0, "undelivered_record_count": 0})
    outcome = judge("dim_people")["no_merged_mess"]
    assert (outcome.passed, outcome.check.severity, outcome.observed) == (False, "critical", 101)


@pytest.mark.parametrize(
    ("united", "few", "no_wave"),
    [
        pytest.param(0, True, True, id="nobody"),
        pytest.param(19, True, True, id="too few to tell"),
        pytest.param(20, False, False, id="a fifth of all"),
    ],
)
def test_a_wave_of_unions_blocks(judge, warehouse, united, few, no_wave):
    people(warehouse, united=united)
    outcomes = judge("dim_people")
    assert (outcomes["few_people_united"].passed, outcomes["no_wave_of_unions"].passed) == (few, no_wave)
    assert outcomes["no_wave_of_unions"].no_data is None
    if not no_wave:
        assert outcomes["no_wave_of_unions"].sample == (("p20", 21, "marketo:lead:0", "marketo:lead:9"),)


def test_before_the_first_publication_nothing_was_united_or_moved(suite):
    said = set()
    with duckdb.connect() as first_night:
        create_tables(first_night)
        people(first_night, united=50)
        insert(first_night, "raw_lake.ledger", {"status": "loaded", "rows_read": 1})
        insert(first_night, "marts.fct_funnel_counts", {**FUNNEL, "period_type": "week"})
        for mart in ("dim_people", "fct_funnel_counts"):
            for outcome in evaluate(suite(mart), first_night, as_of=AS_OF):
                assert outcome.passed or not is_critical(outcome), outcome
                said |= {outcome.check.name} if outcome.no_data == "nothing was published before" else set()
    assert said == {"few_people_united", "no_wave_of_unions", "closed_periods_stand"}


@pytest.mark.parametrize(
    ("count", "stands"), [pytest.param(203, True, id="late facts"), pytest.param(205, False, id="another past")]
)
def test_a_closed_month_that_moves_is_told(judge, warehouse, count, stands):
    """The month that goes on may move as it will."""
    insert(warehouse, "marts.fct_funnel_counts", {**FUNNEL, "period_type": "week"})
    for start, entities in (("2025-11-01", 200), ("2025-12-01", count), ("2026-01-01", 500)):
        row = {"period_start_date": start, "is_complete": True, "entity_count": entities, "skipped_count": 0}
        insert(warehouse, "marts.fct_funnel_counts", {**FUNNEL, **row})
    outcome = judge("fct_funnel_counts")["closed_periods_stand"]
    assert (outcome.passed, outcome.check.severity) == (stands, "warning")
    if not stands:
        assert [row[2:] for row in outcome.sample] == [(200, 205)]
