"""The validator of seeds: each fault, in a folder with one seed and its YAML, and the project's own seeds."""

import shutil
from dataclasses import replace
from pathlib import Path

import pandas
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from orchestration.policy import cells, rules, seeds, things
from orchestration.policy.findings import SHOWN, Finding, listed
from orchestration.seeds import values as read_values
from orchestration.settings import SEEDS

YAML = """\
version: 2
seeds:
  - name: regions
    config:
      column_types: {region: string}
    data_tests:
      - grain: {arguments: {columns: [region]}}
  - name: promises
    config:
      column_types:
        region: string
        kind: string
        share: double
        days: bigint
        factor: decimal(4,2)
        is_on: boolean
        valid_from: date
        valid_to: date
        zone: string
        pattern: string
        currency: string
        note: string
      meta:
        same: [{column: zone, of: [region]}]
    data_tests:
      - grain: {arguments: {columns: [region, kind, valid_from]}}
      - filled: {arguments: {columns: [days]}}
      - one_at_a_time: {arguments: {of: [region, kind], gaps: forbidden}}
    columns:
      - name: region
        data_tests:
          - relationships: {arguments: {to: ref('regions'), field: region}}
      - name: kind
        data_tests:
          - accepted_values: {arguments: {values: [first, last]}}
      - name: share
        config: {meta: {range: [0, 1]}}
      - name: days
        config: {meta: {range: [1, null]}}
      - name: zone
        config: {meta: {holds: time_zone}}
      - name: pattern
        config: {meta: {holds: regex}}
      - name: currency
        config: {meta: {holds: currency, or: [reporting]}}
"""
HEADER = "region,kind,share,days,factor,is_on,valid_from,valid_to,zone,pattern,currency,note"
ROW = "amer,first,0.5,3,1.00,true,2026-01-01,,UTC,^a$,EUR,fine"
BOM = "\ufeff"
CP1252 = 'in Excel, save it as "CSV UTF-8 (Comma delimited)", not as plain CSV'


def row(**cells: str) -> str:
    """The good row with other cells."""
    return ",".join({**dict(zip(HEADER.split(","), ROW.split(","), strict=True)), **cells}.values())


def judged(folder: Path, content: str | bytes, *, yaml: str = YAML) -> list[Finding]:
    """What is wrong with the seed `promises` of this content."""
    seed_folder = folder / "seeds"
    seed_folder.mkdir(exist_ok=True)
    (seed_folder / "_seeds_test.yml").write_text(yaml)
    (seed_folder / "regions.csv").write_text("region\namer\nemea\n")
    path = seed_folder / "promises.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return seeds.findings(seed_folder)


def table(*rows: str) -> str:
    return "\n".join([HEADER, *rows]) + "\n"


@pytest.mark.parametrize(
    "content",
    [
        table(ROW),
        BOM + table(ROW),
        table(ROW).replace("\n", "\r\n"),
        table(ROW).rstrip("\n"),
        table(),
        ",".join(reversed(HEADER.split(","))) + "\n" + ",".join(reversed(ROW.split(","))) + "\n",
        table(row(share="", factor="", is_on="", zone="", pattern="", currency="", note="")),
        table(row(currency="reporting", is_on="FALSE", share="1", note='"a, b"')),
        table(row(valid_to="2026-02-01"), row(valid_from="2026-02-01")),
        table(row(kind="last"), row()),
    ],
    ids=[
        "plain",
        "byte order mark",
        "Windows' lines",
        "no last newline",
        "no rows",
        "columns in another order",
        "empty where it may be",
        "other spellings",
        "one interval after the other",
        "two keys",
    ],
)
def test_what_is_right_is_not_found(tmp_path: Path, content: str) -> None:
    assert not judged(tmp_path, content)


