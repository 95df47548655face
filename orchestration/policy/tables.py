"""A seed's file as text by line, and what keeps it from being the table that it shall be."""

import csv
import io
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import pandas

from orchestration.policy.findings import Finding

SAVE_AS_UTF8 = 'in Excel, save it as "CSV UTF-8 (Comma delimited)"'
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
_NOT_UTF8 = "[\udc80-\udcff]"  # what Python makes of a byte that is none of UTF-8
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Table:
    """The rows that can be judged, by line: text as it stands, null in an empty cell; only columns of the rules."""

    file: str
    frame: pandas.DataFrame
    findings: tuple[Finding, ...]


def read(path: Path, columns: Collection[str]) -> Table:
    """The table of a seed whose rules name `columns`, read on as far as can be, so that one look finds every fault.

    It is parsed as dbt parses it, by Python's csv. A byte order mark, as Excel writes, is none of the text: dbt and
    DuckDB read over it too.
    """
    file = f"{path.parent.name}/{path.name}"
    data = path.read_bytes()
    text, findings = _decoded(data, file)
    lines = text.split("\n", 1)
    separator = ","
    first = 1
    if re.fullmatch(r"sep=.", lines[0].strip().strip('"')):
        separator = lines[0].strip().strip('"')[-1]
        text, first = lines[1] if len(lines) > 1 else "", 2
        wrong = "is Excel's own line, not a name of columns"
        findings.append(Finding(file, wrong, "delete the line", line=1, value=lines[0].strip()))
    else:
        separator = _separator(lines[0], columns)
    if not text.strip():
        return _unreadable(file, "is empty", f"write the line of column names: {','.join(columns)}", columns, findings)
    if separator in SEPARATORS:
        remedy = f'part them by commas: {SAVE_AS_UTF8}; where the region writes {SEPARATORS[separator]}, use "Save as" '
        remedy += "of an editor or LibreOffice, which ask for the sign"
        wrong = f"parts its columns by {SEPARATORS[separator]}"
        findings.append(Finding(file, wrong, remedy, line=first, value=text.split("\n", 1)[0][:60]))
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=separator))
    except csv.Error as error:
        remedy = 'look for a quotation mark (") that opens and is never closed'
        return _unreadable(file, f"is no table: {error}", remedy, columns, findings)
    body = pandas.Series(rows[1:], index=_lines(rows, text, first)[1:], dtype=object)
    header = rows[0]
    findings += _header_findings(file, header, columns, line=first)
    frame, of_rows = _body(file, body, header)
    findings += of_rows
    if _is_cp1252(data):
        findings = [*findings, *_cp1252_cells(file, data, header, separator=separator)]
    known = [name for name in dict.fromkeys(header) if name in columns]
    return Table(file, frame.loc[:, known], tuple(findings))


def _decoded(data: bytes, file: str) -> tuple[str, list[Finding]]:
    """The text with its lines parted by a newline alone; bytes that are not UTF-8 are read as Windows writes them."""
    findings = []
    if data.startswith(_UTF16):
        text = data.decode("utf-16", errors="replace")
        wrong = 'is "Unicode text" (UTF-16), which dbt can\'t read'
        findings.append(Finding(file, wrong, SAVE_AS_UTF8, line=1))
    else:
        text = data.decode("cp1252", errors="replace") if _is_cp1252(data) else data.decode("utf-8-sig")
    return text.replace("\r\n", "\n").replace("\r", "\n"), findings


def _is_cp1252(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return not data.startswith(_UTF16)
    return False


def _cp1252_cells(file: str, data: bytes, header: Sequence[str], *, separator: str) -> Iterator[Finding]:
    """Each cell that holds bytes of Windows' encoding."""
    text = data.decode("utf-8", errors="surrogateescape").replace("\r\n", "\n").replace("\r", "\n")
    rows = list(csv.reader(io.StringIO(text), delimiter=separator))
    cells = pandas.DataFrame(rows, index=_lines(rows, text, 1), dtype=object).stack()
    for (line, place), cell in cells[cells.str.contains(_NOT_UTF8, na=False)].items():
        yield Finding(
            file,
            "is written in Windows' own encoding (cp1252), which dbt can't read",
            f"{SAVE_AS_UTF8}, not as plain CSV",
            line=line,
            column=header[place] if place < len(header) else None,
            value=cell.encode("utf-8", errors="surrogateescape").decode("cp1252", errors="replace"),
        )


def _separator(header: str, columns: Collection[str]) -> str:
    """The sign that parts most of the known columns; a comma unless another does better."""

    def known(sign: str) -> int:
        return len({name.strip().strip('"') for name in header.split(sign)} & set(columns))

    return max((",", *SEPARATORS), key=known)


def _lines(rows: Sequence[Sequence[str]], text: str, first: int) -> list[int]:
    """The line in which each row begins: a cell may hold line breaks."""
    if text.rstrip("\n").count("\n") + 1 <= len(rows):
        return list(range(first, first + len(rows)))
    # Counted in plain text: pandas stores no byte that is no letter.
    breaks = pandas.Series([sum(cell.count("\n") for cell in row) for row in rows], dtype="int64")
    return (breaks.add(1).cumsum().shift(fill_value=0) + first).astype(int).tolist()


def _header_findings(file: str, header: Sequence[str], columns: Collection[str], *, line: int) -> Iterator[Finding]:
    names = pandas.Series(header, dtype=object)
    missing = [name for name in columns if name not in header]
    for name in names[names.duplicated() & names.isin(list(columns))].unique():
        remedy = "keep one of the two columns"
        yield Finding(file, "names two columns", remedy, line=line, column=name, value=name)
    for name in names[~names.isin(list(columns))].unique():
        near = get_close_matches(name.lower(), missing, n=1)
        missing = [other for other in missing if other not in near]
        remedy = f"did you mean {near[0]!r}?" if near else f"delete the column; known are {', '.join(columns)}"
        yield Finding(file, "is no column of this seed", remedy, line=line, value=name)
    for name in missing:
        yield Finding(file, "is missing", f"add the column {name!r} to line {line}", line=line, column=name)


def _body(file: str, body: pandas.Series, header: Sequence[str]) -> tuple[pandas.DataFrame, list[Finding]]:
    """The rows that have a cell for every column, and what is wrong with the others."""
    widths, filled = body.str.len(), body.map("".join).str.strip()
    is_blank = filled == ""
    is_odd = ~is_blank & (widths != len(header))
    findings = [
        Finding(file, "is a blank row", "delete the row, also below the last one", line=line)
        for line in body.index[is_blank]
    ]
    for line, width in widths[is_odd].items():
        wrong = f"has {width} cells where the header has {len(header)}"
        more = 'a text that holds a comma stands in quotation marks: "a, b"'
        remedy = more if width > len(header) else f"{more}; an empty cell keeps its comma"
        findings.append(Finding(file, wrong, remedy, line=line, value=",".join(body[line])[:80]))
    kept = body[~is_blank & ~is_odd]
    frame = pandas.DataFrame(kept.tolist(), index=kept.index, columns=range(len(header)), dtype="str")
    # Of two columns of one name the first is judged.
    frame = frame.loc[:, ~pandas.Series(header, dtype=object).duplicated().to_numpy()]
    frame.columns = list(dict.fromkeys(header))
    return frame.mask(frame == ""), findings


def _unreadable(file: str, wrong: str, remedy: str, columns: Collection[str], findings: Sequence[Finding]) -> Table:
    empty = pandas.DataFrame({name: pandas.Series(dtype="str") for name in columns})
    return Table(file, empty, (*findings, Finding(file, wrong, remedy, line=1)))
