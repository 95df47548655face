"""What a landing says of its own deliveries: a `<name>.manifest.json` beside the extracts, written after them.

    {"files": ["part-0001.csv", "part-0002.csv"], "records": 1234, "whole": true}

`files` are names from the manifest's folder on; together they are one delivery. `records` is how many rows they hold:
with it a delivery may hold far less than the one before. `whole: false` calls it a part, which removes nothing.
"""

import json
import posixpath
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.contracts import Contract
from orchestration.ingestion.files import LandingFile
from orchestration.ingestion.headers import Rejected
from orchestration.ingestion.ledger import digest
from orchestration.whole_files import write_whole

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

FOLDER = "_manifests"
SHAPE = '{"files": ["part-0001.csv"], "records": 100, "whole": true}; records and whole may be left out'


@dataclass(frozen=True)
class Manifest:
    """One version of a manifest; `files` are paths below the landing."""

    path: str
    byte_count: int
    modified_at: datetime
    files: tuple[str, ...]
    records: int | None
    is_whole: bool


def read_manifest(file: LandingFile, *, filesystem: "AbstractFileSystem | None") -> Manifest:
    """The manifest in a landing's file; raises Rejected when it can't be used."""
    content = Path(file.address).read_bytes() if filesystem is None else filesystem.cat_file(file.address)
    try:
        stated = json.loads(content.decode("utf-8-sig"))
    except ValueError as error:
        raise Rejected(f"the manifest is no JSON ({error}); write it as {SHAPE}") from error
    if not _is_sound(stated):
        raise Rejected(f"the manifest can't be read; write it as {SHAPE}")
    folder = posixpath.dirname(file.path)
    return Manifest(
        path=file.path,
        byte_count=file.byte_count,
        modified_at=file.modified_at,
        files=tuple(posixpath.normpath(posixpath.join(folder, name)) for name in stated["files"]),
        records=stated.get("records"),
        is_whole=stated.get("whole", True),
    )


def keep_manifest(manifest: Manifest, *, contract: Contract, lake: Path) -> None:
    """Take a manifest into the lake, so that it holds when the landing is cleared."""
    facts = {**vars(manifest), "modified_at": manifest.modified_at.isoformat()}
    folder = lake / FOLDER / contract.system / contract.object
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"{digest(manifest.path, facts['modified_at'], str(manifest.byte_count))}.json"
    write_whole(place, json.dumps(facts) + "\n")


def kept_manifests(contract: Contract, *, lake: Path) -> list[Manifest]:
    """Every manifest of a table that was taken into the lake, the latest first."""
    found = []
    for place in (lake / FOLDER / contract.system / contract.object).glob("*.json"):
        facts = json.loads(place.read_text())
        facts["modified_at"] = datetime.fromisoformat(facts["modified_at"])
        found.append(Manifest(**{**facts, "files": tuple(facts["files"])}))
    return sorted(found, key=lambda manifest: (manifest.modified_at, manifest.path), reverse=True)


def _is_sound(stated: Any) -> bool:
    return (
        isinstance(stated, dict)
        and stated.keys() <= {"files", "records", "whole"}
        and isinstance(stated.get("files"), list)
        and all(isinstance(name, str) and name for name in stated["files"])
        and isinstance(stated.get("records", 0), int)
        and isinstance(stated.get("whole", True), bool)
    )
