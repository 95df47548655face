"""What is wrong with settings: variables of the environment and of `.env`, vars of dbt_project.yml."""

from collections.abc import Iterator, Mapping

from dotenv import dotenv_values

from orchestration import settings
from orchestration.policy import marked
from orchestration.policy.findings import Finding
from orchestration.policy.kinds import currencies, time_zones
from orchestration.settings import DBT_PROJECT, PROJECT, BadSettings

PROJECT_FILE = "dbt_project/dbt_project.yml"
# Least and most of each var that is a number; None is no limit.
NUMBERS = {
    "attribution_lookback_days": (1, None),
    "attribution_window_days": (1, None),
    "markov_least_transitions_per_state": (1, None),
    "markov_most_states": (1, None),
    "session_timeout_minutes": (1, None),
    "direct_inherits_days": (0, None),
    "sync_sla_hours": (0, None),
    "sync_rule_least_records": (1, None),
    "sync_rule_least_share": (0, 1),
    "fiscal_year_first_month": (1, 12),
    "calendar_years_ahead": (0, None),
    "publications_kept": (1, None),
    "history_days": (1, None),
    "alert_days": (1, None),
    "alert_weekday": (1, 7),
}


def faults(environment: Mapping[str, str]) -> list[Finding]:
    """Every fault of the variables of `environment` over `.env`, and of the vars."""
    from_file = {name: value for name, value in dotenv_values(PROJECT / ".env").items() if value}
    return [*_variables({**from_file, **environment}), *_vars()]


def _variables(environment: Mapping[str, str]) -> Iterator[Finding]:
    try:
        settings.load(environment)
    except BadSettings as error:
        yield Finding(".env or environment", str(error), "correct the variable that it names")


def _vars() -> Iterator[Finding]:
    document = marked.read(DBT_PROJECT / "dbt_project.yml")
    given = document.data["vars"]

    def finding(name: str, wrong: str, remedy: str) -> Finding:
        line, value = document.line("vars", name), str(given.get(name))
        return Finding(PROJECT_FILE, wrong, remedy, line=line, column=f"var {name}", value=value)

    if given.get("reporting_timezone") not in time_zones():
        yield finding("reporting_timezone", "is no time zone", "write its IANA name, as Europe/Berlin")
    if given.get("reporting_currency") not in currencies():
        yield finding("reporting_currency", "is no ISO 4217 currency", "write its code of three capitals, as EUR")
    for name, (low, high) in NUMBERS.items():
        value = given.get(name)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or value < low or (high is not None and value > high):
            limits = f"a number from {low} to {high}" if high is not None else f"a number of at least {low}"
            yield finding(name, f"is not {limits}", f"write {limits}")
