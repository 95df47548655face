"""Archives, and files that are no table."""

import gzip
import io
import zipfile

import pytest

from tests.ingestion.conftest import Site

CSV = b"id,name,updated_at\n1,Ann,2026-01-01\n"


def archive(**members: bytes) -> bytes:
    """A ZIP of files, by name with `__` for a dot."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name.replace("__", "."), content)
    return out.getvalue()


@pytest.mark.parametrize("name", ["a.zip", "WE_00D.ZIP", "people.csv"])
def test_an_archive_of_one_file_is_read(site: Site, name: str) -> None:
    extra = {"folder/": b"", "__MACOSX/._people": b"x", "folder/.DS_Store": b"y"}
    site.deliver(name, archive(**{"folder/people__csv": CSV, **extra}))
    report = site.ingest()
    assert (report.rows_loaded, report.errors) == (1, [])
    assert site.query("select id, name from lake") == [(1, "Ann")]


def test_an_archive_is_known_by_what_it_holds(site: Site) -> None:
    site.deliver("a.csv", CSV)
    site.deliver("b.zip", archive(people__csv=CSV))
    site.deliver("c.csv.gz", gzip.compress(CSV))
    assert site.ingest().files_duplicate == 2


def test_other_formats_in_an_archive(site: Site) -> None:
    site.deliver("a.zip", archive(people__json=b'[{"id":1,"updated_at":"2026-01-01"}]'))
    site.deliver("b.zip", archive(people__tsv=b"id\tupdated_at\n2\t2026-01-01\n"))
    assert site.ingest().rows_loaded == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (archive(Lead__csv=CSV, Contact__csv=CSV), "ZIP archive of 2 files (Contact.csv, Lead.csv)"),
        (archive(), "ZIP archive without a file"),
        (archive(people__csv=CSV)[:60], "ZIP archive can't be opened"),
        (archive(people__csv__gz=gzip.compress(CSV)), "an archive within an archive"),
        (gzip.compress(archive(people__csv=CSV)), "an archive within an archive"),
        (archive(**{"xl/workbook__xml": b"<x/>", "[Content_Types]__xml": b"<x/>"}), "an Excel workbook, which"),
        (archive(**{"word/document__xml": b"<x/>", "[Content_Types]__xml": b"<x/>"}), "an Office document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "an Excel workbook (or another document) of Office 97"),
        (b"%PDF-1.7\n%\xe2\xe3\n", "a PDF document"),
        (b"Obj\x01\x04\x14avro.codec", "an Avro file"),
        (b"ORC\x11\x00\x00", "an ORC file"),
        (b"\x28\xb5\x2f\xfd\x04\x00", "packed by Zstandard"),
        (b"people.csv" + b"\0" * 247 + b"ustar\x0000", "a tar archive"),
        (b"<!DOCTYPE html><html><head><title>Login | Salesforce</title></head></html>", "an HTML page (Login | S"),
        (b"\xef\xbb\xbf\n<html><body><table><tr><td>id</td></tr></table></body></html>", "an HTML page"),
        ("<html><title>Anmelden</title></html>".encode("utf-16"), "an HTML page (Anmelden)"),
        (
            b'<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>',
            "an XML document (Access Denied)",
        ),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', "an Excel workbook written"),
        (b'<html xmlns:x="urn:schemas-microsoft-com:office:excel"></html>', "an Excel workbook written"),
    ],
    # An archive holds the time it was made at, so its bytes name no test.
    ids=lambda value: value if isinstance(value, str) else "bytes",
)  # fmt: skip
def test_what_is_no_table_is_refused_by_name(site: Site, content: bytes, said: str) -> None:
    site.deliver("a.csv", content)
    report = site.ingest()
    assert (report.files_rejected, report.rows_read) == (1, 0)
    assert said in report.errors[0]


@pytest.mark.parametrize(
    "header", ["ORCID,id,updated_at", "<key>,id,updated_at", "PK,id,updated_at", "BZh,id,updated_at"]
)
def test_a_header_may_begin_like_another_format(site: Site, header: str) -> None:
    site.deliver("a.csv", f"{header}\nx,1,2026-01-01\n")
    assert site.ingest().rows_loaded == 1