# Each fault: the file, and of its one finding line, column, value, and words of what is wrong and of the remedy.
FAULTS = {
    "required cell": (table(ROW, row(days="", kind="last")), 3, "days", None, "is empty", "fill it in"),
    "key cell": (table(row(kind="")), 2, "kind", None, "is empty", "fill it in"),
    "no number": (table(row(share="half")), 2, "share", "half", "is no number", "as 0.05"),
    "percent": (table(row(share="5%")), 2, "share", "5%", "is no number", "no percent sign"),
    "decimal comma": (table(row(share='"0,5"')), 2, "share", "0,5", "decimal comma", "digits with a point"),
    "thousands": (table(row(days='"1,200"')), 2, "days", "1,200", "decimal comma", "digits only"),
    "no whole number": (table(row(days="2.5")), 2, "days", "2.5", "is no whole number", "digits only"),
    "too many decimals": (table(row(factor="0.125")), 2, "factor", "0.125", "more than 2 decimals", "at most 2"),
    "date of Excel": (table(row(valid_from="1/31/2026")), 2, "valid_from", "1/31/2026", "no date", "as 2026-01-31"),
    "short date": (table(row(valid_from="2026-1-1")), 2, "valid_from", "2026-1-1", "no date", "as 2026-01-31"),
    "no day": (table(row(valid_from="2026-02-30")), 2, "valid_from", "2026-02-30", "no day of the cal", "2026-01-31"),
    "boolean": (table(row(is_on="yes")), 2, "is_on", "yes", "neither true nor false", "write true or false"),
    "share": (table(row(share="5")), 2, "share", "5", "is not within 0 and 1", "0.05 for 5 percent"),
    "least": (table(row(days="0")), 2, "days", "0", "is not at least 1", "at least 1"),
    "accepted": (table(row(kind="frist")), 2, "kind", "frist", "is none of first, last", "did you mean 'first'?"),
    "reference": (table(row(region="Amer")), 2, "region", "Amer", "not stand in seeds/regions.csv", "mean 'amer'?"),
    "blanks": (table(row(note="x ")), 2, "note", "x ", "has blanks at an end", "delete the blanks"),
    "no-break space": (table(row(note="x\u00a0")), 2, "note", "x\u00a0", "has blanks at an end", "delete the blanks"),
    "line break": (table(row(note='"a\nb"')), 2, "note", "a\nb", "holds a line break", "in one line"),
    "time zone": (table(row(zone="Berlin")), 2, "zone", "Berlin", "is no time zone", "as Europe/Berlin"),
    "regex": (table(row(pattern="(a")), 2, "pattern", "(a", "is no regular expression", "bracket"),
    "look-ahead": (table(row(pattern="(?=a)")), 2, "pattern", "(?=a)", "is no regular expression", "RE2"),
    "currency": (table(row(currency="EURO")), 2, "currency", "EURO", "is no ISO 4217 currency", "EUR or USD"),
    "blank row": (table(ROW, ",,,,,,,,,,,", row(kind="last")), 3, None, None, "is a blank row", "delete the row"),
    "blank line": (table(ROW, "", row(kind="last")), 3, None, None, "is a blank row", "delete the row"),
    "too many cells": (table(row(note="a, b")), 2, None, row(note="a, b"), "has 13 cells", "quotation marks"),
    "too few cells": (table("amer,first"), 2, None, "amer,first", "has 2 cells", "keeps its comma"),
    "missing column": (HEADER.replace(",note", "") + "\n", 1, "note", None, "is missing", "add the column 'note'"),
    "unknown column": (HEADER + ",more\n", 1, None, "more", "is no column", "delete the column"),
    "misspelt column": (HEADER.replace("note", "Notes") + "\n", 1, None, "Notes", "is no column", "mean 'note'?"),
    "blanks in a header": (HEADER.replace(",note", ", note") + "\n", 1, None, " note", "is no column", "mean 'note'?"),
    "twice a column": (HEADER + ",note\n", 1, "note", "note", "names two columns", "keep one"),
    "empty file": ("", 1, None, None, "is empty", "region,kind"),
    "Excel's own line": ("sep=,\n" + table(ROW), 1, None, "sep=,", "Excel's own line", "delete the line"),
    "semicolons": (table(ROW).replace(",", ";"), 1, None, HEADER[:60].replace(",", ";"), "by semicolons", "CSV UTF-8"),
    "tabs": (table(ROW).replace(",", "\t"), 1, None, HEADER[:60].replace(",", "\t"), "by tabs", "CSV UTF-8"),
    "cp1252": (table(ROW, row(kind="last", note="Zürich")).encode("cp1252"), 3, "note", "Zürich", "cp1252", CP1252),
    "UTF-16": (table(ROW).encode("utf-16"), 1, None, None, "UTF-16", "CSV UTF-8"),
    "open quote": (table(row(note='"open'), ROW), 2, "note", f"open\n{ROW}\n", "holds a line break", "quotation mark"),
    "key twice": (table(ROW, ROW), 3, "region + kind + valid_from", "amer + first + 2026-01-01", "line 2", "keep one"),
    "not the same": (
        table(ROW, row(kind="last", zone="Europe/Berlin")), 3, "zone + region", "Europe/Berlin + amer",
        "differs from another row of the same region, which has UTC", "write one zone",
    ),
    "reversed": (
        table(row(valid_to="2025-01-01")), 2, "valid_from + valid_to + region + kind",
        "2026-01-01 + 2025-01-01 + amer + first", "ends before it begins", "later than valid_from",
    ),
    "overlap": (
        table(ROW, row(valid_from="2026-03-01")), 3, "valid_from + valid_to + region + kind",
        "2026-03-01 + (empty) + amer + first", "another row of the same holds, see line 2", "in valid_to of that",
    ),
    "gap": (
        table(row(valid_from="2026-03-01"), row(valid_to="2026-02-01")), 2, "valid_from + valid_to + region + kind",
        "2026-03-01 + (empty) + amer + first", "on which no row holds, after line 3", "in valid_to of that row",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_once_where_it_stands(tmp_path: Path, fault: str) -> None:
    content, line, column, value, wrong, remedy = FAULTS[fault]
    found = judged(tmp_path, content)
    mine = [finding for finding in found if wrong in finding.wrong]
    assert len(mine) == 1, found
    assert (mine[0].file, mine[0].line, mine[0].column, mine[0].value) == ("seeds/promises.csv", line, column, value)
    assert remedy in mine[0].remedy
    # A quote that is never closed swallows a key too; nothing else says more than one thing.
    assert len(found) == 1 or fault in ("open quote",), found


def test_every_fault_of_a_file_is_found_at_once(tmp_path: Path) -> None:
    spoiled = (
        table(row(share="0,5"), row(region="emea", zone="CEST", note="Köln")).replace(",", ";").replace("0;5", "0,5")
    )
    found = judged(tmp_path, spoiled.encode("cp1252"))
    assert [(finding.line, finding.column) for finding in found] == [(1, None), (2, "share"), (3, "note"), (3, "zone")]


def test_unicode_text_of_excel_is_two_faults_and_read_all_the_same(tmp_path: Path) -> None:
    found = judged(tmp_path, table(row(share="5")).replace(",", "\t").encode("utf-16"))
    assert [(finding.line, finding.column) for finding in found] == [(1, None), (1, None), (2, "share")]


@pytest.mark.parametrize(("first", "second"), [("West", "west"), ("Far West", "Far  West"), ("West", "WEST")])
def test_names_that_look_the_same_are_two_only_where_the_seed_says_so(tmp_path: Path, first: str, second: str) -> None:
    judged(tmp_path, table())
    (tmp_path / "seeds" / "regions.csv").write_text(f"region\n{first}\n{second}\n")
    (found,) = seeds.findings(tmp_path / "seeds")
    assert (found.line, found.value, found.wrong) == (3, second, "differs only in capitals or blanks from line 2")
    minding = YAML.replace(
        "column_types: {region: string}", "column_types: {region: string}\n      meta: {case: matters}"
    )
    (tmp_path / "seeds" / "_seeds_test.yml").write_text(minding)
    assert not seeds.findings(tmp_path / "seeds")


def test_lines_are_those_of_the_file_where_cells_hold_line_breaks(tmp_path: Path) -> None:
    found = judged(tmp_path, table(row(note='"a\nb\nc"'), row(kind="last", share="x")))
    assert [(finding.line, finding.column) for finding in found] == [(2, "note"), (5, "share")]


def test_a_seed_that_cant_be_read_is_no_reason_to_doubt_those_that_refer_to_it(tmp_path: Path) -> None:
    judged(tmp_path, table(ROW))
    (tmp_path / "seeds" / "regions.csv").write_text("territory\namer\n")
    found = seeds.findings(tmp_path / "seeds")
    assert {finding.file for finding in found} == {"seeds/regions.csv"}


def test_blanks_in_a_name_are_told_where_they_stand_and_not_of_all_that_refer_to_it(tmp_path: Path) -> None:
    judged(tmp_path, table(ROW, row(region=" amer", kind="last")))
    (tmp_path / "seeds" / "regions.csv").write_text("region\namer \n")
    found = seeds.findings(tmp_path / "seeds")
    assert [(finding.file, finding.line) for finding in found] == [("seeds/promises.csv", 3), ("seeds/regions.csv", 2)]
    assert {finding.remedy for finding in found} == {"delete the blanks"}


def test_a_seed_without_rules_and_rules_without_a_seed(tmp_path: Path) -> None:
    judged(tmp_path, table(ROW))
    (tmp_path / "seeds" / "regions.csv").rename(tmp_path / "seeds" / "territories.csv")
    said = [str(finding) for finding in seeds.findings(tmp_path / "seeds")]
    assert any("seeds/territories.csv: is a seed without rules" in line for line in said)
    assert any("describes seed 'regions', which has no file" in line for line in said)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("double", "float", "column 'share': type 'float' is unknown"),
        ("range:", "rnage:", "column 'share': meta 'rnage' is unknown"),
        ("[0, 1]", "[0, all]", "column 'share': range [0, 'all'] is none"),
        ("time_zone", "timezone", "column 'zone': holds 'timezone' is unknown"),
        ("meta: {holds: regex}", "meta: {refers_to: patterns}", "column 'pattern': refers_to 'patterns' is unknown"),
        ("columns: [days]", "columns: [day]", "a rule names column 'day'"),
        ("- name: currency", "- name: money", "column 'money' has no type"),
        ("ref('regions')", "source('regions')", "write ref('<seed>')"),
        ("      column_types: {region: string}", "      enabled: true", "config.column_types is missing"),
        ("  - name: promises", "  - name: regions", "stands in seeds/_seeds_test.yml too"),
    ],
)  # fmt: skip
def test_rules_that_cant_be_read_are_a_finding(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in YAML
    (found,) = judged(tmp_path, table(ROW), yaml=YAML.replace(old, new, 1))
    assert message in str(found)


def test_many_lines_of_one_fault_are_counted() -> None:
    alike = [
        Finding("seeds/a.csv", "is no number", "write one", line=line, column="x", value="?") for line in range(30)
    ]
    lines = list(listed([*alike, replace(alike[0], column="y")]))
    assert len(lines) == SHOWN + 2
    assert lines[SHOWN] == f"seeds/a.csv: and {30 - SHOWN} lines more like these"


NUMBERS = st.text(alphabet="0123456789+-.,eE% ", min_size=1, max_size=8)
DAYS = st.one_of(st.dates().map(str), st.text(alphabet="0123456789-/.", min_size=1, max_size=12))


@settings(deadline=None)  # a busy machine is no fault
@given(texts=st.lists(NUMBERS, min_size=1, max_size=20))
def test_a_number_is_read_as_the_warehouse_reads_it(texts: list[str]) -> None:
    """What passes is the same number to DuckDB, which loads the seeds."""
    import duckdb

    column = rules.Column("x", "double")
    given_cells = pandas.Series(texts, dtype="str")
    read = cells.read(given_cells, column)
    with duckdb.connect() as connection:
        cast = "select try_cast(unnest(?::varchar[]) as double)"
        stored = [value for (value,) in connection.execute(cast, [texts]).fetchall()]
    for text, mine, theirs in zip(texts, read, stored, strict=True):
        assert pandas.isna(mine) or mine == theirs, text


@settings(deadline=None)  # a busy machine is no fault
@given(texts=st.lists(DAYS, min_size=1, max_size=20))
def test_a_date_is_read_as_the_warehouse_reads_it(texts: list[str]) -> None:
    import duckdb

    read = cells.dates(pandas.Series(texts, dtype="str"))
    with duckdb.connect() as connection:
        cast = "select try_cast(unnest(?::varchar[]) as date)"
        stored = [value for (value,) in connection.execute(cast, [texts]).fetchall()]
    for text, mine, theirs in zip(texts, read, stored, strict=True):
        assert pandas.isna(mine) or mine.date() == theirs, text


ANY = st.binary(max_size=200) | st.text(alphabet='ab,;\n\r\t" =sepü\ufeff0', max_size=200).map(str.encode)
SPOILED = st.builds(lambda start, middle: table(ROW).encode()[:start] + middle + table(ROW).encode()[start:],
                    st.integers(0, 150), st.binary(min_size=1, max_size=4))  # fmt: skip


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=ANY | SPOILED)
@example(content=b"\r\x80")
@example(content=b'"\n\x80')
def test_whatever_bytes_a_file_holds_it_is_judged(tmp_path: Path, content: bytes) -> None:
    for finding in judged(tmp_path, content):
        assert finding.file == "seeds/promises.csv"
        assert finding.line is None or 1 <= finding.line <= content.count(b"\n") + content.count(b"\r") + 1


