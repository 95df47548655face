"""Experiments that the company runs: a channel held back from some units for a while, with what it really brings.

What a trial holds back is the company's own visits, taken away after everything about them was drawn: whoever is in no
trial lives as before, and a company without trials is the same to the byte.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from orchestration.demo.parameters import CHANNEL, CHANNELS
from orchestration.demo.streams import Frame, stream
from orchestration.demo.vocabulary import COUNTRIES
from orchestration.demo.world import World, account_names

EXPERIMENTS, CELLS = "experiments.csv", "experiment_cells.csv"
# More rows of a seed than nobody would keep.
MOST_ACCOUNTS = 400


@dataclass(frozen=True)
class Trial:
    """One experiment. `comes_anyway`: whoever is held back comes by typing the address, so that ads bring nobody.

    Baseline and test are from their first day until before their last.
    """

    experiment_id: str
    name: str
    kind: str
    unit_kind: str
    channel: str
    comes_anyway: bool
    baseline: tuple[date, date]
    test: tuple[date, date]
    after_days: int

    @property
    def read_end(self) -> date:
        """First day whose outcomes are no longer of the test."""
        return self.test[1] + timedelta(days=self.after_days)


TRIALS = (
    Trial(
        "search_in_states", "Paid search by state", "geo", "state", "Paid Search", False,
        (date(2025, 9, 1), date(2026, 1, 1)), (date(2026, 1, 1), date(2026, 5, 1)), 14,
    ),
    Trial(
        "social_for_accounts", "Paid social for named accounts", "holdout", "account", "Paid Social", True,
        (date(2025, 4, 1), date(2025, 9, 1)), (date(2025, 9, 1), date(2026, 2, 1)), 14,
    ),
)  # fmt: skip


@dataclass
class Lot:
    """How the units of a trial fell: per account the unit it is of (-1 none), per unit its name and its cell."""

    unit: np.ndarray
    names: list[str]
    is_treated: np.ndarray


@dataclass
class Outcome:
    """What became of a trial: people known per unit before it, and in it by cell; how many its channel brought."""

    trial: Trial
    lot: Lot
    known_before: np.ndarray
    treated_people: int
    control_people: int
    lift: int


@dataclass
class Trials:
    """Every trial of a company with its lot; none where it runs no experiments."""

    world: World
    lots: dict[Trial, Lot] = field(init=False)

    def __post_init__(self) -> None:
        """Deal the units out."""
        given = TRIALS if self.world.parameters.has_experiments else ()
        self.lots = {trial: _lot(self.world, trial) for trial in given}

    def held_back(self, visits: Frame, *, all_of: Trial | None = None) -> Frame:
        """Visits as they happen while trials run; `all_of` one the treated are held back too."""
        visits = dict(visits)
        is_there = np.ones(len(visits["at"]), dtype=bool)
        for trial, lot in self.lots.items():
            codes = [code for code, channel in enumerate(CHANNELS) if channel.ga4_channel == trial.channel]
            unit = lot.unit[self.world.people["account"][visits["person"]]]
            is_off = (unit >= 0) & ((trial == all_of) | ~lot.is_treated[unit])
            is_off &= np.isin(visits["channel"], codes) & self._within(visits["at"], *trial.test)
            if trial.comes_anyway:
                visits["channel"] = np.where(is_off, CHANNEL["direct"], visits["channel"])
                visits["campaign"] = np.where(is_off, -1, visits["campaign"])
                visits["gain"] = np.where(is_off, 0.0, visits["gain"])
            else:
                is_there &= ~is_off
        return {name: column[is_there] for name, column in visits.items()}

    def outcome(self, trial: Trial, *, known_at: np.ndarray, known_without: np.ndarray) -> Outcome:
        """What came of it; `known_without` is when people were known, had the treated been held back too."""
        lot = self.lots[trial]
        unit = lot.unit[self.world.people["account"]]
        is_treated = (unit >= 0) & lot.is_treated[unit]
        read = (trial.test[0], trial.read_end)
        known, without = self._within(known_at, *read), self._within(known_without, *read)
        before = known_at < self._midnight(trial.test[0])
        return Outcome(
            trial,
            lot,
            np.bincount(unit[before & (unit >= 0)], minlength=len(lot.names)),
            int((known & is_treated).sum()),
            int((known & (unit >= 0) & ~is_treated).sum()),
            int((known & is_treated).sum()) - int((without & is_treated).sum()),
        )

    def _midnight(self, day: date) -> int:
        return int(self.world.clock.midnight((day - self.world.parameters.start).days))

    def _within(self, at: np.ndarray, first: date, end: date) -> np.ndarray:
        return (at >= self._midnight(first)) & (at < self._midnight(end))


def _lot(world: World, trial: Trial) -> Lot:
    rng = stream(world.parameters.seed, f"trial {trial.experiment_id}")
    accounts = world.accounts
    if trial.unit_kind == "state":
        places = [(country, state) for country, entry in enumerate(COUNTRIES) for state in range(len(entry[4]))]
        number = {place: unit for unit, place in enumerate(places)}
        unit = np.array([number[place] for place in zip(accounts["country"], accounts["state"], strict=True)])
        names = [f"{COUNTRIES[country][0]}/{COUNTRIES[country][4][state]}" for country, state in places]
    else:
        domains = account_names(accounts)[1].to_pylist()
        chosen = np.sort(rng.permutation(len(domains))[:MOST_ACCOUNTS])
        unit = np.full(len(domains), -1)
        unit[chosen] = np.arange(len(chosen))
        names = [domains[account] for account in chosen]
    is_treated = np.zeros(len(names), dtype=bool)
    is_treated[rng.permutation(len(names))[: len(names) // 2]] = True
    return Lot(unit, names, is_treated)


def write(outcomes: list[Outcome], folder: Path) -> None:
    """The experiments as the seeds that somebody would have kept of them."""
    folder.mkdir(parents=True, exist_ok=True)
    heads = (
        "experiment_id,experiment_name,owner,approved_by,kind,channel,campaign,metric,baseline_start,baseline_end,"
        "test_start,test_end,after_days"
    )
    experiments = [
        (
            each.trial.experiment_id, each.trial.name, "paid_media", "marketing_operations", each.trial.kind,
            each.trial.channel, "", "people", *each.trial.baseline, *each.trial.test, each.trial.after_days,
        )
        for each in outcomes
    ]  # fmt: skip
    _rows(folder / EXPERIMENTS, heads, experiments)
    _rows(
        folder / CELLS,
        "experiment_id,cell,is_treated,unit_kind,unit_value,recorded_size",
        [row for each in outcomes for row in _cells(each)],
    )


def _cells(outcome: Outcome) -> Iterator[tuple[object, ...]]:
    lot = outcome.lot
    for name, is_treated, size in zip(lot.names, lot.is_treated, outcome.known_before, strict=True):
        cell = ("with ads", "true") if is_treated else ("held back", "false")
        yield (outcome.trial.experiment_id, *cell, outcome.trial.unit_kind, name, int(size))


def _rows(path: Path, header: str, rows: list[tuple[object, ...]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)
