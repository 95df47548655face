"""`campaign check` and `utm build` as somebody runs them."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from orchestration.campaigns import commands
from orchestration.campaigns.links import build
from tests.campaigns.conftest import NAME

PAGE = "https://www.acme.example/demo"
UTMS = {"utm_source": "marketo", "utm_medium": "email", "utm_campaign": NAME}
HEADER = ("Campaign name", "Start date", "Landing page", "UTM source", "UTM medium", "UTM campaign", "URL")
GOOD = (NAME, "2026-10-05", PAGE, "marketo", "email", NAME, build(PAGE, UTMS))
OFF = {"utm_source": "Marketo", "utm_campaign": "emea_emal_brand_2026q4"}
BAD = (NAME, "2026-10-05", PAGE, "Marketo", "email", OFF["utm_campaign"], build(PAGE, UTMS | OFF))


def write(path: Path, *rows: tuple[str, ...]) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    return path


def test_a_plan_without_fault_passes_and_nothing_is_written(tmp_path: Path, run) -> None:
    plan = write(tmp_path / "plan.csv", GOOD)
    status, out = run("campaign", "check", str(plan))
    assert status == 0
    assert out.strip() == f"{plan}: 1 row, 0 errors, 0 warnings: it may launch."
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["plan.csv"]


def test_a_faulty_plan_is_told_and_corrected_beside_itself(tmp_path: Path, run) -> None:
    plan = write(tmp_path / "plan.csv", GOOD, BAD)
    before = plan.read_bytes()
    status, out = run("campaign", "check", str(plan))
    assert status == 1
    header, *lines = out.splitlines()
    assert header.split("\t") == ["line", "severity", "field", "value", "wrong", "meant", "sure", "rule", "owner"]
    assert any(line.endswith(f"\t{NAME}\t85%\tcampaign_known\tmarketing_operations") for line in lines)
    assert f"3\terror\tutm_campaign\t{OFF['utm_campaign']}" in out
    assert f"\t{NAME}\t85%" in out
    assert "it must not launch like this." in out
    assert plan.read_bytes() == before
    with (tmp_path / "plan.corrected.csv").open(encoding="utf-8-sig") as file:
        header, good, bad = csv.reader(file)
    assert header == [*HEADER, "touchstone"]
    assert good == [*GOOD, ""]
    assert bad[:7] == [*GOOD]
    assert "utm_source: marketo instead of Marketo" in bad[7]
    assert "line 2 is the same" in bad[7]
    # What was corrected is right, but for being the link of the row before.
    status, said = run("campaign", "check", str(tmp_path / "plan.corrected.csv"), "--json")
    (faults,) = [of_plan["faults"] for of_plan in said["plans"].values()]
    assert [(fault["line"], fault["rule"]) for fault in faults] == [(3, "plan_once")]


def test_a_line_that_a_repair_would_make_worse_stays_as_it_is(tmp_path: Path, run, monkeypatch) -> None:
    plan = write(tmp_path / "plan.csv", BAD, (*GOOD[:6], build(PAGE, UTMS | {"utm_source": "Marketo"})))
    # A repair that nobody would make, of the first line alone: its source then breaks a rule that it did not break.
    judge = commands.judge

    def judged(*arguments, **options):
        told = judge(*arguments, **options)
        return replace(told, repairs={**told.repairs, 2: {"utm_source": "mark eto"}} if 2 in told.repairs else {})

    monkeypatch.setattr(commands, "judge", judged)
    assert run("campaign", "check", str(plan))[0] == 1
    with (tmp_path / "plan.corrected.csv").open(encoding="utf-8-sig") as file:
        _, first, second = csv.reader(file)
    assert (first[:7], second[:7]) == ([*BAD], [*GOOD])
    assert "instead of" not in first[7]


def test_a_shortened_link_is_left_alone(tmp_path: Path, run) -> None:
    bad = (*GOOD[:3], "Marketo", "email", NAME, "https://short.example/a1")
    status, out = run("campaign", "check", str(write(tmp_path / "plan.csv", bad)))
    assert status == 1
    assert "say in redirect_url where https://short.example/a1 ends" in out
    with (tmp_path / "plan.corrected.csv").open(encoding="utf-8-sig") as file:
        _, copied = csv.reader(file)
    assert copied[:7] == [*bad[:3], "marketo", *bad[4:]]


def test_a_list_of_links_is_judged_but_for_the_line_that_is_none(tmp_path: Path, run) -> None:
    (tmp_path / "links.txt").write_text(f"{GOOD[6]}\n{BAD[6]}\nfoo\n")
    status, said = run("campaign", "check", str(tmp_path / "links.txt"), "--json")
    (of_list,) = said["plans"].values()
    assert status == 1
    assert {fault["line"] for fault in of_list["faults"]} == {2, 3}
    (fault,) = [fault for fault in of_list["faults"] if fault["line"] == 3]
    assert (fault["rule"], "'foo' is no link" in fault["wrong"]) == ("url_spelling", True)


def test_machines_read_json(tmp_path: Path, run) -> None:
    plan = write(tmp_path / "plan.csv", BAD)
    status, said = run("campaign", "check", str(plan), "--json")
    assert (status, said["may_launch"]) == (1, False)
    of_plan = said["plans"][str(plan)]
    assert of_plan["corrected"] == str(tmp_path / "plan.corrected.csv")
    assert of_plan["repairs"]["2"] == {"utm_source": "marketo", "utm_campaign": NAME, "url": GOOD[6]}
    assert {"line": 2, "rule": "utm_case", "suggested_value": "marketo", "confidence": 0.95}.items() <= next(
        fault for fault in of_plan["faults"] if fault["rule"] == "utm_case"
    ).items()


def test_a_workbook_is_corrected_with_its_formats(tmp_path: Path, run) -> None:
    workbook = Workbook()
    workbook.active.append(["Notes of the meeting"])
    sheet = workbook.create_sheet("Plan")
    for row in (HEADER, BAD):
        sheet.append(row)
    sheet["A2"].font = Font(bold=True)
    sheet["C1"].value, sheet["H1"].value, sheet["H2"].value = "Landing page", "Budget", 5000.0
    plan = tmp_path / "plan.xlsx"
    workbook.save(plan)
    status, said = run("campaign", "check", str(plan), "--json")
    assert status == 1
    assert {fault["rule"] for fault in said["plans"][str(plan)]["faults"]} == {
        "campaign_known", "campaign_spelling", "utm_case"
    }  # fmt: skip
    corrected = load_workbook(tmp_path / "plan.corrected.xlsx")
    cells = [cell.value for cell in corrected["Plan"][2]]
    assert cells[:8] == [*GOOD, 5000]
    assert "utm_source: marketo instead of Marketo" in cells[8]
    assert corrected["Plan"]["I1"].value == "touchstone"
    assert corrected["Plan"]["A2"].font.bold
    assert corrected.worksheets[0]["A1"].value == "Notes of the meeting"


def test_links_are_judged_as_they_are_given(run) -> None:
    status, out = run("campaign", "check", BAD[6], GOOD[6])
    assert status == 1
    assert f"1: {GOOD[6]}" in out
    assert run("campaign", "check", GOOD[6])[0] == 0


@pytest.mark.parametrize("content", [None, "a,b\n1,2\n"])
def test_what_is_no_plan_ends_with_2(tmp_path: Path, run, content: str | None) -> None:
    if content:
        (tmp_path / "plan.csv").write_text(content)
    assert run("campaign", "check", str(tmp_path / "plan.csv"))[0] == 2


def test_a_link_is_built_for_each_landing_page_of_the_register(run) -> None:
    status, out = run("utm", "build", "--campaign", NAME, "--source", "marketo", "--medium", "email")
    assert status == 0
    assert out.split() == [build(PAGE, UTMS), build("https://acme.example/trial/", UTMS)]


@pytest.mark.parametrize(
    ("options", "status"),
    [
        (("--campaign", NAME, "--source", "Marketo", "--medium", "email"), 1),
        (("--campaign", NAME, "--source", "marketo", "--medium", "email", "--page", "https://other.example/"), 1),
        (("--campaign", "emea_email_other_2026q4", "--source", "marketo", "--medium", "email"), 2),
        (("--source", "marketo"), 2),
    ],
)
def test_a_link_that_must_not_launch_is_not_built(run, options: tuple[str, ...], status: int) -> None:
    assert run("utm", "build", *options) == (status, "")


@pytest.mark.parametrize("is_simulated", [True, False])
def test_it_is_said_whose_today_it_is(tmp_path: Path, run, monkeypatch, is_simulated: bool) -> None:
    monkeypatch.setenv("TOUCHSTONE_LANDING", "")
    monkeypatch.setenv("TOUCHSTONE_AS_OF", "")
    (tmp_path / "home" / "demo").mkdir(parents=True)
    if is_simulated:
        (tmp_path / "home" / "demo" / "demo.json").write_text('{"until": "2026-06-30"}')
    _, out = run("campaign", "check", str(write(tmp_path / "plan.csv", (GOOD[0], "2020-01-02", *GOOD[2:]))))
    assert ("today is 2026-07-01 (the demo company's)" in out) is is_simulated
    assert "today is 2" in out


def test_an_unregistered_campaign_is_told_with_the_nearest(run) -> None:
    options = ("--campaign", "emea_emal_brand_2026q4", "--source", "marketo", "--medium", "email")
    assert run("utm", "build", *options)[0] == 2
    assert f"emea_emal_brand_2026q4 is not registered; did you mean {NAME}?" in run.errors[-1]


def test_a_sheet_is_built_whole_or_not_at_all(tmp_path: Path, run) -> None:
    plan = write(tmp_path / "plan.csv", GOOD, (*GOOD[:3], "Linked In", *GOOD[4:6], ""))
    assert run("utm", "build", "--sheet", str(plan))[0] == 1
    assert "a sheet is built whole or not at all. Correct line 3." in run.errors[-1]
    assert not (tmp_path / "plan.links.csv").exists()


def test_a_sheet_gets_its_links_beside_it(tmp_path: Path, run) -> None:
    plan = write(tmp_path / "plan.csv", (*GOOD[:6], ""), (NAME, "2026-10-05", "", "linkedin", "social", "", ""))
    status, out = run("utm", "build", "--sheet", str(plan))
    assert (status, out.strip()) == (0, str(tmp_path / "plan.links.csv"))
    with (tmp_path / "plan.links.csv").open(encoding="utf-8-sig") as file:
        links = [row["url"] for row in csv.DictReader(file)]
    social = UTMS | {"utm_source": "linkedin", "utm_medium": "social"}
    assert links == [build(PAGE, UTMS), build(PAGE, social), build("https://acme.example/trial/", social)]
