"""A batch proves itself: without a ledger nothing is lost, and nothing is taken for whole that is not."""

import shutil

import duckdb

from orchestration.ingestion.proofs import SET_ASIDE, Swept, sweep
from tests.ingestion.conftest import Site

GOOD = "id,is_active,updated_at\n1,true,2026-01-01\n2,perhaps,2026-01-02\n"
MIXED = "id,is_active,extra,updated_at\n3,true,x,2026-01-01\n,true,x,2026-01-01\n"
UNUSABLE = "id,updated_at\n,2026-01-01\n"
EMPTY = "id,surplus,updated_at\n"


def _state(site: Site) -> list[list[tuple]]:
    """Ledger, quarantine, defects and drift, and the rows themselves."""
    told = [
        site.query("from lake order by all", table=table) for table in ("_ledger", "_quarantine", "_defects", "_drift")
    ]
    return [*told, site.query("from lake order by all")]


def _deliver(site: Site) -> None:
    for name, content in (("good", GOOD), ("mixed", MIXED), ("unusable", UNUSABLE), ("empty", EMPTY)):
        site.deliver(f"{name}.csv", content)
        site.ingest()


def test_a_lost_ledger_is_written_again_though_the_landing_is_pruned(site: Site) -> None:
    _deliver(site)
    before = _state(site)
    shutil.rmtree(site.lake / "_ledger" / "crm")
    shutil.rmtree(site.landing / "crm")
    swept = sweep(site.lake)
    assert (len(swept.recovered), swept.set_aside) == (4, ())
    assert _state(site) == before


def test_what_is_no_whole_batch_is_set_aside_and_kept(site: Site) -> None:
    """A run died after the quarantine was in place and before the rows were: the file is read again, whole."""
    _deliver(site)
    before = _state(site)
    [batch] = site.query("select batch_id from lake where source_file like '%mixed%'", table="_ledger")
    files = [path for path in site.lake.rglob(f"{batch[0]}.parquet") if path.parts[-4] != "_quarantine"]
    for path in files:
        path.unlink()
    swept = sweep(site.lake)
    assert swept.recovered == ()
    assert swept.set_aside == (site.lake / SET_ASIDE / "_quarantine" / "crm" / "people" / f"{batch[0]}.parquet",)
    site.ingest()
    assert _state(site) == before


def test_a_file_that_says_nothing_of_itself_is_set_aside(site: Site) -> None:
    _deliver(site)
    stray = site.lake / "crm" / "people" / "load_date=2026-01-01" / "stray.parquet"
    stray.parent.mkdir(parents=True)
    duckdb.execute(f"copy (select 1 as id) to '{stray}' (format parquet)")
    torn = stray.with_name("torn.parquet")
    torn.write_bytes(b"PAR1 and no more")
    swept = sweep(site.lake)
    assert {path.name for path in swept.set_aside} == {"stray.parquet", "torn.parquet"}
    assert all(path.exists() for path in swept.set_aside)
    assert sweep(site.lake) == Swept((), ())