INTERVALS = st.lists(st.tuples(st.integers(1, 28), st.none() | st.integers(1, 28)), min_size=1, max_size=6)


@settings(deadline=None)  # a busy machine is no fault
@given(spans=INTERVALS)
def test_no_day_has_two_rows_where_no_interval_is_found(spans: list[tuple[int, int | None]]) -> None:
    """Intervals are right exactly when each ends after it starts and no day is in two."""
    frame = pandas.DataFrame(
        {
            "key": "a",
            "valid_from": [f"2026-01-{start:02}" for start, _ in spans],
            "valid_to": [f"2026-01-{end:02}" if end else None for _, end in spans],
        },
        index=range(2, len(spans) + 2),
        dtype="str",
    )
    from orchestration.policy.of_rows import one_at_a_time

    rule = one_at_a_time(rules.Interval(("key",), "valid_from", "valid_to", has_gaps=True), is_keyed=False)
    days = [day for start, end in spans for day in range(start, end or 40)]
    is_right = all(end is None or start < end for start, end in spans) and len(days) == len(set(days))
    assert bool(rule.holds(frame).all()) is is_right


def test_the_projects_own_seeds_pass() -> None:
    assert list(listed(seeds.findings())) == []


def test_every_seed_has_complete_rules() -> None:
    """What a column's name promises, its rules ask."""
    lacking = []
    for seed in rules.read(SEEDS).values():
        starts = {interval.starts for interval in seed.intervals}
        ends = {interval.ends for interval in seed.intervals}
        if not seed.keys:
            lacking.append(f"{seed.name}: no grain")
        for column in seed.columns.values():
            referred = {target for target, _ in column.references}
            asked = {
                "an interval": column.name.endswith("valid_from") and column.name not in starts,
                "an interval's end": column.name.endswith("valid_to") and column.name not in ends,
                "check_owners": column.name == "owner"
                and not (referred & {"check_owners"} or column.refers_to == "owners")
                and seed.name != "check_owners",
                "systems": column.name.endswith("system") and column.refers_to != "systems",
                "channels": column.name == "channel" and not referred and seed.name != "channels",
                "stages": column.name.endswith("stage") and not referred and seed.name != "lifecycle_stages",
                "0 to 1": column.name.endswith(("share", "probability", "similarity", "variance_rate"))
                and (column.least, column.most) != (0, 1),
                "a time zone": column.name.endswith("time_zone") and column.holds != "time_zone",
                "a currency": column.name == "currency_code" and column.holds != "currency",
                "a country": column.name == "country" and column.refers_to not in ("countries", "iso_countries"),
                "true or false": column.name.startswith(("is_", "folds_")) and not column.is_required,
                "filled": column.data_type in ("boolean",) and not column.is_required,
            }
            lacking += [f"{seed.name}.{column.name}: {what}" for what, is_lacking in asked.items() if is_lacking]
    assert not lacking


