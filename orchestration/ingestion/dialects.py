"""How extracts are written where that is not what their contract says: `_landing.yml` in a folder of the landing."""

import codecs
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import yaml

from orchestration.contracts import Contract
from orchestration.ingestion.files import DECLARATION, LandingFile, Listing
from orchestration.ingestion.headers import Rejected
from orchestration.ingestion.instants import EPOCHS

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem


@dataclass(frozen=True)
class Written:
    """Files that are written alike, and the contract with what is declared of them."""

    contract: Contract
    files: tuple[LandingFile, ...]


def group_by_dialect(
    contract: Contract, files: Sequence[LandingFile], *, listing: Listing
) -> tuple[list[Written], dict[LandingFile, str]]:
    """Files by what is declared in the folders they stand in, the nearest last; why a declaration can't be read.

    Files below one that can't be read are left out: they wait until it is corrected.
    """
    refused: dict[LandingFile, str] = {}
    below: dict[tuple[LandingFile, ...], list[LandingFile]] = {}
    for file in files:
        below.setdefault(tuple(listing.declarations_of(file)), []).append(file)
    alike: dict[Contract, list[LandingFile]] = {}
    for declarations, found in below.items():
        written = contract
        for declaration in declarations:
            try:
                written = _apply(written, _read(declaration, listing.filesystem))
            except Rejected as error:
                refused[declaration] = str(error)
                break
        else:
            alike.setdefault(written, []).extend(found)
    return [Written(written, tuple(found)) for written, found in alike.items()], refused


def _zone(value: Any) -> dict[str, Any]:
    ZoneInfo(value)
    if "/" not in value and value not in ("UTC", "GMT"):  # EST is five hours behind all the year
        raise ValueError(value)
    return {"timestamp_zone": value, "is_zone_declared": True}


def _formats(value: Any) -> dict[str, Any]:
    known = ("iso", *EPOCHS)
    if not isinstance(value, list) or not all(
        isinstance(pattern, str) and (pattern in known or re.search("%[A-Za-z-]", pattern)) for pattern in value
    ):
        raise ValueError(value)
    return {"timestamp_formats": tuple(value)}


def _decimal(value: Any) -> dict[str, Any]:
    if value not in ("point", "comma"):
        raise ValueError(value)
    return {"decimal": value}


def _encoding(value: Any) -> dict[str, Any]:
    return {"encoding": codecs.lookup(value).name}


# Key -> (what reads its value into fields of a contract, what it may be).
KEYS: dict[str, tuple[Callable[[Any], dict[str, Any]], str]] = {
    "timestamp_zone": (_zone, "an IANA time zone such as Europe/Berlin, in which times without an offset are read"),
    "timestamp_formats": (_formats, 'a list of formats tried before the contract\'s, such as ["%m/%d/%Y %H:%M"]'),
    "decimal": (_decimal, "point or comma, the sign that parts decimals"),
    "encoding": (_encoding, "the encoding of text, such as windows-1252"),
}


@cache
def _read(declaration: LandingFile, filesystem: "AbstractFileSystem | None") -> Mapping[str, Any]:
    """Fields of a contract that a declaration sets; raises Rejected naming the key and what it may be."""
    content = filesystem.cat_file(declaration.address) if filesystem else Path(declaration.address).read_bytes()
    try:
        said = yaml.safe_load(content.decode()) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Rejected(f"it is no YAML ({str(error).splitlines()[0]}); write it as `key: value` lines") from error
    if not isinstance(said, dict):
        raise Rejected(f"it holds no `key: value` lines; it may say {', '.join(KEYS)}")
    fields: dict[str, Any] = {}
    for key, value in said.items():
        if key not in KEYS:
            raise Rejected(f"{key!r} means nothing; {DECLARATION} may say {', '.join(KEYS)}")
        read, what = KEYS[key]
        try:
            fields |= read(value)
        except (LookupError, ValueError, TypeError, OSError) as error:
            raise Rejected(f"{key} is {value!r}, and may be {what}") from error
    return fields


def _apply(contract: Contract, fields: Mapping[str, Any]) -> Contract:
    formats = (*fields.get("timestamp_formats", ()), *contract.timestamp_formats)
    return replace(contract, **{**fields, "timestamp_formats": tuple(dict.fromkeys(formats))})
