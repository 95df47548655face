"""Which deliveries of a snapshot table are whole, and what is known of those that are not."""

import json
from datetime import datetime, timedelta

import pytest

from orchestration.contracts import Contract
from orchestration.ingestion.deliveries import series_of
from tests.ingestion.conftest import NOW, Site, column, with_

STAGES = with_(
    object="stages",
    mode="snapshot",
    cursor=None,
    key=("id",),
    delivery="file",
    columns=(column("id", "bigint", is_required=True), column("name")),
)
LINKS = with_(
    STAGES,
    object="links",
    key=("deal_id", "contact_id"),
    held_by=("deal_id",),
    columns=(column("deal_id", "bigint", is_required=True), column("contact_id", "bigint", is_required=True)),
)
FOLDER = "crm/stages"


def night(number: float) -> datetime:
    return datetime(2026, 11, 1, 3) + timedelta(days=number)


def stages(*numbers: int) -> str:
    return "id,name\n" + "".join(f"{n},stage {n}\n" for n in numbers)


def manifest(site: Site, name: str, at: float, folder: str = FOLDER, **stated: object) -> None:
    site.deliver(f"{name}.manifest.json", json.dumps(stated), folder=folder, at=night(at))


def decided(site: Site, contract: Contract = STAGES) -> list[tuple]:
    """(name, is whole, is suspect, next whole) of each delivery, in order."""
    return site.query(
        "select distinct delivery_number, delivery_name, scope is not null, is_suspect, next_whole_number "
        "from lake order by 1",
        table=f"_deliveries/{contract.system}/{contract.object}",
    )


def reason(site: Site) -> str:
    return site.query("select reason from lake order by delivery_number desc", table="_deliveries/crm/stages")[0][0]


def test_each_file_is_a_whole_delivery(site: Site) -> None:
    for number, held in enumerate([(1, 2, 3), (1, 2), (1, 2, 4)]):
        site.deliver(f"stages_{number}.csv", stages(*held), folder=FOLDER, at=night(number))
        assert site.ingest(STAGES).suspects == []
    assert decided(site) == [
        (1, f"{FOLDER}/stages_0.csv", True, False, 2),
        (2, f"{FOLDER}/stages_1.csv", True, False, 3),
        (3, f"{FOLDER}/stages_2.csv", True, False, None),
    ]


def test_nights_apart_and_all_at_once_decide_alike(site: Site) -> None:
    def deliver(number: int) -> None:
        held = [range(10), range(9), range(2), range(1, 9), range(0), range(4, 12)][number]
        site.deliver(f"stages_{number}.csv", stages(*held), folder=FOLDER, at=night(number))

    for number in range(6):
        deliver(number)
        site.ingest(STAGES)
    apart = decided(site)
    at_once = Site(landing=site.landing, lake=site.lake.parent / "again")
    at_once.ingest(STAGES)
    assert decided(at_once) == apart
    assert [whole for _, _, whole, _, _ in apart] == [True, True, False, True, False, True]


@pytest.mark.parametrize("held", [(), (1, 2, 3, 4)])
def test_half_empty_delivery_is_not_whole_and_is_told_once(site: Site, held: tuple[int, ...]) -> None:
    site.deliver("a.csv", stages(*range(10)), folder=FOLDER, at=night(0))
    site.ingest(STAGES)
    site.deliver("b.csv", stages(*held), folder=FOLDER, at=night(1))
    told = site.ingest(STAGES).suspects
    assert len(told) == 1
    assert told[0].startswith(f"{FOLDER}/b.csv: it holds {len(held) * 10}% of the 10 records there were")
    assert [row[2:4] for row in decided(site)] == [(True, False), (False, True)]
    assert site.ingest(STAGES).suspects == []


def test_delta_removes_nothing(site: Site) -> None:
    site.deliver("a.csv", stages(*range(10)), folder=FOLDER, at=night(0))
    site.deliver("b.csv", stages(11, 12), folder=FOLDER, at=night(1))
    site.deliver("c.csv", stages(*range(6), 11, 12), folder=FOLDER, at=night(2))
    site.ingest(STAGES)
    assert [row[2] for row in decided(site)] == [True, False, True]


