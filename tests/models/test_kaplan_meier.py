"""The Kaplan-Meier median in SQL against its definition in exact fractions, and against a published trial."""

from collections.abc import Callable
from fractions import Fraction

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

Subject = tuple[float | None, bool]

# Remission in weeks, and whether it ended: 6-mercaptopurine and placebo (Freireich et al., Blood 21, 1963).
TREATED = [
    *[(weeks, True) for weeks in (6, 6, 6, 7, 10, 13, 16, 22, 23)],
    *[(weeks, False) for weeks in (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)],
]
PLACEBO = [(weeks, True) for weeks in (1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)]


@pytest.fixture(scope="module")
def median_sql(compile_sql: Callable[..., str]) -> str:
    return compile_sql(
        inline="""
        with
        {{ kaplan_meier_median('subjects', ['cohort'], 'duration', 'is_event') }}
        select cohort, median_duration from kaplan_meier
        """
    )


def medians(cohorts: dict[str, list[Subject]], sql: str) -> dict[str, float | None]:
    """Median of each cohort that has a subject."""
    with duckdb.connect() as database:
        database.execute("create table subjects (cohort varchar, duration double, is_event boolean)")
        rows = [(cohort, *subject) for cohort, subjects in cohorts.items() for subject in subjects]
        if rows:
            database.executemany("insert into subjects values (?, ?, ?)", rows)
        return dict(database.execute(sql).fetchall())


def brute_force(subjects: list[Subject]) -> float | None:
    """The first event time at which the product over (1 - events / at risk) is at most one half."""
    survival = Fraction(1)
    for time in sorted({duration for duration, is_event in subjects if is_event and duration is not None}):
        at_risk = sum(duration is not None and duration >= time for duration, _ in subjects)
        events = sum(is_event and duration == time for duration, is_event in subjects)
        survival *= 1 - Fraction(events, at_risk)
        if survival <= Fraction(1, 2):
            return time
    return None


def test_a_published_trial(median_sql: str) -> None:
    assert medians({"6-MP": TREATED, "placebo": PLACEBO}, median_sql) == {"6-MP": 23, "placebo": 8}


@pytest.mark.parametrize(
    ("subjects", "median"),
    [
        ([(1, True), (2, True), (3, True), (4, True)], 2),  # the curve is exactly one half
        ([(1, True), (2, False), (3, False)], None),  # it stays above
        ([(5, True)], 5),  # it falls to zero at once
        ([(5, False)], None),  # nobody converted
        ([(0, True), (0, True), (9, False)], 0),  # at once is no time
        ([(2, False), (2, True), (3, True)], 3),  # censored at an event time was at risk then
        ([(None, True), (4, True)], 4),  # without a duration there is no subject
    ],
)
def test_known_cases(median_sql: str, subjects: list[Subject], median: float | None) -> None:
    assert medians({"a": subjects}, median_sql) == {"a": median}


def test_no_subject_at_all(median_sql: str) -> None:
    assert medians({}, median_sql) == {}


@settings(deadline=None, max_examples=60)
@given(
    cohorts=st.dictionaries(
        st.sampled_from("abc"),
        st.lists(st.tuples(st.integers(0, 12).map(float), st.booleans()), min_size=1, max_size=60),
    )
)
def test_any_cohort_agrees_with_exact_fractions(median_sql: str, cohorts: dict[str, list[Subject]]) -> None:
    assert medians(cohorts, median_sql) == {cohort: brute_force(subjects) for cohort, subjects in cohorts.items()}
