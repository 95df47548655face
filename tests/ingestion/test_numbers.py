"""Numbers as people, spreadsheets and locales write them."""

from decimal import Decimal

import pytest

from tests.ingestion.conftest import PEOPLE, Site, column, with_

COUNTED = with_(columns=(*PEOPLE.columns, column("seats", "bigint")))


def deliver(
    site: Site, amounts: list[str], *, name: str = "a.csv", delimiter: str = ",", other: str = "amount"
) -> None:
    """A file of one number a row, each in quotes."""
    rows = "".join(f'{n}{delimiter}"{text}"{delimiter}2026-01-01\n' for n, text in enumerate(amounts))
    site.deliver(name, f"id{delimiter}{other}{delimiter}updated_at\n{rows}")


@pytest.mark.parametrize(
    ("text", "worth"),
    [
        ("1,234.56", "1234.56"),
        ("1,234", "1234"),
        ("1,234,567", "1234567"),
        ("12,34,567.50", "1234567.5"),
        ("$9,800.00", "9800"),
        ("-$9,800.00", "-9800"),
        ("$-9,800.00", "-9800"),
        ("USD 9,800.00", "9800"),
        ("9,800.00 EUR", "9800"),
        ("\u20ac 9800", "9800"),
        ("US$9.50", "9.5"),
        ("(1,234.50)", "-1234.5"),
        ("($1,234.50)", "-1234.5"),
        ("1,234.50-", "-1234.5"),
        ("\u22125.25", "-5.25"),
        ("1 234.50", "1234.5"),
        ("1\u202f234.50", "1234.5"),
        ("1'234.50", "1234.5"),
        ("50.-", "50"),
        ("CHF 1'250.--", "1250"),
        ("-50.-", "-50"),
        ("1.25E7", "12500000"),
        (" 7 ", "7"),
        (".5", "0.5"),
        ("7500", "7500"),
    ],
)
def test_what_people_write_is_read(site: Site, text: str, worth: str) -> None:
    deliver(site, [text, "0.5"])
    assert site.ingest().cell_defects == 0
    assert site.query("select amount from lake where id = 0") == [(Decimal(worth),)]


def test_an_even_amount_of_decimal_commas_is_positive(site: Site) -> None:
    deliver(site, ["50,-", "1.250,-", "980,50"], delimiter=";")
    assert site.ingest().cell_defects == 0
    assert site.query("select amount::double from lake order by id") == [(50,), (1250,), (980.5,)]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
@pytest.mark.parametrize("text", ["1,085", "12.500"])
def test_where_commas_part_no_fields_three_digits_tell_nothing(site: Site, delimiter: str, text: str) -> None:
    deliver(site, [text, "7"], delimiter=delimiter)
    assert f"holds {text}, which is" in site.ingest().errors[0]


@pytest.mark.parametrize("text", ["12 apples", "12%", "1-2", "1.2.3", "$", "()", "2026-01-01", "0x1F"])
def test_what_is_no_number_is_told(site: Site, text: str) -> None:
    deliver(site, [text, "0.5", "0.5"], other="share")
    assert site.ingest().cell_defects == 1


