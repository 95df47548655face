"""The runner of the cases: what may share a night, and what an expected.yml must say."""

import os
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.cases.collisions import Collision
from tests.cases.nights import Group
from tests.cases.situations import Case, MalformedCase, comparable, read_all, read_case

# Of these kinds a case that only somebody else thought of is not enough.
KINDS_OF_OUR_OWN = (
    "any_stack", "history", "absence", "one_fact_once", "no_data", "identity", "grain", "delivery_order", "calendar",
    "null_is_unknown", "vendor_flags", "people_at_work", "plausibility", "file_shapes",
)  # fmt: skip
LEADS = "Id,Email,CreatedDate,LastModifiedDate\n"
EXPECTED = """
description: Something.
kind: history
checks:
  - {title: one, query: select 1, rows: [[1]]}
"""


class Unbuildable:
    """A dbt project that no test gets to build."""

    def read_by(self, *queries: str) -> list[str]:
        return []


def case(folder: Path, files: dict[str, str], *, said: str = EXPECTED) -> Case:
    """A case with these extracts, by place below its folder."""
    for place, content in files.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    (folder / "expected.yml").write_text(said)
    return read_case(folder)


def collide(tmp_path: Path, one: dict[str, str], two: dict[str, str]) -> str:
    """What is said of two cases that can't share a night."""
    parts = ((case(tmp_path / "case_one", one), ""), (case(tmp_path / "case_two", two), ""))
    with pytest.raises(Collision) as refused:
        Group("common", parts).run(Unbuildable(), folder=tmp_path / "run")  # type: ignore[arg-type]
    return str(refused.value)


def lead(number: int, email: str) -> dict[str, str]:
    row = f"00Q0000000{number:05},{email},2026-01-01,2026-01-01\n"
    return {"landing/salesforce/lead/leads.csv": LEADS + row}


def test_one_key_in_two_cases(tmp_path: Path) -> None:
    said = collide(tmp_path, lead(1, "a@one.example"), lead(1, "b@two.example"))
    assert "case_one" in said
    assert "case_two" in said
    assert "salesforce.lead id 00Q000000000001EAA" in said


def test_one_address_in_two_cases(tmp_path: Path) -> None:
    said = collide(tmp_path, lead(1, "a@one.example"), lead(2, "A@one.example"))
    assert "case_one and case_two" in said
    assert "'a@one.example'" in said


def test_two_whole_deliveries_of_one_table(tmp_path: Path) -> None:
    files = [{"landing/hubspot/owners/o.csv": f"id,email,updatedAt\n{n},o{n}@x.example,2026-01-01\n"} for n in (1, 2)]
    assert "case_one and case_two share a group and both hold rows of hubspot.owners" in collide(tmp_path, *files)


def test_other_vars_in_one_group(tmp_path: Path) -> None:
    cases = (
        case(tmp_path / "case_one", lead(1, "a@one.example")),
        case(tmp_path / "case_two", lead(2, "b@two.example"), said=EXPECTED + "vars: {reporting_timezone: Asia/Tokyo}"),
    )
    with pytest.raises(Collision, match="case_one and case_two share the group 'common' and differ in variables"):
        Group("common", tuple((one, "") for one in cases)).run(Unbuildable(), folder=tmp_path)  # type: ignore[arg-type]


def test_files_are_written_in_the_order_of_nights(tmp_path: Path) -> None:
    nights = {
        "night1/salesforce/lead/z.csv": LEADS + "00Q000000000001,a@one.example,2026-01-01,2026-01-01\n",
        "night2/salesforce/lead/a.csv": LEADS + "00Q000000000001,a@one.example,2026-01-01,2026-01-02\n",
        "night2/salesforce/lead/b.csv": LEADS + "00Q000000000001,a@one.example,2026-01-01,2026-01-03\n",
    }
    group = Group("common", ((case(tmp_path / "case_one", nights), ""),))
    for number, now in ((1, datetime(2026, 6, 30, 2)), (2, datetime(2026, 7, 1, 2))):
        group.deliver(number, landing=tmp_path / "landing", now=now)
    files = sorted((tmp_path / "landing/salesforce/lead").iterdir(), key=os.path.getmtime)
    assert [path.name for path in files] == ["case_one__z.csv", "case_one__a.csv", "case_one__b.csv"]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("kind: history\nchecks: []", "'description' is missing"),
        (EXPECTED.replace("history", "hystery"), "kind 'hystery' is none of"),
        (EXPECTED + "grouped: x", "'grouped' means nothing"),
        (EXPECTED.replace("rows: [[1]]", "row: [[1]]"), "'row' means nothing"),
        (EXPECTED.replace(", rows: [[1]]", ""), "needs either rows or one_of"),
        (EXPECTED.replace("rows: [[1]]", "rows: [[1]], night: 2"), "a night that has no extracts"),
        (EXPECTED.replace("rows: [[1]]", "rows: [[1]], variant: b"), "a variant or a night that has no extracts"),
    ],
)
def test_a_malformed_case_is_named(tmp_path: Path, said: str, message: str) -> None:
    with pytest.raises(MalformedCase, match=message):
        case(tmp_path / "a_case", lead(1, "a@one.example"), said=said)


def test_a_case_without_extracts_is_named(tmp_path: Path) -> None:
    with pytest.raises(MalformedCase, match="lay extracts out as landing/"):
        case(tmp_path / "a_case", {"lead/leads.csv": LEADS})


def test_rows_compare_whoever_wrote_them() -> None:
    written = [[1, "x", date(2026, 3, 1), None], [12.5, datetime(2026, 3, 1, 10), True, "1"]]
    found = [(Decimal("12.50"), datetime(2026, 3, 1, 10), True, "1"), (1.0, "x", date(2026, 3, 1), None)]
    assert comparable(written) == comparable(found)
    assert comparable([[1]]) != comparable([[True]])
    assert comparable([[None]]) != comparable([["None"]])


@pytest.mark.parametrize("kind", KINDS_OF_OUR_OWN)
def test_three_cases_of_our_own(kind: str) -> None:
    assert len([case for case in read_all() if case.kind == kind and case.source is None]) >= 3