# Of the project's seeds one cell that only the whole project shows to be wrong.
WRONG_IN_THE_PROJECT = {
    "system_roles": ("marketo,map", "marketto,map", "is no system"),
    "stage_mappings": (
        "salesforce,lead,lead_status,Unqualified",
        "salesforce,led,lead_status,Unqualified",
        "by no model",
    ),
    "critical_fields": ("pardot,prospect,job_title", "pardot,prospect,jobtitle", "is no attribute of people"),
    "vocabularies": (
        "marketo,leads,lead_status,Disqualified",
        "marketo,leads,status,Disqualified",
        "no column of a raw",
    ),
    "hygiene_rules": (
        "absent,,hygiene_validity",
        "absent,,hygiene_validty",
        "does not stand in seeds/check_thresholds.csv",
    ),
    "check_thresholds": ("freshness_daily", "freshness_dayly", "is named by no model and no suite"),
    "territories": ("Germany", "Germoney", "is no country that seeds/country_names.csv knows"),
    "country_names": ("\nad,Andorra", "\nad,Andora", "is no ISO 3166 country"),
    "check_owners": ("docs/runbooks/checks.md", "docs/runbooks/cheques.md", "is no file of the project and no URL"),
    "automation_rules": ("zapier%", "Zapier%", "is compared with lower case"),
    "business_calendars": ("emea,Europe/Berlin,1,09:00", "emea,Europe/Berlin,1,9am", "is no time of day"),
    "free_mail_domains": ("gmail.com,free", "https://gmail.com,free", "is no host or domain"),
    "sync_error_families": ("%picklist%,picklist,revenue_operations", "%picklist%,picklist,revops", "check_owners.csv"),
}


