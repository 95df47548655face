"""`.venv/bin/touchstone check`: what a landing would load, and that nothing is written."""

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from orchestration.__main__ import COMMANDS, main
from orchestration.checking import policy, reading
from orchestration.checking.display import show
from orchestration.checking.marts import Mart
from orchestration.checking.reading import CheckedFile, CheckedLanding
from orchestration.checking.reading import Finding as Unread
from orchestration.policy.findings import Finding
from orchestration.settings import current
from tests.ingestion.conftest import Site

LEADS = "Id,Email,Country,Status,CreatedDate,LastModifiedDate,Tier__c\n"
FILES = {
    "salesforce/lead/leads.csv": LEADS
    + "00Q000000079001,a@check.example,Germany,New,2026-06-01,2026-06-01,x\n"
    + "00Q000000079002,b@check.example,Atlantis,Simmering,2026-06-01,2026-06-01,x\n"
    + "00Q000000079003,c@check.example,Germany,New,,2026-06-01,x\n",
    "salesforce/opportunity/deals.json": json.dumps(
        {
            "records": [
                {
                    "Id": "006000000079001",
                    "StageName": "Wishing",
                    "CurrencyIsoCode": "EUR",
                    "CreatedDate": "2026-06-01",
                    "LastModifiedDate": "2026-06-01",
                }
            ]
        }
    ),
    "salesforce/campaign_member/members.csv": "Id,CampaignId,LeadId,Status,CreatedDate,LastModifiedDate\n"
    + "00v000000079001,701000000079001,00Q000000079001,attended,2026-06-01,2026-06-01\n"
    + "00v000000079002,701000000079001,00Q000000079002,Visited Booth,2026-06-01,2026-06-01\n",
    "billing/invoices/bills.csv": "id,amount,status,updated_at\n1,10,Past due,2026-06-01\n2,10,In dispute,2026-06-01\n",
    "hubspot/contacts/page.html": "<html><title>Log in</title></html>",
    "hubspot/contact/contacts.csv": "id\n1\n",
}


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = Site(landing=tmp_path_factory.mktemp("check") / "landing", lake=Path("nowhere"))
    for path, content in FILES.items():
        folder, _, name = path.rpartition("/")
        site.deliver(name, content, folder=folder)
    return site.landing


