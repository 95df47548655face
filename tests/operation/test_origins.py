"""A lake is one company's: the demo's, or that of one landing."""

import json
from pathlib import Path

import pytest

from orchestration import preflight
from orchestration.ingestion.origins import Origin, OtherOrigin, claim, read
from orchestration.settings import SIMULATED, BadSettings, Settings, load


def _settings(home: Path, landing: Path | None, *, company: str | None = None) -> Settings:
    """Settings whose landing exists, marked as a simulated company's or not."""
    environment = {"TOUCHSTONE_HOME": str(home), **({"TOUCHSTONE_LANDING": str(landing)} if landing else {})}
    settings = load(environment)
    Path(settings.landing).mkdir(parents=True, exist_ok=True)
    if company:
        Path(settings.landing, SIMULATED).write_text(json.dumps({"company": company}))
    return settings


def test_a_lake_takes_the_origin_of_its_first_run_and_keeps_it(tmp_path: Path) -> None:
    settings = _settings(tmp_path / "home", tmp_path / "a")
    assert claim(settings) == Origin(str(tmp_path / "a"), None) == read(settings.lake)
    assert claim(settings) == read(settings.lake)


def test_a_lake_refuses_the_extracts_of_another_landing(tmp_path: Path) -> None:
    first = claim(_settings(tmp_path / "home", tmp_path / "a"))
    other = _settings(tmp_path / "home", tmp_path / "b")
    with pytest.raises(OtherOrigin, match=r"/a, and this run would add .*/b: nothing was loaded.*--landing-moved"):
        claim(other)
    assert read(other.lake) == first
    assert claim(other, has_moved=True) == Origin(str(tmp_path / "b"), None) == read(other.lake)


@pytest.mark.parametrize("has_moved", [False, True])
def test_a_simulated_company_and_real_extracts_never_share_a_lake(tmp_path: Path, has_moved: bool) -> None:
    claim(_settings(tmp_path / "one", tmp_path / "real"))
    with pytest.raises(OtherOrigin, match="the simulated company"):
        claim(_settings(tmp_path / "one", tmp_path / "simulated", company="seed 7"), has_moved=has_moved)
    claim(_settings(tmp_path / "two", tmp_path / "simulated", company="seed 7"))
    with pytest.raises(OtherOrigin, match="the simulated company"):
        claim(_settings(tmp_path / "two", tmp_path / "real"), has_moved=has_moved)


def test_a_simulated_company_is_known_by_what_it_is_wherever_it_lies(tmp_path: Path) -> None:
    claim(_settings(tmp_path / "home", tmp_path / "a", company="seed 7"))
    assert claim(_settings(tmp_path / "home", tmp_path / "b", company="seed 7")).company == "seed 7"
    with pytest.raises(OtherOrigin, match="seed 8"):
        claim(_settings(tmp_path / "home", tmp_path / "c", company="seed 8"))


def test_beside_real_numbers_no_demo_is_run_for_want_of_a_landing(tmp_path: Path) -> None:
    preflight.require(_settings(tmp_path, None))
    claim(_settings(tmp_path, tmp_path / "real"))
    with pytest.raises(BadSettings, match=r"TOUCHSTONE_LANDING is empty, but .* holds the extracts in"):
        preflight.require(_settings(tmp_path, None))