@pytest.mark.parametrize("seed", WRONG_IN_THE_PROJECT)
def test_a_wrong_name_in_a_seed_of_the_project_is_found(tmp_path: Path, seed: str) -> None:
    old, new, wrong = WRONG_IN_THE_PROJECT[seed]
    folder = shutil.copytree(SEEDS, tmp_path / "seeds")
    path = folder / f"{seed}.csv"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    found = seeds.findings(folder)
    assert {finding.file for finding in found} == {f"seeds/{seed}.csv"}
    assert wrong in found[0].wrong


EXPERIMENT = (
    "geo_1,Search in states,marketing_operations,paid_media,geo,Paid Search,,people,"
    "2026-01-01,2026-03-01,2026-03-01,2026-05-01,14"
)
CELLS = ("geo_1,on,true,state,Germany/Bavaria,90", "geo_1,off,false,state,United States/Texas,")
# What is replaced in one of them, the seed and line it is found in, and what is said of it.
WRONG_EXPERIMENTS = {
    "ends before it starts": (
        "2026-03-01,2026-05-01", "2026-05-01,2026-03-01", "experiments", 2, "test_start + test_end + experiment_id",
        "ends before it begins", "later than test_start",
    ),
    "baseline in the test": (
        "2026-01-01,2026-03-01", "2026-01-01,2026-03-02", "experiments", 2, "baseline_end + test_start",
        "test_start is before baseline_end", "at the latest the day of test_start",
    ),
    "no cells": ("geo_1,Search", "geo_2,Search", "experiments", 2, "experiment_id", "not stand in", "mean 'geo_1'"),
    "no such channel": ("Paid Search", "Paid Serch", "experiments", 2, "channel", "not stand in", "mean 'Paid Search'"),
    "a unit twice": (
        "off,false,state,United States/Texas", "off,false,state,Germany/Bavaria", "experiment_cells", 3,
        "experiment_id + unit_value", "stands already in line 2", "keep one",
    ),
    "a unit in two spellings": (
        "off,false,state,United States/Texas", "off,false,state,Deutschland/ bavaria", "experiment_cells", 3,
        "experiment_id + unit_value", "names in another spelling what is named in line 2", "keep one",
    ),
    "no control": (
        "off,false", "off,true", "experiment_cells", 2, "is_treated + experiment_id", "nothing to compare with",
        "add the rows of the other cell",
    ),
    "a cell that is both": (
        "off,false", "on,false", "experiment_cells", 3, "is_treated + experiment_id + cell", "differs from another row",
        "write one is_treated",
    ),
    "two kinds of unit": (
        "state,United States/Texas", "country,United States", "experiment_cells", 3, "unit_kind + experiment_id",
        "differs from another row", "write one unit_kind",
    ),
    "a country that is none": (
        "Germany/Bavaria", "Germoney/Bavaria", "experiment_cells", 2, "unit_value + unit_kind",
        "is no state of a country", "as Germany/Bavaria",
    ),
    "a country for a state": (
        "Germany/Bavaria", "Germany", "experiment_cells", 2, "unit_value + unit_kind",
        "is no state of a country", "as Germany/Bavaria",
    ),
}  # fmt: skip


