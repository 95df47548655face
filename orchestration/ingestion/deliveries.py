"""Which files of a table were delivered together, by the ledger and the manifests."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from orchestration.contracts import Contract
from orchestration.ingestion.files import MANIFEST, file_order, plain_path
from orchestration.ingestion.ledger import LedgerRow
from orchestration.ingestion.manifests import Manifest

# How exports number the parts of one table: Redshift, Spark, an API's pages, `1_of_3`, Snowflake, BigQuery.
PART = re.compile(
    r"[0-9]+_part_[0-9]+|(part|page)[-_. ]?[0-9]+|[0-9]+[-_]of[-_][0-9]+|data_[0-9]+_[0-9]+_[0-9]+|0{6}[0-9]{6}"
)
# Parts of one export are written within this time.
SPREAD = timedelta(hours=6)
# What tells the files of one series apart: ids, months, numbers, single letters.
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{16,}")
MONTH = re.compile(
    r"jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|oct(ober)?|nov(ember)?|dec(ember)?"
)
# Two exports of one table hold the same records but for what changed between them, parts of one hold others.
LEAST_SHARED = 0.5
# (files, other files) -> share of the smaller ones' records that the other ones hold, null where they have none.
Overlap = Callable[[Sequence["Delivered"], Sequence["Delivered"]], float | None]


@dataclass(frozen=True)
class Delivered:
    """One version of a file; `source_file` is the name its rows bear in the lake, `problem` why not all are there."""

    path: str
    modified_at: datetime
    content_hash: str
    source_file: str
    row_count: int
    problem: str | None


@dataclass(frozen=True)
class Delivery:
    """Files that were delivered together; `missing` are those that its manifest lists and nobody delivered.

    `series` is what its files' names share with those of other nights; null when it is one of the whole table.
    """

    name: str
    files: tuple[Delivered, ...]
    series: str | None = None
    manifest: Manifest | None = None
    missing: tuple[str, ...] = ()
    is_open: bool = False

    @property
    def delivered_at(self) -> datetime:
        """When its last file was written."""
        return max(file.modified_at for file in self.files)

    @property
    def row_count(self) -> int:
        """Rows of all of its files, readable or not."""
        return sum(file.row_count for file in self.files)


def delivered_files(ledger: Sequence[LedgerRow]) -> list[Delivered]:
    """Every file version that was delivered, oldest first; one that was only touched is none."""
    loaded = {row.content_hash: row for row in ledger if row.status == "loaded"}
    # A file that is tried again has several rows; the last one tells.
    extracts = [row for row in ledger if not row.source_file.lower().endswith(MANIFEST)]
    latest = {(plain_path(row.source_file), row.modified_at): row for row in extracts}
    found, contents = [], {}
    for (path, modified_at), row in sorted(latest.items(), key=lambda item: (item[0][1], file_order(item[0][0]))):
        before, contents[path] = contents.get(path), row.content_hash
        if row.status == "duplicate" and before == row.content_hash:
            continue
        held = loaded.get(row.content_hash, row)
        problem = None
        if row.status == "rejected":
            problem = f"{path} was rejected"
        elif held.rows_quarantined:
            problem = f"{held.rows_quarantined} rows of {path} are in quarantine"
        found.append(Delivered(path, modified_at, row.content_hash, held.source_file, held.rows_read, problem))
    return found


def group(
    files: Sequence[Delivered],
    *,
    contract: Contract,
    manifests: Sequence[Manifest],
    overlap: Overlap,
    is_waiting: bool = False,
) -> list[Delivery]:
    """The deliveries that the files are, in order: a manifest's, a day's, or a file with its parts."""
    rest = list(files)
    found = []
    for manifest in manifests:
        listed = [(path, _version_of(path, manifest, rest)) for path in manifest.files]
        present = tuple(file for _, file in listed if file)
        if present:
            missing = tuple(path for path, file in listed if not file)
            found.append(Delivery(manifest.path, present, manifest=manifest, missing=missing))
            rest = [file for file in rest if file not in present]
    found += _of_days(rest) if contract.delivery == "day" else _of_parts(rest, overlap)
    found.sort(key=lambda delivery: (delivery.delivered_at, file_order(delivery.name), delivery.name))
    if found and is_waiting:
        found[-1] = replace(found[-1], is_open=True)
    return found


def series_of(path: str) -> str:
    """What a name shares with those of other nights: `owners` in `owners_2026-03-01.csv` and in `Owners (2).csv`."""
    words = re.findall(r"[a-z]{2,}", ID.sub(" ", file_order(path)))
    return " ".join(word for word in words if not MONTH.fullmatch(word))


def _of_parts(files: Sequence[Delivered], overlap: Overlap) -> list[Delivery]:
    """Each file with its parts: those named so, and those of one series that hold other records at the same time."""
    series: dict[str, list[list[Delivered]]] = {}
    for file in files:
        clusters = series.setdefault(series_of(PART.sub("*", file.path)), [])
        if not (clusters and _continues(clusters[-1], file, overlap)):
            clusters.append([])
        clusters[-1].append(file)
    return [
        Delivery(PART.sub("*", cluster[0].path), tuple(cluster), name)
        for name, clusters in series.items()
        for cluster in clusters
    ]


def _continues(cluster: Sequence[Delivered], file: Delivered, overlap: Overlap) -> bool:
    if file.modified_at - cluster[-1].modified_at > SPREAD or file.path in {other.path for other in cluster}:
        return False
    name = PART.sub("*", file.path)
    if name != file.path:
        return name == PART.sub("*", cluster[-1].path)
    share = overlap(cluster, [file])
    return share is not None and share < LEAST_SHARED


def _of_days(files: Sequence[Delivered]) -> list[Delivery]:
    days: dict[str, list[Delivered]] = {}
    for file in files:
        days.setdefault(f"{file.modified_at:%Y-%m-%d}", []).append(file)
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    return [Delivery(day, tuple(of_day), is_open=day >= today) for day, of_day in days.items()]


def _version_of(path: str, manifest: Manifest, files: Sequence[Delivered]) -> Delivered | None:
    """The file as it was when the manifest was written, else as it came next."""
    versions = [file for file in files if file.path == path]
    before = [file for file in versions if file.modified_at <= manifest.modified_at]
    return before[-1] if before else next(iter(versions), None)
