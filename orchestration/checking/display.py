"""What a check found, for people at a terminal, for pipes, and for machines."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace

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
COUNTS = ("rows", "load", "quarantined")
UNKNOWN, LACKING = "unknown columns, kept beside", "columns lacking"
ASSUMED = "times without a zone, read as UTC"
SAYS = {"loaded": "loads", "duplicate": "known: another file holds the same", "rejected": "refused", "waiting": "waits"}

# For each line of a table its cells and its style.
Rows = list[tuple[tuple[str, ...], str]]


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


def show(checked: CheckedLanding, console: Console, *, by_file: bool = False) -> None:
    """Print a table of tables, or of files, then what to look at: plain lines where nobody sits at a terminal."""
    header, rows = _by_file(checked.files) if by_file else _by_table(checked.files)
    if console.is_terminal:
        console.print(_table(header, rows))
    else:
        for cells in (header, *(cells for cells, _ in rows)):
            print(*cells, sep="\t", file=console.file)
    lines = _file_lines(checked.files) if by_file else _table_lines(checked.files)
    for line in (*lines, *_landing_lines(checked)):
        console.print(line, markup=False, soft_wrap=True)
    console.print(_headline(checked), style="green" if checked.loads_whole else "red", soft_wrap=True)


def _by_file(files: Sequence[CheckedFile]) -> tuple[tuple[str, ...], Rows]:
    """The header, and for each file its cells and style."""
    rows = [
        (
            (file.path, file.table, SAYS[file.status], _shape(file), *_counts([file])),
            STYLES.get(file.status, "yellow" if file.rows_quarantined else ""),
        )
        for file in files
    ]
    return ("file", "table", "it", "shape", *COUNTS), rows


def _by_table(files: Sequence[CheckedFile]) -> tuple[tuple[str, ...], Rows]:
    """The header, and for each table its cells and style."""
    rows: Rows = []
    for table, group in _grouped(files).items():
        counted = Counter(file.status for file in group)
        style = "red" if counted["rejected"] else "yellow" if any(file.rows_quarantined for file in group) else ""
        rows.append(((table, f"{len(group):,}", f"{counted['rejected']:,}", *_counts(group)), style))
    return ("table", "files", "refused", *COUNTS), rows


def _grouped(files: Sequence[CheckedFile]) -> Mapping[str, list[CheckedFile]]:
    grouped: dict[str, list[CheckedFile]] = defaultdict(list)
    for file in files:
        grouped[file.table].append(file)
    return grouped


def _table(header: tuple[str, ...], rows: Rows) -> Table:
    first, *others = header
    is_count = {"files", "refused", *COUNTS}
    columns = (Column(name, justify="right" if name in is_count else "left") for name in others)
    table = Table(Column(first, overflow="fold"), *columns, box=SIMPLE)
    for cells, style in rows:
        table.add_row(*cells, style=style)
    return table


def _shape(file: CheckedFile) -> str:
    return ", ".join(part for part in (file.shape, file.encoding) if part)


def _counts(files: Sequence[CheckedFile]) -> tuple[str, str, str]:
    counted = ((file.rows_read, file.rows_loaded, file.rows_quarantined) for file in files)
    read, loaded, set_aside = map(sum, zip(*counted, strict=True))
    return f"{read:,}", f"{loaded:,}", f"{set_aside:,}"


def _table_lines(files: Sequence[CheckedFile]) -> Iterator[str]:
    """What to look at, by table: refused and quarantined of each file, what files share once."""
    for table, group in _grouped(files).items():
        lines = [
            *(f"{file.path}: {line}" for file in group for line in _own_lines(file)),
            *_cell_lines(group),
            *_shared(UNKNOWN, {file.path: file.unknown_columns for file in group}),
            *_shared(LACKING, {file.path: file.missing_columns for file in group if file.status == "loaded"}),
            *(f"{line}; {ZONE_REMEDY}" for line in _shared(ASSUMED, {file.path: file.assumed_zones for file in group})),
        ]
        if lines:
            read = sum(file.rows_read for file in group)
            yield ""
            yield f"{table}: {len(group):,} {_plural('file', len(group))}, {read:,} {_plural('row', read)}"
            yield from (f"  {line}" for line in lines)


def _shared(says: str, held: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """What each column is, once for all files in which it is: of which, where it is not all, how many and the first."""
    files: dict[str, list[str]] = defaultdict(list)
    for path, columns in held.items():
        for column in columns:
            files[column].append(path)
    columns_of: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for column, paths in files.items():
        columns_of[tuple(paths)].append(column)
    for paths, columns in sorted(columns_of.items(), key=lambda found: (-len(found[0]), found[1])):
        which = "" if len(paths) == len(held) else f" in {len(paths):,} of {len(held):,} files, first {paths[0]}"
        yield f"{says}{which}: {', '.join(columns)}"


def _cell_lines(files: Sequence[CheckedFile]) -> Iterator[str]:
    found: dict[str, list[tuple[str, Finding]]] = defaultdict(list)
    for file in files:
        for cell in file.cells:
            found[cell.reason].append((file.path, cell))
    for cells in found.values():
        path, first = cells[0]
        count = sum(cell.count for _, cell in cells)
        which = f" in {len(cells):,} files, first {path}" if len(cells) > 1 else f" in {path}"
        yield f"null{which}, {_finding(replace(first, count=count))}"


def _own_lines(file: CheckedFile) -> list[str]:
    return [
        *([f"refused: {file.error}"] if file.error else []),
        *(f"quarantined, {_finding(found)}" for found in file.quarantined),
        *(f"says by {key!r} that another page follows, and none is there" for key in file.more_follows),
    ]


def _plural(thing: str, count: int) -> str:
    return thing if count == 1 else f"{thing}s"


def _file_lines(files: Sequence[CheckedFile]) -> Iterator[str]:
    for file in files:
        lines = [
            *_own_lines(file),
            *(f"null, {_finding(found)}" for found in file.cells),
            *([f"{UNKNOWN}: {', '.join(file.unknown_columns)}"] if file.unknown_columns else []),
            *([f"{LACKING}: {', '.join(file.missing_columns)}"] if file.missing_columns else []),
            *([f"{ASSUMED}: {', '.join(file.assumed_zones)}; {ZONE_REMEDY}"] if file.assumed_zones else []),
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
    counted = f"{len(files):,} {_plural('file', len(files))}, {refused:,} refused"
    return (
        f"{counted}; {loaded:,} {_plural('row', loaded)} would load, {set_aside:,} be quarantined; "
        f"{len(checked.strays):,} of no table. Nothing was written."
    )
