"""What a runbook says of a check, brought to where the check is read."""

import re
from functools import cache

import dagster as dg

from orchestration.settings import PROJECT

_ROW = re.compile(r"^\| (?P<names>`.+?) \| (?P<look>.+) \|$", re.M)
_NAME = re.compile(r"`([^`]+)`")


def link(runbook: str) -> dg.MetadataValue:
    """The runbook of an owner: a link where it is a URL, else its file."""
    return dg.MetadataValue.url(runbook) if "://" in runbook else dg.MetadataValue.path(runbook)


def first_look(runbook: str, check: str) -> dict[str, dg.MetadataValue]:
    """The line of a runbook that names `check` as metadata; nothing where there is none."""
    lines = {} if "://" in runbook else _lines(runbook)
    for name, look in lines.items():
        if name == check or (name.startswith("...") and check.endswith(name.strip("."))):
            return {"first_look": dg.MetadataValue.md(look)}
    return {}


@cache
def _lines(runbook: str) -> dict[str, str]:
    """What stands beside each check's name in the tables of a Markdown file."""
    rows = _ROW.finditer((PROJECT / runbook).read_text())
    return {name: row["look"] for row in rows for name in _NAME.findall(row["names"])}
