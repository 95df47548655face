"""Which quarantined rows are settled: by a later delivery of their record or file, or by a steward's word."""

from datetime import datetime
from pathlib import Path

import pytest

from orchestration import seeds
from orchestration.ingestion import settling
from tests.ingestion.conftest import Site

HEADER = "id,name,amount,updated_at"
FIRST, SECOND, THIRD = (datetime(2026, 6, day, 3) for day in (1, 2, 3))


def _file(*rows: str) -> str:
    return "\n".join([HEADER, *rows]) + "\n"


def _settled(site: Site) -> list[tuple]:
    return site.query("select source_file, source_line, status, settled_by from lake order by 1, 2", table="_settled")


def test_a_row_of_the_same_key_settles_it_under_whatever_name(site: Site) -> None:
    site.deliver("a.csv", _file("1,Ada,5,2026-05-01", "2,Bo,5,yesterday", "3,Cy,5,never"), at=FIRST)
    site.ingest()
    assert _settled(site) == []
    site.deliver("corrections from Bo.csv", _file("2,Bo,5,2026-05-02"), at=SECOND)
    site.ingest()
    assert _settled(site) == [("crm/people/a.csv", 3, "superseded", "crm/people/corrections from Bo.csv")]


def test_what_was_read_before_settles_nothing(site: Site) -> None:
    site.deliver("a.csv", _file("2,Bo,5,2026-04-01"), at=FIRST)
    site.deliver("b.csv", _file("2,Bo,5,yesterday"), at=SECOND)
    site.ingest()
    assert _settled(site) == []


def test_a_file_delivered_again_settles_what_it_held_even_without_a_key(site: Site) -> None:
    site.deliver("a.csv", _file("1,Ada,5,2026-05-01", "x,Bo,5,2026-05-01", "torn"), at=FIRST)
    site.ingest()
    site.deliver("a.csv", _file("1,Ada,5,2026-05-01", "2,Bo,5,2026-05-01"), at=SECOND)
    site.ingest()
    again = "crm/people/a.csv@2026-06-02T03:00:00.000000Z"
    assert _settled(site) == [("crm/people/a.csv", line, "superseded", again) for line in (3, 4)]


def test_a_name_that_each_night_uses_for_other_records_settles_nothing(site: Site) -> None:
    site.deliver("changes.csv", _file("1,Ada,5,2026-05-01", "2,Bo,5,yesterday"), at=FIRST)
    site.ingest()
    site.deliver("changes.csv", _file("3,Cy,5,2026-05-02"), at=SECOND)
    site.ingest()
    assert _settled(site) == []
    site.deliver("changes.csv", _file("2,Bo,5,2026-05-02"), at=THIRD)
    site.ingest()
    assert [row[:3] for row in _settled(site)] == [("crm/people/changes.csv", 3, "superseded")]


def test_a_steward_accepts_a_line_or_a_file(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site.deliver("a.csv", _file("x,Ada,5,2026-05-01", "y,Bo,5,2026-05-01"), at=FIRST)
    site.deliver("b.csv", _file("x,Ada,5,2026-05-01", "y,Bo,5,2026-05-02"), at=FIRST)
    site.ingest()
    (tmp_path / "accepted_rows.csv").write_text(
        "system,object,source_file,source_line,reason,decided_by,decided_on\n"
        "crm,people,crm/people/a.csv,3,gone,revops,2026-06-05\n"
        "crm,people,crm/people/b.csv,,gone,revops,2026-06-05\n"
        "crm,other,crm/people/a.csv,2,gone,revops,2026-06-05\n"
    )
    monkeypatch.setattr(settling, "values", lambda *names: seeds.values(*names, folder=tmp_path))
    site.ingest()
    assert _settled(site) == [
        ("crm/people/a.csv", 3, "accepted", "revops"),
        ("crm/people/b.csv", 2, "accepted", "revops"),
        ("crm/people/b.csv", 3, "accepted", "revops"),
    ]


def test_a_steward_accepts_the_file_that_the_mart_names(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file delivered again bears its time in `source_file`."""
    site.deliver("a.csv", _file("1,Ada,5,2026-05-01"), at=FIRST)
    site.ingest()
    site.deliver("a.csv", _file("1,Ada,5,2026-05-01", "x,Bo,5,2026-05-01"), at=SECOND)
    site.ingest()
    ((named,),) = site.query("select source_file from lake", table="_quarantine")
    assert named.startswith("crm/people/a.csv@")
    (tmp_path / "accepted_rows.csv").write_text(
        "system,object,source_file,source_line,reason,decided_by,decided_on\n"
        f"crm,people,{named},,gone,revops,2026-06-05\n"
    )
    monkeypatch.setattr(settling, "values", lambda *names: seeds.values(*names, folder=tmp_path))
    site.ingest()
    assert [row[2:] for row in _settled(site)] == [("accepted", "revops")]


def test_a_report_s_footer_is_settled_by_its_contract(site: Site) -> None:
    site.deliver("a.csv", _file("1,Ada,5,2026-05-01", "Grand Total,,5,"), at=FIRST)
    site.ingest()
    assert _settled(site) == [("crm/people/a.csv", 3, "accepted", "contract")]
