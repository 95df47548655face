"""Who is told where: `seeds/alert_routes.csv`, where its variables are set, and TOUCHSTONE_ALERT_URLS for the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from orchestration.alerts.messages import Severity
from orchestration.quality.suites import Owner, read_owners
from orchestration.seeds import values_on
from orchestration.settings import SEEDS, Settings, variable

SEED = "alert_routes"
ALL = "all"
FALLBACK = "TOUCHSTONE_ALERT_URLS"
COLUMNS = (
    "owner", "severity", "variable", "quiet_from", "quiet_to", "time_zone", "ignores_quiet_hours",
    "escalate_after_nights", "escalate_to", "valid_from", "valid_to",
)  # fmt: skip


@dataclass(frozen=True)
class Quiet:
    """Hours of each day in which nobody is told; they end on the next day where they begin later than they end."""

    begins: time
    ends: time
    zone: ZoneInfo

    def until(self, now: datetime) -> datetime | None:
        """When the quiet hours end in which `now` lies; None outside of them."""
        here = now.astimezone(self.zone)
        clock = here.time()
        if self.begins <= self.ends:
            is_quiet = self.begins <= clock < self.ends
        else:
            is_quiet = clock >= self.begins or clock < self.ends
        if not is_quiet:
            return None
        day = here.date() + timedelta(days=int(clock >= self.ends))
        return datetime.combine(day, self.ends, self.zone).astimezone(now.tzinfo)


@dataclass(frozen=True)
class Route:
    """One row: what `owner` is told of `severity` goes to the URLs that `variable` holds."""

    owner: str
    severity: str
    variable: str
    quiet: Quiet | None = None
    ignores_quiet_hours: bool = False
    escalate_after_nights: int | None = None
    escalate_to: str = ""

    def waits_until(self, now: datetime) -> datetime | None:
        """When what is told at `now` may go out; None for at once."""
        if self.quiet is None or (self.severity == "failed" and self.ignores_quiet_hours):
            return None
        return self.quiet.until(now)


@dataclass(frozen=True)
class Routes:
    """Routes that hold today and whose variable is set; `entries` counts the URLs of each variable."""

    routes: tuple[Route, ...]
    entries: Mapping[str, int]
    owners: Mapping[str, Owner]

    @property
    def reaches_nobody(self) -> bool:
        """Whether no channel is configured at all."""
        return not any(self.entries.values())

    def of(self, owner: str | None, severity: Severity) -> tuple[Route, ...]:
        """The rows of the owner, else those of `all`, else TOUCHSTONE_ALERT_URLS; none where that is empty too."""
        for whose in (owner, ALL):
            found = [route for route in self.routes if (route.owner, route.severity) == (whose, severity)]
            if found:
                return tuple(found)
        return (Route(ALL, severity, FALLBACK),) if self.entries.get(FALLBACK) else ()

    def is_fallback(self, route: Route) -> bool:
        """Whether no row of the seed leads there."""
        return route not in self.routes

    def owner_of(self, contact: str) -> str | None:
        """The id of an owner who is written `Name <contact>`; None of one whom seeds/check_owners.csv does not know."""
        name, _, rest = contact.partition(" <")
        named = [owner for owner in self.owners.values() if owner.name == name]
        exact = [owner for owner in named if owner.contact == rest.removesuffix(">")]
        found = exact or named or [self.owners[key] for key in [name.lower().replace(" ", "_")] if key in self.owners]
        return found[0].id if found else None

    def name_of(self, owner: str) -> str:
        """How people call an owner."""
        return self.owners[owner].name if owner in self.owners else owner


def urls(name: str, settings: Settings) -> tuple[str, ...]:
    """The URLs that a variable holds."""
    return settings.alert_urls if name == FALLBACK else tuple(variable(name).split())


def read(settings: Settings, *, today: date, seeds: Path = SEEDS) -> Routes:
    """The routes that hold `today`; raises ValueError, OSError or KeyError for a seed that `make check` refuses."""
    rows = [_route(row) for row in values_on(SEED, *COLUMNS, on=today, folder=seeds)]
    names = {FALLBACK, *(route.variable for route in rows)}
    entries = {name: len(urls(name, settings)) for name in sorted(names)}
    return Routes(tuple(route for route in rows if entries[route.variable]), entries, read_owners(seeds))


def fallback_only(settings: Settings) -> Routes:
    """What is left where the seed can't be read."""
    return Routes((), {FALLBACK: len(settings.alert_urls)}, {})


def _route(row: Sequence[str]) -> Route:
    owner, severity, name, quiet_from, quiet_to, zone, ignores, nights, escalate_to, *_ = row
    quiet = Quiet(_clock(quiet_from), _clock(quiet_to), ZoneInfo(zone)) if quiet_from else None
    return Route(owner, severity, name, quiet, ignores.lower() == "true", int(nights) if nights else None, escalate_to)


def _clock(text: str) -> time:
    hours, minutes = text.split(":")
    return time(int(hours), int(minutes))
