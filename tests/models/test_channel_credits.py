"""Markov and Shapley credits in SQL against published cases, independent solvers and what breaks peers."""

import random
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.models import solvers
from tests.models.paths import MODELS, Counts, Paths, build, drawn, many_paths, markov, shapley, table

pytestmark = pytest.mark.slow

CLOSE = 1e-9
NAMES = {1: "markov", 2: "markov_2", 3: "markov_3"}
# Every order is worked out, however few its transitions.
ALL_ORDERS = '{"markov_least_transitions_per_state": 1, "markov_most_states": 100000}'

# Cases of definitions.md, and what peers get wrong.
CASES: dict[str, Paths] = {
    "three channels": table([("C1 > C2 > C3", 1, 0), ("C1", 0, 1), ("C2 > C3", 0, 1)]),
    "two channels": table([("google_ads", 2, 1), ("mailing", 1, 0), ("google_ads > mailing", 1, 0)]),
    "one channel": table([("A", 3, 4)]),
    "one channel again and again": table([("A > A > A > A", 3, 4), ("A", 0, 1)]),
    "every journey converted": table([("A > B", 3, 0), ("B > C > A", 1, 0)]),
    "no journey converted": table([("A > B", 0, 3), ("B", 0, 1)]),
    "a channel that never leads to a conversion": table([("A", 3, 1), ("B > C", 0, 7)]),
    "a channel reached by another alone": table([("A > B", 2, 1), ("A > B > C", 1, 5)]),
    "there and back": table([("A > B > A > B > A", 1, 2), ("B > A > B", 4, 1), ("A > A > B > B > A", 2, 2)]),
    "touched and untouched": {(): Counts(9, 4), ("A",): Counts(1, 1), ("A", "B"): Counts(2, 0)},
    "nobody touched": {(): Counts(9, 4)},
    "a thousand times round": {("A", "B") * 1000: Counts(1, 0), ("B", "C", "A") * 700: Counts(0, 1)},
}
NUMBERS = {name: number for number, name in enumerate(CASES)}


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse of all cases."""
    return build(list(CASES.values()), folder=tmp_path_factory.mktemp("credits"), variables=ALL_ORDERS)


@pytest.mark.parametrize(
    ("case", "rate", "effects", "credits"),
    [
        ("three channels", 1 / 3, {"C1": 0.5, "C2": 1, "C3": 1}, {"C1": 0.2, "C2": 0.4, "C3": 0.4}),
        ("two channels", 0.8, {"google_ads": 0.75, "mailing": 0.5}, {"google_ads": 2.4, "mailing": 1.6}),
    ],
)
def test_published_markov_cases(
    known: Path, case: str, rate: float, effects: dict[str, float], credits: dict[str, float]
) -> None:
    key = NUMBERS[case], "markov"
    conversions = sum(counts.conversions for counts in CASES[case].values())
    shares = markov(known)[key]
    assert markov(known, "conversion_rate")[key] == pytest.approx(dict.fromkeys(effects, rate), abs=CLOSE)
    assert markov(known, "removal_effect")[key] == pytest.approx(effects, abs=CLOSE)
    assert {name: share * conversions for name, share in shares.items()} == pytest.approx(credits, abs=CLOSE)


@pytest.mark.parametrize("order", NAMES)
@pytest.mark.parametrize("case", CASES)
def test_markov_singular_removal_effects_of_awkward_paths_are_those_of_a_linear_solve(
    known: Path, case: str, order: int
) -> None:
    effects = solvers.removal_effects(CASES[case], order=order)
    key = NUMBERS[case], NAMES[order]
    assert markov(known, "removal_effect").get(key, {}) == pytest.approx(effects, abs=CLOSE)
    assert markov(known).get(key, {}) == pytest.approx(solvers.shares(effects), abs=CLOSE)


def test_no_loop_costs_a_digit(known: Path) -> None:
    """Of 4,000 steps to and fro, against fractions."""
    case = "a thousand times round"
    exact = solvers.exact_removal_effects(CASES[case])
    found = markov(known, "removal_effect")[NUMBERS[case], "markov"]
    assert found == pytest.approx({channel: float(effect) for channel, effect in exact.items()}, abs=1e-14)


def test_removal_effects_are_shares(known: Path) -> None:
    found = [value for effects in markov(known, "removal_effect").values() for value in effects.values()]
    assert found
    assert min(found) >= 0
    assert max(found) <= 1


@pytest.mark.parametrize("case", CASES)
def test_shapley_values_of_awkward_paths_are_those_of_the_definition(known: Path, case: str) -> None:
    for name, solve in (("shapley", solvers.shapley_of_conversions), ("shapley_rate", solvers.shapley_of_rates)):
        key = NUMBERS[case], name
        values = solve(CASES[case])
        assert shapley(known, "shapley_value").get(key, {}) == pytest.approx(values, abs=CLOSE)
        assert shapley(known).get(key, {}) == pytest.approx(solvers.shares(values), abs=CLOSE)


JOURNEYS = st.lists(
    st.tuples(st.lists(st.sampled_from("ABCDEF"), min_size=1, max_size=9), st.booleans()), min_size=1, max_size=30
)


@settings(deadline=None, max_examples=5, suppress_health_check=[HealthCheck.too_slow])
@given(path_sets=st.lists(JOURNEYS.map(drawn), min_size=10, max_size=10))
def test_any_paths_agree_with_independent_solvers(
    tmp_path_factory: pytest.TempPathFactory, path_sets: list[Paths]
) -> None:
    warehouse = build(path_sets, folder=tmp_path_factory.mktemp("drawn"), variables=ALL_ORDERS)
    by_chain, by_game = markov(warehouse), shapley(warehouse)
    for number, paths in enumerate(path_sets):
        for order, name in NAMES.items():
            expected = solvers.shares(solvers.removal_effects(paths, order=order))
            assert by_chain[number, name] == pytest.approx(expected, abs=CLOSE)
        for name, solve in (("shapley", solvers.shapley_of_conversions), ("shapley_rate", solvers.shapley_of_rates)):
            assert by_game[number, name] == pytest.approx(solvers.shares(solve(paths)), abs=CLOSE)


def test_of_more_channels_than_players_the_rare_ones_play_as_one(tmp_path: Path) -> None:
    """The game of 14 channels is that of the 11 that most journeys hold and of one that stands for the other three."""
    paths = many_paths(300, channels=14, seed=1)
    held = {
        channel: sum(counts.conversions + counts.others for path, counts in paths.items() if channel in path)
        for channel in solvers.channels_of(paths)
    }
    rare = sorted(held, key=lambda channel: (-held[channel], channel))[11:]
    pooled: dict[tuple[str, ...], Counts] = {}
    for path, counts in paths.items():
        renamed = tuple("rare" if channel in rare else channel for channel in path)
        before = pooled.get(renamed, Counts(0, 0))
        pooled[renamed] = Counts(before.conversions + counts.conversions, before.others + counts.others)
    expected = solvers.shapley_of_rates(pooled)
    whole, parts = expected.pop("rare"), sum(held[channel] for channel in rare)
    expected |= {channel: whole * held[channel] / parts for channel in rare}
    found = shapley(build([paths], folder=tmp_path), "shapley_value")[0, "shapley_rate"]
    assert found == pytest.approx(expected, abs=CLOSE)


def test_orders_that_the_journeys_do_not_bear_have_no_rows_and_say_why(tmp_path: Path) -> None:
    few = table([("A > B > C", 1, 0), ("B > A", 1, 1)])
    many = {path: Counts(100 * counts.conversions, 100 * counts.others) for path, counts in few.items()}
    limits = '{"markov_least_transitions_per_state": 50, "markov_most_states": 4}'
    warehouse = build([few, many], folder=tmp_path, variables=limits)
    assert sorted(markov(warehouse)) == [(0, "markov"), (1, "markov")]
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        reasons = connection.execute(
            "select attribution_setting, markov_order, state_count, reason_not_solved "
            "from intermediate.int_markov_orders order by all"
        ).fetchall()
    few_of_them = "fewer transitions a state than the var markov_least_transitions_per_state"
    too_many = "more states than the var markov_most_states"
    assert reasons == [
        ("0", 1, 3, None),
        ("0", 2, 5, few_of_them),
        ("0", 3, 5, few_of_them),
        ("1", 1, 3, None),
        ("1", 2, 5, too_many),
        ("1", 3, 5, too_many),
    ]


def test_two_builds_of_rows_in_another_order_agree_to_the_last_digit(tmp_path: Path) -> None:
    paths = many_paths(3000, channels=12, seed=2)
    other = list(paths.items())
    random.Random(3).shuffle(other)
    tables = [
        _content(build([rows], folder=_made(tmp_path / name)))
        for name, rows in (("one", paths), ("other", dict(other)))
    ]
    assert set(tables[0]) == {*MODELS}
    assert tables[0] == tables[1]


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _content(warehouse: Path) -> dict[str, list[tuple]]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return {
            model: connection.execute(f"select * from intermediate.{model} order by all").fetchall() for model in MODELS
        }
