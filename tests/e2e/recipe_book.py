"""Recipes of the README's table "Where does a new thing go": what each adds, edits and promises, and how it is applied.

    tests/e2e/recipes/<recipe>/
      expected.yml                     its row of the table, edits of existing files, and what is true after a night
      landing/<system>/<object>/...    extracts
      <any other folder>/...           files that it adds, laid out as in the project

An edit of expected.yml names a `file` and `append`s text, `insert`s it `after` text, or puts a `new` one for an `old`;
what it looks for stands once in the file.
"""

import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import yaml

from orchestration.scoring.projects import copy_project
from orchestration.settings import PROJECT
from tests.cases.situations import Row, comparable

RECIPES = Path(__file__).parent / "recipes"
HEADER = "| new | touch |"
CHANNEL = "{channel}"


@dataclass(frozen=True)
class Edit:
    """Text of one file that other text takes the place of; without `old` it goes to the end."""

    file: str
    old: str | None
    new: str

    def apply(self, project: Path) -> None:
        """Raises ValueError, naming the file, when the text is not there once."""
        path = project / self.file
        text = path.read_text()
        if self.old is None:
            path.write_text(text + self.new)
            return
        if text.count(self.old) != 1:
            raise ValueError(f"{self.file} holds {text.count(self.old)} times, instead of once:\n{self.old}")
        path.write_text(text.replace(self.old, self.new))


@dataclass(frozen=True)
class Check:
    """A query of the published marts, or of the warehouse, and the rows that are right."""

    title: str
    query: str
    rows: tuple[Row, ...]
    of_warehouse: bool


@dataclass(frozen=True)
class Recipe:
    """One recipe; `row` is the first column of its row in the README's table.

    `says` and `silent` stand, or do not, in the night's summary; `alert` stands in its digest. `detects` are the ids
    that a detector finds, by kind. `unit_tests` pass. `second_build` spoils a model and says what a build leaves of it.
    """

    name: str
    row: str
    edits: tuple[Edit, ...]
    checks: tuple[Check, ...]
    says: tuple[str, ...]
    silent: tuple[str, ...]
    alert: tuple[str, ...]
    detects: Mapping[str, Sequence[str]]
    unit_tests: tuple[str, ...]
    second_build: Mapping[str, Any] | None

    @property
    def edited(self) -> set[str]:
        """The project's files that it edits."""
        return {edit.file for edit in self.edits}

    @property
    def added(self) -> set[str]:
        """The files that it adds to the project."""
        folder = RECIPES / self.name
        paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
        return {path.as_posix() for path in paths if len(path.parts) > 1 and path.parts[0] != "landing"}

    def apply(self, project: Path, *, landing: Path, channel: str) -> None:
        """Do it to a copy of the project; `channel` is the URL of an alert channel.

        Raises ValueError when it would overwrite a file or an edit does not fit.
        """
        folder = RECIPES / self.name
        for file in sorted(self.added):
            target = project / file
            if target.exists():
                raise ValueError(f"recipe {self.name} overwrites {file}: make that an edit")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(folder / file, target)
        for edit in self.edits:
            Edit(edit.file, edit.old, edit.new.replace(CHANNEL, channel)).apply(project)
        if (folder / "landing").exists():
            shutil.copytree(folder / "landing", landing, dirs_exist_ok=True)


def cook(recipes: Iterable[Recipe], project: Path, *, landing: Path, channel: str) -> None:
    """Do recipes to a copy of the project in the folder `project`."""
    copy_project(project)
    shutil.copy2(PROJECT / "pyproject.toml", project)
    shutil.copy2(PROJECT / ".env.example", project / ".env")
    for recipe in recipes:
        recipe.apply(project, landing=landing, channel=channel)


def read_all() -> dict[str, Recipe]:
    """Every recipe by its name."""
    return {folder.parent.name: read(folder.parent.name) for folder in sorted(RECIPES.glob("*/expected.yml"))}


def read(name: str) -> Recipe:
    """The recipe of a folder; raises KeyError for a key that expected.yml must not have."""
    said = yaml.safe_load((RECIPES / name / "expected.yml").read_text())
    said.pop("description")
    recipe = Recipe(
        name=name,
        row=said.pop("row"),
        edits=tuple(_edit(**edit) for edit in said.pop("edits", [])),
        checks=tuple(
            Check(check["title"], check["query"], comparable(check["rows"]), check.get("of") == "warehouse")
            for check in said.pop("checks", [])
        ),
        says=tuple(said.pop("says", [])),
        silent=tuple(said.pop("silent", [])),
        alert=tuple(said.pop("alert", [])),
        detects=said.pop("detects", {}),
        unit_tests=tuple(said.pop("unit_tests", [])),
        second_build=said.pop("second_build", None),
    )
    if said:
        raise KeyError(f"{name}/expected.yml: {', '.join(said)}")
    return recipe


def _edit(
    *, file: str, append: str = "", after: str = "", insert: str = "", old: str | None = None, new: str = ""
) -> Edit:
    return Edit(file, old or after or None, append or after + insert + new)


def table() -> dict[str, str]:
    """The README's table: what is added, and what that touches."""
    _, _, rest = (PROJECT / "README.md").read_text().partition(HEADER)
    lines = [line for line in rest.partition("\n\n")[0].splitlines()[2:] if line.startswith("|")]
    cells = (re.split(r"(?<!\\)\|", line.strip("|")) for line in lines)
    return {new.strip(): touch.strip() for new, touch in cells}


def may_touch(project: Path, row: str) -> set[str]:
    """The files of a project that a row of the table names: by file, by folder, or by how models' names begin.

    The YAML beside a model may be touched with it. "the above" stands for what the row before names.
    """
    rows = table()
    before, text = dict(zip(list(rows)[1:], rows.values(), strict=False)), rows[row]
    if "the above" in text:
        text += before[row]
    named = [re.sub(r"<\w+>", "*", token) for token in re.findall(r"`([^`]+)`", text)]
    found: set[str] = set()
    for path in (path for path in project.rglob("*") if path.is_file()):
        file = path.relative_to(project).as_posix()
        if any(_names(token, file) for token in named):
            found.add(file)
            if path.suffix == ".sql" and "dbt_project/models" in file:
                found |= {yml.relative_to(project).as_posix() for yml in path.parent.glob("_*.yml")}
    return found


def _names(token: str, file: str) -> bool:
    name = file.rpartition("/")[2]
    if re.fullmatch(r"(stg|int|dim|fct)_\w*", token):
        return name.startswith(token) and name.endswith(".sql")
    if token.endswith("/"):
        return fnmatch(file, f"{token}*") or fnmatch(file, f"*/{token}*")
    return file == token or fnmatch(file, f"*/{token}") or fnmatch(file, token)
