"""What may be set, and what is said of a setting that can't work: one line, which setting, what to do."""

import re
from pathlib import Path

import pytest

from orchestration import preflight
from orchestration.settings import NAMES, PROJECT, BadSettings, load


def test_the_example_names_every_setting() -> None:
    example = (PROJECT / ".env.example").read_text()
    assert tuple(re.findall(r"^#? ?(TOUCHSTONE_\w+)=", example, flags=re.M)) == NAMES


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("TOUCHSTONE_LANDIN", "did you mean TOUCHSTONE_LANDING"),
        ("TOUCHSTONE_DATABASE", "no setting of Touchstone"),
        ("TOUCHSTONE_X", "the names are TOUCHSTONE_LANDING"),
    ],
)
def test_a_name_that_is_none_is_refused(name: str, said: str) -> None:
    with pytest.raises(BadSettings, match=said):
        load({name: "x"})


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("TOUCHSTONE_TARGET", "snowflak", "none of duckdb, spark"),
        ("TOUCHSTONE_SCHEDULE_TIMEZONE", "Berlin", "as Europe/Berlin"),
        ("TOUCHSTONE_AS_OF", "yesterday", "ISO 8601"),
    ],
)
def test_a_value_that_is_none_is_refused(name: str, value: str, said: str) -> None:
    with pytest.raises(BadSettings, match=said):
        load({name: value})


def test_the_demo_company_has_a_home_of_its_own(tmp_path: Path) -> None:
    demo = load({"TOUCHSTONE_HOME": str(tmp_path)})
    real = load({"TOUCHSTONE_HOME": str(tmp_path), "TOUCHSTONE_LANDING": "/extracts/"})
    assert (demo.home, demo.landing, demo.is_demo) == (tmp_path / "demo", str(tmp_path / "demo" / "landing"), True)
    assert (real.home, real.landing, real.is_demo) == (tmp_path, "/extracts", False)


def test_a_relative_place_is_below_the_project_and_a_url_is_left_alone() -> None:
    assert load({"TOUCHSTONE_LANDING": "extracts"}).landing == str(PROJECT / "extracts")
    assert load({"TOUCHSTONE_LANDING": "s3://bucket/extracts/"}).landing == "s3://bucket/extracts"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("TOUCHSTONE_HOME", "/dev/null/home", "can't be written"),
        ("TOUCHSTONE_LANDING", "/nowhere", "/nowhere is not there"),
        ("TOUCHSTONE_LANDING", "nosuch://bucket/x", "can't be reached"),
        ("TOUCHSTONE_SCHEDULE", "at two", "no cron expression"),
        ("TOUCHSTONE_ALERT_URLS", "slack", "entry 1 is no apprise URL"),
        ("TOUCHSTONE_POSTGRES_URL", "db.example.org/bi", "write it as postgresql://"),
    ],
)
def test_what_can_not_work_is_told_before_the_night(tmp_path: Path, name: str, value: str, said: str) -> None:
    settings = load({"TOUCHSTONE_HOME": str(tmp_path), "TOUCHSTONE_LANDING": str(tmp_path), name: value})
    with pytest.raises(BadSettings) as refused:
        preflight.require(settings)
    [line] = str(refused.value).splitlines()
    assert said in line
    assert line.startswith(name)


def test_all_that_can_not_work_is_told_at_once(tmp_path: Path) -> None:
    settings = load({"TOUCHSTONE_HOME": str(tmp_path), "TOUCHSTONE_SCHEDULE": "x", "TOUCHSTONE_POSTGRES_URL": "secret"})
    with pytest.raises(BadSettings) as refused:
        preflight.require(settings)
    assert len(str(refused.value).splitlines()) == 2
    assert "secret" not in str(refused.value)
