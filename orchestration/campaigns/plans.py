"""Launch plans as people write them: CSV, XLSX, a list of links; and the corrected copy of one."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from orchestration.campaigns.links import UTM_FIELDS

FIELDS = (
    "campaign_name", "campaign_type", "owner", "team", "channel", "start_date", "end_date", "budget_amount",
    "currency_code", "landing_page", *UTM_FIELDS, "url", "redirect_url", "form", "form_fields", "hidden_fields",
)  # fmt: skip
# What plans call them, in lower case and with underscores.
ALSO = {
    "campaign": "campaign_name", "name": "campaign_name", "type": "campaign_type", "start": "start_date",
    "launch_date": "start_date", "end": "end_date", "budget": "budget_amount", "currency": "currency_code",
    "landing_page_url": "landing_page", "page": "landing_page", "source": "utm_source", "medium": "utm_medium",
    "term": "utm_term", "content": "utm_content", "link": "url", "tagged_url": "url", "final_url": "redirect_url",
    "redirects_to": "redirect_url",
}  # fmt: skip
NOTES = "touchstone"
SEPARATORS = (",", ";", "\t", "|")
MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
SHEETS = (".xlsx", ".xlsm")
HEADER_WITHIN = 20  # lines; titles and notes may stand above the names of the columns


class NoPlan(ValueError):
    """A file is no launch plan; the message names it and what to do."""


@dataclass(frozen=True)
class Row:
    """One line of a plan: its cells by field, and the fields that the plan has a column for."""

    line: int
    cells: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "")

    def has(self, name: str) -> bool:
        """Whether the plan says something of the field, be it nothing."""
        return name in self.cells


@dataclass(frozen=True)
class Plan:
    """The rows of a plan, and where they came from: a file, or none for links of the command line.

    `columns` are the places of its fields, named in the line `header_line`.
    """

    rows: tuple[Row, ...]
    path: Path | None = None
    columns: Mapping[str, int] = field(default_factory=dict)
    header_line: int = 0


def of_links(links: Sequence[str]) -> Plan:
    """A plan of links alone, numbered from 1."""
    return Plan(tuple(Row(number, {"url": link}) for number, link in enumerate(links, start=1)))


def read(path: Path) -> Plan:
    """The plan in a file; raises NoPlan when it is none, and names what it needs."""
    if not path.is_file():
        raise NoPlan(
            f"{path} is no file; name a plan (CSV or XLSX), a list of links, or a link that begins with https://"
        )
    table = _sheet(path) if path.suffix.lower() in SHEETS else _text(path)
    filled = [(line, cells) for line, cells in table if any(cells)]
    if filled and not any(any(cells[1:]) for _, cells in filled) and _are_links([cells[0] for _, cells in filled]):
        return Plan(tuple(Row(line, {"url": cells[0]}) for line, cells in filled))  # links alone
    header_place = next((place for place, (_, cells) in enumerate(filled) if len(_columns(cells)) > 0), None)
    if header_place is None:
        raise NoPlan(f"{path} has no column that a plan has; name some of {', '.join(FIELDS)} in its first line")
    header_line, header = filled[header_place]
    columns = _columns(header)
    twice = [name for name in columns if len(_places(header, name)) > 1]
    if twice:
        raise NoPlan(f"{path} has the column {twice[0]} twice; keep one")
    rows = (
        Row(line, {name: cells[place] if place < len(cells) else "" for name, place in columns.items()})
        for line, cells in filled[header_place + 1 :]
    )
    return Plan(tuple(rows), path, columns, header_line)


def _are_links(lines: Sequence[str], separator: str = ",") -> bool:
    """Whether most lines are links, and none names a column of a plan: what else stands there is no link."""
    links = [line for line in lines if re.match("https?://", line)]
    others = [line for line in lines[:HEADER_WITHIN] if line not in links]
    return 2 * len(links) > len(lines) and not any(_columns(cells) for cells in csv.reader(others, delimiter=separator))


def changed(plan: Plan, cells: Mapping[int, Mapping[str, str]]) -> Plan:
    """The plan with other `cells`, by line and field."""
    rows = (replace(row, cells={**row.cells, **cells.get(row.line, {})}) for row in plan.rows)
    return replace(plan, rows=tuple(rows))


def write_corrected(plan: Plan, cells: Mapping[int, Mapping[str, str]], notes: Mapping[int, str]) -> Path:
    """Write a copy of the plan's file beside it, with other `cells` by line and field and a last column of `notes`.

    Returns the copy's path; what is not corrected stays as it was, a workbook's formats too.
    """
    if plan.path is None:
        raise ValueError("links of the command line have no file beside which a copy could stand")
    target = plan.path.with_name(f"{plan.path.stem}.corrected{plan.path.suffix}")
    if plan.path.suffix.lower() in SHEETS:
        _write_sheet(plan, plan.path, target, cells, notes)
    else:
        _write_text(plan, plan.path, target, cells, notes)
    return target


def day(text: str) -> date | None:
    """A day as ISO 8601 has it; None where it is none."""
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        return None


def _columns(header: Sequence[str]) -> dict[str, int]:
    """The place of each known field."""
    return {name: place for place, name in reversed([*enumerate(map(_field, header))]) if name in FIELDS}


def _places(header: Sequence[str], name: str) -> list[int]:
    return [place for place, cell in enumerate(header) if _field(cell) == name]


def _field(header: str) -> str:
    name = re.sub(r"[\s_-]+", "_", header.strip().lower()).strip("_")
    return ALSO.get(name, name)


def _text(path: Path) -> list[tuple[int, list[str]]]:
    text, separator = _decoded(path.read_bytes())
    lines = [line.strip() for line in text.splitlines()]
    if _are_links([line for line in lines if line], separator):
        return [(number, [line]) for number, line in enumerate(lines, start=1)]
    rows, line = [], 1
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    for cells in reader:
        rows.append((line, [cell.strip() for cell in cells]))
        line = reader.line_num + 1
    return rows


def _decoded(data: bytes) -> tuple[str, str]:
    """The text and what parts its columns: the sign by which one of its lines names most fields of a plan."""
    encoding = next((name for mark, name in MARKS.items() if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:  # as Excel's plain "CSV" writes it
        text = data.decode("cp1252", errors="replace")
    text = text.lstrip("\ufeff")
    lines = text.splitlines()[:HEADER_WITHIN]

    def named(separator: str) -> int:
        return max((len(_columns(row)) for row in csv.reader(lines, delimiter=separator)), default=0)

    return text, max(SEPARATORS, key=named)


def _sheet(path: Path) -> list[tuple[int, list[str]]]:
    try:
        return _table(_plan_sheet(_workbook(path)))
    except (KeyError, OSError, ValueError) as error:
        raise NoPlan(f"{path} is no workbook that can be read ({error}); save it as XLSX or CSV") from error


def _plan_sheet(workbook: Any) -> Any:
    """The first sheet with a column of a plan, else the first one."""
    sheets = workbook.worksheets
    return next((sheet for sheet in sheets if any(_columns(cells) for _, cells in _table(sheet))), sheets[0])


def _table(sheet: Any) -> list[tuple[int, list[str]]]:
    return [(row[0].row, [_shown(cell.value) for cell in row]) for row in sheet.iter_rows()]


def _workbook(path: Path) -> Any:
    from zipfile import BadZipFile

    from openpyxl import load_workbook

    try:
        return load_workbook(path)
    except BadZipFile as error:
        raise ValueError(error) from error


def _shown(value: object) -> str:
    """A cell as text: days as yyyy-mm-dd, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _write_text(
    plan: Plan, source: Path, target: Path, cells: Mapping[int, Mapping[str, str]], notes: Mapping[int, str]
) -> None:
    text, separator = _decoded(source.read_bytes())
    with target.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file, delimiter=separator, lineterminator="\n")
        reader, line = csv.reader(io.StringIO(text), delimiter=separator), 1
        for given in reader:
            row = list(given)
            for name, value in cells.get(line, {}).items():
                row += [""] * (plan.columns[name] + 1 - len(row))
                row[plan.columns[name]] = value
            writer.writerow([*row, NOTES if line == plan.header_line else notes.get(line, "")])
            line = reader.line_num + 1


def _write_sheet(
    plan: Plan, source: Path, target: Path, cells: Mapping[int, Mapping[str, str]], notes: Mapping[int, str]
) -> None:
    workbook = _workbook(source)
    sheet = _plan_sheet(workbook)
    last = sheet.max_column + 1
    sheet.cell(plan.header_line, last, NOTES)
    for line, named in cells.items():
        for name, value in named.items():
            sheet.cell(line, plan.columns[name] + 1, value)
    for line, note in notes.items():
        sheet.cell(line, last, note)
    workbook.save(target)
