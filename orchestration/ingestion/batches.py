"""Landing to lake, one table at a time: every new file exactly once, every row loaded or quarantined.

Files of one header are read in one statement into one batch. A batch counts from the moment its ledger file appears;
what a killed run leaves behind is swept away by the next one.
"""

from collections.abc import Callable, Sequence
from collections.abc import Mapping as Places
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from orchestration.contracts import Contract
from orchestration.ingestion import readers
from orchestration.ingestion.dialects import Written, group_by_dialect
from orchestration.ingestion.extracts import Changing, Extract, open_extract
from orchestration.ingestion.files import LandingFile, Listing, file_order, folder_of, plain_path
from orchestration.ingestion.headers import Mapping, Rejected
from orchestration.ingestion.ledger import LedgerRow, digest, has_ledger, literal, lock, read_ledger, scratch
from orchestration.ingestion.loading import Loader, Member
from orchestration.ingestion.manifests import keep_manifest, kept_manifests, read_manifest
from orchestration.ingestion.settling import has_quarantine, settle
from orchestration.ingestion.wholeness import refresh_deliveries
from orchestration.ingestion.writing import Item, Writer

Progress = Callable[[str], None]

# Text read into one batch, at most (one file may exceed it): bounds memory, and what a killed run must do again.
BATCH_BYTES = 256_000_000


@dataclass
class IngestReport:
    """What one call did for one table. `files_known` were loaded before; `waiting` are still being written.

    `errors` are "file: why and what to do" of rejected files; `drift` are (kind, column as spelled); `suspects` are
    "delivery: why" of those that should be whole and were not taken so; `shapes` say what each file read is, by path;
    `kept` tells of files that were read before a declaration of how they are written.
    """

    system: str
    object: str
    files_loaded: int = 0
    files_rejected: int = 0
    files_duplicate: int = 0
    files_known: int = 0
    rows_read: int = 0
    rows_loaded: int = 0
    rows_quarantined: int = 0
    cell_defects: int = 0
    waiting: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    drift: set[tuple[str, str]] = field(default_factory=set)
    suspects: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    shapes: dict[str, str] = field(default_factory=dict)


def ingest(
    contract: Contract,
    *,
    listing: Listing,
    lake: Path,
    now: datetime,
    progress: Progress = lambda message: None,
    threads: int | None = None,
) -> IngestReport:
    """Load every complete, new file of one table into the lake.

    `now` dates the partition and the ledger; `threads` are DuckDB's, by default one per core.
    Raises LakeBusy when another process writes the lake.
    """
    report = IngestReport(
        contract.system, contract.object, waiting=[file.path for file in listing.waiting_of(contract)]
    )
    files, manifests = listing.complete_of(contract), listing.manifests_of(contract)
    # Deliveries and quarantine are judged anew even on a night that brings none: contract or policy may have changed.
    is_judged_anew = contract.has_deliveries or has_quarantine(contract, lake=lake)
    if not files and not manifests and not (is_judged_anew and has_ledger(contract, lake=lake)):
        return report
    written, refused = group_by_dialect(contract, files, listing=listing)
    read = {file.path for part in written for file in part.files}
    report.waiting += [file.path for file in files if file.path not in read]
    # The files of the contract itself come last, where all other bookkeeping is done.
    written.sort(key=lambda part: part.contract == contract)
    if not written or written[-1].contract != contract:
        written.append(Written(contract, ()))
    with lock(lake), scratch(lake) as folder, duckdb.connect() as connection:
        if threads:
            connection.execute(f"set threads = {threads}")
        connection.execute(f"set temp_directory = {literal(folder / 'spill')}")
        # The first makes a join of each null spelling, the second's cost grows with the square of the columns: together
        # 18 GB and six minutes for four rows of a 368-column Salesforce export, 0.5 s without.
        connection.execute("set disabled_optimizers = 'in_clause,common_subexpressions'")
        for part in written:
            connection.execute(f"set TimeZone = {literal(part.contract.timestamp_zone)}")
            run = _Run(
                part.contract,
                listing=listing,
                lake=lake,
                now=now.astimezone(UTC).replace(tzinfo=None),
                scratch=folder,
                connection=connection,
                progress=progress,
                report=report,
            )
            run.ingest(part.files)
        run.refuse(refused)
        run.take(manifests)
        if contract.has_deliveries:
            is_waiting = bool(report.waiting)
            report.suspects += refresh_deliveries(
                contract, lake=lake, scratch=folder, connection=connection, is_waiting=is_waiting
            )
        if has_quarantine(contract, lake=lake):
            settle(contract, lake=lake, scratch=folder, connection=connection)
    return report


