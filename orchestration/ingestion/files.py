"""The landing as one listing per run: which files are complete, which are still being written, which nobody claims."""

import os
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.contracts import Contract, squash
from orchestration.settings import is_remote

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

UNFINISHED_SUFFIXES = (".tmp", ".part", ".partial", ".filepart", ".crdownload", "_copying_")
HIDDEN_PREFIXES = (".", "_")
# What systems and people leave beside extracts: checksums, backups, locks, thumbnails, notes.
BESIDE = re.compile(
    r".*\.(md5|sha1|sha256|crc|sig|bak|swp|log)|.*~|~\$.*|thumbs\.db|desktop\.ini|readme(\..*)?", re.IGNORECASE
)
DONE = ".done"
MANIFEST = ".manifest.json"
# How the extracts in and below a folder are written, where that is not what their contract says.
DECLARATION = "_landing.yml"
DECLARATIONS = re.compile(r"_?landing[.]ya?ml", re.IGNORECASE)
# A file younger than this is looked at twice before it is believed.
YOUNG_SECONDS = 5.0
NUMBER_WIDTH = 20


@dataclass(frozen=True)
class LandingFile:
    """One delivered file; `path` is below the landing with `/` between folders, `modified_at` is naive UTC."""

    path: str
    address: str
    byte_count: int
    modified_at: datetime

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders it stands in, squashed: (system, object, ...)."""
        return tuple(squash(part) for part in self.path.split("/")[:-1])


@dataclass(frozen=True)
class Listing:
    """What lay in the landing at one moment. `waiting` files were still changing and belong to the next run.

    `manifests` are complete; they say which extracts are one delivery. `declarations` say how those below them are
    written.
    """

    landing: str
    complete: tuple[LandingFile, ...]
    waiting: tuple[LandingFile, ...]
    manifests: tuple[LandingFile, ...] = ()
    declarations: tuple[LandingFile, ...] = ()

    def complete_of(self, contract: Contract) -> list[LandingFile]:
        """Complete files of one table, by path."""
        return [file for file in self.complete if file.folders[:2] == _folders(contract)]

    def waiting_of(self, contract: Contract) -> list[LandingFile]:
        """Files of one table that are still being written, by path."""
        return [file for file in self.waiting if file.folders[:2] == _folders(contract)]

    def manifests_of(self, contract: Contract) -> list[LandingFile]:
        """Manifests of one table, by path."""
        return [file for file in self.manifests if file.folders[:2] == _folders(contract)]

    def declarations_of(self, file: LandingFile) -> list[LandingFile]:
        """What is declared in the folders that a file stands in, the nearest last."""
        if not self.declarations:
            return []
        above = [found for found in self.declarations if file.path.startswith(folder_of(found.path))]
        return sorted(above, key=lambda found: found.path.count("/"))

    @property
    def filesystem(self) -> "AbstractFileSystem | None":
        """Object storage the files lie in; None when they are local."""
        return filesystem_of(self.landing)[0] if is_remote(self.landing) else None


def list_landing(landing: str, *, settle_seconds: float = 1.0) -> Listing:
    """Every delivered file, each told complete or still being written.

    A file is complete when `<file>.done` stands beside it, when it has been still for a few seconds, or when its size
    and time stay the same over one pause of `settle_seconds` that all young files share.
    Raises FileNotFoundError when the landing is not there.
    """
    found = {file.path: file for file in _walk(landing)}
    now = datetime.fromtimestamp(time.time(), UTC).replace(tzinfo=None)
    extracts = [file for path, file in sorted(found.items()) if _is_extract(path)]
    young = {
        file.path
        for file in extracts
        if file.path + DONE not in found and (now - file.modified_at).total_seconds() < YOUNG_SECONDS
    }
    waiting: set[str] = set()
    if young:
        time.sleep(settle_seconds)
        later = {file.path: file for file in (_again(landing, found[path]) for path in young) if file}
        waiting = {path for path in young if later.get(path) != found[path]}
    return Listing(
        landing=landing,
        complete=tuple(file for file in extracts if file.path not in waiting and not _is_manifest(file)),
        waiting=tuple(file for file in extracts if file.path in waiting),
        manifests=tuple(file for file in extracts if file.path not in waiting and _is_manifest(file)),
        declarations=tuple(file for path, file in sorted(found.items()) if DECLARATIONS.fullmatch(path.split("/")[-1])),
    )


def unrecognised(listing: Listing, *, contracts: Iterable[Contract]) -> list[str]:
    """Folders (`system/object/`) and loose files of the landing that no contract claims, sorted."""
    claimed = {_folders(contract) for contract in contracts}
    strays = set()
    for file in (*listing.complete, *listing.waiting):
        if file.folders[:2] not in claimed:
            parts = file.path.split("/")
            strays.add("/".join(parts[:2]) + "/" if len(parts) > 2 else file.path)
    return sorted(strays)


def file_order(path: str) -> str:
    """A text that puts paths in the order people read them: `li_9`, `li_10`; `stats.csv`, `stats (1).csv`.

    The macro natural_order does the same for lakes written before rows carried it.
    """
    stem = re.sub(r"([.][a-z]+)+$", "", path.lower())
    return re.sub(r"[0-9]+", lambda digits: digits[0].zfill(NUMBER_WIDTH)[-NUMBER_WIDTH:], stem)


def folder_of(path: str) -> str:
    """The folder that a path is in, with the `/` at its end; empty for the landing itself."""
    return path[: path.rfind("/") + 1]


def plain_path(source_file: str) -> str:
    """The path in a name that rows bear, which may end in its delivery time."""
    return re.sub(r"@[0-9-]{10}T[0-9:.]{15}Z$", "", source_file)


def _folders(contract: Contract) -> tuple[str, str]:
    return squash(contract.system), squash(contract.object)


def _is_extract(path: str) -> bool:
    *folders, name = path.split("/")
    hidden = any(part.startswith(HIDDEN_PREFIXES) for part in (*folders, name))
    if DECLARATIONS.fullmatch(name):
        return False
    return not hidden and not name.lower().endswith((*UNFINISHED_SUFFIXES, DONE)) and not BESIDE.fullmatch(name)


def _is_manifest(file: LandingFile) -> bool:
    return file.path.lower().endswith(MANIFEST)


def _walk(landing: str) -> Iterator[LandingFile]:
    if is_remote(landing):
        yield from _walk_remote(landing)
        return
    root = Path(landing).expanduser()
    if not root.is_dir():
        raise FileNotFoundError(
            f"the landing {landing!r} is not a folder; set TOUCHSTONE_LANDING to where extracts arrive"
        )
    folders: list[tuple[str, str, tuple[str, ...]]] = [(str(root), "", ())]
    while folders:
        folder, below, above = folders.pop()
        place = os.path.realpath(folder)
        if place in above:  # a link back
            continue
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir():
                    folders.append((entry.path, f"{below}{entry.name}/", (*above, place)))
                    continue
                try:
                    yield _local(below + entry.name, entry.path)
                except FileNotFoundError:  # renamed away since it was listed: not ours yet
                    continue


def _walk_remote(landing: str) -> Iterator[LandingFile]:
    filesystem, root = filesystem_of(landing)
    filesystem.invalidate_cache()
    if not filesystem.exists(root):
        raise FileNotFoundError(
            f"the landing {landing!r} can't be reached; check TOUCHSTONE_LANDING and its credentials"
        )
    for address, facts in filesystem.find(root, detail=True).items():
        yield _remote(address[len(root) :].lstrip("/"), address, facts)


def _again(landing: str, file: LandingFile) -> LandingFile | None:
    try:
        if not is_remote(landing):
            return _local(file.path, file.address)
        filesystem, _ = filesystem_of(landing)
        filesystem.invalidate_cache()
        return _remote(file.path, file.address, filesystem.info(file.address))
    except FileNotFoundError:
        return None


def _local(path: str, address: str) -> LandingFile:
    facts = os.stat(address)
    # Whole microseconds, so that the ledger's copy compares equal.
    modified_at = datetime(1970, 1, 1) + timedelta(microseconds=facts.st_mtime_ns // 1000)
    # A name of another encoding, as old shares and archives leave them, is shown by its bytes.
    shown = os.fsencode(path).decode(errors="backslashreplace")
    return LandingFile(path=shown, address=address, byte_count=facts.st_size, modified_at=modified_at)


def _remote(path: str, address: str, facts: dict[str, Any]) -> LandingFile:
    moment = next(
        (facts[name] for name in ("LastModified", "last_modified", "updated", "mtime", "created") if facts.get(name)), 0
    )
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    if isinstance(moment, int | float):
        moment = datetime.fromtimestamp(moment, UTC)
    modified_at = moment.astimezone(UTC).replace(tzinfo=None)
    return LandingFile(path=path, address=address, byte_count=int(facts["size"]), modified_at=modified_at)


def filesystem_of(landing: str) -> tuple["AbstractFileSystem", str]:
    """Object storage behind a URL, and the path there."""
    from fsspec.core import url_to_fs  # only object storage needs it, and it is slow to import

    filesystem, root = url_to_fs(landing)
    return filesystem, root.rstrip("/")
