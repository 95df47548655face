"""Places and secrets, from the environment and `.env`; the only module that reads either."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
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
    def published_database(self) -> Path:
        """The published marts as one DuckDB file; absent before the first publication."""
        return self.published / "touchstone.duckdb"

    @property
    def dbt_artifacts(self) -> Path:
        """Manifest and compiled SQL."""
        return self.home / "dbt" / "target"

    @property
    def dagster_home(self) -> Path:
        """Run history."""
        return self.home / "dagster"

    @property
    def demo(self) -> Path:
        """The simulated company: its extracts in `landing`, its truth in `truth`."""
        return self.home / "demo"

    @property
    def has_extracts(self) -> bool:
        """Whether there is something to load: a landing, or a demo company simulated to its end."""
        return self.landing is not None or (self.demo / "demo.json").exists()

    def dbt_environment(self) -> dict[str, str]:
        """Environment variables that profiles.yml and dbt_project.yml read."""
        return {
            "TOUCHSTONE_TARGET": self.target,
            "TOUCHSTONE_WAREHOUSE": str(self.warehouse),
            "TOUCHSTONE_LAKE": str(self.lake),
            "TOUCHSTONE_AS_OF": self.as_of.strftime("%Y-%m-%d %H:%M:%S"),
        }


@cache
def current() -> Settings:
    """Settings of this process: its environment over `.env`. Read once, so that a whole run has one `as_of`."""
    from_file = {name: value for name, value in dotenv_values(PROJECT / ".env").items() if value}
    return load({**from_file, **os.environ})


def load(environment: Mapping[str, str]) -> Settings:
    """Settings from `environment`.

    Without a landing the run measures the demo company, whose now is the morning after its last day.
    Raises ValueError, naming the variable and the remedy, when a value can't be read.
    """
    home = Path(environment.get("TOUCHSTONE_HOME") or PROJECT / ".touchstone").expanduser()
    home = home if home.is_absolute() else PROJECT / home
    landing = environment.get("TOUCHSTONE_LANDING") or None
    return Settings(
        landing=landing,
        home=home,
        target=environment.get("TOUCHSTONE_TARGET") or "duckdb",
        as_of=_instant(environment.get("TOUCHSTONE_AS_OF")) or (not landing and _demo_morning(home)) or _now(),
        schedule_cron=environment.get("TOUCHSTONE_SCHEDULE") or "0 2 * * *",
        schedule_timezone=environment.get("TOUCHSTONE_SCHEDULE_TIMEZONE") or "UTC",
        alert_urls=tuple(environment.get("TOUCHSTONE_ALERT_URLS", "").split()),
        postgres_url=environment.get("TOUCHSTONE_POSTGRES_URL") or None,
    )


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _demo_morning(home: Path) -> datetime | None:
    state = home / "demo" / "demo.json"
    if not state.exists():
        return None
    last_day = datetime.fromisoformat(json.loads(state.read_text())["until"])
    return last_day.replace(tzinfo=UTC) + timedelta(days=1, hours=2)


def _instant(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(
            f"TOUCHSTONE_AS_OF={text!r} is not an ISO 8601 instant; write it as 2026-01-31T02:00:00"
        ) from error
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
