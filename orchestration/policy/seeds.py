"""Every seed against its rules: one look at all of them, before anything reads one."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from orchestration.policy import of_columns, of_rows, rules, tables
from orchestration.policy.findings import Finding
from orchestration.policy.kinds import VARIABLE
from orchestration.policy.schemas import Rule, judge
from orchestration.policy.tables import Table
from orchestration.policy.things import Frames
from orchestration.settings import SEEDS


def findings(folder: Path = SEEDS) -> list[Finding]:
    """What is wrong with the seeds of `folder` and with the YAML that governs them, by file and line."""
    try:
        seeds = rules.read(folder)
    except ValueError as error:
        return [Finding(f"{folder.name}/_seeds_*.yml", f"can't be read: {error}", "correct the YAML")]
    files = {path.stem: path for path in sorted(folder.glob("*.csv"))}
    read = {name: tables.read(files[name], seed.columns) for name, seed in seeds.items() if name in files}
    found = [*_strays(seeds, files), *_judged(seeds, read)]
    return sorted(found, key=lambda finding: (finding.file, finding.line or 0))


def _judged(seeds: Mapping[str, rules.Seed], read: Mapping[str, Table]) -> Iterator[Finding]:
    frames = {name: table.frame for name, table in read.items()}
    for name, table in read.items():
        found = [*table.findings, *judge(_rules(seeds[name], frames), table)]
        secret = [column.name for column in seeds[name].columns.values() if column.holds == VARIABLE]
        yield from (_without_secrets(finding, secret) if secret else finding for finding in found)


def _without_secrets(finding: Finding, columns: list[str]) -> Finding:
    """The finding without what somebody wrote where a variable is named: it may be the secret itself."""
    if finding.value is None:
        return finding
    is_of_one = any(name in columns for name in (finding.column or "").split(" + "))
    if is_of_one and not re.fullmatch(r"[A-Z0-9_, +a-z-]{1,80}", finding.value):
        return replace(finding, value="***")
    return replace(finding, value=re.sub(r"://\S+", "://***", finding.value))


def _rules(seed: rules.Seed, frames: Frames) -> Iterator[Rule]:
    for column in seed.columns.values():
        yield from of_columns.rules(column, frames)
    for key in seed.keys:
        yield of_rows.unique(key, seed, frames)
    for interval in seed.intervals:
        is_keyed = any({*key} <= {*interval.of, interval.starts} for key in seed.keys)
        yield of_rows.one_at_a_time(interval, is_keyed=is_keyed)
    for same in seed.sames:
        yield of_rows.same(same)
    for pair in seed.boths:
        yield of_rows.both(pair)
    for order in seed.orders:
        yield of_rows.in_order(order)
    for reference in seed.references:
        yield from of_columns.refers(reference.columns, reference.to, frames)


def _strays(seeds: Mapping[str, rules.Seed], files: Mapping[str, Path]) -> Iterator[Finding]:
    for name in files.keys() - seeds.keys():
        remedy = "describe it in one of seeds/_seeds_*.yml, or take it out of seeds/"
        yield Finding(f"{files[name].parent.name}/{name}.csv", "is a seed without rules", remedy)
    for name in seeds.keys() - files.keys():
        yield Finding(seeds[name].file, f"describes seed {name!r}, which has no file", f"add seeds/{name}.csv")
