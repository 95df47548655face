"""What the documents hold: pages, their tables, fenced blocks, inline code and links."""

import re
from collections.abc import Iterator
from pathlib import Path

from orchestration.settings import PROJECT

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"`([^`]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")


def pages() -> list[Path]:
    """Every document that people read to work with the project."""
    return [PROJECT / "README.md", PROJECT / "CONTRIBUTING.md", *sorted((PROJECT / "docs").rglob("*.md"))]


def fenced(text: str) -> list[tuple[str, str]]:
    """(language, what stands in it) of each fenced block."""
    return FENCE.findall(text)


def inline(text: str) -> list[str]:
    """Each piece of inline code, on one line."""
    return [" ".join(code.split()) for code in CODE.findall(FENCE.sub("", text))]


def links(text: str) -> list[str]:
    """Where its links lead."""
    return LINK.findall(FENCE.sub("", text))


def tables(text: str) -> Iterator[list[dict[str, str]]]:
    """Each table as its rows, {header: cell}."""
    rows: list[list[str]] = []
    for line in [*FENCE.sub("", text).splitlines(), ""]:
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip().strip("|").split("|")])
        elif rows:
            header, _, *body = rows
            yield [dict(zip(header, cells, strict=True)) for cells in body]
            rows = []