def experiment_findings(folder: Path, experiment: str, cells: tuple[str, ...]) -> list[Finding]:
    """What is wrong with the project's seeds when they hold that experiment."""
    given = shutil.copytree(SEEDS, folder / "seeds")
    for name, rows in (("experiments", (experiment,)), ("experiment_cells", cells)):
        header = (SEEDS / f"{name}.csv").read_text().splitlines()[0]
        (given / f"{name}.csv").write_text("\n".join([header, *rows]) + "\n")
    return seeds.findings(given)


@pytest.mark.parametrize("fault", WRONG_EXPERIMENTS)
def test_a_fault_of_an_experiment_is_found_where_it_stands(tmp_path: Path, fault: str) -> None:
    old, new, seed, line, column, wrong, remedy = WRONG_EXPERIMENTS[fault]
    assert old in "\n".join((EXPERIMENT, *CELLS))
    found = experiment_findings(tmp_path, EXPERIMENT.replace(old, new), tuple(cell.replace(old, new) for cell in CELLS))
    (mine,) = [each for each in found if wrong in each.wrong and each.file == f"seeds/{seed}.csv"]
    assert (mine.line, mine.column) == (line, column)
    assert remedy in mine.remedy
    # Of an experiment without cells its cells are without an experiment too; two kinds are two units of another kind.
    assert len(found) == 1 or fault == "no cells", found


