"""Models that keep their rows: any split of deliveries gives what a full rebuild gives; only changes are written."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import md5
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration import contracts
from orchestration.ingestion.files import file_order
from orchestration.ingestion.ledger import ensure_shapes
from orchestration.ingestion.statements import ORIGIN
from tests.parsed import run

pytestmark = pytest.mark.slow

TABLES = (
    "staging.stg_ga4__events",
    "staging.stg_marketo__activities",
    "staging.stg_marketo__activity_numbers",
    "conformed.marketo__activities_told_again",
    "conformed.marketo__activities",
    "conformed.ga4__web_events",
    "intermediate.int_web_sessions",
)
# A column of each web table that no other table is made from.
MARKED = {
    "staging.stg_ga4__events": "stream_id",
    "conformed.ga4__web_events": "referrer_host",
    "intermediate.int_web_sessions": "landing_page_host",
}
START = datetime(2026, 1, 1)
# The load date of each delivery; a rerun of an earlier night comes last.
NIGHTS = ("2026-01-02", "2026-01-03", "2026-01-03", "2025-12-31")
COLUMNS = {
    "ga4/events": {
        "event_timestamp": "timestamp",
        "event_name": "varchar",
        "user_pseudo_id": "varchar",
        "event_params": "varchar",
        "collected_traffic_source": "varchar",
    },
    "marketo/activities": {
        "marketo_guid": "varchar",
        "older_id_beside_guid": "varchar",
        "older_id": "varchar",
        "activity_date": "timestamp",
        "lead_id": "bigint",
        "activity_type_id": "bigint",
        "primary_attribute_value": "varchar",
    },
}

# What exports hold from some day on is no part of what an event is known by.
LATER = {"collected_traffic_source"}


@dataclass
class Lake:
    """A lake that a test fills batch by batch."""

    folder: Path
    batches: int = 0

    def deliver(self, table: str, rows: list[dict[str, Any]], *, night: str) -> None:
        """Load `rows` as one batch; a row may name the file and line it stood in, and when it was `delivered`."""
        self.batches += 1
        batch = f"batch{self.batches}"
        columns = COLUMNS[table]
        lines = []
        for line, row in enumerate(rows, 2):
            values = [row.get(column) for column in columns]
            known_by = [row.get(column) for column in columns if column not in LATER]
            content = md5(repr(known_by).encode()).hexdigest()
            file = row.get("file", batch)
            origin = {
                "_delivered_at": row.get("delivered", START),
                "_file_order": file_order(file),
                "_source_file": file,
                "_source_line": row.get("line", line),
                "_row_hash": content,
                "_batch_id": batch,
            }
            lines.append([*values, *(origin.get(column) for column in ORIGIN)])
        path = self.folder / table / f"load_date={night}" / f"{batch}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        typed = ", ".join(f"{name} {kind}" for name, kind in {**columns, **ORIGIN}.items())
        with duckdb.connect() as connection:
            connection.execute(f"create table batch ({typed})")
            connection.executemany(f"insert into batch values ({', '.join('?' * len(lines[0]))})", lines)
            connection.execute(f"copy batch to '{path}' (format parquet)")


@dataclass
class Project:
    """The dbt project over one lake."""

    folder: Path
    lake: Lake

    def build(self, warehouse: str, *, full_refresh: bool = False) -> None:
        """Build the models that keep their rows, and what they read."""
        seeds = ["conversion_events", "excluded_referrers"]
        models = [*seeds, "web_events", *(table.partition(".")[2] for table in TABLES)]
        flags = ["--exclude-resource-type", "test", "unit_test", *(["--full-refresh"] if full_refresh else [])]
        result = run(
            ["build", *flags, "--select", *models],
            artifacts=self.folder,
            warehouse=self._file(warehouse),
            lake=self.lake.folder,
            as_of="2026-02-01 02:00:00",
        )
        wrong = [f"{r.node.name}: {r.message}" for r in result if r.status != "success"]
        assert not wrong, "\n".join(wrong)

    def query(self, warehouse: str, sql: str) -> list[tuple]:
        with duckdb.connect(str(self._file(warehouse))) as connection:
            return connection.execute(sql).fetchall()

    def content(self, warehouse: str) -> dict[str, list[tuple]]:
        """Every row of every such table, sorted."""
        return {table: self.query(warehouse, f"select * from {table} order by all") for table in TABLES}

    def _file(self, warehouse: str) -> Path:
        file = self.folder / warehouse / "work.duckdb"
        file.parent.mkdir(exist_ok=True)
        return file


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project over a lake into which nothing was delivered yet."""
    ensure_shapes(contracts.load().values(), lake=tmp_path / "lake")
    return Project(tmp_path, Lake(tmp_path / "lake"))


