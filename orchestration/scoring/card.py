"""`make score`: the whole pipeline on a simulated company, and how near it comes to that company's truth."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import duckdb
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Column, Table

from orchestration.demo.parameters import UNTIL
from orchestration.demo.score import SCHEMAS
from orchestration.demo.stacks import Stack, stack_of
from orchestration.scoring import of_attribution, of_experiments
from orchestration.scoring.detectors import (
    DETECTORS,
    PRECISION_FLOOR,
    RECALL_FLOOR,
    WITHOUT_DETECTOR,
    detection_sql,
    groundless,
)
from orchestration.scoring.measures import LIMITS, MEASURES, Measure
from orchestration.scoring.of_attribution import ModelError
from orchestration.scoring.preparation import PREPARATION
from orchestration.scoring.projects import copy_project
from orchestration.scoring.withstood import KINDS
from orchestration.settings import DEMO_HOME, PROJECT
from orchestration.transformation.runner import take_over_parse

RESULT = "score.json"
ATTRIBUTION = "attribution.json"
EXPERIMENTS = "experiments.json"
WITHSTOOD_FAMILY = "faults withstood"
SIMULATOR = PROJECT / "orchestration" / "demo"
Status = Literal["ok", "below", "no floor", "none injected", "no detector yet", "left out"]
STYLES = {"ok": "green", "below": "bold red", "no detector yet": "yellow"}


@dataclass(frozen=True)
class Score:
    """One line of the card. `limit` is a floor, or a ceiling where less is better; counts stand behind a share."""

    family: str
    subject: str
    status: Status
    value: float | None = None
    limit: float | None = None
    is_ceiling: bool = False
    matched: float | None = None
    total: float | None = None
    note: str | None = None


def run(
    folder: Path,
    *,
    size: str,
    seed: int,
    stack: Stack | None = None,
    until: date = UNTIL,
    has_experiments: bool = False,
    parse: Path | None = None,
) -> int:
    """Simulate below `folder` when needed, run a night there, print the card and write it to `score.json`.

    `stack` says the company's systems (default: Marketo and Salesforce), `until` the last day. One that runs
    experiments is another company: whoever is held back changes what comes after. What a night built and did not
    publish is scored too, with a line that says so. `parse` is a folder in which dbt kept its parse of the project.
    Returns 0, or 1 when the night failed or a score misses its limit.
    """
    console = Console(highlight=False)
    stack = stack or Stack()
    name = f"{size}-seed-{seed}{'-experiments' if has_experiments else ''}"
    home = folder / (name if stack == Stack() else f"{stack.name}-{name}")
    company = home / DEMO_HOME
    _simulate(home, size=size, seed=seed, stack=stack, until=until, has_experiments=has_experiments)
    if parse:
        take_over_parse(parse, to=company / "dbt" / "target")
    scores = [_publication(has_published=not _night(home))]
    try:
        scores += measure(company)
    except (duckdb.CatalogException, duckdb.IOException) as error:
        console.print(f"The night built too little to score more: {error}", style="red")
    (home / RESULT).write_text(json.dumps([asdict(score) for score in scores], indent=2) + "\n")
    console.print(_table(scores))
    _print_attribution(console, company)
    missing = sorted(score.subject for score in scores if score.status == "no detector yet")
    below = [score for score in scores if score.status == "below"]
    console.print(f"No detector yet: {', '.join(missing) or 'none missing'}")
    console.print(f"{len(below)} of {len(scores)} scores miss their limit; all of them: {home / RESULT}")
    return 1 if below else 0


def attribution(company: Path) -> list[ModelError]:
    """How far each attribution model is from what channels really brought; empty where nothing was won."""
    with _connect(company) as connection:
        return of_attribution.errors_of(connection)


def _print_attribution(console: Console, company: Path) -> None:
    """Beside the card: a model is no part of the pipeline that could miss a limit, it answers another question."""
    try:
        errors = attribution(company)
        with _connect(company) as connection:
            answers = of_experiments.answers_of(connection)
    except (duckdb.CatalogException, duckdb.IOException) as error:
        console.print(f"The night built too little to compare attribution: {error}", style="red")
        return
    written = [{**asdict(error), "misdealt": error.misdealt} for error in errors]
    (company.parent / ATTRIBUTION).write_text(json.dumps(written, indent=2) + "\n")
    (company.parent / EXPERIMENTS).write_text(json.dumps([asdict(answer) for answer in answers], indent=2) + "\n")
    wide = Console(highlight=False, width=max(console.width, of_attribution.WIDTH))
    if errors:
        wide.print(of_attribution.table_of(errors))
    if answers:
        wide.print(of_experiments.table_of(answers))


def measure(company: Path) -> list[Score]:
    """Every score of the simulated company whose truth and warehouse are in `company`."""
    stack = stack_of(company)
    with _connect(company) as connection:
        connection.execute(PREPARATION)
        scores: list[Score] = []
        for each in MEASURES:
            if each.need and not each.need.is_met(stack):
                scores.append(Score(each.family, each.subject, "left out", note=each.need.reason))
            else:
                scores += _judge(each, connection.execute(each.sql).fetchall())
        withstood = {score.subject for score in scores if score.family == WITHSTOOD_FAMILY}
        scores += [Score(WITHSTOOD_FAMILY, kind, "none injected") for kind in KINDS if kind not in withstood]
        return [*scores, *_detection(connection.execute(detection_sql(stack)).fetchall(), stack)]


def _publication(*, has_published: bool) -> Score:
    value = float(has_published)
    return Score("night", "published", _status(value, 1.0), value, 1.0)


def _judge(measure: Measure, rows: list[tuple]) -> Iterator[Score]:
    for subject, value, matched, total in rows:
        limit = LIMITS.get((measure.family, subject), measure.limit)
        yield Score(
            measure.family,
            subject,
            _status(value, limit, is_ceiling=measure.is_ceiling),
            float(value),
            limit,
            measure.is_ceiling,
            matched if matched is None else float(matched),
            total if total is None else float(total),
        )


def _detection(rows: list[tuple], stack: Stack) -> Iterator[Score]:
    counts = {kind: (true, found, matched) for kind, true, found, matched in rows}
    for kind in sorted({*counts, *DETECTORS, *WITHOUT_DETECTOR} - {*KINDS}):
        true, found, matched = counts.get(kind, (0, 0, 0))
        if kind not in DETECTORS:
            note = WITHOUT_DETECTOR.get(kind, "nothing names it")
            yield Score("faults found", kind, "no detector yet", total=float(true), note=note)
            continue
        reason = groundless(kind, stack)
        if reason and not found:
            yield Score("faults found", kind, "left out", note=reason)
            continue
        has_floor = DETECTORS[kind].level == "record"
        for name, base, floor in (("recall", true, RECALL_FLOOR), ("precision", found, PRECISION_FLOOR)):
            subject, limit = f"{kind}, {name}", floor if has_floor else None
            if base:
                value = matched / base
                yield Score(
                    "faults found", subject, _status(value, limit), value, limit, matched=float(matched),
                    total=float(base),
                )  # fmt: skip
            elif not true and name == "recall":
                yield Score("faults found", subject, "none injected", limit=limit, matched=0.0, total=0.0)


def _status(value: float | None, limit: float | None, *, is_ceiling: bool = False) -> Status:
    if limit is None:
        return "no floor"
    is_kept = value is not None and (value <= limit if is_ceiling else value >= limit)
    return "ok" if is_kept else "below"


def _table(scores: list[Score]) -> Table:
    table = Table(
        "score", Column("value", justify="right"), Column("of", justify="right"), Column("limit", justify="right"), "",
        box=SIMPLE,
    )  # fmt: skip
    family = None
    for score in scores:
        if score.family != family:
            family = score.family
            table.add_row(family, style="bold")
        sign = "<=" if score.is_ceiling else ">="
        table.add_row(
            "  " + score.subject,
            "" if score.value is None else f"{score.value:.4f}",
            _counts(score),
            "" if score.limit is None else f"{sign} {score.limit:g}",
            score.status + (f": {score.note}" if score.note else ""),
            style=STYLES.get(score.status),
        )
    return table


def _counts(score: Score) -> str:
    if score.total is None:
        return ""
    return f"{score.total:,.0f}" if score.matched is None else f"{score.matched:,.0f} of {score.total:,.0f}"


@contextmanager
def _connect(company: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse of `company`, read only, and beside it its truth as `truth.<table>`."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{company / 'warehouse' / 'work.duckdb'}' as warehouse (read_only)")
        connection.execute("attach ':memory:' as truth")
        for table in SCHEMAS:
            connection.execute(f"create view truth.{table} as from '{company / 'truth' / table}.parquet'")
        connection.execute("use warehouse")
        yield connection


def _simulate(home: Path, *, size: str, seed: int, stack: Stack, until: date, has_experiments: bool) -> None:
    """Write the company unless this very simulator already did; another one's lake and warehouse go with it."""
    from orchestration.demo.__main__ import main as write_demo

    made_by, simulator = home / "simulator.sha256", f"{_simulator()} until {until}"
    if made_by.exists() and made_by.read_text() == simulator:
        return
    shutil.rmtree(home, ignore_errors=True)
    systems = ["--map", stack.map_system, "--crm", stack.crm_system, "--crm-objects", stack.crm_objects]
    systems += ["--billing"] if stack.has_billing else []
    place = ["--out", str(home / DEMO_HOME), *(["--experiments"] if has_experiments else [])]
    write_demo(["--size", size, "--seed", str(seed), "--until", str(until), *place, *systems])
    made_by.write_text(simulator)