@pytest.mark.parametrize(
    ("kind", "values", "wrong"),
    [
        ("country", ("DE", "Frankreich", "United States"), "Germoney"),
        ("account", ("ba.example", "co.example"), "https://ba.example"),
        ("person_bucket", ("0", "99", "7"), "07"),
        ("person_bucket", ("0", "99"), "100"),
    ],
)
def test_a_unit_is_judged_by_its_kind(tmp_path: Path, kind: str, values: tuple[str, ...], wrong: str) -> None:
    cells = [f"geo_1,{'on' if at % 2 else 'off'},{at % 2 == 1},{kind},{value},".lower().replace(value.lower(), value)
             for at, value in enumerate(values)]  # fmt: skip
    assert not experiment_findings(tmp_path / "right", EXPERIMENT, tuple(cells))
    spoiled = (*cells, f"geo_1,on,true,{kind},{wrong},")
    (found,) = experiment_findings(tmp_path / "wrong", EXPERIMENT, spoiled)
    assert (found.line, found.column) == (len(values) + 2, "unit_value + unit_kind")


@pytest.mark.parametrize(
    ("kind", "one", "same", "other"),
    [
        ("country", "Germany", "Deutschland", "France"),
        ("country", "United States", "U.S.A.", "Canada"),
        ("state", "United States/Texas", "USA/texas", "United States/TX"),
        ("account", "ba.example", "www.ba.example", "emea.ba.example"),
    ],
)
def test_a_unit_in_two_spellings_stands_twice(tmp_path: Path, kind: str, one: str, same: str, other: str) -> None:
    """In both cells, and with the line in which it stands first."""
    cells = (f"geo_1,on,true,{kind},{one},", f"geo_1,off,false,{kind},{other},", f"geo_1,off,false,{kind},{same},")
    assert not experiment_findings(tmp_path / "right", EXPERIMENT, cells[:2])
    (found,) = experiment_findings(tmp_path / "wrong", EXPERIMENT, cells)
    assert (found.line, found.value) == (4, f"geo_1 + {same}")
    assert found.wrong == "names in another spelling what is named in line 2"


