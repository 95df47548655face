"""Places and secrets, from the environment and `.env`; the only module that reads either."""

import difflib
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from dotenv import dotenv_values

PROJECT = Path(__file__).resolve().parent.parent
DBT_PROJECT = PROJECT / "dbt_project"
SEEDS = PROJECT / "seeds"
EXPECTATIONS = PROJECT / "expectations"

PREFIX = "TOUCHSTONE_"
# What may be set; `.env.example` says what each means.
NAMES = (
    "TOUCHSTONE_LANDING",
    "TOUCHSTONE_HOME",
    "TOUCHSTONE_TARGET",
    "TOUCHSTONE_SPARK_HOST",
    "TOUCHSTONE_SPARK_PORT",
    "TOUCHSTONE_SCHEDULE",
    "TOUCHSTONE_SCHEDULE_TIMEZONE",
    "TOUCHSTONE_AS_OF",
    "TOUCHSTONE_ALERT_URLS",
    "TOUCHSTONE_UI_URL",
    "TOUCHSTONE_POSTGRES_URL",
)
# What profiles.yml and dbt_project.yml read beside those: whoever runs dbt by hand sets them, a run does so itself.
OF_DBT = ("TOUCHSTONE_WAREHOUSE", "TOUCHSTONE_LAKE")
# Below the configured home: everything of the demo company, so that its numbers never mix with anybody's.
DEMO_HOME = "demo"
# In a simulated company's landing, so that nobody's numbers are taken for real: {"company": "20,000 people, ..."}.
SIMULATED = "_simulated.json"


class BadSettings(ValueError):
    """Settings with which nothing can be done; the message names the setting and the remedy, one line each."""


@dataclass(frozen=True)
class Settings:
    """Where things are and who is told; immutable, one per process.

    `landing` is a local folder or an fsspec URL; where none is configured, `is_demo`: it is the demo company's, and
    `home` a folder of its own. `as_of` is the UTC instant the run calls now.
    """

    landing: str
    home: Path
    is_demo: bool
    target: str
    spark_host: str
    spark_port: int
    as_of: datetime
    schedule_cron: str
    schedule_timezone: str
    alert_urls: tuple[str, ...]
    ui_url: str | None
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
    def replays(self) -> Path:
        """Publications of nights that called an earlier instant now than the current publication does."""
        return self.home / "replays"

    @property
    def dbt_artifacts(self) -> Path:
        """Manifest and compiled SQL."""
        return self.home / "dbt" / "target"

    @property
    def alerts(self) -> Path:
        """What was told, and what waits to be told."""
        return self.home / "alerts"

    @property
    def dagster_home(self) -> Path:
        """Run history."""
        return self.home / "dagster"

    @property
    def has_extracts(self) -> bool:
        """Whether there is something to load: a landing, or a demo company simulated to its end."""
        return not self.is_demo or _demo_state(self.home).exists()

    def dbt_environment(self) -> dict[str, str]:
        """Environment variables that profiles.yml and dbt_project.yml read."""
        return {
            "TOUCHSTONE_TARGET": self.target,
            "TOUCHSTONE_SPARK_HOST": self.spark_host,
            "TOUCHSTONE_SPARK_PORT": str(self.spark_port),
            "TOUCHSTONE_WAREHOUSE": str(self.warehouse),
            "TOUCHSTONE_LAKE": str(self.lake),
            "TOUCHSTONE_AS_OF": self.as_of.strftime("%Y-%m-%d %H:%M:%S"),
        }


@cache
def current() -> Settings:
    """Settings of this process: its environment over `.env`. Read once, so that a whole run has one `as_of`."""
    return reread()


def reread() -> Settings:
    """Settings as they are at this moment, for a process that outlives a night."""
    return load(_environment())


def variable(name: str) -> str:
    """The value of a variable that policy names, whose value is a secret; empty where it is not set."""
    return _environment().get(name) or ""


def _environment() -> dict[str, str]:
    from_file = {name: value for name, value in dotenv_values(PROJECT / ".env").items() if value}
    return {**from_file, **os.environ}


