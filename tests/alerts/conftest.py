"""Hand-made digests, routes and settings of a home of their own."""

import csv
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from orchestration import settings as settings_module
from orchestration.alerts import routes
from orchestration.digest import Digest, Finding
from orchestration.quality.tally import Tally
from orchestration.settings import SEEDS, Settings, load

NOW = datetime(2026, 6, 3, 8, 0, tzinfo=UTC)  # a Wednesday
MOPS, RUN = "Marketing Operations <marketing-operations@example.com>", "run-1"
Row = dict[str, str]


def settings_of(home: Path, *urls: str, **others: str) -> Settings:
    """Settings of a company whose home is `home`."""
    given = {"TOUCHSTONE_HOME": str(home), "TOUCHSTONE_LANDING": str(home), "TOUCHSTONE_ALERT_URLS": " ".join(urls)}
    return load({**given, **others})


def finding(
    check: str = "fresh", *, failed: bool = False, found: str = "1 of 2 unexpected", owner: str = MOPS
) -> Finding:
    """A finding of a check on marketo/leads."""
    return Finding(
        owner, f"marketo/leads: {check}", is_critical=failed, found=found, harm="Leads are in no stage.",
        rows=("status = Nurture, example = id 1",), remedy="Correct the records.",
        runbook="docs/runbooks/checks.md", asset="marketo/leads", check=check,
    )  # fmt: skip


def digest(*findings: Finding, run: str = RUN, passed: tuple[str, ...] = (), **others: object) -> Digest:
    """What a run said whose checks `passed` were in order."""
    said = Digest(
        run, is_success=True, findings=findings, missing=(), checks=Tally(),
        passed=frozenset(f"marketo/leads: {check}" for check in passed),
    )  # fmt: skip
    return replace(said, **others)


def row(owner: str, severity: str, variable: str, **others: str) -> Row:
    """A row of seeds/alert_routes.csv."""
    cells = dict.fromkeys((*routes.COLUMNS, "description"), "")
    cells.update(
        owner=owner, severity=severity, variable=variable, ignores_quiet_hours="false", valid_from="2026-01-01"
    )
    return {**cells, **others}


def write_rows(folder: Path, *rows: Row) -> Path:
    """A folder of the seeds that say who is told: the project's owners, and these routes."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "check_owners.csv").write_text((SEEDS / "check_owners.csv").read_text())
    with (folder / "alert_routes.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, [*routes.COLUMNS, "description"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return folder


@pytest.fixture
def routed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put rows in the place of the project's, and give variables their values."""

    def put(*rows: Row, **variables: str) -> None:
        monkeypatch.setattr(routes, "read", partial(_READ, seeds=write_rows(tmp_path / "seeds", *rows)))
        monkeypatch.setattr(settings_module, "dotenv_values", lambda _: {})
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return put


_READ = routes.read
