"""How connectors and vendors mark a record gone at the vendor: the one list of columns, and what they say as SQL."""

from collections.abc import Sequence
from typing import Literal

from orchestration.contracts import Contract, squash

Kind = Literal["flag", "denial", "instant", "operation"]

# Squashed header -> how it speaks: a flag is true or false, a denial says gone by being false, an instant by being
# there, an operation is a word of a change log.
MARKERS: dict[str, Kind] = {
    "isdeleted": "flag",  # most vendors: the recycle bin
    "deleted": "flag",  # Debezium
    "fivetrandeleted": "flag",
    "fivetranactive": "denial",  # history mode: of a record that is gone no version is active
    "peerdbisdeleted": "flag",
    "hevomarkeddeleted": "flag",
    "metadatadeleted": "flag",  # Datastream
    "deletedat": "instant",
    "sdcdeletedat": "instant",  # Stitch and Singer
    "abcdcdeletedat": "instant",  # Airbyte
    "op": "operation",  # Debezium, DMS
    "metaop": "operation",  # Estuary
    "changetype": "operation",  # BigQuery, Delta
    "headerchangeoper": "operation",  # Qlik
}
# Words that elsewhere mean something else: an archived task is an old one, an archived project a closed one.
MARKERS_OF: dict[str, dict[str, Kind]] = {"hubspot": {"archived": "flag", "archivedat": "instant"}}

YES = "('true', 't', 'yes', 'y', '1')"
NO = "('false', 'f', 'no', 'n', '0')"
GONE = "('d', 'delete', 'deleted')"
THERE = "('c', 'u', 'r', 'i', 'create', 'update', 'read', 'insert', 'upsert', 'update_preimage', 'update_postimage')"


def marker_kind(contract: Contract, header: str) -> Kind | None:
    """How a header marks removal in files of a table; None when it does not."""
    known = squash(header)
    return MARKERS_OF.get(contract.system, {}).get(known) or MARKERS.get(known)


def says_removed(markers: Sequence[tuple[str, Kind]]) -> str:
    """Whether a record is gone, of the texts of its markers: true when any says so, else false when any denies it."""
    said = [_says(text, kind) for text, kind in markers]
    if not said:
        return "null::boolean"
    any_gone = " or ".join(f"coalesce({word}, false)" for word in said)
    return f"case when {any_gone} then true else coalesce({', '.join(said)}) end"


def removed_at(markers: Sequence[tuple[str, Kind]]) -> list[str]:
    """The instants that markers give, each null where it can't be read."""
    return [
        f"case when not {_says_never(text)} then make_timestamp(epoch_us(try_cast({text} as timestamptz))) end"
        for text, kind in markers
        if kind == "instant"
    ]


def _says_never(text: str) -> str:
    # Go's and .NET's zero, MySQL's, the epoch and the end of time.
    return f"(left(trim({text}), 4) in ('0000', '0001') or left(trim({text}), 10) in ('0', '1970-01-01', '9999-12-31'))"


def _says(text: str, kind: Kind) -> str:
    word = f"lower(trim({text}))"
    if kind == "instant":
        return f"({text} is not null and {word} not in {NO} and not coalesce({_says_never(text)}, false))"
    yes, no = {"flag": (YES, NO), "denial": (NO, YES), "operation": (GONE, THERE)}[kind]
    return f"case when {word} in {yes} then true when {word} in {no} then false end"