@pytest.fixture(scope="module")
def checked(landing: Path) -> dict[str, Any]:
    """What `--json` says of the landing, as a run in a folder of its own leaves it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TOUCHSTONE_HOME", str(landing.parent / "home"))
        current.cache_clear()
        said: list[str] = []
        patch.setattr("builtins.print", said.append)
        assert main(["check", str(landing), "--json"]) == 1
    current.cache_clear()
    return json.loads(said[0])


def test_nothing_is_written(landing: Path, checked: dict[str, Any]) -> None:
    assert sorted(os.listdir(landing.parent)) == ["landing"]
    assert sum(path.is_file() for path in landing.rglob("*") if not path.name.endswith(".done")) == len(FILES)


def test_each_file_is_told(checked: dict[str, Any]) -> None:
    files = {file["path"]: file for file in checked["files"]}
    leads = files["salesforce/lead/leads.csv"]
    assert (leads["table"], leads["shape"], leads["encoding"]) == ("salesforce.lead", "text parted by commas", "utf-8")
    assert (leads["rows_read"], leads["rows_loaded"], leads["rows_quarantined"]) == (3, 2, 1)
    assert leads["unknown_columns"] == ["Tier__c"]
    assert "company" in leads["missing_columns"]
    (found,) = leads["quarantined"]
    assert (found["count"], found["line"], found["column"]) == (1, 4, "created_date")
    assert files["salesforce/opportunity/deals.json"]["shape"] == "a JSON document"
    page = files["hubspot/contacts/page.html"]
    assert (page["status"], "an HTML page (Log in)" in page["error"]) == ("rejected", True)


def test_what_belongs_to_no_table_is_told_with_the_nearest(checked: dict[str, Any]) -> None:
    assert list(checked["strays"]) == ["hubspot/contact/"]
    assert checked["strays"]["hubspot/contact/"][0] == "hubspot/contacts"
    assert checked["loads_whole"] is False


def test_values_that_a_seed_lacks(checked: dict[str, Any]) -> None:
    gaps = {(gap["seed"], gap["table"], gap["column"]): gap["values"] for gap in checked["gaps"]}
    assert gaps == {
        ("vocabularies", "salesforce.lead", "status"): [["Simmering", 1]],
        ("country_names", "salesforce.lead", "country"): [["Atlantis", 1]],
        ("opportunity_stages", "salesforce.opportunity", "stage_name"): [["Wishing", 1]],
        ("member_statuses", "salesforce.campaign_member", "status"): [["Visited Booth", 1]],
        ("currency_rates", "salesforce.opportunity", "currency_iso_code"): [["EUR", 1]],
        ("bill_statuses", "billing.invoices", "status"): [["In dispute", 1]],
    }


def test_a_status_needs_no_meaning_where_the_member_says_whether_it_responded(tmp_path: Path) -> None:
    members = "Id,CampaignId,LeadId,Status,{},CreatedDate,LastModifiedDate\n".format
    for folder, told in (("unheard", "IsDeleted"), ("told", "HasResponded")):
        member = "00v000000079003,701000000079001,00Q000000079001,Visited Booth,false,2026-06-01,2026-06-01\n"
        site = Site(landing=tmp_path / folder, lake=tmp_path)
        site.deliver("members.csv", members(told) + member, folder="salesforce/campaign_member")
    checked = {folder: reading.check(str(tmp_path / folder), settings=current()) for folder in ("unheard", "told")}
    assert [gap.seed for gap in checked["unheard"].gaps] == ["member_statuses"]
    assert not checked["told"].gaps


def test_stages_gone_through_and_stages_that_their_system_explains(tmp_path: Path) -> None:
    site = Site(landing=tmp_path, lake=tmp_path)
    for table, rows in {
        "opportunity": [
            "Id,StageName,IsClosed,CreatedDate,LastModifiedDate",
            "006000000079002,Signed off,true,2026-06-01,2026-06-01",
            "006000000079003,Wishing,,2026-06-01,2026-06-01",
        ],
        "opportunity_stage": ["ApiName,IsClosed", "Haggling,false"],
        "opportunity_history": [
            "OpportunityId,CreatedDate,StageName",
            "006000000079002,2026-06-01,Haggling",
            "006000000079002,2026-06-02,Hoping",
        ],
        "opportunity_field_history": [
            "Id,OpportunityId,Field,OldValue,NewValue,CreatedDate",
            "017000000079001,006000000079002,StageName,Handover,Signed off,2026-06-03",
            "017000000079002,006000000079002,Amount,5,7,2026-06-03",
        ],
    }.items():
        site.deliver("a.csv", "\n".join(rows) + "\n", folder=f"salesforce/{table}")
    gaps = reading.check(str(tmp_path), settings=current()).gaps
    assert [(gap.seed, gap.table, gap.column, gap.values) for gap in gaps] == [
        ("opportunity_stages", "salesforce.opportunity", "stage_name", (("Wishing", 1),)),
        ("opportunity_stages", "salesforce.opportunity_field_history", "old_value", (("Handover", 1),)),
        ("opportunity_stages", "salesforce.opportunity_history", "stage_name", (("Hoping", 1),)),
    ]


def test_marts_that_will_have_rows(checked: dict[str, Any]) -> None:
    lacks = {mart["name"]: mart["lacks"] for mart in checked["marts"]}
    for fed in ("dim_people", "fct_funnel_counts", "fct_opportunities", "fct_quarantined_rows", "fct_load_ledger"):
        assert lacks[fed] == []
    assert lacks["fct_ad_spend"] == ["spend"]
    assert lacks["fct_sessions"] == ["web_events"]
    assert lacks["dim_accounts"] in ([], ["accounts"])


@pytest.mark.parametrize("is_terminal", [True, False])
def test_people_are_told_the_same(
    landing: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], is_terminal: bool
) -> None:
    marts = [Mart("dim_people", ()), Mart("fct_ad_spend", ("spend",))]
    monkeypatch.setattr(reading, "judge_marts", lambda loaded, **options: marts)
    show(
        reading.check(str(landing), settings=current()), Console(force_terminal=is_terminal, width=200, highlight=False)
    )
    said = capsys.readouterr().out
    assert ("\t" in said) is not is_terminal
    for line in ("did you mean hubspot/contacts", "'Simmering' (1)", "(1 of 2): dim_people", "spend: fct_ad_spend"):
        assert line in said
    assert "5 files, 1 refused; 7 rows would load, 1 be quarantined; 1 of no table. Nothing was written." in said


def shared(paths: int) -> list[CheckedFile]:
    """Files of one table that lack one column, of which the last lacks another and has rows that can't be read."""
    file = CheckedFile(
        path="", table="ga4.events", status="loaded", rows_read=10, rows_loaded=10, missing_columns=("user_id",),
        cells=(Unread("is no day", 2, 4, "event_date", "x"),),
    )  # fmt: skip
    odd = {
        "missing_columns": ("platform", "user_id"),
        "unknown_columns": ("extra",),
        "rows_loaded": 9,
        "rows_quarantined": 1,
        "quarantined": (Unread("has no key", 1, 3, "event_name", None, "deliver it"),),
    }
    named = [replace(file, path=f"ga4/events/{number}.json") for number in range(paths)]
    return [*named[:-1], replace(named[-1], **odd)]


