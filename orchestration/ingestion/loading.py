"""Extracts of every format into batches: those of one header are read together and written as one."""

from collections.abc import Mapping as Places
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import duckdb

from orchestration.contracts import Contract, squash
from orchestration.ingestion import readers
from orchestration.ingestion.extracts import Extract
from orchestration.ingestion.headers import Mapping, Rejected, find_delimiter, resolve, split

Member = tuple[Extract, Mapping]
# A file of which nothing could be used: why, and what to do.
Rejection = tuple[Extract, str]

MOST_COLUMNS = 5_000
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
        mapping: Mapping | None = None,
        bad: Sequence[readers.BadRow] = (),
    ) -> None:
        """`mapping` is the files' common one, by default that of the first; `bad` are rows that `raw` lacks."""


class Loader:
    """Reads the files of one table."""

    def __init__(
        self, contract: Contract, *, connection: duckdb.DuckDBPyConnection, scratch: Path, write: Write
    ) -> None:
        self.contract = contract
        self.connection = connection
        self.scratch = scratch
        self.write = write
        self.headers: dict[tuple[str, str], tuple[str, Mapping]] = {}

    def load(self, extracts: Sequence[Extract]) -> list[Rejection]:
        """Read files and have their batches written; returns those that can't be."""
        parquet = [extract for extract in extracts if extract.format == "parquet"]
        documents = [extract for extract in extracts if extract.format == "text" and _is_json(extract)]
        delimited = [extract for extract in extracts if extract.format == "text" and not _is_json(extract)]
        return [*self._load_parquet(parquet), *self._load_json(documents), *self._load_delimited(delimited)]

    def _load_delimited(self, extracts: list[Extract]) -> list[Rejection]:
        rejected: list[Rejection] = []
        groups: dict[tuple[str, tuple[str, ...], bool], list[Member]] = {}
        for extract in extracts:
            try:
                delimiter, mapping, is_plain = self._header(extract)
            except Rejected as error:
                rejected.append((extract, str(error)))
                continue
            is_fast = is_plain and not extract.has_nul and not extract.is_damaged
            groups.setdefault((delimiter, mapping.headers, is_fast), []).append((extract, mapping))
        for (delimiter, headers, is_fast), members in groups.items():
            slow = self._load_fast(members, delimiter, len(headers)) if is_fast else members
            if slow:
                chosen = [extract for extract, _ in slow]
                loaded = readers.load_delimited_carefully(self.connection, chosen, delimiter=delimiter, headers=headers)
                self.write(dict(enumerate(slow)), loaded.rows_read, bad=loaded.bad)
        return rejected

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
            self.write({place: members[place] for place in good}, loaded.rows_read)
        rest = [members[i] for i in doubtful]
        if len(members) == 1 or not rest:
            return rest
        if len(rest) < len(members):
            return self._load_fast(rest, delimiter, width)
        half = len(rest) // 2
        return [*self._load_fast(rest[:half], delimiter, width), *self._load_fast(rest[half:], delimiter, width)]

    def _header(self, extract: Extract) -> tuple[str, Mapping, bool]:
        """(delimiter, mapping, whether the first line is all of the header, as the fast reader needs)."""
        text = extract.head.lstrip("\r\n")
        if not text.strip():
            raise Rejected("the file is empty, without even a header; deliver it again if it should hold rows")
        line = text.partition("\n")[0].removesuffix("\r")
        is_plain = text == extract.head and "\r" not in line and line.count('"') % 2 == 0
        spelled = (line if is_plain else text, Path(extract.file.path).suffix)
        if spelled not in self.headers:
            delimiter = find_delimiter(self.contract, spelled[0], name=extract.file.path)
            headers = split(spelled[0], delimiter)
            if len(headers) > MOST_COLUMNS:
                raise Rejected(f"the header has {len(headers)} columns, more than {MOST_COLUMNS}; this is no table")
            self.headers[spelled] = delimiter, resolve(self.contract, headers)
        return *self.headers[spelled], is_plain

    def _load_json(self, extracts: list[Extract]) -> list[Rejection]:
        if not extracts:
            return []
        rejected: list[Rejection] = []
        loaded, keys = readers.load_texts(self.connection, extracts, scratch=self.scratch)
        groups: list[tuple[set[str], dict[str, str], list[int]]] = []
        mappings: dict[int, Mapping] = {}
        for place, extract in enumerate(extracts):
            try:
                if len(keys[place]) > MOST_COLUMNS:
                    raise Rejected(f"its rows have {len(keys[place])} different keys, more than {MOST_COLUMNS}")
                mappings[place] = resolve(self.contract, keys[place], is_json=True)
            except Rejected as error:
                rejected.append((extract, str(error)))
                continue
            spelled = {squash(key): key for key in keys[place]}
            # Of a file without a marker nothing is known, of one whose marker is null the record is there.
            marked = {squash(keys[place][column]) for column, _ in mappings[place].markers}
            fitting = next(
                (g for g in groups if g[0] == marked and all(g[1].get(k, v) == v for k, v in spelled.items())), None
            )
            if fitting is None:
                fitting = (marked, {}, [])
                groups.append(fitting)
            fitting[1].update(spelled)
            fitting[2].append(place)
        for _, spelled, places in groups:
            headers = list(spelled.values())
            readers.extract_texts(self.connection, places=places, keys=headers)
            members = {place: (extracts[place], mappings[place]) for place in places}
            self.write(
                members,
                loaded.rows_read,
                mapping=resolve(self.contract, headers, is_json=True),
                bad=[row for row in loaded.bad if row.file_index in members],
            )
        return rejected

    def _load_parquet(self, extracts: list[Extract]) -> list[Rejection]:
        rejected: list[Rejection] = []
        groups: dict[tuple[tuple[str, str], ...], list[Member]] = {}
        for extract in extracts:
            try:
                columns = readers.parquet_columns(self.connection, extract)
                mapping = resolve(self.contract, [column for column, _ in columns])
            except Rejected as error:
                rejected.append((extract, str(error)))
            except PARQUET_ERRORS as error:
                rejected.append((extract, _broken_parquet(error)))
            else:
                groups.setdefault(tuple(columns), []).append((extract, mapping))
        for columns, members in groups.items():
            rejected += self._load_parquet_group(members, columns)
        return rejected

    def _load_parquet_group(self, members: list[Member], columns: tuple[tuple[str, str], ...]) -> list[Rejection]:
        try:
            loaded = readers.load_parquet(self.connection, [extract for extract, _ in members], columns=columns)
        except PARQUET_ERRORS as error:
            if len(members) == 1:
                return [(members[0][0], _broken_parquet(error))]
            return [found for member in members for found in self._load_parquet_group([member], columns)]
        self.write(dict(enumerate(members)), loaded.rows_read)
        return []


def _is_json(extract: Extract) -> bool:
    name = extract.file.path.lower().removesuffix(".gz")
    return name.endswith((".json", ".jsonl", ".ndjson")) or extract.head.lstrip()[:1] in ("{", "[")


def _broken_parquet(error: duckdb.Error) -> str:
    why = str(error).splitlines()[0]
    return f"the Parquet file can't be read ({why}); it is cut short or damaged, so deliver it again"