def test_without_the_names_of_countries_units_are_compared_as_they_stand(tmp_path: Path) -> None:
    """The seed that is missing is the finding."""
    units = ("Germany", "Deutschland", "germany")
    cells = tuple(f"geo_1,{unit},{unit == 'Germany'},country,{unit}," for unit in units)
    experiment_findings(tmp_path, EXPERIMENT, cells)
    (tmp_path / "seeds" / "country_names.csv").unlink()
    found = [each for each in seeds.findings(tmp_path / "seeds") if each.file == "seeds/experiment_cells.csv"]
    assert [(each.line, each.wrong) for each in found] == [(4, "differs only in capitals or blanks from line 2")]


def test_every_list_of_things_and_kind_is_used_by_a_seed() -> None:
    columns = [column for seed in rules.read(SEEDS).values() for column in seed.columns.values()]
    listed_by_seed = {reference.to for seed in rules.read(SEEDS).values() for reference in seed.references}
    by_case = {case.refers_to for column in columns for case in column.cases.values() if case.refers_to}
    named = {column.refers_to for column in columns if column.refers_to}
    assert named | listed_by_seed | by_case == set(things.THINGS)
    told = [*columns, *(case for column in columns for case in column.cases.values())]
    assert {each.folds for each in told if each.folds} == set(things.FOLDS)


def test_whoever_reads_a_seed_reads_over_a_byte_order_mark(tmp_path: Path) -> None:
    """dbt's own reader, the copy by which DuckDB loads its rows, and Python."""
    import duckdb
    from dbt_common.clients.agate_helper import from_csv

    path = tmp_path / "promises.csv"
    path.write_text(BOM + "promise,days\nfirst,2\n", encoding="utf-8")
    assert from_csv(path, text_columns=["promise", "days"]).column_names == ("promise", "days")
    with duckdb.connect() as connection:
        connection.execute("create table promises (promise varchar, days bigint)")
        connection.execute(f"copy promises from '{path}' (format csv, header true, delimiter ',')")
        assert connection.execute("from promises").fetchall() == [("first", 2)]
    assert read_values("promises", "promise", "days", folder=tmp_path) == [("first", "2")]
    with pytest.raises(ValueError, match=r"promises.csv has no column 'hours'"):
        read_values("promises", "hours", folder=tmp_path)
