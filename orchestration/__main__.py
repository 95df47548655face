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
        if options.command == "check":
            return _check(None, None, is_for_machines=options.json)
        print(error, file=sys.stderr)
        return 2
    if options.command == "check":
        return _check(options.landing, settings, is_for_machines=options.json)
    if options.command == "score":
        return _score(parser, options, settings)
    _prepare_instance(settings)
    if options.command == "nightly":
        return _nightly(settings, full_refresh=options.full_refresh)
    return _load(settings, options)


def _score(parser: argparse.ArgumentParser, options: argparse.Namespace, settings: Settings) -> int:
    from orchestration.scoring.card import run

    try:
        stack = Stack(options.map, options.crm, options.crm_objects)
    except ValueError as error:
        parser.error(str(error))
    return run(settings.home / "score", size=options.size, seed=options.seed, stack=stack)


def _nightly(settings: Settings, *, full_refresh: bool) -> int:
    from orchestration.nightly import policy_holds, run

    return run(_with_extracts(settings), full_refresh=full_refresh) if policy_holds(settings) else 1


def _load(settings: Settings, options: argparse.Namespace) -> int:
    """Parse the project and load the definitions; serve them for the command `ui`."""
    from orchestration.policy.findings import PolicyError
    from orchestration.transformation.runner import prepare

    if options.command == "ui":
        _with_extracts(settings)
    prepare()
    if options.command == "ui":
        return _serve(options.port)
    try:
        from orchestration.definitions import defs
    except PolicyError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{len(list(defs.resolve_all_asset_specs()))} assets, definitions load")
    return 0


def _with_extracts(settings: Settings) -> Settings:
    """The settings of a project that has extracts: the demo company's, where none are configured."""
    if settings.has_extracts:
        return settings
    from orchestration.demo.__main__ import main as write_demo

    print("No extracts configured (TOUCHSTONE_LANDING is empty): simulating the demo company first.")
    write_demo(["--out", str(settings.demo)])
    current.cache_clear()
    return current()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="touchstone", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")

    def add(name: str, does: str, more: str = "") -> argparse.ArgumentParser:
        return commands.add_parser(name, help=does, description=f"{does[0].upper()}{does[1:]}. {more}".strip())

    check = add(
        "check",
        "judge seeds, suites, contracts and settings, then say what of a landing would load or be refused",
        "Without a landing it does the former only. Writes nothing. Exits with 0 when the policy has no fault and all "
        "of the landing loads, 1 when not, 2 when the landing is not there.",
    )
    check.add_argument("landing", nargs="?", help="folder or URL of extracts (default: TOUCHSTONE_LANDING)")
    check.add_argument("--json", action="store_true", help="print one JSON object, for machines")
    nightly = add(
        "nightly",
        "run the whole nightly job once and print its summary",
        "It begins with a look at the policy, and stops there with all its faults. Exits with 0 when every mart was "
        "published and every alert sent, else with 1.",
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


def _check(landing: str | None, settings: Settings | None, *, is_for_machines: bool) -> int:
    """Judge the policy, then the landing where there is one; settings that can't be read are a fault of the policy."""
    from rich.console import Console

    from orchestration.checking.display import as_json, show, show_policy
    from orchestration.checking.policy import judge

    console, policy, checked = Console(highlight=False), judge(), None
    # A faulty policy would read the landing wrong, or not at all, and no night begins with one.
    if settings and policy.is_sound and (landing or settings.landing):
        from orchestration.checking.reading import check

        try:
            checked = check(landing or settings.landing, settings=settings)
        except FileNotFoundError as error:
            print(error, file=sys.stderr)
            return 2
    if is_for_machines:
        print(as_json(policy, checked))
    else:
        if checked:
            show(checked, console)
        show_policy(policy, console)
        if not checked:
            console.print(
                "No landing was read: "
                + (
                    "name one, touchstone check FOLDER, or set TOUCHSTONE_LANDING."
                    if policy.is_sound
                    else "correct these first."
                ),
                soft_wrap=True,
            )
    return 0 if policy.is_sound and (checked is None or checked.loads_whole) else 1


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
