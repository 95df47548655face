"""What ingestion by contract costs over DuckDB's own read_csv, on the same file with the same two threads.

python tests/bench/bench_ingestion.py [rows] [small files]
"""

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb

PROJECT = Path(__file__).resolve().parents[2]
LIMIT = 4.0
# Twenty columns of a Salesforce lead export: ids, names, words, numbers, flags, a date, times with offsets.
LEADS = """
    select
        '00Q5e00000' || lpad((i % 99999)::varchar, 5, '0') || 'EAA' as "Id",
        'user' || i || '@example.com' as "Email",
        'First' || (i % 1000) as "FirstName",
        'Last' || (i % 5000) as "LastName",
        'Company ' || (i % 20000) as "Company",
        'Title ' || (i % 50) as "Title",
        '+1 555 ' || i as "Phone",
        'United States' as "Country",
        'CA' as "State",
        'Software' as "Industry",
        i % 1000 as "NumberOfEmployees",
        'www.example' || (i % 20000) || '.com' as "Website",
        'Web' as "LeadSource",
        'Working' as "Status",
        '00550000001' || lpad((i % 1000)::varchar, 4, '0') || 'AAA' as "OwnerId",
        i % 2 = 0 as "IsConverted",
        case when i % 2 = 0 then date '2024-01-01' + (i % 500)::int end as "ConvertedDate",
        false as "IsDeleted",
        strftime(timestamp '2024-01-01' + to_seconds(i), '%Y-%m-%dT%H:%M:%S.000+0000') as "CreatedDate",
        strftime(timestamp '2024-06-01' + to_seconds(i), '%Y-%m-%dT%H:%M:%S.000+0000') as "LastModifiedDate"
    from range({first}, {last}) as numbers (i)
"""


def main(rows: int = 1_000_000, small_files: int = 5_000) -> bool:
    """Print the measures; False when the large file costs more than the limit allows."""
    sys.path.insert(0, str(PROJECT))
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        work = Path(folder)
        large = work / "large" / "salesforce" / "Lead" / "leads.csv"
        large.parent.mkdir(parents=True)
        with duckdb.connect() as connection:
            connection.execute(f"copy ({LEADS.format(first=0, last=rows)}) to '{large}'")
        print(f"{rows:,} rows x 20 columns, {large.stat().st_size / 1e6:,.0f} MB")
        # Alternately, and the best of each, so that other work on the machine weighs on both alike.
        runs = [
            (_seconds(lambda: _read_csv(large, work)), _seconds(lambda: _ingest(work / "large", work, rows)))
            for _ in range(3)
        ]
        plain, ours = (min(run[part] for run in runs) for part in (0, 1))
        print(f"read_csv -> Parquet  {plain:6.2f} s")
        print(f"ingest by contract   {ours:6.2f} s   {ours / plain:.2f}x (at most {LIMIT:g}x)")
        if small_files:
            _write_small(work / "small" / "salesforce" / "Lead", small_files)
            first = _seconds(lambda: _ingest(work / "small", work, small_files * 20))
            again = _seconds(lambda: _ingest(work / "small", work, 0, keep=True))
            each = 1e3 * first / small_files
            print(f"{small_files:,} files of 20 rows  {first:6.2f} s, {each:.2f} ms a file; nothing new {again:.2f} s")
        return ours / plain <= LIMIT


def _seconds(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _read_csv(file: Path, work: Path) -> None:
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute(f"copy (select * from read_csv('{file}')) to '{work}/plain.parquet' (format parquet)")


def _ingest(landing: Path, work: Path, rows: int, *, keep: bool = False) -> None:
    from orchestration import contracts
    from orchestration.ingestion.batches import ingest
    from orchestration.ingestion.files import list_landing

    if not keep:
        shutil.rmtree(work / "lake", ignore_errors=True)
    contract = contracts.load()["salesforce", "lead"]
    listing = list_landing(str(landing), settle_seconds=0)
    report = ingest(contract, listing=listing, lake=work / "lake", now=datetime.now(UTC), threads=2)
    if report.rows_loaded != rows:
        raise SystemExit(f"{report.rows_loaded} of {rows} rows loaded: {report.errors}")


def _write_small(folder: Path, count: int) -> None:
    folder.mkdir(parents=True)
    with duckdb.connect() as connection:
        rows = connection.execute(LEADS.format(first=0, last=count * 20)).fetchall()
        header = ",".join(name for name, *_ in connection.description or [])
    lines = [",".join("" if value is None else str(value) for value in row) for row in rows]
    for number in range(count):
        (folder / f"{number:06}.csv").write_text("\n".join([header, *lines[number * 20 : number * 20 + 20]]) + "\n")


if __name__ == "__main__":
    sys.exit(0 if main(*map(int, sys.argv[1:])) else 1)
