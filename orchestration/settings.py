"""Places and secrets, from the environment and `.env`; the only module that reads either."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dotenv import dotenv_values

PROJECT = Path(__file__).resolve().parent.parent
DBT_PROJECT = PROJECT / "dbt_project"
SEEDS = PROJECT / "seeds"
EXPECTATIONS = PROJECT / "expectations"


@dataclass(frozen=True)
class Settings:
    """Where things are and who is told; immutable, one per process.

    `landing` is a local folder or an fsspec URL, None when no extracts are configured.
    `as_of` is the UTC instant the run calls now.
    """

    landing: str | None
    home: Path
    target: str
    as_of: datetime
    schedule_cron: str
    schedule_timezone: str
    alert_urls: tuple[str, ...]
    postgres_url: str | None

    @property
    def lake(self) -> Path:
        """Immutable Parquet and its ledger."""
        return self.home / "lake"

    @property
    def warehouse(self) -> Path:
        """Working DuckDB file; only the run reads and writes it."""
        return self.home / "warehouse" / "work.duckdb"

    @property
    def published(self) -> Path:
        """What BI reads."""
        return self.home / "published"

    @property
    def dbt_artifacts(self) -> Path:
        """Manifest and compiled SQL."""
        return self.home / "dbt" / "target"

    @property
    def dagster_home(self) -> Path:
        """Run history."""
        return self.home / "dagster"

    @property
    def demo_landing(self) -> Path:
        """Extracts of the simulated company."""
        return self.home / "demo" / "landing"

    def dbt_environment(self) -> dict[str, str]:
        """Environment variables that profiles.yml and dbt_project.yml read."""
        return {
            "TOUCHSTONE_TARGET": self.target,
            "TOUCHSTONE_WAREHOUSE": str(self.warehouse),
            "TOUCHSTONE_LAKE": str(self.lake),
            "TOUCHSTONE_AS_OF": self.as_of.strftime("%Y-%m-%d %H:%M:%S"),
        }


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from `environment` (default: the process's, over `.env` in the project).

    Raises ValueError, naming the variable and the remedy, when a value can't be read.
    """
    if environment is None:
        from_file = {name: value for name, value in dotenv_values(PROJECT / ".env").items() if value}
        environment = {**from_file, **os.environ}
    home = Path(environment.get("TOUCHSTONE_HOME") or PROJECT / ".touchstone").expanduser()
    return Settings(
        landing=environment.get("TOUCHSTONE_LANDING") or None,
        home=home if home.is_absolute() else PROJECT / home,
        target=environment.get("TOUCHSTONE_TARGET") or "duckdb",
        as_of=_instant(environment.get("TOUCHSTONE_AS_OF")),
        schedule_cron=environment.get("TOUCHSTONE_SCHEDULE") or "0 2 * * *",
        schedule_timezone=environment.get("TOUCHSTONE_SCHEDULE_TIMEZONE") or "UTC",
        alert_urls=tuple(environment.get("TOUCHSTONE_ALERT_URLS", "").split()),
        postgres_url=environment.get("TOUCHSTONE_POSTGRES_URL") or None,
    )


def _instant(text: str | None) -> datetime:
    if not text:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(
            f"TOUCHSTONE_AS_OF={text!r} is not an ISO 8601 instant; write it as 2026-01-31T02:00:00"
        ) from error
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
