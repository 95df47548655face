"""A night of each stack on a very small company: what it builds is published, and its scores hold their limits."""

import json
from collections.abc import Callable
from datetime import date
from functools import cache

import pytest

from orchestration.demo.stacks import Stack, stack_of
from orchestration.scoring.card import Score, run
from tests.parsed import kept_parse

pytestmark = pytest.mark.slow

PEOPLE, UNTIL = "300", date(2025, 9, 30)
# Marketo and Salesforce have a larger company of their own, in test_score.
STACKS = {
    stack.name: stack
    for stack in (
        Stack("hubspot", "salesforce"),
        Stack("pardot", "salesforce"),
        Stack("marketo", "hubspot"),
        Stack("hubspot", "hubspot"),
        Stack("none", "salesforce"),
        Stack("none", "salesforce", "contacts"),
        Stack("none", "salesforce", "opportunities", has_billing=True),
    )
}
Scores = dict[tuple[str, str], Score]


@pytest.fixture(scope="module")
def scores_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Scores]:
    """Scores of a stack's company by family and subject; each stack's night runs once, when it is first asked for."""
    folder = tmp_path_factory.mktemp("stacks")

    @cache
    def scores(name: str) -> Scores:
        run(folder, size=PEOPLE, seed=7, stack=STACKS[name], until=UNTIL, parse=kept_parse())
        home = next(home for home in folder.iterdir() if stack_of(home / "demo") == STACKS[name])
        written = [Score(**line) for line in json.loads((home / "score.json").read_text())]
        return {(score.family, score.subject): score for score in written}

    return scores


@pytest.mark.parametrize("name", STACKS)
def test_the_night_publishes(scores_of: Callable[[str], Scores], name: str) -> None:
    assert scores_of(name)["night", "published"].value == 1


@pytest.mark.parametrize("name", STACKS)
def test_no_score_misses_its_limit(scores_of: Callable[[str], Scores], name: str) -> None:
    assert not [score for score in scores_of(name).values() if score.status == "below"]


@pytest.mark.parametrize("name", STACKS)
def test_what_a_stack_gives_no_ground_for_is_left_out_and_said_why(
    scores_of: Callable[[str], Scores], name: str
) -> None:
    """Not passed: a score without a value, and a reason beside it."""
    stack = STACKS[name]
    left_out = {score.family for score in scores_of(name).values() if score.status == "left out"}
    assert all(score.note for score in scores_of(name).values() if score.status == "left out")
    assert ("core counts, error" in left_out) == stack.is_single
    assert ("consent" in left_out) == (not stack.has_map)
    assert ("identity" in left_out) == (not stack.has_people)
    assert ("bills and won deals" in left_out) == (not stack.has_billing)