@pytest.mark.parametrize("by_file", [True, False])
def test_what_the_files_of_a_table_share_is_told_once(capsys: pytest.CaptureFixture[str], by_file: bool) -> None:
    landing = CheckedLanding("landing", tuple(shared(30)), {}, (), ())
    show(landing, Console(force_terminal=False, width=200, highlight=False), by_file=by_file)
    said = capsys.readouterr().out
    lines = [line.strip() for line in said.splitlines()]
    assert said.count("user_id") == (30 if by_file else 1)
    if by_file:
        assert lines[0].split("\t") == ["file", "table", "it", "shape", "rows", "load", "quarantined"]
        return
    assert len(lines) < 15
    assert lines[0].split("\t") == ["table", "files", "refused", "rows", "load", "quarantined"]
    assert lines[1].split("\t") == ["ga4.events", "30", "0", "300", "299", "1"]
    for line in (
        "ga4.events: 30 files, 300 rows",
        "columns lacking: user_id",
        "columns lacking in 1 of 30 files, first ga4/events/29.json: platform",
        "unknown columns, kept beside in 1 of 30 files, first ga4/events/29.json: extra",
        "ga4/events/29.json: quarantined, 1: has no key (first in line 3); deliver it",
        "null in 30 files, first ga4/events/0.json, 60: is no day (first in line 4: 'x')",
    ):
        assert line in lines


def test_a_landing_that_loads_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "judge_marts", lambda loaded, **options: [])
    Site(landing=tmp_path, lake=tmp_path).deliver("a.csv", "iso_code\nUSD\n", folder="salesforce/currency_type")
    assert main(["check", str(tmp_path)]) == 0


def test_without_a_landing_the_policy_is_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOUCHSTONE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TOUCHSTONE_LANDING", "")
    assert main(["check"]) == 0
    said = capsys.readouterr().out
    assert re.search(r"Policy: \d+ seeds, \d+ contracts, \d+ suites: no fault", said)
    assert "No landing was read: name one" in said
    assert main(["check", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["policy"]["is_sound"], "files" in told) == (True, False)
    assert not (tmp_path / "home").exists()


def test_the_demo_companys_landing_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOUCHSTONE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TOUCHSTONE_LANDING", "")
    (tmp_path / "home" / "demo").mkdir(parents=True)
    (tmp_path / "home" / "demo" / "demo.json").write_text('{"until": "2026-06-30"}')
    current.cache_clear()
    assert main(["check"]) == 0
    current.cache_clear()
    assert f"`.venv/bin/touchstone check {tmp_path}/home/demo/landing`" in capsys.readouterr().out


def test_settings_that_cant_be_read_are_one_of_the_faults(
    landing: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOUCHSTONE_AS_OF", "yesterday")
    current.cache_clear()
    assert main(["check", str(landing)]) == 1
    said = capsys.readouterr().out
    assert "TOUCHSTONE_AS_OF='yesterday' is not an ISO 8601 instant" in said
    assert "1 fault" in said
    assert "No landing was read: correct these first." in said


def test_a_landing_is_not_read_by_a_policy_with_faults(
    landing: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = Finding("seeds/a.csv", "is no number", "write one", line=3, column="share", value="0,5")
    monkeypatch.setattr(policy.seeds, "findings", lambda: [fault])
    assert main(["check", str(landing), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["policy"]["findings"] == [
        {
            "file": "seeds/a.csv",
            "wrong": "is no number",
            "remedy": "write one",
            "line": 3,
            "column": "share",
            "value": "0,5",
        }
    ]
    assert "files" not in told


def test_no_landing(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["check", "/nowhere/at/all"]) == 2
    assert "/nowhere/at/all" in capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_says_what_it_does(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([command, "--help"])
    said = capsys.readouterr().out
    assert left.value.code == 0
    assert said.startswith(f"usage: .venv/bin/touchstone {command}")
    assert said.split("\n\n")[1][0].isupper()
