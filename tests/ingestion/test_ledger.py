"""Once, whole or not at all: the ledger, the sweep, the lock, and a run that is killed."""

import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orchestration import contracts
from orchestration.ingestion import batches
from orchestration.ingestion.files import list_landing, unrecognised
from orchestration.ingestion.ledger import TABLES, LakeBusy, ensure_shapes, lock
from orchestration.ingestion.proofs import Swept, sweep
from orchestration.ingestion.statements import ORIGIN
from orchestration.settings import DBT_PROJECT
from tests.ingestion.conftest import PEOPLE, Site, with_


def people(numbers: range) -> str:
    return "id,updated_at\n" + "".join(f"{n},2026-01-01\n" for n in numbers)


def test_many_small_files_are_one_batch(site: Site) -> None:
    for n in range(60):
        site.deliver(f"{n:03}.csv", people(range(n * 10, n * 10 + 10)))
    report = site.ingest()
    assert (report.files_loaded, report.rows_loaded) == (60, 600)
    assert len([path for path in (site.lake / "crm").rglob("*.parquet") if path.name != "_shape.parquet"]) == 1
    assert site.query(
        "select count(*), count(distinct _source_file), min(_source_line), max(_source_line) from lake"
    ) == [(600, 60, 2, 11)]


def test_one_bad_file_does_not_slow_or_spoil_the_others(site: Site) -> None:
    for n in range(9):
        site.deliver(f"{n}.csv", people(range(n * 10, n * 10 + 10)) + ("x\n" if n == 4 else ""))
    report = site.ingest()
    assert (report.rows_read, report.rows_loaded, report.rows_quarantined) == (91, 90, 1)


def test_wide_exports_load(site: Site) -> None:
    known = ["name", "is_active", "amount", "share", "close_date"]
    header = ",".join(["id", "updated_at", *known, *(f"custom_{n}__c" for n in range(1500))])
    site.deliver("a.csv", header + "\n1,2026-01-01" + "," * len(known) + ",x" * 1500 + "\n")
    assert site.ingest().rows_loaded == 1
    assert site.query("select custom_1499_c from lake") == [("x",)]


def test_large_landings_are_cut_into_batches(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BATCH_BYTES", 100)
    for n in range(6):
        site.deliver(f"{n}.csv", people(range(n * 10, n * 10 + 3)))
    site.ingest()
    assert len(list((site.lake / "_ledger/crm/people").glob("*.parquet"))) == 3


def test_rejected_file_is_tried_again_when_its_contract_changes(site: Site) -> None:
    site.deliver("a.csv", "key,updated_at\n1,2026-01-01\n")
    assert site.ingest().files_rejected == 1
    again = site.ingest()
    assert (again.files_rejected, again.files_known) == (0, 1)
    columns = tuple(c if c.name != "id" else type(c)(**{**c.__dict__, "aliases": ("key",)}) for c in PEOPLE.columns)
    assert site.ingest(with_(columns=columns)).rows_loaded == 1


def test_ledger_has_one_row_per_file(site: Site) -> None:
    site.deliver("a.csv", people(range(3)) + "x,2026-01-01\n")
    site.deliver("b.csv", "id\n1\n")
    site.deliver("c.csv", people(range(3)) + "x,2026-01-01\n")
    site.ingest()
    assert site.ledger() == [
        ("crm/people/a.csv", "loaded", 4, 3, 1),
        ("crm/people/b.csv", "rejected", 0, 0, 0),
        ("crm/people/c.csv", "duplicate", 0, 0, 0),
    ]


def test_shapes_bind_every_view_before_any_extract(site: Site) -> None:
    known = contracts.load()
    ensure_shapes(known.values(), lake=site.lake)
    for contract in known.values():
        names = [row[0] for row in site.query("describe lake", table=f"{contract.system}/{contract.object}")]
        assert names[: len(contract.columns)] == [column.name for column in contract.columns]
        assert names[len(contract.columns) :] == [*ORIGIN, "load_date"]
    for table, columns in TABLES.items():
        assert [row[0] for row in site.query("describe lake", table=table)] == list(columns)


def test_dbt_declares_the_bookkeeping_as_it_is_written() -> None:
    declared = contracts.read(DBT_PROJECT / "models/staging/lake/_lake__sources.yml")
    types = {"string": "varchar"}
    assert [[(c.name, types.get(c.data_type, c.data_type)) for c in table.columns] for table in declared] == [
        list(columns.items()) for columns in TABLES.values()
    ]


def test_unrecognised(site: Site) -> None:
    site.deliver("a.csv", people(range(1)))
    site.deliver("a.csv", "x", folder="crm/Persons")
    site.deliver("b.csv", "x", folder="crm")
    site.deliver("c.csv", "x", folder="")
    assert unrecognised(list_landing(str(site.landing)), contracts=[PEOPLE]) == ["c.csv", "crm/Persons/", "crm/b.csv"]


def test_missing_landing_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="TOUCHSTONE_LANDING"):
        list_landing(str(tmp_path / "nowhere"))


def test_two_runs_at_once_are_refused(site: Site) -> None:
    code = textwrap.dedent(f"""
        import time; from pathlib import Path; from orchestration.ingestion.ledger import lock
        with lock(Path({str(site.lake)!r})):
            print("held", flush=True); time.sleep(60)
    """)
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(LakeBusy, match=f"process {other.pid}"):
            sweep(site.lake)
        other.kill()
    assert sweep(site.lake) == Swept((), ())


def test_lock_may_be_taken_within_itself(site: Site) -> None:
    with lock(site.lake), lock(site.lake):
        pass
    with lock(site.lake):
        pass


def _ingest_and_die(site: Site, step: int) -> None:
    """Run as another process: kill it at its nth system call that changes the lake."""
    count = 0
    replace, opened = os.replace, os.open

    def tick() -> None:
        nonlocal count
        count += 1
        if count == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def replace_or_die(*arguments: object) -> None:
        tick()
        replace(*arguments)
        tick()

    def open_or_die(*arguments: object, **options: object) -> int:
        tick()
        return opened(*arguments, **options)

    os.replace, os.open = replace_or_die, open_or_die
    batches.ingest(
        PEOPLE, listing=list_landing(str(site.landing)), lake=site.lake, now=datetime(2026, 11, 22, tzinfo=UTC)
    )


def test_killed_at_any_point_and_run_again(site: Site) -> None:
    site.deliver("a.csv", people(range(50)) + "bad\n")
    site.deliver("b.csv", "id,is_active,extra,updated_at\n100,perhaps,1,2026-01-01\n,,,2026-01-01\n")
    site.deliver("c.csv", "id\n1\n")
    context = multiprocessing.get_context("fork")
    results = set()
    for step in range(1, 100, 3):
        killed = Site(landing=site.landing, lake=site.lake.parent / f"lake{step}")
        process = context.Process(target=_ingest_and_die, args=(killed, step))
        process.start()
        process.join(60)
        survived = process.exitcode == 0
        killed.ingest()
        results.add(
            (
                tuple(killed.query("select id, _row_hash, _batch_id from lake order by all")),
                tuple(killed.ledger()),
                tuple(killed.quarantined()),
                tuple(killed.defects()),
            )
        )
        names = [path.name for path in killed.lake.rglob("*") if path.is_file() and path.suffix != ".parquet"]
        assert names == ["_lock"]
        if survived:
            break
    assert survived
    assert step > 20
    assert len(results) == 1
