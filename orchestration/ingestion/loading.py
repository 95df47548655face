"""Extracts of every format into batches: those of one header are read together and written as one."""

from collections.abc import Mapping as Places
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import duckdb

from orchestration.contracts import Contract, squash
from orchestration.ingestion import readers
from orchestration.ingestion.envelopes import RAW_COLUMN, is_document
from orchestration.ingestion.extracts import Extract
from orchestration.ingestion.headers import (
    Conventions,
    Mapping,
    Rejected,
    find_delimiter,
    match,
    resolve,
    split,
    unprefixed,
)
from orchestration.ingestion.numbers import conventions
from orchestration.ingestion.reports import Header, find_header
from orchestration.ingestion.texts import KeyPath, Texts, extract_texts, load_texts, unwrap_columns

Member = tuple[Extract, Mapping]
# A file of which nothing could be used: why, and what to do.
Rejection = tuple[Extract, str]

MOST_COLUMNS = 5_000
PARTED_BY = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
# What DuckDB raises for broken Parquet; a full disk or memory is not the file's fault.
PARQUET_ERRORS = (
    duckdb.InvalidInputException,
    duckdb.IOException,
    duckdb.SerializationException,
    duckdb.ConversionException,
)


class Write(Protocol):
    """Commits what stands in `raw` as one batch: the files by their number there, and the rows read by the same."""

    def __call__(
        self,
        members: Places[int, Member],
        rows_read: Sequence[int],
        *,
        mapping: Mapping,
        bad: Sequence[readers.BadRow],
    ) -> None:
        """`mapping` is the files' common one; `bad` are rows that `raw` lacks."""