def event(client: str | None, at: datetime, *, name: str = "page_view", campaign: str | None = None) -> dict[str, Any]:
    page = "https://acme.example/" + (f"?utm_source=ads&utm_campaign={campaign}" if campaign else "")
    params = [{"key": "page_location", "value": {"string_value": page}}]
    return {
        "event_timestamp": at,
        "event_name": name,
        "user_pseudo_id": client,
        "event_params": json.dumps(params),
    }


def events(draw: random.Random) -> Iterator[dict[str, Any]]:
    """Visits of a few clients around three midnights, so that events land within the silence that cuts a session."""
    for client in ("a", "b", "c", None):
        for _ in range(draw.randint(4, 12)):
            at = START + timedelta(days=draw.randint(0, 2), hours=23, minutes=draw.randint(0, 120))
            name = draw.choice(["page_view", "scroll", "generate_lead"])
            yield event(client, at, name=name, campaign=draw.choice([None, None, "one", "two"]))


def activities(draw: random.Random) -> Iterator[dict[str, Any]]:
    """Versions of activities: corrected, moved to another day, of one instant in two files or deliveries.

    Each names the activity by its GUID, by the older id or by both; every lead has two alike.
    """
    for number in range(12):
        for version in range(draw.randint(1, 4)):
            guid, older = f"guid{number}", str(number)
            key, beside, named = draw.choice([(guid, None, None), (guid, older, older), (older, None, older)])
            yield {
                "marketo_guid": key,
                "older_id_beside_guid": beside,
                "older_id": named,
                "activity_date": START + timedelta(days=draw.randint(0, 2)),
                "lead_id": number // 2,
                "activity_type_id": 2,
                "primary_attribute_value": f"form {version % 2}",
                "file": f"file{draw.randint(8, 11)}",
                "delivered": START + timedelta(days=draw.randint(0, 2)),
                "line": number * 10 + version + 2,
            }


@pytest.mark.parametrize("seed", range(3))
def test_trailing_window_loss(project: Project, seed: int) -> None:
    """Late, corrected, repeated rows in any order of deliveries: what is kept equals what is built whole."""
    draw = random.Random(seed)
    project.build("kept")
    deliveries: list[dict[str, list[dict[str, Any]]]] = [{table: [] for table in COLUMNS} for _ in NIGHTS]
    for table, rows in (("ga4/events", events(draw)), ("marketo/activities", activities(draw))):
        for row in rows:
            delivery, another = draw.sample(deliveries, k=2)
            delivery[table].append(row)
            if draw.random() < 0.2:
                another[table].append({**row, "file": f"{row.get('file', 'events')}_again"})
    for night, delivery in zip(NIGHTS, deliveries, strict=True):
        for table, rows in delivery.items():
            if rows:
                project.lake.deliver(table, rows, night=night)
        project.build("kept")
        project.build("whole", full_refresh=True)
        assert project.content("kept") == project.content("whole")
    assert project.query("whole", "from conformed.marketo__activities_told_again")


