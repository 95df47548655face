"""The README's table "Where does a new thing go" is true: every recipe done to one copy of the project, and a night."""

import os
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from tests.cases.situations import Row, comparable
from tests.e2e import recipe_book
from tests.e2e.nights import Night
from tests.e2e.recipe_book import Recipe
from tests.webhook import webhook

pytestmark = pytest.mark.slow

BOOK = recipe_book.read_all()
CHECKS = [pytest.param(check, id=f"{name}: {check.title}") for name, recipe in BOOK.items() for check in recipe.checks]


@dataclass(frozen=True)
class Kitchen:
    """The copy to which every recipe was done, and what its night said and sent."""

    night: Night
    status: int
    said: str
    digests: list[dict[str, str]]

    def rows(self, query: str, *, of_warehouse: bool) -> tuple[Row, ...]:
        """What a query gives."""
        if not of_warehouse:
            return comparable(self.night.query(query))
        with duckdb.connect(str(self.night.home / "warehouse" / "work.duckdb")) as connection:
            return comparable(connection.execute(query).fetchall())

    def dbt(self, *arguments: str) -> str:
        """What one dbt command says that succeeds in the copy."""
        project = str(self.night.project / "dbt_project")
        return self.command("dbt", *arguments, "--project-dir", project, "--profiles-dir", project)

    def command(self, program: str, *arguments: str) -> str:
        """What a program of the environment says that succeeds in the copy."""
        home = self.night.home
        places = {
            "TOUCHSTONE_WAREHOUSE": home / "warehouse" / "work.duckdb",
            "TOUCHSTONE_LAKE": home / "lake",
            "TOUCHSTONE_AS_OF": "2026-07-01 02:00:00",
            "DBT_PROJECT_DIR": home / "dbt",  # of dbt-bouncer: where the manifest is
            "DBT_TARGET_PATH": home / "dbt" / "target",
            "DBT_LOG_PATH": home / "logs",
        }
        finished = subprocess.run(
            [str(Path(sys.executable).with_name(program)), *arguments],
            env={**os.environ, **{name: str(place) for name, place in places.items()}},
            cwd=self.night.project,
            capture_output=True,
            text=True,
            check=False,
        )
        assert finished.returncode == 0, finished.stdout + finished.stderr
        return finished.stdout


@pytest.fixture(scope="module")
def channel() -> Iterator[tuple[str, list[dict[str, str]]]]:
    with webhook() as listening:
        yield listening


@pytest.fixture(scope="module")
def kitchen(tmp_path_factory: pytest.TempPathFactory, channel: tuple[str, list[dict[str, str]]]) -> Kitchen:
    """One night in a copy of the project to which every recipe was done."""
    folder = tmp_path_factory.mktemp("recipes")
    url, digests = channel
    night = Night(landing=folder / "landing", home=folder / "home", project=folder / "project")
    recipe_book.cook(BOOK.values(), night.project, landing=night.landing, channel=url)
    finished = night.run()
    return Kitchen(night, finished.returncode, finished.stdout + finished.stderr, digests)


def test_every_row_of_the_table_has_a_recipe_and_every_recipe_a_row() -> None:
    assert set(recipe_book.table()) == {recipe.row for recipe in BOOK.values()}


def test_the_night_publishes_every_mart(kitchen: Kitchen) -> None:
    assert kitchen.status == 0, kitchen.said
    assert kitchen.night.query("select mart, because from publication where state <> 'fresh'") == []


@pytest.mark.parametrize("recipe", BOOK.values(), ids=BOOK)
def test_a_recipe_touches_what_its_row_names(kitchen: Kitchen, recipe: Recipe) -> None:
    assert recipe.edited | recipe.added <= recipe_book.may_touch(kitchen.night.project, recipe.row)


def test_a_custom_field_edits_the_yaml_of_its_contract_and_of_its_mart() -> None:
    for field in (recipe for recipe in BOOK.values() if recipe.row == "custom field"):
        assert {Path(file).suffix for file in field.edited} == {".yml"}
        assert len([file for file in field.edited if "/marts/" in file]) == 1
        assert field.added == set()
    assert len(BOOK["custom_field"].edited) == 2


@pytest.mark.parametrize("check", CHECKS)
def test_a_recipe_is_all_it_takes(kitchen: Kitchen, check: recipe_book.Check) -> None:
    assert kitchen.rows(check.query, of_warehouse=check.of_warehouse) == check.rows


@pytest.mark.parametrize("recipe", BOOK.values(), ids=BOOK)
def test_the_night_and_its_alert_say_what_a_recipe_asks_for(kitchen: Kitchen, recipe: Recipe) -> None:
    assert [text for text in recipe.says if text not in kitchen.said] == [], kitchen.said
    assert [text for text in recipe.silent if text in kitchen.said] == [], kitchen.said
    if recipe.alert:
        (received,) = kitchen.digests
        digest = f"{received['title']}\n{received['message']}"
        assert [text for text in recipe.alert if text not in digest] == [], digest


@pytest.mark.parametrize("recipe", [r for r in BOOK.values() if r.detects], ids=lambda recipe: recipe.name)
def test_a_detector_finds_the_record(kitchen: Kitchen, recipe: Recipe) -> None:
    module = runpy.run_path(str(kitchen.night.project / "orchestration" / "scoring" / "detectors.py"))
    for kind, ids in recipe.detects.items():
        rows = kitchen.rows(module["DETECTORS"][kind].sql, of_warehouse=True)
        assert rows == comparable([(found,) for found in ids])


def test_unit_tests_of_the_recipes_and_of_what_they_edit_pass(kitchen: Kitchen) -> None:
    edited = {Path(file) for recipe in BOOK.values() for file in recipe.edited}
    models = sorted(
        f"{file.stem},test_type:unit" for file in edited if "models" in file.parts and file.suffix == ".sql"
    )
    named = [name for recipe in BOOK.values() for name in recipe.unit_tests]
    said = kitchen.dbt("test", "--select", *models, *named)
    assert [name for name in named if not re.search(rf"PASS \w+::{name} ", said)] == [], said


@pytest.mark.parametrize("recipe", [r for r in BOOK.values() if r.second_build], ids=lambda recipe: recipe.name)
def test_a_second_build_reads_only_what_it_has_not_read(kitchen: Kitchen, recipe: Recipe) -> None:
    build = recipe.second_build or {}
    with duckdb.connect(str(kitchen.night.home / "warehouse" / "work.duckdb")) as connection:
        connection.execute(build["spoil"])
    kitchen.dbt("build", "--select", build["model"])
    assert kitchen.rows(build["query"], of_warehouse=True) == comparable(build["rows"])


def test_what_the_recipes_add_keeps_the_conventions(kitchen: Kitchen) -> None:
    added = sorted(file for recipe in BOOK.values() for file in recipe.added if file.endswith(".sql"))
    kitchen.command("sqlfluff", "lint", "--disable-progress-bar", *added)
    kitchen.command("dbt-bouncer", "run", "--config-file", "dbt_project/dbt-bouncer.yml")
