"""Nights that many cases share: one landing, one lake, one build; each case asks about its own ids."""

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from orchestration import contracts
from orchestration.ingestion.batches import ingest
from orchestration.ingestion.files import DECLARATION, list_landing
from orchestration.ingestion.ledger import ensure_shapes
from tests.cases.building import Project, Unbuilt, Warehouse
from tests.cases.collisions import MARK, Collision, refuse_collisions
from tests.cases.situations import COMMON_GROUP, Case, Check, Row, comparable
from tests.e2e.nights import Night

Answer = tuple[Row, ...] | Exception


class Unpublished(AssertionError):
    """The whole night published nothing."""


@dataclass(frozen=True)
class Group:
    """Cases, each in one of its variants, whose nights are run together."""

    name: str
    parts: tuple[tuple[Case, str], ...]

    def run(self, project: Project, *, folder: Path) -> dict[tuple[str, str], Answer]:
        """Every night in order, each check asked after its own; returns rows, or what was raised, by case and check.

        Raises Collision, before anything is built, when two of the cases can't share a night.
        """
        self._refuse_unlike()
        lead = self.parts[0][0]
        nights = max(len(case.variants[variant]) for case, variant in self.parts)
        known = list(contracts.load().values())
        warehouse = Warehouse(folder, lead.variables)
        ensure_shapes(known, lake=warehouse.lake)
        answers: dict[tuple[str, str], Answer] = {}
        for number in range(1, nights + 1):
            now = lead.as_of - timedelta(days=nights - number)
            self.deliver(number, landing=folder / "landing", now=now)
            due = list(self._due(number))
            if lead.whole_night:
                answers.update(_asked_of_whole_night(due, folder=folder, now=now))
                continue
            listing = list_landing(str(folder / "landing"), settle_seconds=0)
            for contract in known:
                ingest(contract, listing=listing, lake=warehouse.lake, now=now.replace(tzinfo=UTC))
            refuse_collisions(known, lake=warehouse.lake)
            wanted = project.read_by(*(check.query for _, check in due))
            if not wanted:
                continue
            wrong = project.build(
                wanted, warehouse, seeds=lead.other_seeds, now=now, is_tested=lead.group == COMMON_GROUP
            )
            with duckdb.connect(str(warehouse.file)) as connection:
                connection.execute("set TimeZone = 'UTC'")
                connection.execute("use marts")
                for case, check in due:
                    broken = [f"{name} ({wrong[name]})" for name in project.read_by(check.query) if name in wrong]
                    answers[case.name, check.title] = (
                        Unbuilt("; ".join(broken)) if broken else _rows(connection, check.query)
                    )
        return answers

    def _refuse_unlike(self) -> None:
        first = self.parts[0][0]
        for case, _ in self.parts[1:]:
            unlike = [
                name
                for name in ("as_of", "variables", "whole_night", "other_seeds")
                if getattr(case, name) != getattr(first, name)
            ]
            if unlike:
                raise Collision(
                    f"the cases {first.name} and {case.name} share the group {self.name!r} and differ in "
                    f"{' and '.join(unlike)}; give one of them a `group` of its own"
                )

    def deliver(self, number: int, *, landing: Path, now: datetime) -> None:
        """Add the extracts of one night, written within the hour before it, one second apart in the order of names."""
        for case, variant in self.parts:
            folders = case.variants[variant]
            if number > len(folders):
                continue
            files = sorted(path for path in folders[number - 1].rglob("*") if path.is_file())
            for second, path in enumerate(files):
                below = path.relative_to(folders[number - 1])
                # A declaration is known by its name; it stands in a folder of the case's own.
                name = path.name if path.name == DECLARATION else f"{case.name}{MARK}{path.name}"
                place = landing / below.parent / name
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, place)
                written = (now - timedelta(hours=1) + timedelta(seconds=second)).replace(tzinfo=UTC).timestamp()
                os.utime(place, (written, written))

    def _due(self, number: int) -> Iterator[tuple[Case, Check]]:
        for case, variant in self.parts:
            for check in case.checks:
                if check.variant == variant and number == (check.night or len(case.variants[variant])):
                    yield case, check


def grouped(cases: Sequence[Case]) -> dict[tuple[str, str], Group]:
    """The group of each case and variant; a variant other than "" or "a" is in a group beside that of the case."""
    parts: dict[str, list[tuple[Case, str]]] = {}
    for case in cases:
        for variant in case.variants:
            parts.setdefault(f"{case.group} {variant}".strip(), []).append((case, variant))
    groups = [Group(name, tuple(found)) for name, found in parts.items()]
    return {(case.name, variant): group for group in groups for case, variant in group.parts}


def _asked_of_whole_night(
    due: Sequence[tuple[Case, Check]], *, folder: Path, now: datetime
) -> dict[tuple[str, str], Answer]:
    night = Night(landing=folder / "landing", home=folder / "home")
    finished = night.run(as_of=now.isoformat())
    if not night.has_published():
        unpublished = Unpublished(f"nothing was published:\n{finished.stdout[-5000:]}{finished.stderr[-2000:]}")
        return {(case.name, check.title): unpublished for case, check in due}
    with duckdb.connect(str(night.home / "published" / "touchstone.duckdb"), read_only=True) as connection:
        connection.execute("use marts")
        return {(case.name, check.title): _rows(connection, check.query) for case, check in due}


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> Answer:
    try:
        return comparable(connection.execute(query).fetchall())
    except duckdb.Error as error:
        return error