@pytest.mark.parametrize(
    "amounts",
    [
        ["12.500", "1.234,56", "980,5", "7500"],
        ["12.500", "1.234.567"],
        ["12.500", "EUR 0,50", "(1.000,00)"],
        ["12.500", "1\u00a0234,50"],
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_decimal_comma_anywhere_makes_points_thousands(site: Site, amounts: list[str], delimiter: str) -> None:
    deliver(site, amounts, delimiter=delimiter)
    assert site.ingest().cell_defects == 0
    worth = {"7500": 7500, "1.234,56": 1234.56, "980,5": 980.5, "1.234.567": 1234567, "EUR 0,50": 0.5}
    worth |= {"(1.000,00)": -1000, "12.500": 12500, "1\u00a0234,50": 1234.5}
    assert site.query("select amount::double from lake order by id") == [(worth[text],) for text in amounts]


@pytest.mark.parametrize("witness", ["9.5", "0.500", "1234.500", "1,234.56", "1.5000"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_decimal_point_anywhere_makes_points_decimal(site: Site, witness: str, delimiter: str) -> None:
    deliver(site, ["12.500", witness], delimiter=delimiter)
    assert site.ingest().cell_defects == 0
    assert site.query("select amount::double from lake where id = 0") == [(12.5,)]


def test_another_number_of_the_file_tells(site: Site) -> None:
    site.deliver("a.csv", 'id,amount,share,updated_at\n1,12.500,"0,5",2026-01-01\n')
    site.deliver("b.csv", "id,amount,share,updated_at\n2,12.500,0.5,2026-01-01\n")
    site.ingest()
    assert site.query("select amount::double, share from lake order by id") == [(12500, 0.5), (12.5, 0.5)]


@pytest.mark.parametrize(
    ("amounts", "delimiter", "other"),
    [
        (["12.500"], ",", "amount"),
        (["12.500", "7500", "-1.250", ""], ",", "amount"),
        (["12.500", "$3.000"], ";", "amount"),
        (["12.500"], ";", "share"),
        (["12,500"], ";", "amount"),
    ],
)
def test_what_is_worth_two_numbers_is_refused_until_declared(
    site: Site, amounts: list[str], delimiter: str, other: str
) -> None:
    deliver(site, amounts, delimiter=delimiter, other=other)
    report = site.ingest()
    assert (report.files_rejected, report.rows_loaded) == (1, 0)
    assert "`decimal: point` or `decimal: comma` into _landing.yml" in report.errors[0]
    thousands = "point" if "," in amounts[0] else "comma"
    for sign in ("point", "comma"):
        again = Site(site.landing, site.lake.with_name(sign))
        assert again.ingest(with_(decimal=sign)).rows_loaded == len(amounts)
        worth = 12500 if sign == thousands else 12.5
        assert again.query(f"select {other}::double from lake where id = 0") == [(worth,)]
    assert site.ingest(with_(decimal="comma")).rows_loaded == len(amounts)


@pytest.mark.parametrize(
    ("amounts", "delimiter", "other", "worth"),
    [
        (["12.500", "87.125"], ",", "share", 12.5),
        (["12.500", "87.125"], "\t", "share", 12.5),
        (["1,200", "12"], ",", "amount", 1200),
        (["1,200"], ";", "seats", 1200),
        (["1200.0"], ";", "seats", 1200),
    ],
)
def test_what_means_one_number_alarms_nobody(
    site: Site, amounts: list[str], delimiter: str, other: str, worth: float
) -> None:
    deliver(site, amounts, delimiter=delimiter, other=other)
    report = site.ingest(COUNTED)
    assert (report.rows_loaded, report.cell_defects, report.errors) == (len(amounts), 0, [])
    assert site.query(f"select {other}::double from lake where id = 0") == [(worth,)]


def test_json_and_parquet_write_numbers_by_rule(site: Site) -> None:
    site.deliver("a.jsonl", '{"id":1,"amount":12.500,"updated_at":"2026-01-01"}\n')
    site.deliver("b.jsonl", '{"id":2,"amount":"12.500","updated_at":"2026-01-01"}\n')
    site.ingest(with_(decimal="comma"))
    assert site.query("select amount::double from lake order by id") == [(12.5,), (12.5,)]


def test_a_column_of_both_signs_reads_what_is_sure(site: Site) -> None:
    deliver(site, ["1.234,56", "1,234.56", "12.500", "7"])
    report = site.ingest()
    assert (report.rows_loaded, report.cell_defects) == (4, 1)
    assert site.query("select amount::double from lake order by id") == [(1234.56,), (1234.56,), (None,), (7,)]
    assert site.defects() == [(4, "amount", "12.500")]


def test_files_of_one_header_part_decimals_each_their_own_way(site: Site) -> None:
    deliver(site, ["12.500", "0,5"], name="german.csv")
    deliver(site, ["12.500", "0.5"], name="us.csv")
    deliver(site, ["12.500"], name="unsure.csv")
    report = site.ingest()
    assert (report.rows_loaded, report.files_rejected) == (4, 1)
    assert site.query("select sum(amount)::double from lake where id = 0") == [(12512.5,)]
