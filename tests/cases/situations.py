"""What a case says: its folder of extracts and its expected.yml, read and checked."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from orchestration.settings import PROJECT

CASES = Path(__file__).parent
# Cases that are kept beside the project; their folders hold extracts and no expected.yml.
SHARED = next((f / "shared" / "cases" for f in PROJECT.parents if (f / "shared" / "cases").is_dir()), None)
KINDS = {
    "any_stack": "the same numbers whichever systems were delivered",
    "history": "what a system overwrites or clears stays true for its day",
    "absence": "deletion, merging and withdrawal are followed for every object",
    "one_fact_once": "one fact that several systems hold is counted once",
    "no_data": "what never arrived is no_data, not misconduct",
    "identity": "an id or a link that stands for nothing unites nobody",
    "grain": "a row is what it is, whatever its spelling, and no key is coarser than the rows",
    "delivery_order": "newest is what was delivered last, not what a name says",
    "calendar": "a date without time is that reporting date in every zone",
    "null_is_unknown": "null, unknown and false are three things",
    "vendor_flags": "a vendor's own flags and vocabulary are read",
    "people_at_work": "automation, reminders and ended passes are no people at work",
    "strongest_evidence": "the weaker evidence never hides the stronger",
    "plausibility": "immature denominators and implausible dates are said, not counted",
    "money": "money at the rate of its own day",
    "file_shapes": "a file of the vendor's own shape is read, or refused with a reason that names it",
    "definitions": "a definition is built as it is written",
}
CASE_KEYS = {"description", "kind", "source", "group", "as_of", "vars", "whole_night", "checks"}
CHECK_KEYS = {"title", "query", "rows", "one_of", "night", "variant", "known_wrong"}
AS_OF = datetime(2026, 7, 1, 2)
COMMON_GROUP = "common"
Row = tuple[object, ...]


class MalformedCase(ValueError):
    """An expected.yml, or the folder it stands in, is not as tests/cases/README.md says."""


@dataclass(frozen=True)
class Check:
    """One query and the rows that are right, or several lists of rows of which each is right.

    `night` is after which night it is asked, None for the case's last.
    """

    title: str
    query: str
    right: tuple[tuple[Row, ...], ...]
    night: int | None
    variant: str
    known_wrong: str | None


@dataclass(frozen=True)
class Case:
    """One folder. `variants` maps a variant to the folders of its nights; a case without variants has one, ""."""

    name: str
    folder: Path
    description: str
    kind: str
    source: str | None
    group: str
    as_of: datetime
    variables: Mapping[str, Any]
    whole_night: bool
    checks: tuple[Check, ...]

    @property
    def extracts(self) -> Path | None:
        """Where the extracts lie; None when they are kept beside the project and that is not here."""
        if self.source is None:
            return self.folder
        return SHARED / self.source if SHARED else None

    @property
    def variants(self) -> dict[str, list[Path]]:
        """Folders of each variant's nights, first night first; raises MalformedCase when there are no extracts."""
        if self.extracts is None:
            return {}
        folders = {path.name: [path] for path in sorted(self.extracts.iterdir()) if path.is_dir()}
        folders.pop("seeds", None)
        if folders.keys() == {"landing"}:
            return {"": folders["landing"]}
        if folders and folders.keys() == {f"night{number}" for number in range(1, len(folders) + 1)}:
            return {"": [folders[f"night{number}"][0] for number in range(1, len(folders) + 1)]}
        if folders and all(re.fullmatch("[a-z]", name) for name in folders):
            return folders
        raise MalformedCase(
            f"{self.extracts} holds {sorted(folders)}; lay extracts out as landing/, night1/ and night2/, or a/ and b/"
        )

    @property
    def other_seeds(self) -> dict[str, Path]:
        """Seeds that hold other rows for this case, by name."""
        return {path.stem: path for path in sorted(self.folder.glob("seeds/*.csv"))}


def read_all(folder: Path = CASES) -> list[Case]:
    """Every case below `folder`, by name."""
    return [read_case(path.parent) for path in sorted(folder.glob("*/expected.yml"))]


def read_case(folder: Path) -> Case:
    """The case in `folder`; raises MalformedCase naming the file and the key at fault."""
    path = folder / "expected.yml"
    said = yaml.safe_load(path.read_text())
    _require(path, said, known=CASE_KEYS, mandatory={"description", "kind", "checks"})
    if said["kind"] not in KINDS:
        raise MalformedCase(f"{path}: kind {said['kind']!r} is none of {sorted(KINDS)}")
    if not re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*", folder.name):
        raise MalformedCase(f"{folder}: name it in lower case, words joined by one underscore")
    checks = tuple(_check(path, check) for check in said["checks"])
    if len({check.title for check in checks}) < len(checks) or not checks:
        raise MalformedCase(f"{path}: give each case at least one check, and each check a title of its own")
    case = Case(
        name=folder.name,
        folder=folder,
        description=said["description"].strip(),
        kind=said["kind"],
        source=said.get("source"),
        group=said.get("group", COMMON_GROUP),
        as_of=said.get("as_of", AS_OF),
        variables=said.get("vars", {}),
        whole_night=said.get("whole_night", False),
        checks=checks,
    )
    for check in checks if case.extracts else ():
        if (check.night or 1) not in range(1, len(case.variants.get(check.variant, ())) + 1):
            raise MalformedCase(f"{path}: {check.title!r} is of a variant or a night that has no extracts")
    return case


def comparable(rows: Sequence[Sequence[object]]) -> tuple[Row, ...]:
    """Rows in an order and in spellings that do not depend on who wrote them, YAML or a database."""
    return tuple(sorted((tuple(map(_plain, row)) for row in rows), key=repr))


def _check(path: Path, said: Mapping[str, Any]) -> Check:
    _require(path, said, known=CHECK_KEYS, mandatory={"title", "query"})
    if ("rows" in said) == ("one_of" in said):
        raise MalformedCase(f"{path}: {said['title']!r} needs either rows or one_of")
    return Check(
        title=said["title"],
        query=said["query"],
        right=tuple(comparable(rows) for rows in said.get("one_of", [said.get("rows")])),
        night=said.get("night"),
        variant=said.get("variant", ""),
        known_wrong=said.get("known_wrong"),
    )


def _require(path: Path, said: Mapping[str, Any], *, known: set[str], mandatory: set[str]) -> None:
    for name in sorted(mandatory - said.keys()):
        raise MalformedCase(f"{path}: the key {name!r} is missing")
    for name in sorted(said.keys() - known):
        raise MalformedCase(f"{path}: the key {name!r} means nothing; known are {sorted(known)}")


def _plain(value: object) -> object:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float | Decimal):
        return f"{round(Decimal(str(value)), 6).normalize():f}"
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
