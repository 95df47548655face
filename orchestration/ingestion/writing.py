"""What a reader brought into `raw` becomes a batch: lake rows, quarantine, defects, drift, and the ledger last."""

from collections.abc import Mapping as Places
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

import duckdb

from orchestration.contracts import Contract
from orchestration.ingestion import statements
from orchestration.ingestion.extracts import Extract
from orchestration.ingestion.files import file_order
from orchestration.ingestion.headers import Mapping
from orchestration.ingestion.ledger import (
    TABLES,
    LedgerRow,
    commit,
    digest,
    literal,
    table_folder,
    write_ledger,
    write_rows,
)
from orchestration.ingestion.proofs import proof
from orchestration.ingestion.readers import BadRow

# A time that says its offset or zone.
ZONED = r"(Z|UTC|GMT|[+-][0-9]{2}(:?[0-9]{2})?|[A-Za-z]+/[A-Za-z_]+)$"
Outputs = list[tuple[Path, Path]]


@dataclass(frozen=True)
class Item:
    """One file of a batch: `index` is its number in `raw`, `rows_read` is counted in the file itself."""

    index: int
    extract: Extract
    mapping: Mapping
    rows_read: int
    source_file: str


@dataclass(frozen=True)
class Writer:
    """Where the batches of one table go."""

    contract: Contract
    lake: Path
    now: datetime
    scratch: Path
    connection: duckdb.DuckDBPyConnection

    def write(
        self,
        items: Sequence[Item],
        *,
        mapping: Mapping,
        bad: Sequence[BadRow] = (),
        promised: Places[str, str] = MappingProxyType({}),
    ) -> list[LedgerRow]:
        """Commit `raw` as one batch; returns its ledger rows.

        `promised` are files that say that another page follows, and none does, with the key that says so.
        Raises AssertionError, and leaves nothing behind, when a file's rows are not all accounted for.
        """
        contract = self.contract
        parts = sorted(f"{item.extract.content_hash} {item.source_file}" for item in items)
        batch_id = digest(contract.system, contract.object, *parts)
        self._name_records(items)
        rows = [self._row(item, batch_id) for item in items]
        data = self.scratch / f"{batch_id}.data"
        self._copy(statements.select_rows(contract, mapping, batch_id=batch_id), data, proof(rows, is_last=True))
        loaded = self._count(data, "_source_file")
        outputs: Outputs = []
        given = self.connection.execute("select count(*) from records").fetchall()[0][0]
        is_complete = given == sum(loaded.values())
        quarantined = {}
        if bad or not is_complete:
            unread = proof(rows, is_last=not loaded)
            quarantined = self._quarantine(items, mapping, bad, batch_id, outputs, options=unread)
        suspects = self._suspect_columns(mapping, data, is_complete=is_complete)
        defects = {}
        if suspects:
            query = statements.select_defects(contract, mapping, columns=suspects, batch_id=batch_id)
            defects = self._aside(query, "_defects", batch_id, outputs, proof(rows, is_last=False))
        said = [(source_file, key, "more_follows") for source_file, key in promised.items()]
        said += [(source_file, column, "assumed_zone") for source_file, column in self._assumed_zones(mapping)]
        self._drift(items, said, batch_id, outputs, proof(rows, is_last=not loaded and not quarantined))
        rows = [
            replace(
                row,
                rows_loaded=loaded.get(row.source_file, 0),
                rows_quarantined=quarantined.get(row.source_file, 0),
                cell_defect_count=defects.get(row.source_file, 0),
            )
            for row in rows
        ]
        for row in rows:
            if row.rows_read != row.rows_loaded + row.rows_quarantined:
                raise AssertionError(
                    f"{row.source_file}: {row.rows_read} rows read, but {row.rows_loaded} loaded and "
                    f"{row.rows_quarantined} quarantined; nothing of this batch was kept"
                )
        # The order that `proofs` relies on.
        outputs.reverse()
        if loaded:
            folder = table_folder(self.lake, contract) / f"load_date={self.now:%Y-%m-%d}"
            outputs.append((data, folder / f"{batch_id}.parquet"))
        self.commit_rows(rows, batch_id=batch_id, outputs=outputs)
        return rows

    def _row(self, item: Item, batch_id: str) -> LedgerRow:
        """A file's ledger row as far as it is known before its rows are written."""
        return LedgerRow(
            batch_id=batch_id,
            system=self.contract.system,
            object=self.contract.object,
            source_file=item.source_file,
            content_hash=item.extract.content_hash,
            byte_count=item.extract.file.byte_count,
            encoding=item.extract.encoding,
            status="loaded",
            rows_read=item.rows_read,
            rows_loaded=0,
            rows_quarantined=0,
            cell_defect_count=0,
            error=None,
            modified_at=item.extract.file.modified_at,
            loaded_at=self.now,
        )

    def commit_rows(self, rows: list[LedgerRow], *, batch_id: str, outputs: Sequence[tuple[Path, Path]] = ()) -> None:
        """Write the ledger file of a batch and move all of its files into place."""
        path = self.scratch / f"{batch_id}.ledger"
        write_ledger(rows, path=path, connection=self.connection)
        commit([*outputs, (path, self._place("_ledger", batch_id))])

    def _name_records(self, items: Sequence[Item]) -> None:
        files = ", ".join(f"({item.index}, {', '.join(_place(item))})" for item in items)
        names = ("source_file", "delivered_at", "file_order")
        self.connection.execute(
            f"create or replace temp table sources as from (values {files}) as t (file_index, {', '.join(names)})"
        )
        # One file needs no join, and one large file is where it would cost.
        places, join = tuple(f"s.{name}" for name in names), "join sources s on r.file_index = s.file_index"
        if len(items) == 1:
            places, join = _place(items[0]), f"where r.file_index = {items[0].index}"
        placed = ", ".join(f"{place} as _{name}" for place, name in zip(places, names, strict=True))
        self.connection.execute(f"""
            create or replace temp view records as
            select r.* exclude (file_index, line), {placed}, r.line as _source_line from raw r {join}
        """)

    def _quarantine(
        self,
        items: Sequence[Item],
        mapping: Mapping,
        bad: Sequence[BadRow],
        batch_id: str,
        outputs: Outputs,
        *,
        options: str,
    ) -> dict[str, int]:
        """Set aside what can't be taken apart and what lacks a key or cursor; returns rows per file."""
        contract = self.contract
        files = {item.index: item.source_file for item in items}
        origin = (batch_id, contract.system, contract.object)
        torn = self.scratch / f"{batch_id}.torn"
        write_rows(
            [
                (*origin, files[row.file_index], row.line, None, None, row.reason, row.remedy, row.raw_text, None)
                for row in bad
            ],
            table="_quarantine",
            path=torn,
            connection=self.connection,
        )
        columns = ", ".join(TABLES["_quarantine"])
        unusable = statements.select_quarantined(contract, mapping, batch_id=batch_id)
        query = f"from read_parquet({literal(torn)}) union all select {columns} from ({unusable}) as unusable"
        return self._aside(f"select {columns} {query}", "_quarantine", batch_id, outputs, options)

    def _suspect_columns(self, mapping: Mapping, data: Path, *, is_complete: bool) -> list[str]:
        """Columns in which a cell may have become null because it can't be read."""
        checked = {
            column.name: mapping.claims[column.name]
            for column in self.contract.columns
            if column.name in mapping.claims and (column.data_type != "string" or column.format)
        }
        if not is_complete or not checked:
            return list(checked)
        # A column that lost nothing has as many nulls in the lake as in the file; Parquet's statistics tell.
        counts = ", ".join(f"count(*) - count(c{place})" for place in checked.values())
        before = self.connection.execute(f"select {counts} from records").fetchall()[0]
        nulls = "select path_in_schema, sum(stats_null_count)::bigint from parquet_metadata"
        after = dict(self.connection.execute(f"{nulls}({literal(data)}) group by 1").fetchall())
        return [column for column, nulls in zip(checked, before, strict=True) if after.get(column, 0) != nulls]

    def _assumed_zones(self, mapping: Mapping) -> list[tuple[str, str]]:
        """(file, column as spelled) of times that a screen shows in its portal's zone, which nobody declared.

        Programs write UTC; a header with a blank is a label of a screen.
        """
        labels = {
            column.name: header
            for column in self.contract.columns
            if column.data_type == "timestamp"
            and column.name in mapping.claims
            and " " in (header := mapping.headers[mapping.claims[column.name]].strip())
        }
        if not labels or self.contract.is_zone_declared:
            return []
        found = []
        for column, header in labels.items():
            text = f"c{mapping.claims[column]}"
            rows = self.connection.execute(f"""
                select _source_file from records
                where contains({text}, ':') and not regexp_matches({text}, {literal(ZONED)}) group by 1
            """).fetchall()
            found += [(source_file, header) for (source_file,) in rows]
        return found

    def _drift(
        self, items: Sequence[Item], said: Sequence[tuple[str, str, str]], batch_id: str, outputs: Outputs, options: str
    ) -> None:
        rows = [
            (batch_id, self.contract.system, self.contract.object, item.source_file, column, kind)
            for item in items
            for kind, column in item.mapping.drift
        ]
        rows += [(batch_id, self.contract.system, self.contract.object, *fact) for fact in said]
        if rows:
            path = self.scratch / f"{batch_id}._drift"
            write_rows(rows, table="_drift", path=path, connection=self.connection, options=options)
            outputs.append((path, self._place("_drift", batch_id)))

    def _aside(self, query: str, table: str, batch_id: str, outputs: Outputs, options: str) -> dict[str, int]:
        """Write a bookkeeping query as the batch's file, if it has rows; returns rows per file."""
        path = self.scratch / f"{batch_id}.{table}"
        self._copy(query, path, options)
        counts = self._count(path, "source_file")
        if counts:
            outputs.append((path, self._place(table, batch_id)))
        return counts

    def _copy(self, query: str, path: Path, options: str) -> None:
        self.connection.execute(f"copy ({query}) to {literal(path)} ({options})")

    def _count(self, path: Path, column: str) -> dict[str, int]:
        query = f"select {column}, count(*) from read_parquet({literal(path)}) group by 1"
        return dict(self.connection.execute(query).fetchall())

    def _place(self, table: str, batch_id: str) -> Path:
        return self.lake / table / self.contract.system / self.contract.object / f"{batch_id}.parquet"


def _place(item: Item) -> tuple[str, str, str]:
    """SQL of where a file's rows come from: its name, when it was delivered, and where its name puts it."""
    file = item.extract.file
    return literal(item.source_file), f"{literal(file.modified_at)}::timestamp", literal(file_order(file.path))
