"""What a newcomer sees first: the night over the demo company publishes every mart."""

from pathlib import Path

import pytest

from orchestration.demo.simulation import simulate
from tests.e2e.nights import Night

pytestmark = [pytest.mark.slow, pytest.mark.long]


def test_the_first_night_publishes_every_mart(tmp_path: Path) -> None:
    simulate(size="demo", out=tmp_path / "company")
    night = Night(landing=tmp_path / "company" / "landing", home=tmp_path / "home")
    finished = night.run()
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert night.query("select distinct state from publication") == [("fresh",)]
