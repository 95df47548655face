"""What is wrong with the routes beyond what their seed's YAML says, by line; and what is only not set up here."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from orchestration.alerts.routes import ALL, COLUMNS, FALLBACK, SEED
from orchestration.alerts.sending import NOT_ONE, is_url, remedy_of
from orchestration.policy.findings import Finding
from orchestration.settings import SEEDS, Settings, variable

Row = Mapping[str, str]
QUIET = ("quiet_from", "quiet_to", "time_zone")
SET_IT = "set it in .env or in the environment of the night, as docs/alerts.md says"


def faults(folder: Path = SEEDS) -> list[Finding]:
    """Rows that contradict themselves, and variables whose value is no URL; never that value."""
    return [
        fault for line, row in _rows(folder) for fault in (*_quiet(line, row), *_steps(line, row), *_urls(line, row))
    ]


def hints(folder: Path = SEEDS) -> list[Finding]:
    """Rows that do nothing here because their variable is not set, and what reaches nobody.

    They are no faults: the seed is one for all machines, and a variable is set where nights run.
    """
    rows = list(_rows(folder))
    found = [
        Finding(_file(folder), "is not set here, so the row does nothing", SET_IT, line, "variable", row["variable"])
        for line, row in rows
        if row["variable"] != FALLBACK and _is_name(row["variable"]) and not variable(row["variable"])
    ]
    taken = {(row["owner"], row["severity"]) for _, row in rows}
    if rows and not variable(FALLBACK):
        wrong = "has no row, so what no owner's row takes is told to nobody"
        found += [
            Finding(_file(folder), wrong, f"add one, or set {FALLBACK}", column="owner", value=f"{ALL}, {severity}")
            for severity in ("failed", "warned")
            if (ALL, severity) not in taken
        ]
    return found


def fallback_faults(settings: Settings) -> Iterator[str]:
    """What of TOUCHSTONE_ALERT_URLS is no URL, by its place."""
    for place, url in enumerate(settings.alert_urls, start=1):
        if not is_url(url):
            yield f"{FALLBACK}: entry {place} is no apprise URL; {remedy_of(url)}"


def _quiet(line: int, row: Row) -> Iterator[Finding]:
    filled = [name for name in QUIET if row[name]]
    if filled and len(filled) < len(QUIET):
        missing = ", ".join(name for name in QUIET if not row[name])
        yield _finding(
            line, filled[0], row, f"is not enough for quiet hours: {missing} is empty", "fill in all three, or none"
        )
    elif filled and row["quiet_from"] == row["quiet_to"]:
        remedy = "write other times, or leave all three empty for no quiet hours"
        yield _finding(line, "quiet_to", row, "is also where the quiet hours begin, so there are none", remedy)
    if row["ignores_quiet_hours"].lower() == "true" and (row["severity"] != "failed" or not filled):
        wrong = "does nothing: only rows of failed checks that have quiet hours may ignore them"
        yield _finding(line, "ignores_quiet_hours", row, wrong, "write false")


def _steps(line: int, row: Row) -> Iterator[Finding]:
    names = ("escalate_after_nights", "escalate_to")
    filled = [name for name in names if row[name]]
    if len(filled) == 1:
        wrong = "is one half of an escalation: after how many nights, and to whom"
        yield _finding(line, filled[0], row, wrong, f"fill in {', '.join({*names} - {*filled})} too, or empty both")
    elif filled and row["severity"] not in ("failed", "warned"):
        yield _finding(
            line, filled[1], row, "does nothing: only failed and warned checks are escalated", "empty both cells"
        )
    elif filled and row["escalate_to"] == row["owner"]:
        yield _finding(
            line, "escalate_to", row, "is the owner who was told already", "name another owner, or empty both cells"
        )


def _urls(line: int, row: Row) -> Iterator[Finding]:
    if row["variable"] == FALLBACK or not _is_name(row["variable"]):
        return
    for place, url in enumerate(variable(row["variable"]).split(), start=1):
        if not is_url(url):
            yield _finding(line, "variable", row, f"holds an entry ({place}) that {NOT_ONE}", remedy_of(url))


def _finding(line: int, column: str, row: Row, wrong: str, remedy: str) -> Finding:
    return Finding(f"seeds/{SEED}.csv", wrong, remedy, line=line, column=column, value=row[column] or None)


def _is_name(text: str) -> bool:
    return text.isidentifier() and text.isascii()


def _file(folder: Path) -> str:
    return f"{folder.name}/{SEED}.csv"


def _rows(folder: Path) -> list[tuple[int, Row]]:
    """Rows by line; none of a file that can't be read, which is a finding of the seeds' own look."""
    try:
        with (folder / f"{SEED}.csv").open(newline="", encoding="utf-8-sig") as lines:
            reader = csv.DictReader(lines)
            if not {*COLUMNS} <= {*(reader.fieldnames or ())}:
                return []
            return [(reader.line_num, {name: row[name] or "" for name in COLUMNS}) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error):
        return []
