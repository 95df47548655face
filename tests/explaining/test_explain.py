"""`touchstone explain` on two small publications, and a lake that ingestion wrote."""

import csv
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from orchestration import contracts
from orchestration.__main__ import main
from orchestration.explaining.files import Place, find_files
from orchestration.settings import current
from tests.ingestion.conftest import Site

COLUMNS = (
    "metric, entity, entity_id, account_id, channel, campaign_id, segment, territory, owner_id, counted_date, "
    "counted_value, evidence, system, object, field, source_record_id"
)
EMAIL, SEARCH = "Email", "Paid Search"


def person(
    name: str, day: str, *, channel: str = EMAIL, evidence: str = "stamped", metric: str = "mql_people"
) -> tuple:
    told = ("marketo", "lead", "mql_at", name.removeprefix("p"))
    return (metric, "person", name, None, channel, "unknown", "smb", "DACH", "unknown", day, 1, evidence, *told)


def deal(name: str, day: str, value: float) -> tuple:
    told = ("salesforce", "opportunity", "amount", name)
    return (
        "pipeline_amount",
        "opportunity",
        name,
        "a",
        EMAIL,
        "unknown",
        "smb",
        "DACH",
        "u",
        day,
        value,
        "stamped",
        *told,
    )


FIRST = [
    person("p1", "2026-06-01"),
    person("p2", "2026-06-02", channel=SEARCH),
    person("p3", "2026-06-03", evidence="skipped"),
    person("p4", "2026-07-01"),
    deal("d1", "2026-06-05", 1000.50),
]
SECOND = [
    person("p1", "2026-06-01"),
    person("p3", "2026-06-09", evidence="skipped"),
    person("p5", "2026-06-30", channel=SEARCH),
    deal("d1", "2026-06-05", 900),
]


def publish(home: Path, rows: list[tuple], *, as_of: datetime) -> None:
    folder = home / "publications" / f"run-{as_of:%d}"
    folder.mkdir(parents=True)
    with duckdb.connect(str(folder / "touchstone.duckdb")) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.fct_metric_members (metric varchar, entity varchar, entity_id varchar, "
            "account_id varchar, channel varchar, campaign_id varchar, segment varchar, territory varchar, "
            "owner_id varchar, counted_date date, counted_value decimal(18, 2), evidence varchar, system varchar, "
            "object varchar, field varchar, source_record_id varchar)"
        )
        connection.executemany(f"insert into marts.fct_metric_members ({COLUMNS}) values ({', '.join('?' * 16)})", rows)
        connection.execute(
            "create table marts.publication (mart varchar, state varchar, run_id varchar, as_of timestamp)"
        )
        connection.execute(
            "insert into marts.publication values ('fct_metric_members', 'fresh', ?, ?)", [f"run-{as_of:%d}", as_of]
        )
    link = home / "published"
    link.unlink(missing_ok=True)
    link.symlink_to(folder)


Explain = Callable[..., str]


@pytest.fixture
def explain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Explain:
    """The command, on a home with the publications of two days; what it prints, or why it could not."""
    home = tmp_path / "home"
    publish(home, FIRST, as_of=datetime(2026, 7, 1, 2))
    publish(home, SECOND, as_of=datetime(2026, 7, 2, 2))
    site = Site(landing=tmp_path / "landing", lake=home / "lake")
    leads = "id,email,createdAt,updatedAt\n"
    site.deliver(
        "l1.csv",
        leads + "1,a@x.example,2026-06-01,2026-06-01\n2,b@x.example,2026-06-01,2026-06-01\n",
        folder="marketo/leads",
    )
    site.ingest(contracts.load()["marketo", "leads"])
    site.deliver("l2.csv", leads + "1,a@x.example,2026-06-01,2026-06-05\n", folder="marketo/leads")
    site.ingest(contracts.load()["marketo", "leads"])
    monkeypatch.setenv("TOUCHSTONE_HOME", str(home))
    monkeypatch.setenv("TOUCHSTONE_LANDING", str(tmp_path / "landing"))
    monkeypatch.delenv("COLUMNS", raising=False)
    current.cache_clear()

    def run(*arguments: str, status: int = 0) -> str:
        assert main(["explain", *arguments]) == status
        said = capsys.readouterr()
        return said.err if status else said.out

    return run


def test_a_number_its_rules_and_its_members(explain: Explain) -> None:
    said = explain("mql_people", "2026-06")
    assert said.startswith(
        "mql_people, 2026-06-01 to 2026-06-30: 3\nAs published of 2026-07-02 02:00 UTC, run run-02\n"
    )
    lines = [" ".join(line.split()) for line in said.splitlines()]
    assert "marketo lead mql_at (stamped) 2" in lines
    assert "skipped; counted with the next stage, told by marketo lead mql_at 1" in lines
    (first,) = (line for line in said.splitlines() if line.strip().startswith("p1 "))
    assert first.split("   ")[-1].strip() == "marketo/leads/l2.csv, line 2, newest of 2 versions"
    assert [line.split()[0] for line in said.splitlines() if line.strip().startswith("p")] == [
        "people",
        "p1",
        "p3",
        "p5",
    ]


