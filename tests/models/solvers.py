"""What channels earn, by solvers that share nothing with the models: linear equations, enumeration of every order."""

from collections import defaultdict
from fractions import Fraction
from itertools import pairwise
from math import factorial

import numpy as np

from tests.models.paths import Channels, Paths

State = tuple[str, ...]
START, CONVERSION, NULL = ("(start)",), ("(conversion)",), ("(null)",)


def channels_of(paths: Paths) -> list[str]:
    """Every channel of any path."""
    return sorted({channel for path in paths for channel in path})


def removal_effects(paths: Paths, *, order: int) -> dict[str, float]:
    """1 less the conversion rate of the chain without each channel over that with it, by numpy's linear solve."""
    moves = _moves(paths, order)
    whole = _conversion_rate(moves, removed=None) if moves else 0
    if whole == 0:
        return dict.fromkeys(channels_of(paths), 0.0)
    return {channel: 1 - _conversion_rate(moves, removed=channel) / whole for channel in channels_of(paths)}


def exact_removal_effects(paths: Paths) -> dict[str, Fraction]:
    """The same of order 1, in fractions."""
    moves = _moves(paths, 1)
    whole = _exact_conversion_rate(moves, removed=None)
    return {channel: 1 - _exact_conversion_rate(moves, removed=channel) / whole for channel in channels_of(paths)}


def shares(values: dict[str, float]) -> dict[str, float]:
    """Each value's share of their sum; 0 where that is 0."""
    total = sum(values.values())
    return {channel: value / total if total > 0 else 0.0 for channel, value in values.items()}


def shapley_of_conversions(paths: Paths) -> dict[str, float]:
    """Shapley values where a coalition is worth the conversions of the paths within it, by the definition."""
    return _shapley(paths, lambda within: sum(paths[path].conversions for path in within))


def shapley_of_rates(paths: Paths) -> dict[str, float]:
    """Shapley values where a coalition is worth the conversion rate of the paths within it, by the definition."""

    def rate(within: list[Channels]) -> Fraction:
        journeys = sum(paths[path].conversions + paths[path].others for path in within)
        return Fraction(sum(paths[path].conversions for path in within), journeys) if journeys else Fraction(0)

    return _shapley(paths, rate)


def _shapley(paths: Paths, worth) -> dict[str, float]:
    players = channels_of(paths)
    known = {
        mask: Fraction(worth([path for path in paths if path and set(path) <= _members(players, mask)]))
        for mask in range(2 ** len(players))
    }
    values = {}
    for place, player in enumerate(players):
        value = Fraction(0)
        for mask, without in known.items():
            if not mask >> place & 1:
                size = mask.bit_count()
                weight = Fraction(factorial(size) * factorial(len(players) - size - 1), factorial(len(players)))
                value += weight * (known[mask | 1 << place] - without)
        values[player] = float(value)
    return values


def _members(players: list[str], mask: int) -> set[str]:
    return {player for place, player in enumerate(players) if mask >> place & 1}


def _moves(paths: Paths, order: int) -> dict[State, dict[State, int]]:
    """How often each state was followed by each: a state is the last channels, `order` of them."""
    moves: dict[State, dict[State, int]] = defaultdict(lambda: defaultdict(int))
    for path, counts in paths.items():
        if not path:
            continue
        states = [START, *(path[max(0, end - order) : end] for end in range(1, len(path) + 1))]
        for before, after in pairwise(states):
            moves[before][after] += counts.conversions + counts.others
        moves[states[-1]][CONVERSION] += counts.conversions
        moves[states[-1]][NULL] += counts.others
    return moves


def _equations(moves: dict[State, dict[State, int]], removed: str | None) -> tuple[list[State], dict, dict]:
    """States, the probabilities from each to each, and from each to the conversion, with ways to `removed` lost."""
    states = [state for state in moves if state == START or state[-1] != removed]
    total = {state: sum(moves[state].values()) for state in states}
    between = {
        (before, after): Fraction(moves[before][after], total[before])
        for before in states
        for after in states
        if moves[before].get(after)
    }
    ends = {state: Fraction(moves[state].get(CONVERSION, 0), total[state]) for state in states}
    return states, between, ends


def _conversion_rate(moves: dict[State, dict[State, int]], *, removed: str | None) -> float:
    states, between, ends = _equations(moves, removed)
    places = {state: place for place, state in enumerate(states)}
    matrix = np.eye(len(states))
    for (before, after), probability in between.items():
        matrix[places[before], places[after]] -= float(probability)
    return float(np.linalg.solve(matrix, np.array([float(ends[state]) for state in states]))[places[START]])


def _exact_conversion_rate(moves: dict[State, dict[State, int]], *, removed: str | None) -> Fraction:
    """Gauss-Jordan in fractions."""
    states, between, ends = _equations(moves, removed)
    rows = [
        [Fraction(before == after) - between.get((before, after), 0) for after in states] + [ends[before]]
        for before in states
    ]
    for place in range(len(states)):
        pivot = next(row for row in range(place, len(states)) if rows[row][place] != 0)
        rows[place], rows[pivot] = rows[pivot], rows[place]
        rows[place] = [value / rows[place][place] for value in rows[place]]
        for other in range(len(states)):
            if other != place and rows[other][place] != 0:
                factor = rows[other][place]
                rows[other] = [value - factor * mine for value, mine in zip(rows[other], rows[place], strict=True)]
    return rows[states.index(START)][-1]