def _simulator() -> str:
    """Hash of the simulator's code, so that a changed company is never scored on old extracts."""
    sources = b"".join(path.read_bytes() for path in sorted(SIMULATOR.rglob("*.py")))
    return hashlib.sha256(sources).hexdigest()


def _night(home: Path) -> int:
    """A night over the company in `home`, in a process of its own; empty settings keep `.env` out of it.

    Where the company runs experiments it is one of a copy of the project, whose seeds tell of them: the project's own
    tell of none.
    """
    project, told = PROJECT, home / DEMO_HOME / "experiments"
    if told.exists():
        project = home / "project"
        shutil.rmtree(project, ignore_errors=True)
        copy_project(project)
        shutil.copytree(told, project / "seeds", dirs_exist_ok=True)
    places = {
        "TOUCHSTONE_HOME": str(home), "TOUCHSTONE_LANDING": "", "TOUCHSTONE_AS_OF": "", "TOUCHSTONE_TARGET": "duckdb",
        "TOUCHSTONE_ALERT_URLS": "", "TOUCHSTONE_POSTGRES_URL": "",
    }  # fmt: skip
    command = [sys.executable, "-m", "orchestration", "nightly"]
    return subprocess.call(command, cwd=project, env={**os.environ, **places, "PYTHONPATH": str(project)})
