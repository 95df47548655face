"""A simulated company from its parameters to its extracts and its truth."""

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from orchestration.demo import activities, facts, store, trials
from orchestration.demo.company import found
from orchestration.demo.delivery import Extract, Fault, Schedule
from orchestration.demo.fault_rates import FaultRates
from orchestration.demo.parameters import SIZES, UNTIL, company_of
from orchestration.demo.stacks import STATE, Stack, stack_of
from orchestration.demo.systems import ads, billing, ga4, hubspot, marketo, pardot, salesforce
from orchestration.demo.truth.writing import write as write_truth
from orchestration.demo.world import World
from orchestration.demo.writer import write
from orchestration.settings import SIMULATED


def simulate(
    size: str | int,
    *,
    out: Path,
    seed: int = 7,
    until: date = UNTIL,
    first_day: int = 0,
    stack: Stack | None = None,
    faults: FaultRates | None = None,
    has_experiments: bool = False,
    advance: Callable[[str], None] = lambda label: None,
    memory: str = "4GB",
) -> dict[str, Any]:
    """Write the extracts delivered from day `first_day` to `until` into `out`/landing and the truth into `out`/truth.

    `size` is a name of SIZES or a number of people; `stack` says its systems (default: Marketo and Salesforce);
    `faults` replaces the default rates; with `has_experiments` it runs those of `trials.TRIALS`, and `out`/experiments
    holds the seeds that tell of them. From day 0 on, an earlier simulation in `out` is replaced, and its landing
    appears whole or not at all. Returns what `out`/demo.json holds. `advance` is called with a label as each object
    begins. Raises FileExistsError when `out` holds a landing that is not a simulation's.
    """
    people = SIZES[size] if isinstance(size, str) and size in SIZES else int(size)
    stack = stack or Stack()
    parameters = company_of(people, seed=seed, until=until, stack=stack, faults=faults, has_experiments=has_experiments)
    last_day = parameters.last_day
    if not first_day and (out / "landing").exists() and not (out / STATE).exists():
        raise FileExistsError(f"{out / 'landing'} is not a simulated company's; choose another folder for the extracts")
    out.mkdir(parents=True, exist_ok=True)
    company = found(parameters, advance=advance)
    with tempfile.TemporaryDirectory(prefix="demo-", dir=out) as scratch:
        con = store.connect(Path(scratch), threads=2, memory=memory)
        advance("tables")
        store.fill(con, company)
        facts.derive(con, company.world)
        activities.derive(con, stack)
        landing = out / "landing" if first_day else Path(scratch) / "landing"
        schedule = Schedule(landing, company.world.clock, seed, parameters.faults, first_day, last_day, advance)
        delivered: list[Fault] = []
        for extract in _extracts(con, company.world):
            delivered += write(con, extract, schedule)
        advance("truth")
        write_truth(con, company, delivered=delivered, folder=out / "truth")
        con.close()
        if has_experiments:
            trials.write(company.journeys.trials, out / "experiments")
        (landing / SIMULATED).write_text(
            json.dumps({"company": f"{people:,} people, seed {seed}, {stack.name}"}) + "\n"
        )
        if not first_day:
            shutil.rmtree(out / "landing", ignore_errors=True)
            landing.rename(out / "landing")
    state = {
        "size": size,
        "people": people,
        "seed": seed,
        "map": stack.map_system,
        "crm": stack.crm_system,
        "crm_objects": stack.crm_objects,
        "billing": stack.has_billing,
        "start": str(parameters.start),
        "until": str(until),
        "faults": asdict(faults) if faults else None,
        "has_experiments": has_experiments,
    }
    (out / STATE).write_text(json.dumps(state, indent=2) + "\n")
    return state


def _extracts(con: duckdb.DuckDBPyConnection, world: World) -> list[Extract]:
    stack = world.parameters.stack
    found = salesforce.extracts(con, world) if stack.crm_system == "salesforce" else []
    found += marketo.extracts(world) if stack.map_system == "marketo" else []
    found += pardot.extracts(world) if stack.map_system == "pardot" else []
    found += billing.extracts() if stack.has_billing else []
    found += hubspot.extracts(con, world) if "hubspot" in (stack.map_system, stack.crm_system) else []
    return [*found, *ga4.extracts(con, world), *ads.extracts(con, world)]


def steps() -> int:
    """About how often `advance` is called, for a progress bar."""
    return 36


def next_days(out: Path, *, days: int, advance: Callable[[str], None] = lambda label: None) -> dict[str, Any]:
    """Add the extracts of the next `days` days to what `simulate` left in `out`."""
    state = json.loads((out / STATE).read_text())
    until = date.fromisoformat(state["until"])
    return simulate(
        state["size"],
        out=out,
        seed=state["seed"],
        until=until + timedelta(days=days),
        first_day=(until - date.fromisoformat(state["start"])).days + 1,
        stack=stack_of(out),
        faults=FaultRates(**state["faults"]) if state["faults"] else None,
        has_experiments=state.get("has_experiments", False),
        advance=advance,
    )