def load(environment: Mapping[str, str]) -> Settings:
    """Settings from `environment`.

    Without a landing the run measures the demo company, whose now is the morning after its last day.
    Raises BadSettings, naming the variable and the remedy, for a name that is none and a value that can't be read.
    """
    _refuse_unknown(environment)
    home = _absolute(environment.get("TOUCHSTONE_HOME") or ".touchstone")
    landing = environment.get("TOUCHSTONE_LANDING") or None
    if not landing:
        home /= DEMO_HOME
    return Settings(
        landing=_place(landing) if landing else str(home / "landing"),
        home=home,
        is_demo=not landing,
        target=_one_of(_targets(), environment.get("TOUCHSTONE_TARGET") or "duckdb", name="TOUCHSTONE_TARGET"),
        spark_host=environment.get("TOUCHSTONE_SPARK_HOST") or "localhost",
        spark_port=_port(environment.get("TOUCHSTONE_SPARK_PORT") or "10000"),
        as_of=_instant(environment.get("TOUCHSTONE_AS_OF")) or (not landing and _demo_morning(home)) or _now(),
        schedule_cron=environment.get("TOUCHSTONE_SCHEDULE") or "0 2 * * *",
        schedule_timezone=_zone(environment.get("TOUCHSTONE_SCHEDULE_TIMEZONE") or "UTC"),
        alert_urls=tuple(environment.get("TOUCHSTONE_ALERT_URLS", "").split()),
        ui_url=_web_address(environment.get("TOUCHSTONE_UI_URL")),
        postgres_url=environment.get("TOUCHSTONE_POSTGRES_URL") or None,
    )


def is_remote(place: str) -> bool:
    """Whether a place is an fsspec URL rather than a folder."""
    return "://" in place


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    unknown = sorted(name for name in environment if name.startswith(PREFIX) and name not in NAMES + OF_DBT)
    if unknown:
        meant = difflib.get_close_matches(unknown[0], NAMES, n=1, cutoff=0.85)
        hint = f"did you mean {meant[0]}?" if meant else f"the names are {', '.join(NAMES)}"
        raise BadSettings(f"{unknown[0]} is no setting of Touchstone, and nothing was done; {hint}")


def _place(landing: str) -> str:
    return landing.rstrip("/") if is_remote(landing) else str(_absolute(landing))


def _absolute(folder: str) -> Path:
    """A folder; a relative one is below the project, as `.env` is, whatever folder the caller stands in."""
    return Path(os.path.abspath(PROJECT / Path(folder).expanduser()))


def _targets() -> list[str]:
    profiles = yaml.safe_load((DBT_PROJECT / "profiles.yml").read_text())
    return [name for profile in profiles.values() for name in profile["outputs"]]


def _one_of(values: Sequence[str], value: str, *, name: str) -> str:
    if value not in values:
        raise BadSettings(f"{name}={value!r} is none of {', '.join(values)}; write one of them")
    return value


def _port(text: str) -> int:
    if not text.isdecimal():
        raise BadSettings(f"TOUCHSTONE_SPARK_PORT={text!r} is no port; write it as 10000")
    return int(text)


def _web_address(text: str | None) -> str | None:
    if not text:
        return None
    if not re.fullmatch(r"https?://[^\s/?#@<>\"']+(/[^\s?#<>\"']*)?", text):
        # Never the value: it may hold a password.
        raise BadSettings("TOUCHSTONE_UI_URL is no address of a web server; write it as https://dagster.example.com")
    return text.rstrip("/")


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadSettings(
            f"TOUCHSTONE_SCHEDULE_TIMEZONE={name!r} is no time zone; write its IANA name, as Europe/Berlin"
        ) from error
    return name


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _demo_state(home: Path) -> Path:
    return home / "demo.json"


def _demo_morning(home: Path) -> datetime | None:
    state = _demo_state(home)
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
        raise BadSettings(
            f"TOUCHSTONE_AS_OF={text!r} is not an ISO 8601 instant; write it as 2026-01-31T02:00:00"
        ) from error
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
