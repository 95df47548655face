"""AUC, KS and PSI of the scoring models against their definitions, pair by pair and bin by bin, on scores with ties."""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import astuple, dataclass
from datetime import date
from math import log
from random import Random

import duckdb
import pytest

QUARTERS = [date(2024 + number // 4, 3 * (number % 4) + 1, 1) for number in range(7)]


@dataclass(frozen=True)
class Mql:
    """A row of int_mql_score_outcomes, as far as the models read it."""

    mql_id: str
    mql_at: date
    quarter_start_date: date
    score: float | None
    is_mature: bool
    is_converted: bool
    score_kind: str = "total"
    outcome_stage: str = "sql"
    within_days: int = 90
    threshold: float = 70.0


def company(seed: int, *, values: int, size: int) -> list[Mql]:
    """MQLs of several quarters, some unscored or young; few distinct `values` make many ties."""
    random = Random(seed)
    mqls = []
    for number in range(size):
        quarter = random.choice(QUARTERS)
        score = None if random.random() < 0.05 else float(random.randint(0, values) + QUARTERS.index(quarter) // 3)
        likely = 0.2 + 0.5 * (score or 0) / (values + 2)
        mqls.append(Mql(str(number), quarter, quarter, score, random.random() < 0.9, random.random() < likely))
    return mqls


def auc(converted: list[float], lost: list[float]) -> float | None:
    """Share of pairs that the converted one wins, a tie half."""
    if not converted or not lost:
        return None
    won = sum((high > low) + 0.5 * (high == low) for high in converted for low in lost)
    return won / (len(converted) * len(lost))


def ks(converted: list[float], lost: list[float]) -> float | None:
    """Widest gap between the two empirical distributions."""
    if not converted or not lost:
        return None
    return max(
        abs(sum(x <= cut for x in converted) / len(converted) - sum(x <= cut for x in lost) / len(lost))
        for cut in {*converted, *lost}
    )


def psi(scores: list[float], baseline: list[float]) -> float | None:
    """Over bins cut at the deciles of the baseline, half a count added to each bin that is used."""
    if not baseline:
        return None
    ordered = sorted(baseline)

    def bin_of(score: float) -> int:
        return min(9, 10 * bisect_left(ordered, score) // len(ordered))

    bins = {bin_of(score) for score in (*scores, *baseline)}

    def share(values: list[float], bin: int) -> float:
        return (sum(bin_of(value) == bin for value in values) + 0.5) / (len(values) + 0.5 * len(bins))

    return sum(
        (share(scores, bin) - share(baseline, bin)) * log(share(scores, bin) / share(baseline, bin)) for bin in bins
    )


@pytest.fixture(scope="module")
def models(compile_sql: Callable[..., str]) -> dict[str, str]:
    """SQL of the models under test."""
    return {name: compile_sql(model=name) for name in ("int_score_stability", "fct_scoring_calibration")}


@pytest.mark.parametrize(
    ("seed", "values", "size"), [(1, 3, 400), (2, 40, 900), (3, 1, 60), (4, 12, 12), (5, 500, 700)]
)
def test_auc_ks_and_psi_are_what_their_definitions_say(
    models: dict[str, str], database: duckdb.DuckDBPyConnection, seed: int, values: int, size: int
) -> None:
    mqls = company(seed, values=values, size=size)
    database.execute(
        "create table int_mql_score_outcomes (mql_id varchar, mql_at timestamp, quarter_start_date date, score double, "
        "is_mature boolean, is_converted boolean, score_kind varchar, outcome_stage varchar, within_days bigint, "
        "threshold double)"
    )
    database.executemany(
        "insert into int_mql_score_outcomes values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [astuple(mql) for mql in mqls]
    )
    database.execute("create table check_thresholds as select 'scoring_sample' as threshold, 20 as warn")
    database.execute(f"create table int_score_stability as {models['int_score_stability']}")
    rows = database.execute(
        "select period_type, period_start_date, mql_count, mature_count, converted_count, auc, ks, psi, baseline_count "
        f"from ({models['fct_scoring_calibration']})"
    ).fetchall()

    assert len(rows) == 1 + len({mql.quarter_start_date for mql in mqls})
    for period_type, start, mql_count, mature_count, converted_count, found_auc, found_ks, found_psi, base in rows:
        members = [mql for mql in mqls if period_type == "all" or mql.quarter_start_date == start]
        judged = [mql for mql in members if mql.is_mature and mql.score is not None]
        converted = [mql.score for mql in judged if mql.is_converted]
        lost = [mql.score for mql in judged if not mql.is_converted]
        assert (mql_count, mature_count, converted_count) == (len(members), len(judged), len(converted))
        assert found_auc == pytest.approx(auc(converted, lost))
        assert found_ks == pytest.approx(ks(converted, lost))
        if period_type == "all":
            assert found_psi is None
            continue
        scores = [mql.score for mql in members if mql.score is not None]
        position = QUARTERS.index(start)
        before = QUARTERS[max(position - 4, 0) : position]
        baseline = [mql.score for mql in mqls if mql.quarter_start_date in before and mql.score is not None]
        if scores:
            assert base == len(baseline)
            assert found_psi == pytest.approx(psi(scores, baseline))