def test_links_are_compared_by_what_they_hang_on(site: Site) -> None:
    for number, rows in enumerate(["1,7\n2,7\n", "1,8\n2,9\n", "3,8\n"]):
        site.deliver(f"{number}.csv", f"deal_id,contact_id\n{rows}", folder="crm/links", at=night(number))
    site.ingest(LINKS)
    assert [row[2] for row in decided(site, LINKS)] == [True, True, False]


def test_parts_are_one_delivery(site: Site) -> None:
    for number in range(2):
        for part in (1, 2, 3):
            held = stages(*range(part * 10, part * 10 + 5 - number))
            site.deliver(f"{number}/part-000{part}.csv", held, folder=FOLDER, at=night(number + part / 1000))
    site.ingest(STAGES)
    assert [row[1:4] for row in decided(site)] == [
        (f"{FOLDER}/0/*.csv", True, False),
        (f"{FOLDER}/1/*.csv", True, False),
    ]


def test_parts_written_over_are_the_next_delivery(site: Site) -> None:
    for number in range(2):
        for part in (1, 2):
            site.deliver(
                f"part-{part}.csv", stages(*range(part * 10, part * 10 + 5 - number)), folder=FOLDER, at=night(number)
            )
        site.ingest(STAGES)
    assert [row[2:] for row in decided(site)] == [(True, False, 2), (True, False, None)]


def test_late_part_is_heeded_the_night_it_arrives(site: Site) -> None:
    site.deliver("a.csv", stages(*range(10)), folder=FOLDER, at=night(0))
    site.deliver("b/part-1.csv", stages(*range(4)), folder=FOLDER, at=night(1))
    site.ingest(STAGES)
    assert decided(site)[-1][2:4] == (False, True)
    site.deliver("b/part-2.csv", stages(*range(4, 9)), folder=FOLDER, at=night(1.1))
    site.ingest(STAGES)
    assert decided(site)[-1][2:4] == (True, False)


def test_files_of_a_day_are_one_delivery(site: Site) -> None:
    daily = with_(STAGES, delivery="day")
    for number in range(2):
        for name, held in (("north", range(5)), ("south", range(5, 9 - number))):
            site.deliver(f"{name}_{number}.csv", stages(*held), folder=FOLDER, at=night(number + len(name) / 100))
    site.deliver("today.csv", stages(1, 2, 3, 4, 5, 6), folder=FOLDER)
    site.ingest(daily)
    assert [row[1:4] for row in decided(site)][:2] == [("2026-11-01", True, False), ("2026-11-02", True, False)]
    assert decided(site)[2][2:4] == (False, False)
    assert reason(site) == "it is still being delivered"


def test_known_content_is_a_delivery_again(site: Site) -> None:
    for number, held in enumerate([(1, 2), (1,), (1, 2)]):
        site.deliver(f"{number}.csv", stages(*held), folder=FOLDER, at=night(number))
    site.ingest(STAGES)
    assert site.query(
        "select delivery_number, source_file from lake order by 1", table="_deliveries/crm/stages"
    ) == [(1, f"{FOLDER}/0.csv"), (2, f"{FOLDER}/1.csv"), (3, f"{FOLDER}/0.csv")]  # fmt: skip


def test_touched_file_is_no_delivery(site: Site) -> None:
    site.deliver("0.csv", stages(1, 2), folder=FOLDER, at=night(0))
    site.deliver("1.csv", stages(1, 3), folder=FOLDER, at=night(1))
    site.ingest(STAGES)
    site.deliver("0.csv", stages(1, 2), folder=FOLDER, at=night(2))
    site.ingest(STAGES)
    assert len(decided(site)) == 2


