"""What a check found, for people at a terminal, for pipes, and for machines."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Column, Table

from orchestration.checking.marts import Mart
from orchestration.checking.policy import Policy
from orchestration.checking.reading import CheckedFile, CheckedLanding, Finding
from orchestration.checking.vocabularies import Gap
from orchestration.ingestion.files import DECLARATION
from orchestration.policy.findings import listed

ZONE_REMEDY = f"write the zone that the screen shows as `timestamp_zone` into {DECLARATION} in its folder"
STYLES = {"rejected": "red", "waiting": "yellow"}
SAYS = {"loaded": "loads", "duplicate": "known: another file holds the same", "rejected": "refused", "waiting": "waits"}


def as_json(policy: Policy, checked: CheckedLanding | None) -> str:
    """All of it as one JSON object: `policy`, and what a landing has where one was read."""
    landing = {} if checked is None else {**asdict(checked), "loads_whole": checked.loads_whole}
    said = {"is_sound": policy.is_sound, "counts": policy.counts, "findings": [asdict(f) for f in policy.findings]}
    said["hints"] = [asdict(hint) for hint in policy.hints]
    return json.dumps({"policy": said, **landing}, indent=2, default=str)


def show_policy(policy: Policy, console: Console) -> None:
    """Print each fault of the policy, then how many there are of what."""
    for line in listed(policy.findings):
        console.print(line, markup=False, soft_wrap=True)
    for line in listed(policy.hints):
        console.print(f"Hint: {line}", markup=False, soft_wrap=True)
    console.print(policy.headline(), style="green" if policy.is_sound else "red", markup=False, soft_wrap=True)


def show(checked: CheckedLanding, console: Console) -> None:
    """Print a table of files, then what to look at: plain lines where nobody sits at a terminal."""
    if console.is_terminal:
        console.print(_table(checked.files))
    else:
        for file in checked.files:
            print(file.path, file.table, SAYS[file.status], _shape(file), *_counts(file), sep="\t")
    for line in (*_file_lines(checked.files), *_landing_lines(checked)):
        console.print(line, markup=False, soft_wrap=True)
    console.print(_headline(checked), style="green" if checked.loads_whole else "red", soft_wrap=True)


def _table(files: Sequence[CheckedFile]) -> Table:
    counts = (Column(name, justify="right") for name in ("rows", "load", "quarantined"))
    table = Table(Column("file", overflow="fold"), "table", "", "shape", *counts, box=SIMPLE)
    for file in files:
        style = STYLES.get(file.status, "yellow" if file.rows_quarantined else "")
        table.add_row(file.path, file.table, SAYS[file.status], _shape(file), *_counts(file), style=style)
    return table


def _shape(file: CheckedFile) -> str:
    return ", ".join(part for part in (file.shape, file.encoding) if part)


def _counts(file: CheckedFile) -> tuple[str, str, str]:
    return f"{file.rows_read:,}", f"{file.rows_loaded:,}", f"{file.rows_quarantined:,}"


def _file_lines(files: Sequence[CheckedFile]) -> Iterator[str]:
    for file in files:
        lines = [
            *([f"refused: {file.error}"] if file.error else []),
            *(f"quarantined, {_finding(found)}" for found in file.quarantined),
            *(f"null, {_finding(found)}" for found in file.cells),
            *([f"unknown columns, kept beside: {', '.join(file.unknown_columns)}"] if file.unknown_columns else []),
            *([f"columns it lacks: {', '.join(file.missing_columns)}"] if file.missing_columns else []),
            *(f"says by {key!r} that another page follows, and none is there" for key in file.more_follows),
            *(
                [f"times without a zone, read as UTC: {', '.join(file.assumed_zones)}; {ZONE_REMEDY}"]
                if file.assumed_zones
                else []
            ),
        ]
        if lines:
            yield ""
            yield f"{file.path} ({file.table})"
            yield from (f"  {line}" for line in lines)


def _finding(found: Finding) -> str:
    where = f"first in line {found.line}" + (f": {found.value!r}" if found.value is not None else "")
    remedy = f"; {found.remedy}" if found.remedy else ""
    return f"{found.count:,}: {found.reason} ({where}){remedy}"


def _landing_lines(checked: CheckedLanding) -> Iterator[str]:
    if checked.strays:
        yield "\nOf no table, so nobody reads them:"
        for stray, nearest in checked.strays.items():
            yield f"  {stray}" + (f"  (did you mean {' or '.join(nearest)}?)" if nearest else "")
    if checked.gaps:
        yield "\nValues that a seed does not know:"
        yield from (f"  {_gap(gap)}" for gap in checked.gaps)
    fed = [mart.name for mart in checked.marts if not mart.lacks]
    yield f"\nMarts that will have rows ({len(fed)} of {len(checked.marts)}): {', '.join(fed) or 'none'}"
    yield "Empty, until something is told of at least:"
    yield from (f"  {_empty(mart)}" for mart in checked.marts if mart.lacks)
    yield ""


def _gap(gap: Gap) -> str:
    values = ", ".join(f"{value!r} ({count:,})" for value, count in gap.values)
    return f"seeds/{gap.seed}.csv lacks, of {gap.table}.{gap.column}: {values}"


def _empty(mart: Mart) -> str:
    return f"{', '.join(mart.lacks)}: {mart.name}"


def _headline(checked: CheckedLanding) -> str:
    files = checked.files
    refused = sum(file.status == "rejected" for file in files)
    loaded, set_aside = sum(file.rows_loaded for file in files), sum(file.rows_quarantined for file in files)
    return (
        f"{len(files):,} files, {refused:,} refused; {loaded:,} rows would load, {set_aside:,} be quarantined; "
        f"{len(checked.strays):,} of no table. Nothing was written."
    )
