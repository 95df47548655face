"""Which quarantined rows nobody need look at any more: a later delivery takes their place, or a steward said so.

Decided anew each night from the lake and `seeds/accepted_rows.csv`; the quarantine itself is never changed.
"""

from pathlib import Path

import duckdb

from orchestration.contracts import Contract
from orchestration.ingestion.deliveries import LEAST_SHARED
from orchestration.ingestion.files import plain_path
from orchestration.ingestion.ledger import SHAPE, TABLES, commit, literal, read_ledger, table_folder
from orchestration.ingestion.reports import FOOTER_REASON
from orchestration.ingestion.statements import record_key
from orchestration.seeds import values

# Who settled a row that the contract says is none.
BY_CONTRACT = "contract"


def has_quarantine(contract: Contract, *, lake: Path) -> bool:
    """Whether any row of a table was ever set aside."""
    return (lake / "_quarantine" / contract.system / contract.object).is_dir()


def settle(contract: Contract, *, lake: Path, scratch: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """Write which quarantined rows of a table are settled, and by what.

    `superseded`: a row of its key was loaded from a later delivery, under whatever name, or its file was delivered
    again; a later file of the same name that holds other records than the first does not count.
    `accepted`: a steward took the loss, or it is a report's footer line.
    """
    of_table = Path(contract.system, contract.object)
    _list_versions(contract, lake, connection)
    _list_set_aside(lake / "_quarantine", of_table, connection)
    _list_loaded(contract, lake, connection)
    accepted = ", ".join(
        f"({literal(path)}, try_cast({literal(line)} as bigint), {literal(by)}, {literal(on)}::timestamp)"
        for system, table, path, line, by, on in values(
            "accepted_rows", "system", "object", "source_file", "source_line", "decided_by", "decided_on"
        )
        if (system, table) == (contract.system, contract.object)
    )
    finished = scratch / "settled"
    connection.execute(f"""
        copy (
            with
            again as (
                select set_aside.*, 'superseded' as status, next_file as settled_by, next_at as settled_at
                from set_aside
                where
                    next_file is not null
                    and (
                        select coalesce(avg((later.record is not null)::int), 1) >= {LEAST_SHARED}
                        from (select distinct record from loaded where source_file = set_aside.source_file) as earlier
                        left join (select distinct record from loaded where source_file = set_aside.next_file) as later
                            on earlier.record = later.record
                    )
            ),
            corrected as (
                select set_aside.*, 'superseded' as status, loaded.source_file, loaded.delivered_at
                from set_aside
                inner join loaded on set_aside.record_key = loaded.record_key
                where loaded.delivered_at > set_aside.modified_at
            ),
            decided as (
                select set_aside.*, 'accepted' as status, words.decided_by, words.decided_on
                from set_aside
                inner join (
                    select * from (values (null, null, null, null), {accepted or "(null, null, null, null)"}) as t
                        (path, source_line, decided_by, decided_on)
                ) as words
                    on
                        words.path in (set_aside.path, set_aside.source_file)
                        and set_aside.source_line = coalesce(words.source_line, set_aside.source_line)
            ),
            footers as (
                select set_aside.*, 'accepted' as status, {literal(BY_CONTRACT)}, modified_at
                from set_aside
                where reason = {literal(FOOTER_REASON)}
            ),
            found as (from again union all from corrected union all from decided union all from footers)
            select {", ".join(TABLES["_settled"])}
            from found
            qualify row_number() over (
                partition by batch_id, source_file, source_line order by status desc, settled_at, settled_by
            ) = 1
        ) to {literal(finished)} (format parquet)
    """)
    commit([(finished, lake / "_settled" / of_table / "settled.parquet")])


def _list_versions(contract: Contract, lake: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """Every file that was loaded, and which version of it came next."""
    versions = [
        (row.batch_id, row.source_file, plain_path(row.source_file), row.modified_at)
        for row in read_ledger(contract, lake=lake, connection=connection)
        if row.status == "loaded"
    ]
    lists = [list(column) for column in zip(*versions, strict=True)] or [[], [], [], []]
    connection.execute(
        """
        create or replace temp table versions as
        select
            *,
            lead(source_file) over (partition by path order by modified_at, source_file) as next_file,
            lead(modified_at) over (partition by path order by modified_at, source_file) as next_at
        from (
            select
                unnest(?::varchar[]) as batch_id, unnest(?::varchar[]) as source_file,
                unnest(?::varchar[]) as path, unnest(?::timestamp[]) as modified_at
        )
        """,
        lists,
    )


def _list_set_aside(quarantine: Path, of_table: Path, connection: duckdb.DuckDBPyConnection) -> None:
    # The shape brings the columns that older files lack.
    places = sorted(map(str, [*quarantine.glob(SHAPE), *(quarantine / of_table).glob("*.parquet")]))
    connection.execute(f"""
        create or replace temp table set_aside as
        select rows.* exclude (raw_text, value), versions.path, modified_at, next_file, next_at
        from read_parquet({places}, union_by_name = true) as rows
        inner join versions using (batch_id, source_file)
    """)


def _list_loaded(contract: Contract, lake: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """The loaded records that may tell of one that was set aside: of its key, or of its file."""
    places = sorted(str(place) for place in table_folder(lake, contract).glob("load_date=*/*.parquet"))
    connection.execute(f"""
        create or replace temp table loaded as
        select
            _source_file as source_file, _delivered_at as delivered_at, {record_key(contract)} as record_key,
            coalesce({record_key(contract)}, _row_hash) as record
        from read_parquet({places}, union_by_name = true)
        where
            {record_key(contract)} in (select record_key from set_aside)
            or _source_file in (select source_file from set_aside where next_file is not null)
            or _source_file in (select next_file from set_aside)
    """)
