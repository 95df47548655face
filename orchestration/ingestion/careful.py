"""The slow readers: record by record, for files that DuckDB can't read cleanly, so that every good row still loads."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REPLACEMENT = "\ufffd"
# A quote that is never closed swallows what follows; records are given up at this length and read again line by line.
LONGEST_RECORD = 16_000_000
# Lines read again in one file, at most; damage beyond it is quarantined in larger pieces.
REREAD_LINES = 2_000_000


@dataclass(frozen=True)
class Record:
    """One record: fields when it is good, else why not. `is_lone` tells that a bad one is a single field."""

    line: int
    fields: list[str] | None
    raw_text: str
    is_lone: bool = False
    reason: str | None = None
    remedy: str | None = None


def read_records(
    path: Path, *, delimiter: str, width: int, trailing_blanks: int, is_damaged: bool, skipped: int = 0
) -> Iterator[Record]:
    """Records of a delimited file, the header first; blank lines are none. Each has `width` fields or a reason.

    `skipped` lines stand before the header.
    """
    csv.field_size_limit(2**31 - 1)
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as text:
        for _ in range(skipped):
            next(text, None)
        lines = _Lines(text, number=skipped + 1)
        while True:
            fields, problem = _next_record(lines, delimiter)
            if fields is None and problem is None:
                return
            taken = lines.taken
            if not "".join(taken).strip():
                lines.advance()
                continue
            is_lone = fields is not None and len(fields) == 1
            if not problem:
                fields, problem = _fit(fields, width, trailing_blanks)
            raw = "".join(taken)
            if not problem:
                fields, problem = _whole(fields, raw, is_damaged)
            if problem and len(taken) > 1 and lines.give_back(REREAD_LINES):
                # Only the first line is surely bad; the next ones may be good records behind an unclosed quote.
                raw = lines.taken[0]
            yield Record(lines.number, None if problem else fields, _shown(raw), is_lone, *(problem or (None, None)))
            lines.advance()


class _Lines:
    """Physical lines with a way back: `taken` are those of the record being read, which starts at line `number`."""

    def __init__(self, source: Iterator[str], *, number: int) -> None:
        self._source = source
        self._queue: list[str] = []
        self.taken: list[str] = []
        self.number = number
        self._reread = 0
        self._length = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._queue.pop() if self._queue else next(self._source)
        self.taken.append(line)
        self._length += len(line)
        if self._length > LONGEST_RECORD:
            raise csv.Error("record too long")
        return line

    def give_back(self, limit: int) -> bool:
        """Put all lines but the first back; False when too much was read twice already."""
        if self._reread + len(self.taken) > limit:
            return False
        self._reread += len(self.taken)
        self._queue.extend(reversed(self.taken[1:]))
        del self.taken[1:]
        return True

    def advance(self) -> None:
        """Go to the next record."""
        self.number += len(self.taken)
        self.taken = []
        self._length = 0


def _next_record(lines: _Lines, delimiter: str) -> tuple[list[str] | None, tuple[str, str] | None]:
    try:
        return next(csv.reader(lines, delimiter=delimiter, strict=True)), None
    except StopIteration:
        return None, None
    except csv.Error:
        if not lines.taken:
            return None, None
        return None, (
            "its quotes don't pair up",
            "Have the export put fields with quotes, commas or line breaks in quotes, and double the quotes inside.",
        )


def _fit(fields: list[str], width: int, trailing_blanks: int) -> tuple[list[str] | None, tuple[str, str] | None]:
    if len(fields) > width and not any(field.strip() for field in fields[width:]):
        fields = fields[:width]
    if width - trailing_blanks <= len(fields) < width:
        fields = fields + [""] * (width - len(fields))
    if len(fields) == width:
        return fields, None
    few = "fewer" if len(fields) < width else "more"
    return None, (
        f"it has {len(fields)} fields, {few} than the header's {width}",
        "Look for an unquoted delimiter or line break in the row, or a line cut short, and deliver the file again.",
    )


def _whole(fields: list[str], raw: str, is_damaged: bool) -> tuple[list[str] | None, tuple[str, str] | None]:
    if "\0" in raw:
        return None, ("it holds NUL bytes, as a file does that was cut while being written", "Deliver the file again.")
    if is_damaged and REPLACEMENT in raw:
        return None, (
            "it holds bytes that are no text in the file's encoding",
            "Export as UTF-8, or declare the table's `encoding` in its contract, and deliver the file again.",
        )
    return fields, None


def _shown(raw: str) -> str:
    return raw.rstrip("\r\n").replace("\0", "\u2400")[:10_000]