class _Run:
    """One call of `ingest`: what was loaded before, and the batches it writes."""

    def __init__(
        self,
        contract: Contract,
        *,
        listing: Listing,
        lake: Path,
        now: datetime,
        scratch: Path,
        connection: duckdb.DuckDBPyConnection,
        progress: Progress,
        report: IngestReport,
    ) -> None:
        self.contract = contract
        self.listing = listing
        self.now = now
        self.scratch = scratch
        self.connection = connection
        self.progress = progress
        self.report = report
        self.writer = Writer(contract=contract, lake=lake, now=now, scratch=scratch, connection=connection)
        self.loader = Loader(contract, connection=connection, scratch=scratch, write=self._write)
        # A rejected file is tried again when its contract changes; the id of its ledger row says which it failed.
        self.fingerprint = digest(repr(contract))[:8]
        self.last_file: LandingFile | None = None
        self.known: set[tuple[str, int, datetime]] = set()
        self.loaded_hashes: set[str] = set()
        self.loaded_paths: set[str] = set()
        self.loaded: list[LedgerRow] = []
        for row in read_ledger(contract, lake=lake, connection=connection):
            path = plain_path(row.source_file)
            if row.status != "rejected" or row.batch_id.endswith(self.fingerprint):
                self.known.add((path, row.byte_count, row.modified_at))
            if row.status == "loaded":
                self._remember(path, row)

    def _remember(self, path: str, row: LedgerRow) -> None:
        self.loaded_hashes.add(row.content_hash)
        self.loaded_paths.add(path)
        self.loaded.append(row)

    def ingest(self, files: Sequence[LandingFile]) -> None:
        """Read the new ones among `files`, a bounded amount of text at a time."""
        new = [file for file in files if (file.path, file.byte_count, file.modified_at) not in self.known]
        new.sort(key=lambda file: (file.modified_at, file.path))
        by_name = sorted(new, key=lambda file: (file.modified_at.date(), file_order(file.path)))
        self.last_file = by_name[-1] if by_name else None
        self.report.files_known += len(files) - len(new)
        self._note_kept(files)
        pending: list[Extract] = []
        awaited: set[str] = set()
        twins: list[Extract] = []  # same content as one that is still pending
        notes: list[LedgerRow] = []
        size = 0
        filesystem = self.listing.filesystem if new else None
        for number, file in enumerate(new):
            try:
                extract = open_extract(
                    file, contract=self.contract, filesystem=filesystem, scratch=self.scratch, number=number
                )
            except (Changing, FileNotFoundError):
                self.report.waiting.append(file.path)
                continue
            except Rejected as rejected:
                notes.append(self._note(file, "rejected", content_hash="", encoding=None, error=str(rejected)))
                continue
            if extract.content_hash in self.loaded_hashes and not self._is_restated(extract):
                notes.append(self._note_of(extract, "duplicate"))
                continue
            if extract.content_hash in awaited:
                twins.append(extract)
                continue
            pending.append(extract)
            awaited.add(extract.content_hash)
            size += extract.byte_count
            if size >= BATCH_BYTES:
                notes += self._load(pending)
                self._clear_scratch(keep=twins)
                pending, awaited, size = [], set(), 0
        notes += self._load(pending)
        for twin in twins:
            is_known = twin.content_hash in self.loaded_hashes and not self._is_restated(twin)
            notes += [self._note_of(twin, "duplicate")] if is_known else self._load([twin])
        self._write_notes(notes)
        self._clear_scratch(keep=())
        self.report.shapes |= self.loader.shapes

    def refuse(self, declarations: Places[LandingFile, str]) -> None:
        """Note the declarations that can't be read, once; what stands below them waits."""
        new = [file for file in declarations if (file.path, file.byte_count, file.modified_at) not in self.known]
        self._write_notes(
            [self._note(file, "rejected", content_hash="", encoding=None, error=declarations[file]) for file in new]
        )

    def _note_kept(self, files: Sequence[LandingFile]) -> None:
        """Say which files were read before what is declared of them was written: they stay as they were read."""
        newest = max((row.loaded_at for row in self.loaded), default=None)
        for declaration in dict.fromkeys(found for file in files for found in self.listing.declarations_of(file)):
            folder = folder_of(declaration.path)
            kept = [row for row in self.loaded if row.source_file.startswith(folder)]
            if newest and kept and declaration.modified_at > newest:
                self.report.kept.append(f"{len(kept)} files below {folder} since {declaration.path} was written")

    def take(self, manifests: Sequence[LandingFile]) -> None:
        """Keep the new ones among `manifests`; one that can't be used is rejected like an extract."""
        kept = {(m.path, m.byte_count, m.modified_at) for m in kept_manifests(self.contract, lake=self.writer.lake)}
        notes = []
        for file in manifests:
            if (file.path, file.byte_count, file.modified_at) in self.known | kept:
                continue
            try:
                if self.contract.mode != "snapshot":
                    raise Rejected("the table's contract is no `mode: snapshot`, so nobody reads its manifests")
                manifest = read_manifest(file, filesystem=self.listing.filesystem)
                keep_manifest(manifest, contract=self.contract, lake=self.writer.lake)
            except FileNotFoundError:
                continue
            except Rejected as rejected:
                notes.append(self._note(file, "rejected", content_hash="", encoding=None, error=str(rejected)))
        self._write_notes(notes)

    def _load(self, extracts: Sequence[Extract]) -> list[LedgerRow]:
        """Load files and commit their batches; returns the ledger rows of those that can't be."""
        return [self._note_of(extract, "rejected", error=error) for extract, error in self.loader.load(extracts)]

    def _is_restated(self, extract: Extract) -> bool:
        """Whether known content holds again after other content: without a cursor only its delivery can tell.

        Snapshots know deliveries of known content by the ledger; an event never changes back.
        """
        if self.contract.cursor or self.contract.mode != "incremental":
            return False
        file = extract.file
        before = [row for row in self.loaded if row.modified_at < file.modified_at and row.rows_loaded]
        equal = [row.modified_at for row in before if row.content_hash == extract.content_hash]
        if not equal or all(row.modified_at <= max(equal) for row in before):
            return False
        of_path = [row for row in before if plain_path(row.source_file) == file.path]
        was_touched = of_path and max(of_path, key=lambda row: row.modified_at).content_hash == extract.content_hash
        return not was_touched

    def _clear_scratch(self, *, keep: Sequence[Extract]) -> None:
        numbers = {extract.local.name.partition(".")[0] for extract in keep}
        for copy in self.scratch.iterdir():
            if not copy.is_dir() and copy.name.partition(".")[0] not in numbers:
                copy.unlink()

    def _write(
        self,
        members: Places[int, Member],
        rows_read: Sequence[int],
        *,
        mapping: Mapping,
        bad: Sequence[readers.BadRow],
    ) -> None:
        """Commit `raw` as one batch and report it."""
        if not members:
            return
        items = [
            Item(
                index=place,
                extract=extract,
                mapping=own,
                rows_read=rows_read[place],
                source_file=self._source_name(extract.file),
            )
            for place, (extract, own) in members.items()
        ]
        rows = self.writer.write(items, mapping=mapping, bad=bad, promised=self._promised(items))
        self.loaded += rows
        self.loaded_hashes.update(row.content_hash for row in rows)
        report = self.report
        report.drift.update(fact for item in items for fact in item.mapping.drift)
        report.files_loaded += len(rows)
        report.rows_read += sum(row.rows_read for row in rows)
        report.rows_loaded += sum(row.rows_loaded for row in rows)
        report.rows_quarantined += sum(row.rows_quarantined for row in rows)
        report.cell_defects += sum(row.cell_defect_count for row in rows)
        self.progress(
            f"{report.system}.{report.object}: {report.files_loaded:,} files, {report.rows_loaded:,} rows loaded, "
            f"{report.rows_quarantined:,} quarantined"
        )

    def _promised(self, items: Sequence[Item]) -> dict[str, str]:
        """The file that says that a page follows, and none was delivered after it, with the key that says so."""
        last = self.last_file
        key = self.loader.more.get(last.path) if last else None
        return {item.source_file: key for item in items if key and item.extract.file == last}

    def _write_notes(self, notes: list[LedgerRow]) -> None:
        """Commit the ledger rows of files that brought nothing into the lake."""
        if not notes:
            return
        parts = sorted(f"{note.source_file} {note.content_hash} {note.modified_at}" for note in notes)
        batch_id = f"{digest(self.contract.system, self.contract.object, *parts)}-{self.fingerprint}"
        self.writer.commit_rows([replace(note, batch_id=batch_id) for note in notes], batch_id=batch_id)
        self.report.files_duplicate += sum(note.status == "duplicate" for note in notes)
        for note in (note for note in notes if note.status == "rejected"):
            self.report.files_rejected += 1
            self.report.errors.append(f"{note.source_file}: {note.error}")

    def _note_of(self, extract: Extract, status: str, *, error: str | None = None) -> LedgerRow:
        return self._note(
            extract.file, status, content_hash=extract.content_hash, encoding=extract.encoding, error=error
        )

    def _note(
        self, file: LandingFile, status: str, *, content_hash: str, encoding: str | None, error: str | None
    ) -> LedgerRow:
        return LedgerRow(
            batch_id="",
            system=self.contract.system,
            object=self.contract.object,
            source_file=file.path,
            content_hash=content_hash,
            byte_count=file.byte_count,
            encoding=encoding,
            status=status,
            rows_read=0,
            rows_loaded=0,
            rows_quarantined=0,
            cell_defect_count=0,
            error=error,
            modified_at=file.modified_at,
            loaded_at=self.now,
        )

    def _source_name(self, file: LandingFile) -> str:
        """The path, with its delivery time when other content was loaded from there: the later delivery sorts last."""
        return f"{file.path}@{file.modified_at:%Y-%m-%dT%H:%M:%S.%fZ}" if file.path in self.loaded_paths else file.path
