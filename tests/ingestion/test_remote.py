"""A landing on object storage, with a local server that speaks S3."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from tests.ingestion.conftest import Site

s3fs = pytest.importorskip("s3fs")
boto3 = pytest.importorskip("boto3")
moto_server = pytest.importorskip("moto.server")


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An S3 client whose bucket `extracts` is served on this machine."""
    server = moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    # fsspec keeps one client per process, and this server's port is new.
    s3fs.S3FileSystem.clear_instance_cache()
    client = boto3.client("s3")
    client.create_bucket(Bucket="extracts")
    yield client
    server.stop()


def test_landing_on_object_storage(site: Site, bucket: Any) -> None:
    def put(key: str, text: str) -> None:
        bucket.put_object(Bucket="extracts", Key=key, Body=text.encode())

    put("nightly/crm/People/a.csv", "id,updated_at\n1,2026-01-01\nx,2026-01-01\n")
    put("nightly/crm/People/b.jsonl", '{"id":2,"updated_at":"2026-01-01"}\n')
    put("nightly/crm/People/c.csv.part", "id,updated_at\n3,2026-01-01\n")
    put("other/crm/People/d.csv", "id,updated_at\n4,2026-01-01\n")
    report = site.ingest(landing="s3://extracts/nightly")
    assert (report.files_loaded, report.rows_loaded, report.rows_quarantined) == (2, 2, 1)
    assert site.query("select id, _source_file from lake order by id") == [
        (1, "crm/People/a.csv"),
        (2, "crm/People/b.jsonl"),
    ]
    assert site.ingest(landing="s3://extracts/nightly").files_known == 2
    put("nightly/crm/People/a.csv", "id,updated_at\n1,2026-01-01\n50,2026-01-02\n")
    assert site.ingest(landing="s3://extracts/nightly").rows_loaded == 2


def test_a_declaration_and_an_archive_on_object_storage(site: Site, bucket: Any) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("people.csv", "id,updated_at\n1,2026-07-01 10:00\n")
    bucket.put_object(Bucket="extracts", Key="declared/crm/people/a.zip", Body=packed.getvalue())
    bucket.put_object(Bucket="extracts", Key="declared/crm/_landing.yml", Body=b"timestamp_zone: Europe/Berlin\n")
    assert site.ingest(landing="s3://extracts/declared").rows_loaded == 1
    assert site.query("select updated_at::varchar from lake") == [("2026-07-01 08:00:00",)]


def test_missing_bucket_is_named(site: Site, bucket: Any) -> None:
    with pytest.raises(FileNotFoundError, match="TOUCHSTONE_LANDING"):
        site.ingest(landing="s3://nowhere/nightly")
