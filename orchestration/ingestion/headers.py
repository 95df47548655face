"""Headers against a contract: which column of a file is which column of the table."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from orchestration.contracts import Contract, snake_case, squash
from orchestration.ingestion.removal import Kind, marker_kind

DELIMITERS = (",", "\t", ";", "|")
# So many known columns are enough, whatever custom ones stand beside them; fewer than so many columns tell nothing.
ENOUGH_KNOWN, FEW_COLUMNS = 5, 3
# `Amount spent (EUR)`, as a screen shows it, and as connectors spell it.
CURRENCY_IN_BRACKETS = re.compile(r"[ _]*[(]([A-Z]{3})[)]\s*$")
CURRENCY_AT_END = re.compile(r"_(usd|eur|gbp)$")
# The sign that parts decimals in a column of a file; in a mixed one each text tells for itself.
Convention = Literal["point", "comma", "mixed"]
# Per column, where it is not the point.
Conventions = dict[str, Convention]


class Rejected(ValueError):
    """A file that can't be loaded at all; the message says why and what to do."""


@dataclass(frozen=True)
class Mapping:
    """Places of columns in a file. `passthrough` is (place, name in the lake, as spelled); `missing` are names.

    `markers` are the columns, of the contract or not, that say whether a record is gone, as (place, kind). `decimals`
    are the columns whose decimals are not parted by points.
    """

    headers: tuple[str, ...]
    claims: dict[str, int]
    passthrough: tuple[tuple[int, str, str], ...]
    missing: tuple[str, ...]
    markers: tuple[tuple[int, Kind], ...]
    decimals: Conventions = field(default_factory=dict)

    @property
    def drift(self) -> list[tuple[str, str]]:
        """(kind, column) where file and contract differ. A marker is known, whichever the connector writes."""
        known = {place for place, _ in self.markers}
        unknown = [("unknown_column", spelled) for place, _, spelled in self.passthrough if place not in known]
        return unknown + [("missing_column", column) for column in self.missing]


def resolve(contract: Contract, headers: Sequence[str], *, is_json: bool = False) -> Mapping:
    """The mapping of a file's header.

    JSON leaves null keys out, so there a key or cursor that no row has is a fault of the rows, not of the file.
    Raises Rejected, naming the column, for a header that occurs twice, for a required one that is missing, and for a
    file of which hardly a column is known.
    """
    mapping = match(contract, headers)
    told = {*mapping.claims, *(column.stands_in_for for column in contract.columns if column.name in mapping.claims)}
    lacking = [column for column in contract.columns if column.is_required and column.name not in told]
    keyless = is_json and any(column not in mapping.claims for column in contract.mandatory)
    if lacking and not keyless:
        names = ", ".join(repr(column.name) for column in lacking)
        raise Rejected(
            f"required column {names} is missing; the header has {_some(headers)}. Add it to the export, or, if the "
            f"vendor spells it otherwise, add that spelling to `aliases` in _{contract.system}__sources.yml, "
            f"table {contract.object}"
        )
    for names in contract.one_of:
        if not any(name in mapping.claims for name in names):
            raise Rejected(
                f"the file has no {' and no '.join(names)}, without which its rows tell nothing; the header has "
                f"{_some(headers)}. Add it to the export, or, if the vendor spells it otherwise, add that spelling to "
                f"`aliases` in _{contract.system}__sources.yml, table {contract.object}"
            )
    _refuse_unknown(contract, mapping)
    return mapping


def match(contract: Contract, headers: Sequence[str]) -> Mapping:
    """Claim headers for the contract's columns: the canonical name, else the first alias that no column bears itself.

    A header is one column's, but for those that may share it. Raises Rejected for a header that occurs twice.
    """
    places: dict[str, int] = {}
    doubled: set[int] = set()
    for place, header in enumerate(headers):
        known = _known(contract, header)
        if not known:
            continue
        if known in places:
            # Airbyte writes an object and beside it each of its keys, `properties` and `properties_email`.
            nested, other = sorted((places[known], place), key=lambda n: "." not in headers[n])
            if "." in headers[nested] and "." not in headers[other]:
                doubled.add(nested)
                places[known] = other
                continue
            raise Rejected(
                f"column {header.strip()!r} occurs twice in the header (first as {headers[places[known]].strip()!r}); "
                f"keep one of them in the export and deliver the file again"
            )
        places[known] = place
    canonical = {squash(column.name) for column in contract.columns}
    claims: dict[str, int] = {}
    for column in contract.columns:
        spellings = [squash(column.name), *(key for alias in column.aliases if (key := squash(alias)) not in canonical)]
        taken = set() if column.may_share else set(claims.values())
        found = next((places[key] for key in spellings if key in places and places[key] not in taken), None)
        if found is not None:
            claims[column.name] = found
    markers = tuple(
        (place, kind)
        for place, header in enumerate(headers)
        if (kind := marker_kind(contract, unprefixed(contract, header)))
    )
    missing = tuple(
        column.name
        for column in contract.columns
        if column.name not in claims and not (markers and marker_kind(contract, column.name))
    )
    taken = set(claims.values())
    passthrough = tuple(
        (place, _lake_name(contract, header, place), header.strip())
        for place, header in enumerate(headers[: len(headers) - count_trailing_blanks(headers)])
        if place not in taken and place not in doubled
    )
    return Mapping(tuple(headers), claims, passthrough, missing, markers)


