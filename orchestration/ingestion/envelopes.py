"""JSON as APIs and connectors wrap it, one text per row: lines, arrays, pages of an API, lines or arrays of pages."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from orchestration.contracts import Contract, squash
from orchestration.ingestion.headers import Rejected, unprefixed

# Where APIs put the rows of a page, beside what a contract's `rows_under` names.
ROWS_UNDER = ("result", "results", "records", "data", "elements", "values")
# Where Airbyte keeps a whole row, as an object or as its JSON text, beside bookkeeping of its own.
RAW_COLUMN = "_airbyte_data"
# Keys by which an answer says that the call failed.
FAILING = ("error", "errors", "errorCode", "serviceErrorCode", "success", "status")
# Keys that a page has, and not empty, when another follows: Salesforce, Google, HubSpot's first API.
FOLLOWED_BY = ("nextRecordsUrl", "nextPageToken", "hasMore", "has-more", "has_more")
SAID_IN = ("message", "error_description", "detail", "errorMessage", "title", "code", "errorCode")


def read_texts(
    path: Path, *, contract: Contract, has_pages: bool, turn: Callable[[str | None], None] = lambda more: None
) -> Iterator[tuple[int, str]]:
    """(place, JSON text) per row: the lines of a file, or, opened, its pages and the elements of its array.

    The place is the line, and where rows are opened the number of the row. What can't be taken apart comes as one last
    text. `turn` is told of each page by which key it says that another follows, None where it is the last.
    Raises Rejected when a page says that the call failed.
    """
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    pieces = [(1, text.strip())]
    if not is_document(text, contract=contract):
        pieces = [(number, line.strip()) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
        if not has_pages:
            yield from pieces
            return
    rows = (row for _, piece in pieces for row in _open(piece, contract, turn))
    yield from enumerate(rows, start=1)


def is_document(head: str, *, contract: Contract) -> bool:
    """Whether JSON text is one document (an array, an object over several lines, an API page), not a row per line."""
    stripped = head.lstrip()
    if stripped.startswith("["):
        return True
    first, _, rest = stripped.partition("\n")
    try:
        row = json.loads(first)
    except (ValueError, RecursionError):
        # A row per line starts each line with a brace; a document's second line doesn't.
        return bool(_page_start(contract).match(stripped)) or (bool(rest.strip()) and not rest.lstrip().startswith("{"))
    return not rest.strip() and isinstance(row, dict) and _is_page(row, contract)


def may_wrap(keys: list[str], *, contract: Contract) -> bool:
    """Whether rows of these keys look like pages or failed calls: none has a key or cursor of the table."""
    named = {*_row_lists(contract), *FAILING}.intersection(keys)
    return bool(named) and not _holds_row(keys, contract)


def _row_lists(contract: Contract) -> tuple[str, ...]:
    return (*ROWS_UNDER, *contract.rows_under)


def _page_start(contract: Contract) -> re.Pattern[str]:
    names = "|".join(map(re.escape, _row_lists(contract)))
    return re.compile(r'\{(\s*"[^"]*"\s*:\s*[^\[\]{}]*,)*\s*"(' + names + r')"\s*:\s*\[')


def _holds_row(keys: Iterator[str] | list[str], contract: Contract) -> bool:
    wanted = {
        squash(spelling)
        for column in contract.columns
        if column.name in contract.mandatory or column.stands_in_for in contract.mandatory
        for spelling in (column.name, *column.aliases)
    }
    return any(squash(unprefixed(contract, key)) in wanted for key in keys)


def _is_page(row: dict[str, Any], contract: Contract) -> bool:
    return any(isinstance(row.get(key), list) for key in _row_lists(contract)) and not _holds_row([*row], contract)


def _open(text: str, contract: Contract, turn: Callable[[str | None], None]) -> Iterator[str]:
    """The rows of a page, or of an array of rows and pages. Raises Rejected when a page says that the call failed."""
    elements = (element for element, _ in _elements(text, 1)) if text.startswith("[") else (text,)
    for element in elements:
        yield from _open_page(element, contract, turn)


def _open_page(text: str, contract: Contract, turn: Callable[[str | None], None]) -> Iterator[str]:
    """The rows of a page; anything else is a row itself."""
    start = _rows_start(text, contract)
    if start is None:
        _refuse_failed(text, contract)
        yield from _inner_rows(text, contract)
        return
    end = start
    for row, place in _elements(text, start):
        end = place
        yield from _inner_rows(row, contract)
    around = f"{text[:start]}]{text[_skip(text, end) + 1 :]}"
    _refuse_failed(around, contract)
    turn(_more_follow(around))


def _more_follow(text: str) -> str | None:
    """The key by which a page without its rows says that another follows."""
    try:
        page = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(page, dict):
        return None
    paging = page.get("paging")
    if isinstance(paging, dict):
        links = paging.get("links")
        is_linked = isinstance(links, list) and any(
            isinstance(link, dict) and link.get("rel") == "next" for link in links
        )
        if paging.get("next") or is_linked:
            return "paging"
    # Marketo gives a token with the last page too.
    if "moreResult" in page:
        return "moreResult" if page["moreResult"] is True else None
    return next((key for key in FOLLOWED_BY if page.get(key)), None)


def _inner_rows(text: str, contract: Contract) -> Iterator[str]:
    """The rows inside an element whose list of them the contract names, each with its id; else the element itself."""
    if contract.rows_within:
        inner, held_by, column = contract.rows_within
        try:
            outer = json.loads(text)
        except (ValueError, RecursionError):
            outer = None
        if isinstance(outer, dict) and isinstance(outer.get(inner), list):
            for row in outer[inner]:
                yield json.dumps({column: outer.get(held_by), **row} if isinstance(row, dict) else row)
            return
    yield text


def _refuse_failed(text: str, contract: Contract) -> None:
    if not any(f'"{key}"' in text for key in FAILING):
        return
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return
    if not isinstance(answer, dict) or _holds_row([*answer], contract):
        return
    has_failed = (
        answer.get("success") is False
        or str(answer.get("status")).lower() == "error"
        or any(answer.get(key) for key in ("error", "errors", "errorCode", "serviceErrorCode"))
    )
    if has_failed:
        raise Rejected(
            f"it is an API's answer that says the call failed ({_message(answer) or 'without saying why'}); repeat the "
            f"call and deliver what it returns"
        )


def _message(said: Any) -> str | None:
    """What an answer says of its failure, the most telling text first."""
    if isinstance(said, list):
        return next((found for part in said if (found := _message(part))), None)
    if not isinstance(said, dict):
        return str(said)[:500] if isinstance(said, str | int) and not isinstance(said, bool) else None
    inner = next((found for key in ("error", "errors") if (found := _message(said.get(key)))), None)
    own = next((said[key] for key in SAID_IN if isinstance(said.get(key), str) and said[key].strip()), None)
    return own[:500] if own else inner


def _rows_start(text: str, contract: Contract) -> int | None:
    """Place behind the bracket that opens the rows of a page, None when the text is no page."""
    names, keys = _row_lists(contract), []
    place = _skip(text, 0)
    if not text.startswith("{", place) or not any(f'"{name}"' in text for name in names):
        return None
    decoder = json.JSONDecoder()
    place += 1
    found = None
    try:
        while True:
            key, place = decoder.raw_decode(text, _skip(text, place))
            place = _skip(text, place)
            if text[place] != ":":
                return None
            place = _skip(text, place + 1)
            keys.append(str(key))
            if found is None and key in names and text[place] == "[":
                found = place + 1
            _, place = decoder.raw_decode(text, place)
            place = _skip(text, place)
            if text[place] != ",":
                break
            place += 1
    except (ValueError, IndexError, RecursionError):
        pass  # cut short: what was read tells
    return None if _holds_row(keys, contract) else found


def _elements(text: str, start: int) -> Iterator[tuple[str, int]]:
    """(text, place behind it) of each element of an array that was opened before `start`."""
    decoder = json.JSONDecoder()
    place = _skip(text, start)
    while place < len(text) and text[place] != "]":
        try:
            _, end = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            yield text[place:], len(text)
            return
        yield text[place:end], end
        place = _skip(text, end)
        if text.startswith(",", place):
            place = _skip(text, place + 1)


def _skip(text: str, place: int) -> int:
    while place < len(text) and text[place] in " \t\r\n":
        place += 1
    return place