def test_an_activity_told_by_another_export_on_a_later_night_is_one(project: Project) -> None:
    """By a row of a third night that names both ids, by lead, second, type and asset; and in either order of nights."""
    form = {"lead_id": 1, "activity_type_id": 2, "primary_attribute_value": "Demo", "activity_date": START}
    click = {**form, "activity_type_id": 11}
    bulk = [{**form, "marketo_guid": "g1"}, {**click, "marketo_guid": "g2"}, {**click, "marketo_guid": "g3"}]
    connector = [
        {**form, "marketo_guid": "1", "older_id": "1", "activity_date": START + timedelta(seconds=9)},
        {**click, "marketo_guid": "2", "older_id": "2"},
    ]
    page = [{**form, "marketo_guid": "g1", "older_id_beside_guid": "1", "older_id": "1"}]
    for warehouse, nights in (("first", (bulk, connector, page)), ("second", (connector, page, bulk))):
        lake = Lake(project.folder / warehouse / "lake")
        ensure_shapes(contracts.load().values(), lake=lake.folder)
        apart = Project(project.folder, lake)
        counts = []
        for number, rows in enumerate(nights, 2):
            lake.deliver("marketo/activities", rows, night=f"2026-01-0{number}")
            apart.build(warehouse)
            counts.append(len(apart.query(warehouse, "from conformed.marketo__activities")))
        assert counts == ([3, 4, 3] if warehouse == "first" else [2, 2, 3])
        ids = apart.query(warehouse, "select activity_id from conformed.marketo__activities order by 1")
        assert ids == [("g1",), ("g2",), ("g3",)]


def test_only_what_changed_is_written(project: Project) -> None:
    """A mark on every row is gone from the touched keys alone; a full refresh leaves none."""
    night = START + timedelta(hours=23, minutes=50)
    first = [event(client, night) for client in "abcd"]
    project.lake.deliver("ga4/events", first, night="2026-01-02")
    project.build("kept")
    for table, column in MARKED.items():
        project.query("kept", f"update {table} set {column} = 'mark'")

    project.build("kept")
    assert unmarked(project) == [(None, 0)] * 3

    # One client comes back after midnight, another's early events arrive late, a new one comes; `a` is only repeated.
    second = [
        first[0],
        event("b", night + timedelta(minutes=20)),
        event("c", night - timedelta(days=9)),
        event("e", night + timedelta(days=1)),
    ]
    project.lake.deliver("ga4/events", second, night="2026-01-03")
    project.build("kept")
    assert unmarked(project) == [("abce", 4), ("abce", 4), ("bce", 4)]

    project.build("kept", full_refresh=True)
    assert unmarked(project) == [("abcde", 7), ("abcde", 7), ("abcde", 6)]


def test_an_event_that_is_delivered_again_and_says_more_reaches_its_session(project: Project) -> None:
    """With a column that exports hold from some day on; its neighbours' sessions are left as they are."""
    first = [event("a", START), event("b", START)]
    project.lake.deliver("ga4/events", first, night="2026-01-02")
    project.build("kept")
    sources = "select client_id, tagged_source from intermediate.int_web_sessions order by 1"
    assert project.query("kept", sources) == [("a", None), ("b", None)]
    project.query("kept", "update intermediate.int_web_sessions set landing_page_host = 'mark'")

    told = json.dumps({"manual_source": "partner", "manual_medium": "referral"})
    project.lake.deliver("ga4/events", [first[0] | {"collected_traffic_source": told}, first[1]], night="2026-01-03")
    project.build("kept")
    assert project.query("kept", sources) == [("a", "partner"), ("b", None)]
    marked = "select client_id from intermediate.int_web_sessions where landing_page_host = 'mark'"
    assert project.query("kept", marked) == [("b",)]
    project.query("kept", "update intermediate.int_web_sessions set landing_page_host = 'acme.example'")
    project.build("whole", full_refresh=True)
    assert project.content("kept") == project.content("whole")


def unmarked(project: Project) -> list[tuple]:
    """Clients and number of rows that were written since the marks were set, by table."""
    return [
        project.query(
            "kept",
            f"select string_agg(distinct client_id, '' order by client_id), count(*) from {table} "
            f"where {column} is distinct from 'mark'",
        )[0]
        for table, column in MARKED.items()
    ]