def _refuse_unknown(contract: Contract, mapping: Mapping) -> None:
    """Raise Rejected when hardly one of the columns beside the required ones is known, a connector's own left out."""
    needed = {*contract.mandatory, *contract.required}
    known = [column for column in mapping.claims if column not in needed]
    unknown = [spelled for kind, spelled in mapping.drift if kind == "unknown_column" and not spelled.startswith("_")]
    count = len(known) + len(unknown)
    # A table of required columns alone, and a file of few others, tell nothing.
    if len(known) >= ENOUGH_KNOWN or min(count, len(contract.columns) - len(needed)) < FEW_COLUMNS:
        return
    if len(known) < contract.least_known * count:
        raise Rejected(
            f"hardly a column is known: {len(known)} of {count} beside the required ones; unknown are "
            f"{_some(unknown)}. If these are no {contract.system}.{contract.object} "
            f"({contract.description.rstrip('.')}), deliver the file to its own table; else add the vendor's spellings "
            f"to `aliases`, or lower `least_known`, in "
            f"_{contract.system}__sources.yml, table {contract.object}"
        )


def count_trailing_blanks(headers: Sequence[str]) -> int:
    """Columns without a name at the end, which spreadsheets add; they are dropped."""
    return len(headers) - max((place + 1 for place, header in enumerate(headers) if header.strip()), default=0)


def find_delimiter(contract: Contract, line: str, *, name: str) -> str:
    """The delimiter under which a header line names most of the contract's columns."""
    wanted = {squash(spelling) for column in contract.columns for spelling in (column.name, *column.aliases)}
    preferred = "\t" if name.lower().removesuffix(".gz").endswith((".tsv", ".tab")) else ","

    def merit(delimiter: str) -> tuple[int, int, bool]:
        headers = split(line, delimiter)
        return sum(_known(contract, header) in wanted for header in headers), len(headers), delimiter == preferred

    return max(DELIMITERS, key=merit)


def split(line: str, delimiter: str) -> list[str]:
    """The fields of the first record in `line`."""
    try:
        return next(csv.reader(io.StringIO(line, newline=""), delimiter=delimiter, strict=True), [])
    except csv.Error:
        return io.StringIO(line, newline="").readline().rstrip("\r\n").split(delimiter)


def unprefixed(contract: Contract, header: str) -> str:
    """A header without what a connector puts around it; a nest's name is parted from its keys by a dot or a line."""
    text = header.strip()
    for prefix in contract.header_prefixes:
        if text.lower().replace(".", "_").startswith(prefix.lower()) and len(text) > len(prefix):
            suffix = next((end for end in contract.header_suffixes if text.lower().endswith(end)), "")
            return text[len(prefix) : len(text) - len(suffix)].lstrip("_")
    return text


def currency_of(header: str) -> str | None:
    """The currency that the header of an amount names, None where it names none."""
    found = CURRENCY_IN_BRACKETS.search(header) or CURRENCY_AT_END.search(snake_case(header))
    return found[1].upper() if found else None


def _lake_name(contract: Contract, header: str, place: int) -> str:
    """A passthrough column's name; `load_date` is the lake's own."""
    name = snake_case(unprefixed(contract, header)) or f"column_{place + 1}"
    return "delivered_load_date" if name == "load_date" else name


def _known(contract: Contract, header: str) -> str:
    text = unprefixed(contract, header)
    if any(column.told_by for column in contract.columns):
        text = CURRENCY_IN_BRACKETS.sub("", text)
    return squash(text)


def _some(headers: Sequence[str]) -> str:
    shown = ", ".join(header.strip() for header in headers[:12])
    return f"{shown}, and {len(headers) - 12} more" if len(headers) > 12 else shown
