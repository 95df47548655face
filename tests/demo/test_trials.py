"""Experiments of the simulated company: what is held back, what that brings, and who is left as before."""

import dataclasses
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pytest

from orchestration.demo import journeys, world
from orchestration.demo.parameters import CHANNEL, CHANNELS, UNTIL, Parameters, company_of
from orchestration.demo.simulation import simulate
from orchestration.demo.trials import TRIALS, Trial, Trials
from orchestration.policy import seeds
from orchestration.settings import SEEDS

PEOPLE = 2_000
SEARCH, SOCIAL = TRIALS


@pytest.fixture(scope="module")
def lives() -> dict[bool, tuple[world.World, journeys.Journeys]]:
    """The company with and without experiments."""
    made = {}
    for has_experiments in (False, True):
        given = world.build(company_of(PEOPLE, seed=7, until=UNTIL, has_experiments=has_experiments))
        made[has_experiments] = (given, journeys.live(given))
    return made


def in_test(given: world.World, at: np.ndarray, trial: Trial) -> np.ndarray:
    first, end = (given.clock.midnight((day - given.parameters.start).days) for day in trial.test)
    return (at >= first) & (at < end)


def codes(channel: str) -> list[int]:
    return [code for code, each in enumerate(CHANNELS) if each.ga4_channel == channel]


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.experiment_id)
def test_who_is_held_back_sees_no_ad_in_the_test_and_all_else_stays(
    lives: dict[bool, tuple[world.World, journeys.Journeys]], trial: Trial
) -> None:
    given, _ = lives[True]
    every = journeys._visits(given)
    lot = Trials(given).lots[trial]
    left = Trials(given).held_back(every)
    unit = lot.unit[given.people["account"][left["person"]]]
    is_ad = np.isin(left["channel"], codes(trial.channel)) & in_test(given, left["at"], trial)
    assert not (is_ad & (unit >= 0) & ~lot.is_treated[unit]).any()
    assert (is_ad & (unit >= 0) & lot.is_treated[unit]).any()
    assert lot.is_treated.sum() == len(lot.names) // 2
    # Every visit that is left is one of before, in its place and with its form.
    before = {(person, at): form for person, at, form in zip(every["person"], every["at"], every["form"], strict=True)}
    assert all(
        before[person, at] == form for person, at, form in zip(left["person"], left["at"], left["form"], strict=True)
    )
    gone = len(every["at"]) - len(left["at"])
    off = np.isin(every["channel"], codes(SEARCH.channel)) & in_test(given, every["at"], SEARCH)
    of_search = Trials(given).lots[SEARCH]
    assert gone == (off & ~of_search.is_treated[of_search.unit[given.people["account"][every["person"]]]]).sum()


def test_whoever_comes_anyway_types_the_address(lives: dict[bool, tuple[world.World, journeys.Journeys]]) -> None:
    given, _ = lives[True]
    every = journeys._visits(given)
    trials = Trials(given)
    trials.lots = {SOCIAL: trials.lots[SOCIAL]}
    left = trials.held_back(every)
    moved = every["channel"] != left["channel"]
    assert moved.any()
    assert set(left["channel"][moved]) == {CHANNEL["direct"]}
    assert set(left["campaign"][moved]) == {-1}


def test_the_lift_is_those_who_would_not_be_known(lives: dict[bool, tuple[world.World, journeys.Journeys]]) -> None:
    """Counted anew: the treated are held back too, and whoever is not known by the end of the test was brought."""
    given, lived = lives[True]
    outcomes = {each.trial: each for each in lived.trials}
    assert outcomes[SOCIAL].lift == 0
    assert outcomes[SEARCH].lift > 0
    lot = outcomes[SEARCH].lot
    is_treated = lot.is_treated[lot.unit[given.people["account"]]]
    known = lived.people["known_at"]
    first = given.clock.midnight((SEARCH.test[0] - given.parameters.start).days)
    end = given.clock.midnight((SEARCH.read_end - given.parameters.start).days)
    every = Trials(given).held_back(journeys._visits(given))
    ads = np.isin(every["channel"], codes(SEARCH.channel)) & in_test(given, every["at"], SEARCH) & (every["form"] >= 0)
    others = ~ads & (every["form"] >= 0)
    brought = 0
    for person in np.unique(every["person"][ads]):
        mine = every["person"] == person
        is_in = is_treated[person] and first <= known[person] < end
        # Known by an ad's form alone: nothing else by the end.
        by_ad = every["at"][mine & ads].min() == known[person]
        else_at = every["at"][mine & others]
        brought += bool(is_in and by_ad and not (else_at < end).any() and lived.people["origin"][person] == 0)
    # Whoever was imported, prospected or met later in the test would have been known too.
    assert outcomes[SEARCH].lift <= brought
    assert outcomes[SEARCH].lift >= 0.7 * brought
    assert outcomes[SEARCH].treated_people == ((known >= first) & (known < end) & is_treated).sum()


def test_a_company_without_experiments_is_as_before(
    lives: dict[bool, tuple[world.World, journeys.Journeys]],
) -> None:
    given, lived = lives[False]
    _, other = lives[True]
    assert lived.trials == []
    plain = journeys._visits(given)
    held = Trials(given).held_back(plain)
    assert all((plain[name] == held[name]).all() for name in plain)
    # Booths are drawn from a stream of their own, which nothing that is held back moves.
    assert all((lived.booths[name] == other.booths[name]).all() for name in lived.booths)
    assert dataclasses.replace(given.parameters, has_experiments=True) != Parameters()


def test_the_seeds_that_it_writes_are_sound(tmp_path: Path) -> None:
    simulate(300, out=tmp_path / "company", until=date(2026, 6, 30), has_experiments=True)
    folder = tmp_path / "seeds"
    folder.mkdir()
    for path in SEEDS.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    for path in (tmp_path / "company" / "experiments").iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    assert not seeds.findings(folder)
    told = duckdb.sql(f"""
        select experiment_id, lift from '{tmp_path}/company/truth/experiments.parquet' order by experiment_id
    """).fetchall()
    assert [experiment for experiment, _ in told] == ["search_in_states", "social_for_accounts"]
    assert told[1][1] == 0
