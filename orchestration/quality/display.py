"""Values from extracts, made safe to show: masked, harmless in a spreadsheet, escaped where markup is read."""

import html
import math
import re
import unicodedata
from collections.abc import Collection, Sequence
from typing import Any

LONGEST = 120
MASK = "***"
# Characters that fit beside each other in the window in which Dagster shows a sample.
TABLE_WIDTH = 100
_WORD = r"[^\s@<>\"'=&?/:;,()]"
_EMAIL = re.compile(rf"({_WORD}){_WORD}*?(?:@|%40)({_WORD}){_WORD}*", re.I)
_QUERY = re.compile(r"(https?://[^\s?#]+)[?#]\S*", re.I)
_LINK = re.compile(r"\b(http)(s?)://|\b(javascript|data|vbscript):", re.I)
_PAIR = re.compile(r"\*\*(.+?)\*\* (.*?)(?=; \*\*|$)")
_MARKUP = re.compile(r"[&<>|`*_\[\]()!#~\\$]")


def safe(value: Any, *, is_pii: bool = False) -> str:
    """`value` as one line of text that names no one, runs nowhere and links nowhere; empty for null.

    A leading `=`, `+`, `-` or `@` gets a quote before it, so that a spreadsheet shows the text and computes nothing.
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if not isinstance(value, str):
        return MASK if is_pii else _number(value)
    text = "".join(" " if c in "\r\n\t" else c for c in value if c in "\r\n\t" or unicodedata.category(c)[0] != "C")
    text = MASK if is_pii and not _EMAIL.fullmatch(text.strip()) else mask(text)
    text = _LINK.sub(lambda found: f"hxxp{found[2]}://" if found[1] else f"{found[3]}_", text)
    text = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    return "'" + text if text.lstrip().startswith(("=", "+", "-", "@")) else text


def mask(text: str) -> str:
    """`text` with each e-mail address as `a***@d***.com` and each URL's query string hidden."""
    return _EMAIL.sub(_masked_email, _QUERY.sub(rf"\1?{MASK}", text))


def escape(text: str) -> str:
    """`text` with every character that Markdown or HTML could read as markup written as an entity."""
    return _MARKUP.sub(lambda found: f"&#{ord(found[0])};", text)


def markdown_rows(columns: Sequence[str], rows: Sequence[Sequence[Any]], *, pii: Collection[str] = ()) -> str:
    """The rows as Markdown of safe, escaped cells: a table, or a list where one would not fit on a screen.

    Columns named in `pii` are masked whole.
    """
    header = [escape(column) for column in columns]
    cells = [[safe(cell, is_pii=column in pii) for column, cell in zip(columns, row, strict=True)] for row in rows]
    width = sum(max(len(line[place]) for line in [columns, *cells]) + 3 for place in range(len(columns)))
    escaped = [[escape(cell) for cell in row] for row in cells]
    if width <= TABLE_WIDTH:
        return "\n".join("| " + " | ".join(line) + " |" for line in [header, ["---"] * len(header), *escaped])
    pairs = ([f"**{name}** {cell}" for name, cell in zip(header, row, strict=True) if cell] for row in escaped)
    return "\n".join(f"- {'; '.join(of_row)}" for of_row in pairs)


def rows_as_text(markdown: str, *, limit: int) -> list[str]:
    """The first `limit` rows of `markdown_rows` as `column = value, ...`, safe but no longer escaped."""
    lines = markdown.splitlines()
    if not markdown.startswith("|"):
        rows = [_PAIR.findall(line) for line in lines[:limit]]
    else:
        parted = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines]
        rows = [list(zip(parted[0], row, strict=False)) for row in parted[2 : 2 + limit]]
    return [", ".join(f"{html.unescape(name)} = {html.unescape(cell)}" for name, cell in row if cell) for row in rows]


def _masked_email(found: re.Match[str]) -> str:
    _, dot, ending = found[0].rpartition("@")[2].rpartition(".")
    return f"{found[1]}{MASK}@{found[2]}{MASK}{dot}{ending if dot else ''}"


def _number(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}" if abs(value) < 1e6 else f"{value:.0f}"
    return str(value)
