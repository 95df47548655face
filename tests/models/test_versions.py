"""Newest and every version of raw records: order, intervals, removal and absence, on a lake of a few rows."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import duckdb
import pytest

from orchestration import contracts
from orchestration.ingestion.files import file_order
from orchestration.ingestion.ledger import TABLES
from orchestration.ingestion.statements import lake_columns

Query = Callable[..., list[tuple]]

# Of each kind one table: a cursor on every row, on some, none, an event, a snapshot without and with one.
LEADS = ("salesforce", "lead")
DEALS = ("hubspot", "deals")
MERGES = ("hubspot", "merged_deals")
ACTIVITIES = ("marketo", "activities")
LINKS = ("hubspot", "deal_companies")
OWNERS = ("hubspot", "owners")


def day(number: float) -> datetime:
    return datetime(2026, 3, 1) + timedelta(days=number)


@pytest.fixture
def lake(database: duckdb.DuckDBPyConnection) -> Callable[..., None]:
    """Makes a table of rows: key columns and cursor, then `value`, `file`, `at` (its delivery), `gone`."""

    def fill(table: tuple[str, str], rows: Sequence[dict[str, Any]]) -> None:
        columns = {**lake_columns(contracts.load()[table]), "value": "varchar"}
        typed = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        database.execute(f"create table {table[1]} ({typed})")
        for line, row in enumerate(rows, 2):
            facts = {
                **row,
                "_is_marked_removed": row.get("gone"),
                "_delivered_at": row.get("at"),
                "_source_file": row.get("file", "f.csv"),
                "_source_line": line,
                "_row_hash": str(row.get("value")),
            }
            values = [facts.get(name) for name in columns]
            database.execute(f"insert into {table[1]} values ({', '.join('?' * len(values))})", values)
        typed = ", ".join(f"{name} {kind}" for name, kind in TABLES["_deliveries"].items())
        database.execute(f"create table if not exists deliveries ({typed})")

    return fill


@pytest.fixture
def versions(database: duckdb.DuckDBPyConnection, compile_sql: Callable[..., str]) -> Query:
    """Every version as (value, day from, day to, is removed), by key and time; proves what holds of all of them."""

    def read(table: tuple[str, str], key: str) -> list[tuple]:
        every, newest = (_compiled(compile_sql, macro, table) for macro in ("every_version", "newest_version"))
        database.execute(f"create or replace view every as {every}")
        database.execute(f"create or replace view newest as {newest}")
        shown = f"{key}, value, _valid_from, _is_removed, _source_file, _source_line"
        assert (
            database.execute(f"select {shown} from every where _is_newest order by all").fetchall()
            == database.execute(f"select {shown} from newest order by all").fetchall()
        )
        assert not database.execute(
            "select * from every where _valid_from is null or _valid_to <= _valid_from"
        ).fetchall()
        gaps = f"""select * from (select *, lead(_valid_from) over (partition by {key} order by _valid_from) as next
            from every) where _valid_to is distinct from next or _is_newest <> (next is null)"""
        assert not database.execute(gaps).fetchall()
        days = "(epoch({}) - epoch(timestamp '2026-03-01')) / 86400"
        return database.execute(
            f"select value, {days.format('_valid_from')}, {days.format('_valid_to')}, _is_removed "
            f"from every order by {key}, _valid_from"
        ).fetchall()

    return read


_sql: dict[tuple[str, tuple[str, str]], str] = {}


def _compiled(compile_sql: Callable[..., str], macro: str, table: tuple[str, str]) -> str:
    if (macro, table) not in _sql:
        _sql[macro, table] = compile_sql(inline=f"select * from {{{{ {macro}(source('{table[0]}', '{table[1]}')) }}}}")
    return _sql[macro, table]


def lead(value: str, cursor: float, at: float, **facts: Any) -> dict[str, Any]:
    return {"id": "1", "value": value, "last_modified_date": day(cursor), "at": day(at), **facts}


def merge(value: str, at: float | None, **facts: Any) -> dict[str, Any]:
    key = {"deal_id": 812, "merged_deal_id": 813}
    return {**key, "value": value, "at": None if at is None else day(at), **facts}


def test_cursor_then_delivery_then_file_then_line(lake: Callable[..., None], versions: Query) -> None:
    lake(
        LEADS,
        [
            lead("older", 1, 9),
            lead("newest", 2, 3, file="a.csv"),
            lead("equal cursor, delivered before", 2, 2, file="z.csv"),
        ],
    )
    assert versions(LEADS, "id") == [("older", 1, 2, None), ("newest", 2, None, None)]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("li_9.csv", "li_10.csv"),
        ("stats.csv", "stats (1).csv"),
        ("d/2026-9/x.csv", "d/2026-10/a.csv"),
        ("x.csv", "x_v2.csv"),
    ],
)
def test_restated_file_that_sorts_first(lake: Callable[..., None], versions: Query, earlier: str, later: str) -> None:
    lake(MERGES, [merge("restated", 1, file=later), merge("first", 1, file=earlier)])
    assert [row[0] for row in versions(MERGES, "deal_id")] == ["restated"]


def test_later_delivery_of_a_name_that_sorts_first(lake: Callable[..., None], versions: Query) -> None:
    lake(MERGES, [merge("restated", 2, file="insights_apr.csv"), merge("first", 1, file="insights_mar.csv")])
    assert versions(MERGES, "deal_id") == [("first", 1, 2, None), ("restated", 2, None, None)]


def test_older_lakes_without_delivery_sort_oldest(lake: Callable[..., None], versions: Query) -> None:
    lake(MERGES, [merge("z", None, file="z_10.csv"), merge("y", None, file="z_9.csv"), merge("new", 1, file="a.csv")])
    epoch = (datetime(1970, 1, 1) - day(0)).days
    assert versions(MERGES, "deal_id") == [("z", epoch, 1, None), ("new", 1, None, None)]


def test_repeated_row_without_cursor_is_no_version(lake: Callable[..., None], versions: Query) -> None:
    lake(MERGES, [merge("a", n, file=f"{n}.csv") for n in (1, 2, 3)] + [merge("b", 4), merge("b", 5), merge("a", 6)])
    assert versions(MERGES, "deal_id") == [("a", 1, 4, None), ("b", 4, 6, None), ("a", 6, None, None)]


def test_removal_that_leaves_the_cursor_is_dated_by_its_delivery(lake: Callable[..., None], versions: Query) -> None:
    lake(
        LEADS,
        [
            lead("alive", 1, 2, gone=False),
            lead("gone", 1, 5, gone=True),
            lead("still gone", 1, 6, gone=True),
            lead("back", 1, 8, gone=False),
        ],
    )
    assert versions(LEADS, "id") == [("alive", 1, 5, False), ("still gone", 5, 8, True), ("back", 8, None, False)]


def test_last_known_word_holds_until_a_marker_denies_it(lake: Callable[..., None], versions: Query) -> None:
    lake(
        LEADS,
        [lead("alive", 1, 2), lead("gone", 3, 4, gone=True), lead("silent", 5, 6), lead("back", 7, 8, gone=False)],
    )
    assert versions(LEADS, "id") == [
        ("alive", 1, 3, None),
        ("gone", 3, 5, True),
        ("silent", 5, 7, True),
        ("back", 7, None, False),
    ]


def test_record_first_seen_removed_is_dated_by_its_cursor(lake: Callable[..., None], versions: Query) -> None:
    lake(LEADS, [lead("gone", 1, 200, gone=True)])
    assert versions(LEADS, "id") == [("gone", 1, None, True)]


def deal(value: str, cursor: float | None, at: float, **facts: Any) -> dict[str, Any]:
    updated_at = None if cursor is None else day(cursor)
    return {"deal_id": 1, "value": value, "updated_at": updated_at, "at": day(at), **facts}


def test_row_without_cursor_is_as_new_as_what_came_before_it(lake: Callable[..., None], versions: Query) -> None:
    lake(DEALS, [deal("first", 1, 2), deal("no cursor", None, 4), deal("late", 0, 5), deal("newest", 6, 7)])
    assert versions(DEALS, "deal_id") == [
        ("late", 0, 1, None),
        ("first", 1, 4, None),
        ("no cursor", 4, 6, None),
        ("newest", 6, None, None),
    ]


def test_version_that_a_later_one_reaches_back_behind_never_held(lake: Callable[..., None], versions: Query) -> None:
    lake(DEALS, [deal("no cursor yet", None, 100), deal("with cursor", 1, 101)])
    assert versions(DEALS, "deal_id") == [("with cursor", 1, None, None)]


def test_events_take_the_probing_path_to_the_same_rows(lake: Callable[..., None], versions: Query) -> None:
    rows = [
        {"marketo_guid": "once", "value": "a", "activity_date": day(1), "at": day(2), "gone": True},
        {"marketo_guid": "twice", "value": "b", "activity_date": day(1), "at": day(2)},
        {"marketo_guid": "twice", "value": "c", "activity_date": day(1), "at": day(3)},
        {"marketo_guid": "undated", "value": "d", "activity_date": None, "at": day(5)},
    ]
    lake(ACTIVITIES, rows)
    assert versions(ACTIVITIES, "marketo_guid") == [
        ("a", 1, None, True),
        ("c", 1, None, None),
        ("d", 5, None, None),
    ]


@pytest.fixture
def delivered(database: duckdb.DuckDBPyConnection) -> Callable[..., None]:
    """Lists deliveries of a table: (day, file, is whole), in order."""

    def fill(table: tuple[str, str], deliveries: Sequence[tuple[float, str, bool]]) -> None:
        for number, (at, file, _) in enumerate(deliveries, 1):
            later = [(n, w) for n, (w, _, whole) in enumerate(deliveries, 1) if whole and n > number]
            next_number, next_at = (later[0][0], day(later[0][1])) if later else (None, None)
            names = "system, object, delivery_number, delivered_at, source_file, next_whole_number, next_whole_at"
            database.execute(
                f"insert into deliveries ({names}) values (?, ?, ?, ?, ?, ?, ?)",
                [*table, number, day(at), file, next_number, next_at],
            )

    return fill


def link(company: int, file: str, at: float) -> dict[str, Any]:
    value = f"company {company}"
    return {"deal_id": 5010, "company_id": company, "type_id": 5, "value": value, "file": file, "at": day(at)}


def test_snapshot_row_withdrawn(lake: Callable[..., None], delivered: Callable[..., None], versions: Query) -> None:
    lake(
        LINKS, [link(1, "1.csv", 1), link(2, "1.csv", 1), link(2, "2.csv", 2), link(3, "2.csv", 2), link(2, "3.csv", 3)]
    )
    delivered(LINKS, [(1, "1.csv", True), (2, "2.csv", True), (3, "3.csv", True)])
    assert versions(LINKS, "company_id") == [
        ("company 1", 1, 2, None),
        ("company 1", 2, None, True),
        ("company 2", 1, None, None),
        ("company 3", 2, 3, None),
        ("company 3", 3, None, True),
    ]


def test_snapshot_row_that_comes_back(
    lake: Callable[..., None], delivered: Callable[..., None], versions: Query
) -> None:
    lake(LINKS, [link(1, "1.csv", 1), link(1, "4.csv", 4), link(2, "2.csv", 2)])
    delivered(LINKS, [(1, "1.csv", True), (2, "2.csv", True), (3, "3.csv", False), (4, "4.csv", True)])
    assert versions(LINKS, "company_id") == [
        ("company 1", 1, 2, None),
        ("company 1", 2, 4, True),
        ("company 1", 4, None, False),
        ("company 2", 2, 4, None),
        ("company 2", 4, None, True),
    ]


def test_delta_of_a_snapshot_removes_nothing(
    lake: Callable[..., None], delivered: Callable[..., None], versions: Query
) -> None:
    lake(LINKS, [link(1, "1.csv", 1), link(2, "2.csv", 2)])
    delivered(LINKS, [(1, "1.csv", True), (2, "2.csv", False)])
    assert versions(LINKS, "company_id") == [("company 1", 1, None, None), ("company 2", 2, None, None)]


def test_same_content_delivered_again_is_there_again(
    lake: Callable[..., None], delivered: Callable[..., None], versions: Query
) -> None:
    lake(LINKS, [link(1, "1.csv", 1), link(2, "2.csv", 2)])
    delivered(LINKS, [(1, "1.csv", True), (2, "2.csv", True), (3, "1.csv", True)])
    assert versions(LINKS, "company_id") == [
        ("company 1", 1, 2, None),
        ("company 1", 2, 3, True),
        ("company 1", 3, None, False),
        ("company 2", 2, 3, None),
        ("company 2", 3, None, True),
    ]


def test_snapshot_with_cursor(lake: Callable[..., None], delivered: Callable[..., None], versions: Query) -> None:
    def owner(value: str, cursor: float, number: int) -> dict[str, Any]:
        file = f"{number}.csv"
        return {"owner_id": 7, "value": value, "updated_at": day(cursor), "file": file, "at": day(number)}

    lake(OWNERS, [owner("first", 0, 1), owner("changed", 1.5, 2), owner("changed", 1.5, 4)])
    delivered(OWNERS, [(n, f"{n}.csv", True) for n in (1, 2, 3, 4)])
    assert versions(OWNERS, "owner_id") == [
        ("first", 0, 1.5, None),
        ("changed", 1.5, 3, None),
        ("changed", 3, 4, True),
        ("changed", 4, None, False),
    ]


@pytest.mark.parametrize(
    "path", ["a/li_9.csv", "a/li_10.csv.gz", "Stats (12).CSV", "x", "1" * 30, "v1.2.3.csv", "a.b/c9"]
)
def test_file_order_is_the_same_in_python_and_sql(
    path: str, compile_sql: Callable[..., str], database: duckdb.DuckDBPyConnection
) -> None:
    sql = compile_sql(inline="select {{ natural_order('path') }} as place")
    assert database.execute(f"{sql} from (select ? as path)", [path]).fetchall() == [(file_order(path),)]


@pytest.mark.parametrize("seed", range(25))
def test_any_rows_have_one_version_at_a_time(
    lake: Callable[..., None], delivered: Callable[..., None], versions: Query, seed: int
) -> None:
    """What `versions` proves: no gap, no overlap, one newest, the same in both macros; and no record is lost."""
    draw = random.Random(seed)
    table, key = draw.choice([(LEADS, "id"), (DEALS, "deal_id"), (LINKS, "company_id"), (OWNERS, "owner_id")])
    cursor = {LEADS: "last_modified_date", DEALS: "updated_at", OWNERS: "updated_at"}.get(table)
    files = [(draw.randint(0, 4), f"{number}.csv", draw.random() < 0.6) for number in range(6)]
    files.sort()
    rows = []
    for at, file, _ in files:
        for number in draw.sample(range(4), k=draw.randint(0, 4)):
            row = {key: number, "value": draw.choice("ab"), "gone": draw.choice([None, None, False, True])}
            if cursor and (table == LEADS or draw.random() < 0.7):
                row[cursor] = day(draw.randint(0, 4))
            rows.append({**row, "file": file, "at": None if draw.random() < 0.1 else day(at)})
    lake(table, rows)
    delivered(table, files)
    shown = versions(table, key)
    assert len({row[key] for row in rows}) == sum(until is None for _, _, until, _ in shown)
