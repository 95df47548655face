import pytest

from orchestration.quality.display import escape, markdown_rows, rows_as_text, safe


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("ada.lovelace@example.com", "a***@e***.com"),
        ("from ada+news@mail.example.co.uk, bob@b.org", "from a***@m***.uk, b***@b***.org"),
        ("email=ada%40example.com", "email=a***@e***.com"),
        ("https://example.com/a?email=ada%40example.com", "hxxps://example.com/a?***"),
        ("12 March", "12 March"),
        ("", ""),
        (None, ""),
        (float("nan"), ""),
        (12.0, "12"),
    ],
)
def test_values_name_no_one(value, shown):
    assert safe(value) == shown


def test_pii_columns_are_masked_whole():
    assert safe("Ada", is_pii=True) == "***"
    assert safe(4155550100, is_pii=True) == "***"
    assert safe("ada@example.com", is_pii=True) == "a***@e***.com"


@pytest.mark.parametrize(
    "formula", ['=HYPERLINK("http://x.example","x")', "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", " =1+1"]
)
def test_spreadsheet_injection(formula):
    assert safe(formula).startswith("'")


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[click](javascript:alert(1))",
        "| cell | break",
        "**bold** `code`",
        "line\nbreak\u202eflipped",
    ],
)
def test_hostile_utm(hostile):
    table = markdown_rows(["utm_campaign"], [(hostile,)])
    cell = table.splitlines()[2].removeprefix("| ").removesuffix(" |")
    assert len(table.splitlines()) == 3
    assert not set(cell) & set("<>|[]()*`")
    assert "javascript:" not in cell
    assert "\u202e" not in cell


def test_a_table_reads_back_as_text():
    table = markdown_rows(["name", "rows", "note"], [("a | b", 3, None), ("c", 1.5, "x@y.org")])
    assert rows_as_text(table, limit=2) == ["name = a | b, rows = 3", "name = c, rows = 1.5, note = x***@y***.org"]
    assert rows_as_text(table, limit=1) == ["name = a | b, rows = 3"]


def test_rows_too_wide_for_a_screen_are_a_list_that_reads_back_the_same():
    rows = [("file.csv", "long " * 12, "do; **this**"), ("other.csv", None, "long " * 12)]
    listed = markdown_rows(["source_file", "reason", "remedy"], rows)
    assert [line[:30] for line in listed.splitlines()] == [
        "- **source&#95;file** file.csv",
        "- **source&#95;file** other.csv"[:30],
    ]
    assert rows_as_text(listed, limit=9) == [
        f"source_file = file.csv, reason = {'long ' * 12}, remedy = do; **this**",
        f"source_file = other.csv, remedy = {'long ' * 12}",
    ]


def test_escape_keeps_plain_text():
    assert escape("Q1 launch, EMEA") == "Q1 launch, EMEA"
