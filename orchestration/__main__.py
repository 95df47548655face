"""Governed measurement for B2B marketing operations: check what a landing would load, run the night, see it."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from orchestration.demo.stacks import Stack, add_stack_options
from orchestration.settings import PROJECT, Settings, current

# One run at a time, because DuckDB has one writer.
INSTANCE = """\
# Written once; edit freely.
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 1
retention:
  sensor:
    purge_after_days: 30
"""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status: 0 when it succeeded, 1 when a run failed its checks, 2 on bad usage."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        settings = current()
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    if options.command == "check":
        return _check(options.landing, settings, is_for_machines=options.json)
    if options.command == "score":
        from orchestration.scoring.card import run as run_score

        try:
            stack = Stack(options.map, options.crm, options.crm_objects)
        except ValueError as error:
            parser.error(str(error))
        return run_score(settings.home / "score", size=options.size, seed=options.seed, stack=stack)
    _prepare_instance(settings)
    if not settings.has_extracts and options.command != "parse":
        from orchestration.demo.__main__ import main as write_demo

        print("No extracts configured (TOUCHSTONE_LANDING is empty): simulating the demo company first.")
        write_demo(["--out", str(settings.demo)])
        current.cache_clear()
        settings = current()
    if options.command == "nightly":
        from orchestration.nightly import run

        return run(settings, full_refresh=options.full_refresh)
    from orchestration.transformation.runner import prepare

    prepare()
    if options.command == "ui":
        return _serve(options.port)
    from orchestration.definitions import defs

    print(f"{len(list(defs.resolve_all_asset_specs()))} assets, definitions load")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="touchstone", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")

    def add(name: str, does: str, more: str = "") -> argparse.ArgumentParser:
        return commands.add_parser(name, help=does, description=f"{does[0].upper()}{does[1:]}. {more}".strip())

    check = add(
        "check",
        "read a landing by contract and say what would load, be quarantined or be refused",
        "Writes nothing. Exits with 0 when all of it loads, 1 when something does not, 2 when there is no landing.",
    )
    check.add_argument("landing", nargs="?", help="folder or URL of extracts (default: TOUCHSTONE_LANDING)")
    check.add_argument("--json", action="store_true", help="print one JSON object, for machines")
    nightly = add(
        "nightly",
        "run the whole nightly job once and print its summary",
        "Exits with 0 when every mart was published and every alert sent, else with 1.",
    )
    nightly.add_argument("--full-refresh", action="store_true", help="build event tables whole, from all of the lake")
    ui = add("ui", "start the Dagster UI with its schedules and sensors", "Stop it with Ctrl-C.")
    ui.add_argument("--port", type=int, default=3000, help="port on 127.0.0.1 (default: 3000)")
    add("parse", "parse the dbt project and load the Dagster definitions")
    score = add("score", "run the pipeline on a simulated company and score it against the truth")
    score.add_argument("--size", default="tiny", help="tiny, demo, large or a number of people (default: tiny)")
    score.add_argument("--seed", type=int, default=7, help="another seed is another company (default: 7)")
    add_stack_options(score)
    return parser


def _check(landing: str | None, settings: Settings, *, is_for_machines: bool) -> int:
    from rich.console import Console

    from orchestration.checking.display import as_json, show
    from orchestration.checking.reading import check

    if not (landing or settings.landing):
        print("name a landing: touchstone check FOLDER, or set TOUCHSTONE_LANDING", file=sys.stderr)
        return 2
    try:
        checked = check(landing or settings.landing, settings=settings)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 2
    if is_for_machines:
        print(as_json(checked))
    else:
        show(checked, Console(highlight=False))
    return 0 if checked.loads_whole else 1


def _prepare_instance(settings: Settings) -> None:
    """Give Dagster a home, so that run history outlives the process."""
    settings.dagster_home.mkdir(parents=True, exist_ok=True)
    configuration = settings.dagster_home / "dagster.yaml"
    if not configuration.exists():
        configuration.write_text(INSTANCE)
    os.environ["DAGSTER_HOME"] = str(settings.dagster_home)


def _serve(port: int) -> int:
    dagster = Path(sys.executable).with_name("dagster")
    command = [str(dagster), "dev", "-w", "workspace.yaml", "-h", "127.0.0.1", "-p", str(port)]
    try:
        return subprocess.call(command, cwd=PROJECT)
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