def test_what_reads_on_gets_a_member_a_line_and_a_narrow_terminal_folds(
    explain: Explain, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = "marketo/leads/l2.csv, line 2, newest of 2 versions"
    assert place in explain("mql_people", "2026-06")
    monkeypatch.setenv("COLUMNS", "60")
    folded = explain("mql_people", "2026-06")
    assert place not in folded
    assert max(map(len, folded.splitlines()[3:])) <= 60


def test_a_core_count_leaves_out_who_skipped(explain: Explain) -> None:
    assert explain("mqls", "2026-06").startswith("mqls (mql_people), 2026-06-01 to 2026-06-30: 2\n")
    assert explain("mql", "2026-06", "--channel", SEARCH).startswith(
        "mql (mql_people), 2026-06-01 to 2026-06-30, channel Paid Search: 1\n"
    )
    assert "Nothing is counted." in explain("won", "2026-06")


def test_a_limit_shows_how_many_are_left(explain: Explain) -> None:
    assert "2 more: `--limit 0` shows them all" in explain("mql", "2026-06", "--limit", "1")
    assert "more:" not in explain("mql", "2026-06", "--limit", "0")


def test_what_entered_and_left_between_two_publications(explain: Explain) -> None:
    said = explain("mql", "2026-06", "--since", "2026-07-01")
    assert [" ".join(line.split()) for line in said.splitlines()[1:6]] == [
        "3 as published of 2026-07-01 02:00 UTC",
        "1 entered: 1",
        "-1 left: 1",
        "0 counted on another day or with another value: 1",
        "3 as published of 2026-07-02 02:00 UTC",
    ]
    entered, left = said.index("\nEntered"), said.index("\nLeft")
    assert entered < said.index(" p5 ") < left < said.index(" p2 ") < said.index("\nChanged") < said.index(" p3 ")
    money = explain("pipeline_amount", "2026", "--since", "2026-07-01", "--until", "2026-07-02")
    assert [" ".join(line.split()) for line in money.splitlines()[1:6]] == [
        "1,000.50 as published of 2026-07-01 02:00 UTC",
        "0 entered: 0",
        "0 left: 0",
        "-100.50 counted on another day or with another value: 1",
        "900 as published of 2026-07-02 02:00 UTC",
    ]


def test_the_newest_publication_has_none_after_it(explain: Explain) -> None:
    said = explain("mql", "2026-06", "--since", "2026-07-02")
    assert "The publication of 2026-07-02 is the newest; there is nothing to compare it with." in said
    assert "entered" not in said
    assert json.loads(explain("mql", "2026-06", "--since", "2026-07-02", "--json"))["changes"] == []


def test_machines_and_sheets_get_every_member(explain: Explain, tmp_path: Path) -> None:
    told = json.loads(explain("mqls", "2026-06", "--json", "--limit", "1"))
    assert (told["total"], [member["entity_id"] for member in told["members"]]) == ("2.00", ["p1", "p5"])
    assert told["members"][0]["source_file"] == "marketo/leads/l2.csv"
    explain("mql", "2026-06", "--limit", "1", "--csv", str(tmp_path / "members.csv"))
    with (tmp_path / "members.csv").open() as file:
        assert [row["entity_id"] for row in csv.DictReader(file)] == ["p1", "p3", "p5"]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["mqll", "2026"], "'mqll' is no metric (did you mean 'mql'?); there are "),
        (["mql", "2026-13"], "'2026-13' is no period; write it as "),
        (["mql", "2026", "--channel", "email"], "no member has the channel 'email' (did you mean 'Email'?)"),
        (["mql", "2026", "--since", "2026-06-01"], "no publication of 2026-06-01 or before is kept below "),
    ],
)
def test_what_there_is_not_is_told(explain: Explain, arguments: list[str], why: str) -> None:
    assert why in explain(*arguments, status=2)


def test_without_a_publication_the_remedy_is_told(explain: Explain, tmp_path: Path) -> None:
    (tmp_path / "home" / "published").unlink()
    assert "nothing was published yet; run `make nightly`" in explain("mql", "2026", status=2)


def test_a_history_is_found_by_the_record_that_it_is_of(tmp_path: Path) -> None:
    site = Site(landing=tmp_path / "landing", lake=tmp_path / "lake")
    header = "LeadId,Field,OldValue,NewValue,CreatedDate\n"
    lead = "00Q000000079001"
    site.deliver("h.csv", f"{header}{lead},Status,New,Working,2026-06-01\n", folder="salesforce/lead_history")
    site.ingest(contracts.load()["salesforce", "lead_history"])
    record = ("salesforce", "lead_history", f"{lead}EAA")
    assert find_files([record, ("salesforce", "lead", "none")], lake=site.lake) == {
        record: Place("salesforce/lead_history/h.csv", 2, 1)
    }


def test_an_id_that_two_tables_have_tells_of_neither(tmp_path: Path) -> None:
    """A form fill stands among the activities; that a lead has its number too must not make the lead its proof."""
    site = Site(landing=tmp_path / "landing", lake=tmp_path / "lake")
    known = contracts.load()
    site.deliver("l.csv", "id,createdAt,updatedAt\n7,2026-06-01,2026-06-01\n", folder="marketo/leads")
    activities = (
        "marketoGUID,leadId,activityDate,activityTypeId\n7,1,2026-06-01T10:00:00Z,2\n8,1,2026-06-01T10:00:00Z,2\n"
    )
    site.deliver("a.csv", activities, folder="marketo/activities")
    site.ingest(known["marketo", "leads"])
    site.ingest(known["marketo", "activities"])
    shared, own = ("marketo", "form_fill", "7"), ("marketo", "form_fill", "8")
    lead = ("marketo", "lead", "7")
    assert find_files([shared, own, lead], lake=site.lake) == {
        own: Place("marketo/activities/a.csv", 3, 1),
        lead: Place("marketo/leads/l.csv", 2, 1),
    }