def test_unreadable_rows_leave_a_delivery_unwhole(site: Site) -> None:
    site.deliver("a.csv", stages(1, 2, 3), folder=FOLDER, at=night(0))
    site.deliver("b.csv", stages(1, 2) + "x,stage x\n", folder=FOLDER, at=night(1))
    site.deliver("c.csv", "number\n1\n", folder=FOLDER, at=night(2))
    told = site.ingest(STAGES).suspects
    assert told == [
        f"{FOLDER}/b.csv: 1 rows of {FOLDER}/b.csv are in quarantine",
        f"{FOLDER}/c.csv: {FOLDER}/c.csv was rejected",
    ]


def test_manifest_names_a_delivery(site: Site) -> None:
    governed = with_(STAGES, delivery="manifest")
    site.deliver("a.csv", stages(1, 2, 3), folder=FOLDER, at=night(0))
    site.deliver("x/b1.csv", stages(1), folder=FOLDER, at=night(1))
    site.deliver("x/b2.csv", stages(2), folder=FOLDER, at=night(1.1))
    site.ingest(governed)
    assert [row[2:4] for row in decided(site)] == [(False, False)] * 2
    manifest(site, "b", 1.2, files=["x/b1.csv", "x/b2.csv"])
    site.ingest(governed)
    assert [row[1:4] for row in decided(site)] == [
        (f"{FOLDER}/a.csv", False, False),
        (f"{FOLDER}/b.manifest.json", True, False),
    ]
    assert site.query("select count(*) from lake", table="_ledger") == [(3,)]


def test_manifest_with_the_number_of_records_is_believed(site: Site) -> None:
    site.deliver("a.csv", stages(*range(10)), folder=FOLDER, at=night(0))
    site.deliver("b.csv", stages(1), folder=FOLDER, at=night(1))
    manifest(site, "b", 1, files=["b.csv"], records=1)
    site.deliver("c.csv", stages(1), folder=FOLDER, at=night(2))
    manifest(site, "c", 2, files=["c.csv"], records=2)
    site.ingest(STAGES)
    assert [row[2:4] for row in decided(site)] == [(True, False), (True, False), (False, True)]
    assert reason(site) == "it has 1 rows, its manifest says 2"


def test_manifest_calls_a_delivery_a_part(site: Site) -> None:
    site.deliver("a.csv", stages(1, 2), folder=FOLDER, at=night(0))
    site.deliver("b.csv", stages(1, 3), folder=FOLDER, at=night(1))
    manifest(site, "b", 1, files=["b.csv"], whole=False)
    site.ingest(STAGES)
    assert [row[2:4] for row in decided(site)] == [(True, False), (False, False)]


def test_manifest_of_a_file_that_never_came(site: Site) -> None:
    site.deliver("a.csv", stages(1, 2), folder=FOLDER, at=night(0))
    site.deliver("part-1.csv", stages(1, 2), folder=FOLDER, at=night(1))
    manifest(site, "b", 1, files=["part-1.csv", "part-2.csv"])
    assert site.ingest(STAGES).suspects == [
        f"{FOLDER}/b.manifest.json: {FOLDER}/part-2.csv, which its manifest lists, was not delivered"
    ]


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"files": "a.csv"}', '{"files": [1]}', '{"files": ["a.csv"], "record": 1}', "\x00"]
)
def test_manifest_that_cannot_be_read_is_rejected(site: Site, content: str) -> None:
    site.deliver("a.csv", stages(1, 2), folder=FOLDER, at=night(0))
    site.deliver("a.manifest.json", content, folder=FOLDER, at=night(0))
    report = site.ingest(STAGES)
    assert len(report.errors) == 1
    assert "a.manifest.json: the manifest" in report.errors[0]
    assert site.ingest(STAGES).errors == []
    assert [row[2] for row in decided(site)] == [True]


def test_manifest_of_a_table_that_is_no_snapshot_is_told(site: Site) -> None:
    site.deliver("a.csv", "id,updated_at\n1,2026-01-01\n")
    manifest(site, "a", 0, folder="crm/people", files=["a.csv"])
    report = site.ingest()
    assert (report.files_loaded, report.files_rejected) == (1, 1)
    assert "nobody reads its manifests" in report.errors[0]