class Loader:
    """Reads the files of one table."""

    def __init__(
        self, contract: Contract, *, connection: duckdb.DuckDBPyConnection, scratch: Path, write: Write
    ) -> None:
        self.contract = contract
        self.connection = connection
        self.scratch = scratch
        self.write = write
        self.headers: dict[tuple[str, str], Header] = {}
        self.rejected: list[Rejection] = []
        # What each file is, by path.
        self.shapes: dict[str, str] = {}
        # Files that say that another page follows, with the key that says so.
        self.more: dict[str, str] = {}

    def load(self, extracts: Sequence[Extract]) -> list[Rejection]:
        """Read files and have their batches written; returns those that can't be."""
        self.rejected = []
        self._load_parquet([extract for extract in extracts if extract.format == "parquet"])
        self._load_json([extract for extract in extracts if extract.format == "text" and _is_json(extract)])
        self._load_delimited([extract for extract in extracts if extract.format == "text" and not _is_json(extract)])
        return self.rejected

    def _load_delimited(self, extracts: list[Extract]) -> None:
        groups: dict[tuple[str, tuple[str, ...], int, bool], list[Member]] = {}
        for extract in extracts:
            try:
                header, is_plain = self._header(extract)
            except Rejected as error:
                self.rejected.append((extract, str(error)))
                continue
            above = f", {header.skipped} lines above its header" if header.skipped else ""
            self._note_shape(extract, f"text parted by {PARTED_BY.get(header.delimiter, header.delimiter)}{above}")
            is_fast = is_plain and not extract.has_nul and not extract.is_damaged
            like = header.delimiter, header.mapping.headers, header.skipped, is_fast
            groups.setdefault(like, []).append((extract, header.mapping))
        for (delimiter, headers, skipped, is_fast), members in groups.items():
            slow = self._load_fast(members, delimiter, len(headers)) if is_fast else members
            if slow:
                loaded = readers.load_delimited_carefully(
                    self.connection,
                    [extract for extract, _ in slow],
                    delimiter=delimiter,
                    headers=headers,
                    skipped=skipped,
                )
                self._take(slow, range(len(slow)), loaded, delimiter=delimiter)

    def _load_fast(self, members: list[Member], delimiter: str, width: int) -> list[Member]:
        """Commit what reads cleanly; returns what does not, found by asking each file, or else by halving."""
        try:
            loaded, doubtful = readers.load_delimited(
                self.connection,
                [extract for extract, _ in members],
                delimiter=delimiter,
                width=width,
                scratch=self.scratch,
            )
        except duckdb.InvalidInputException:
            clean = [m for m in members if readers.is_clean(self.connection, m[0], delimiter=delimiter, width=width)]
            if 0 < len(clean) < len(members):
                unclean = [member for member in members if member not in clean]
                return [*unclean, *self._load_fast(clean, delimiter, width)]
            loaded, doubtful = None, list(range(len(members)))
        if loaded:
            good = sorted(set(range(len(members))) - set(doubtful))
            self._take(members, good, loaded, delimiter=delimiter)
        rest = [members[i] for i in doubtful]
        if len(members) == 1 or not rest:
            return rest
        if len(rest) < len(members):
            return self._load_fast(rest, delimiter, width)
        half = len(rest) // 2
        return [*self._load_fast(rest[:half], delimiter, width), *self._load_fast(rest[half:], delimiter, width)]

    def _take(
        self,
        members: Sequence[Member],
        places: Sequence[int],
        loaded: readers.Loaded,
        *,
        delimiter: str | None = None,
    ) -> None:
        """Write what `raw` holds of some of the files that were read together, opening JSON in its columns."""
        mapping = members[0][1]
        if not self._is_wrapped(mapping.headers):
            self._write({place: members[place] for place in places}, loaded, mapping=mapping, delimiter=delimiter)
            return
        extracts = [extract for extract, _ in members]
        read = unwrap_columns(self.connection, extracts, loaded=loaded, headers=mapping.headers, contract=self.contract)
        self._write_texts(extracts, places, read)

    def _write(
        self, members: dict[int, Member], loaded: readers.Loaded, *, mapping: Mapping, delimiter: str | None = None
    ) -> None:
        """Write files that were read together, those that part their decimals alike as one batch."""
        if delimiter:
            readers.drop_blank_rows(self.connection, loaded, width=len(mapping.headers))
        known = conventions(self.connection, self.contract, mapping, delimiter=delimiter)
        alike: dict[str, tuple[Conventions, dict[int, Member]]] = {}
        for place, member in members.items():
            found = known.get(place, {})
            if isinstance(found, str):
                self.rejected.append((member[0], found))
                continue
            alike.setdefault(repr(found), (found, {}))[1][place] = member
        for decimals, group in alike.values():
            self.write(
                group,
                loaded.rows_read,
                mapping=replace(mapping, decimals=decimals),
                bad=[row for row in loaded.bad if row.file_index in group],
            )

    def _note_shape(self, extract: Extract, shape: str) -> None:
        self.shapes[extract.file.path] = f"{shape}, in {extract.packing}" if extract.packing else shape

    def _is_wrapped(self, headers: Sequence[str]) -> bool:
        return not {RAW_COLUMN, *self.contract.nests}.isdisjoint(headers)

    def _header(self, extract: Extract) -> tuple[Header, bool]:
        """The header, and whether it is the whole of the first line, as the fast reader needs."""
        text = extract.head.lstrip("\r\n")
        if not text.strip():
            raise Rejected("the file is empty, without even a header; deliver it again if it should hold rows")
        line = text.partition("\n")[0].removesuffix("\r")
        is_plain = text == extract.head and "\r" not in line and line.count('"') % 2 == 0
        spelled = (line if is_plain else text, Path(extract.file.path).suffix)
        if spelled not in self.headers:
            try:
                self.headers[spelled] = self._first_header(spelled[0], name=extract.file.path)
            except Rejected:
                header = find_header(self.contract, extract.head, name=extract.file.path)
                if header is None:
                    raise
                return header, False
        return self.headers[spelled], is_plain

    def _first_header(self, text: str, *, name: str) -> Header:
        delimiter = find_delimiter(self.contract, text, name=name)
        headers = split(text, delimiter)
        if len(headers) > MOST_COLUMNS:
            raise Rejected(f"the header has {len(headers)} columns, more than {MOST_COLUMNS}; this is no table")
        return Header(delimiter, self._resolve(headers), skipped=0)

    def _load_json(self, extracts: list[Extract]) -> None:
        if not extracts:
            return
        for extract in extracts:
            is_whole = is_document(extract.head, contract=self.contract)
            self._note_shape(extract, "a JSON document" if is_whole else "JSON lines")
        read = load_texts(self.connection, extracts, contract=self.contract, scratch=self.scratch)
        self.more |= {extracts[place].file.path: key for place, key in read.more.items()}
        self.rejected += [(extracts[place], why) for place, why in sorted(read.refused.items())]
        self._write_texts(extracts, [place for place in range(len(extracts)) if place not in read.refused], read)

    def _write_texts(self, extracts: Sequence[Extract], places: Sequence[int], read: Texts) -> None:
        """Write some of the files in `texts`, those of like keys together."""
        groups: list[tuple[object, dict[str, KeyPath], list[int]]] = []
        mappings: dict[int, Mapping] = {}
        for place in places:
            keys = [".".join(path) for path in read.paths[place]]
            try:
                if len(keys) > MOST_COLUMNS:
                    raise Rejected(f"its rows have {len(keys)} different keys, more than {MOST_COLUMNS}")
                mappings[place] = resolve(self.contract, keys, is_json=True)
            except Rejected as error:
                self.rejected.append((extracts[place], str(error)))
                continue
            # Of columns that share a key the first names it.
            columns = {column: name for name, column in reversed(mappings[place].claims.items())}
            # A column that files spell in several ways is read in as many batches.
            spelled = {
                columns.get(column) or squash(unprefixed(self.contract, key)) or key: path
                for column, (key, path) in enumerate(zip(keys, read.paths[place], strict=True))
            }
            # Of a file without a marker nothing is known, of one whose marker is null the record is there.
            marked = {squash(keys[column]) for column, _ in mappings[place].markers}
            like = marked, {path[:-1] for path in read.paths[place]}
            fitting = next(
                (g for g in groups if g[0] == like and all(g[1].get(k, v) == v for k, v in spelled.items())), None
            )
            if fitting is None:
                fitting = (like, {}, [])
                groups.append(fitting)
            fitting[1].update(spelled)
            fitting[2].append(place)
        for _, spelled, members in groups:
            paths = list(spelled.values())
            extract_texts(self.connection, places=members, keys=paths)
            self._write(
                {place: (extracts[place], mappings[place]) for place in members},
                read.loaded,
                mapping=match(self.contract, [".".join(path) for path in paths]),
            )

    def _load_parquet(self, extracts: list[Extract]) -> None:
        groups: dict[tuple[tuple[str, str], ...], list[Member]] = {}
        for extract in extracts:
            try:
                columns = readers.parquet_columns(self.connection, extract)
                mapping = self._resolve([column for column, _ in columns])
            except Rejected as error:
                self.rejected.append((extract, str(error)))
            except PARQUET_ERRORS as error:
                self.rejected.append((extract, _broken_parquet(error)))
            else:
                self._note_shape(extract, "Parquet")
                groups.setdefault(tuple(columns), []).append((extract, mapping))
        for columns, members in groups.items():
            self._load_parquet_group(members, columns)

    def _load_parquet_group(self, members: list[Member], columns: tuple[tuple[str, str], ...]) -> None:
        try:
            loaded = readers.load_parquet(self.connection, [extract for extract, _ in members], columns=columns)
        except PARQUET_ERRORS as error:
            if len(members) == 1:
                bytes_read = readers.parquet_columns(self.connection, members[0][0], are_texts=False)
                if tuple(bytes_read) != columns and any(kind == "BLOB" for _, kind in bytes_read):
                    self._load_parquet_group(members, tuple(bytes_read))
                    return
                self.rejected.append((members[0][0], _broken_parquet(error)))
                return
            for member in members:
                self._load_parquet_group([member], columns)
            return
        self._take(members, range(len(members)), loaded)

    def _resolve(self, headers: Sequence[str]) -> Mapping:
        """The mapping of a header; where columns hold JSON, its keys are mapped instead."""
        if self._is_wrapped(headers):
            return Mapping(tuple(headers), {}, (), (), ())
        return resolve(self.contract, headers)


def _is_json(extract: Extract) -> bool:
    name = extract.file.path.lower().removesuffix(".gz")
    return name.endswith((".json", ".jsonl", ".ndjson")) or extract.head.lstrip()[:1] in ("{", "[")


def _broken_parquet(error: duckdb.Error) -> str:
    why = str(error).splitlines()[0]
    return f"the Parquet file can't be read ({why}); it is cut short or damaged, so deliver it again"
