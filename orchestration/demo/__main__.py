"""Write the extracts and the truth of a simulated company, or of its next days."""

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from orchestration.demo.parameters import SIZES, UNTIL
from orchestration.demo.simulation import next_days, simulate, steps
from orchestration.demo.stacks import Stack, add_stack_options


def main(arguments: list[str] | None = None) -> None:
    """Parse the command line and simulate."""
    options = parser()
    given = options.parse_args(arguments)
    try:
        stack = Stack(given.map, given.crm, given.crm_objects, given.billing)
    except ValueError as error:
        options.error(str(error))
    began = time.monotonic()
    if given.days:
        with _progress(given.out.name) as advance:
            state = next_days(given.out, days=given.days, advance=advance)
    else:
        given.out.mkdir(parents=True, exist_ok=True)
        with _progress(f"{given.size}, seed {given.seed}") as advance:
            state = simulate(
                given.size,
                out=given.out,
                seed=given.seed,
                until=given.until,
                stack=stack,
                has_experiments=given.experiments,
                advance=advance,
            )
    print(f"{state['people']:,} people until {state['until']} in {given.out} ({time.monotonic() - began:.0f} s)")


def parser() -> argparse.ArgumentParser:
    """The options."""
    options = argparse.ArgumentParser(
        prog=".venv/bin/python -m orchestration.demo", description=__doc__, allow_abbrev=False
    )
    options.add_argument("--size", default="demo", help=f"{', '.join(SIZES)}, or a number of people (default: demo)")
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--out", type=Path, required=True, help="folder that receives landing/, truth/ and demo.json")
    options.add_argument(
        "--until", type=date.fromisoformat, default=UNTIL, help=f"last day of the history (default: {UNTIL})"
    )
    options.add_argument("--days", type=int, help="add the extracts of the next N days to what is in --out")
    options.add_argument(
        "--experiments", action="store_true", help="hold channels back by lot for a while; --out/experiments tells how"
    )
    add_stack_options(options)
    return options


@contextmanager
def _progress(title: str) -> Iterator[Callable[[str], None]]:
    """A bar over the objects to write; silent when nobody watches."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns) as progress:
        task = progress.add_task(title, total=steps())

        def advance(label: str) -> None:
            done = progress.tasks[task].completed + 1
            progress.update(task, completed=done, total=max(steps(), done), description=f"{title}: {label}")

        yield advance
        # What the systems of a company deliver differs: at the end it is as many as it was.
        progress.update(task, total=progress.tasks[task].completed)


if __name__ == "__main__":
    main()