def test_manifest_outlives_the_landing(site: Site) -> None:
    governed = with_(STAGES, delivery="manifest")
    site.deliver("a.csv", stages(1, 2), folder=FOLDER, at=night(0))
    manifest(site, "a", 0, files=["a.csv"])
    site.ingest(governed)
    for path in site.landing.rglob("*.*"):
        path.unlink()
    site.ingest(governed, now=NOW + timedelta(days=1))
    assert [row[2] for row in decided(site)] == [True]


def test_changed_contract_is_heeded(site: Site) -> None:
    site.deliver("a.csv", stages(*range(10)), folder=FOLDER, at=night(0))
    site.deliver("b.csv", stages(1, 2, 3), folder=FOLDER, at=night(1))
    site.ingest(STAGES)
    assert [row[2] for row in decided(site)] == [True, False]
    site.ingest(with_(STAGES, least_held=0.2))
    assert [row[2] for row in decided(site)] == [True, True]
    site.ingest(with_(STAGES, delivery="manifest"))
    assert [row[2] for row in decided(site)] == [False, False]


def test_many_deliveries_in_one_night(site: Site) -> None:
    for number in range(200):
        site.deliver(f"{number}.csv", stages(*range(number, number + 50)), folder=FOLDER, at=night(number))
    site.ingest(STAGES)
    assert all(row[2] for row in decided(site))
    assert len(decided(site)) == 200


def scopes(site: Site) -> list[tuple]:
    """(name, scope, next whole) of each delivery, in order."""
    return site.query(
        "select distinct delivery_number, delivery_name, scope, next_whole_number from lake order by 1",
        table="_deliveries/crm/stages",
    )


def test_series_of_other_records_are_whole_of_their_own(site: Site) -> None:
    held = [
        ("emea", range(10)),
        ("amer", range(20, 30)),
        ("emea", range(9)),
        ("amer", range(20, 28)),
        ("emea", range(8)),
    ]
    for number, (region, numbers) in enumerate(held):
        site.deliver(f"{region}_{number}.csv", stages(*numbers), folder=FOLDER, at=night(number))
        site.ingest(STAGES)
    assert [row[2:] for row in scopes(site)] == [
        ("table", 3),
        ("series", 4),
        ("series", 5),
        ("series", None),
        ("series", None),
    ]


def test_halves_that_are_only_numbered_are_parts(site: Site) -> None:
    for number in range(3):
        for half in (1, 2):
            numbers = range(half * 10, half * 10 + 10 - number)
            at = night(number + half / 1000)
            site.deliver(f"export_{half}.csv", stages(*numbers), folder=FOLDER, at=at)
        site.ingest(STAGES)
    assert [row[2:] for row in scopes(site)] == [("table", 2), ("table", 3), ("table", None)]


def test_export_of_another_name_goes_on(site: Site) -> None:
    for number, (name, held) in enumerate([("currencies", (1, 2, 3)), ("all of them", (1, 2)), ("currencies", (1,))]):
        site.deliver(f"{name}.csv", stages(*held), folder=FOLDER, at=night(number))
        site.ingest(STAGES)
    assert [row[2:] for row in scopes(site)] == [("table", 2), ("table", 3), ("table", None)]


@pytest.mark.parametrize(
    ("name", "series"),
    [
        ("crm/stages/Stages (2).csv", "crm stages stages"),
        ("crm/stages/stages_2026-03-01T02-00.csv.gz", "crm stages stages"),
        ("crm/stages/2026/mar/stages_v2.csv", "crm stages stages"),
        ("crm/stages/stages-3f2b8c9a-0d1e-4f5a-8b7c-9d0e1f2a3b4c.csv", "crm stages stages"),
        ("crm/stages/emea_stages.csv", "crm stages emea stages"),
        ("crm/stages/a.csv", "crm stages"),
    ],
)
def test_series_of(name: str, series: str) -> None:
    assert series_of(name) == series
