"""`.venv/bin/touchstone checks`: what the checks of a night found, by owner, and how one check went night by night."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb
from rich.console import Console

from orchestration.publication.nights import kept
from orchestration.settings import Settings

# What needs somebody comes first.
ORDER = "case check_status when 'failed' then 0 when 'warned' then 1 when 'no_data' then 2 else 3 end"
COLUMNS = "owner, check_status, table_name, check_name, finding, remedy, runbook, as_of"


@dataclass(frozen=True)
class Line:
    """One check of one night, as it is shown."""

    owner: str
    status: str
    table: str
    check: str
    finding: str
    remedy: str
    runbook: str
    as_of: str


def show(
    settings: Settings,
    *,
    owner: str | None = None,
    failed: bool = False,
    check: str | None = None,
    all_of: bool = False,
) -> int:
    """Print the checks of the last night that warned or failed, or of those asked for; 0, or 1 where no night is kept.

    `owner` is part of the owner's name, `failed` leaves warnings out, `check` is part of `<table>.<check>` and shows
    every night of it, `all_of` shows those that passed or had no data too.
    """
    console = Console(highlight=False)
    history = kept(settings, last=not check)
    if history is None:
        console.print(f"No night was run in {settings.home} yet: `make nightly`", markup=False, soft_wrap=True)
        return 1
    states = "('failed')" if failed else "('failed', 'warned')"
    asked = ["true" if all_of or check else f"check_status in {states}"]
    given: list[str] = []
    for column, text in (("coalesce(owner, '')", owner), ("table_name || '.' || check_name", check)):
        if text:
            asked.append(f"contains(lower({column}), lower(?))")
            given.append(text)
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"select {COLUMNS} from {history} where {' and '.join(asked)} "
            f"order by {'as_of desc, ' if check else ''}coalesce(owner, ''), {ORDER}, table_name, check_name",
            given,
        ).fetchall()
    found = [Line(*("" if cell is None else str(cell) for cell in row)) for row in rows]
    console.print(*(_nights(found) if check else _owners(found)), sep="\n", markup=False, soft_wrap=True)
    return 0


def _owners(found: Sequence[Line]) -> Iterator[str]:
    if not found:
        yield "Nothing to show: no such check, or none of them warned or failed (--all shows every one)."
    for owner in dict.fromkeys(line.owner for line in found):
        yield f"For {owner or 'nobody'}"
        for line in (line for line in found if line.owner == owner):
            yield f"  {line.status:<7}  {line.table}.{line.check}: {line.finding}"
            if line.remedy and line.status in ("failed", "warned"):
                yield f"           do: {line.remedy}"


def _nights(found: Sequence[Line]) -> Iterator[str]:
    if not found:
        yield "Nothing to show: no night has such a check; name it as <table>.<check>, or a part of it."
    for line in found:
        yield f"{line.as_of[:16]}  {line.status:<7}  {line.table}.{line.check}: {line.finding}"
