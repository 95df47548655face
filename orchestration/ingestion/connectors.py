"""What connectors write of their own beside a record: it says when they read it, and nothing of the record."""

import re
from collections.abc import Sequence

from orchestration.contracts import squash
from orchestration.ingestion.instants import read_instant

# Squashed headers of when a record was read, the first that a file has counts. Fivetran's `_fivetran_synced` is none:
# it writes a row over, so that two rows never are versions of one.
READ_AT = ("sdcbatchedat", "sdcreceivedat", "sdcextractedat", "airbyteextractedat", "airbyteemittedat")
_OWN = re.compile(r"_(airbyte|ab|sdc)_\w+|_fivetran_synced|_dlt_(load_)?id", re.IGNORECASE)


def is_connectors_own(header: str) -> bool:
    """Whether a column tells of the connector's work: it differs between two readings of one record."""
    return _OWN.fullmatch(header.strip()) is not None


def read_at(headers: Sequence[str]) -> str | None:
    """SQL of the instant (UTC) at which a connector read a record; None where a file does not tell."""
    places = {squash(header): place for place, header in enumerate(headers) if header.strip().startswith("_")}
    found = next((places[key] for key in READ_AT if key in places), None)
    return None if found is None else read_instant(f"c{found}")
