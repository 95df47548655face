"""The same bytes for the same seed, and the same days however they were played."""

import hashlib
from datetime import date
from pathlib import Path

import pytest

from orchestration.demo.simulation import next_days, simulate
from orchestration.demo.stacks import Stack
from orchestration.settings import SIMULATED

pytestmark = pytest.mark.slow

PEOPLE = 300


def tree(folder: Path) -> dict[str, str]:
    """Hash of every file, by path."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("whole")
    simulate(PEOPLE, out=out, until=date(2025, 9, 30))
    return out


def test_same_seed_gives_the_same_bytes(whole: Path, tmp_path: Path) -> None:
    simulate(PEOPLE, out=tmp_path / "again", until=date(2025, 9, 30))
    assert tree(tmp_path / "again") == tree(whole)


def test_another_seed_gives_another_company(whole: Path, tmp_path: Path) -> None:
    simulate(PEOPLE, out=tmp_path / "other", until=date(2025, 9, 30), seed=8)
    mine, theirs = tree(whole / "landing"), tree(tmp_path / "other" / "landing")
    shared = {name.split("/")[1].lower() for name, digest in mine.items() if theirs.get(name) == digest}
    assert not shared & {"lead", "leads", "contact", "account", "activities", "events", "task", "ad_insights"}


def test_days_added_later_equal_days_played_at_once(whole: Path, tmp_path: Path) -> None:
    """Files of a day do not depend on how far the history went when they were written."""
    out = tmp_path / "grown"
    simulate(PEOPLE, out=out, until=date(2025, 8, 31))
    before = tree(out / "landing")
    next_days(out, days=30)
    after = tree(out / "landing")
    assert {name: after[name] for name in before} == before
    assert after == tree(whole / "landing")
    assert tree(out / "truth") == tree(whole / "truth")


@pytest.mark.parametrize(
    "stack",
    [
        Stack("hubspot", "hubspot"),
        Stack("hubspot"),
        Stack("pardot"),
        Stack("none", "salesforce", "contacts"),
        Stack(has_billing=True),
    ],
    ids=lambda stack: stack.name,
)
def test_what_becomes_of_records_does_not_depend_on_the_last_day(stack: Stack, tmp_path: Path) -> None:
    """Moves, merges and resets are drawn before the history is cut, whatever systems show them."""
    simulate(PEOPLE, out=tmp_path / "whole", until=date(2025, 6, 30), stack=stack)
    simulate(PEOPLE, out=tmp_path / "grown", until=date(2025, 5, 31), stack=stack)
    next_days(tmp_path / "grown", days=30)
    assert tree(tmp_path / "grown") == tree(tmp_path / "whole")


def test_bills_change_no_other_extract(whole: Path, tmp_path: Path) -> None:
    """Bills are drawn from streams of their own: whoever asks for them gets the company that it would have without."""
    simulate(PEOPLE, out=tmp_path / "billed", until=date(2025, 9, 30), stack=Stack(has_billing=True))
    billed = tree(tmp_path / "billed" / "landing")
    bills = {name for name in billed if name.startswith("billing/")}
    assert bills
    before = tree(whole / "landing")
    assert {name for name in billed if billed[name] != before.get(name)} - bills == {SIMULATED}
    assert set(before) == set(billed) - bills


def test_a_day_beyond_the_horizon_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="lies outside the simulated"):
        simulate(PEOPLE, out=tmp_path / "late", until=date(2027, 12, 31))
