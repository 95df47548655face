"""Governed measurement for B2B marketing operations: check what a landing would load, run the night, see it."""

import argparse
import atexit
import os
import subprocess
import sys
from pathlib import Path

from orchestration.alerts.options import add_options as add_alert_options
from orchestration.campaigns.options import add_options as add_campaign_options
from orchestration.demo.stacks import Stack, add_stack_options
from orchestration.explaining.options import add_options as add_explain_options
from orchestration.policy.findings import PolicyError
from orchestration.settings import PROJECT, BadSettings, Settings, current

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
run_monitoring:
  enabled: true
  start_timeout_seconds: 300
retention:
  sensor:
    purge_after_days: 30
"""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit status: 0 for success, 1 for a failed run, 2 for bad usage or settings."""
    options = parser().parse_args(arguments)
    try:
        return COMMANDS[options.command](options, _settings(options.command))
    except BadSettings as error:
        print(error, file=sys.stderr)
        return 2
    except PolicyError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except Exception as error:
        if options.debug:
            raise
        print(f"touchstone {options.command} broke: {_root(error)}", file=sys.stderr)
        print(f"`.venv/bin/touchstone --debug {options.command}` shows where.", file=sys.stderr)
        return 1


def _settings(command: str) -> Settings | None:
    try:
        return current()
    except BadSettings:
        if command != "check":
            raise
        return None


def _nightly(options: argparse.Namespace, settings: Settings) -> int:
    from orchestration.nightly import policy_holds, run

    if not policy_holds(settings):
        return 1
    settings = _ready(settings, has_moved=options.landing_moved)
    return run(settings, full_refresh=options.full_refresh, accept_losses=options.accept_losses)


def _report(_: argparse.Namespace, settings: Settings) -> int:
    _prepare_instance(settings)
    from orchestration.nightly import report

    return report(settings)


def _checks(options: argparse.Namespace, settings: Settings) -> int:
    from orchestration.publication.listing import show

    return show(settings, owner=options.owner, failed=options.failed, check=options.check, all_of=options.all)


def _alerts(options: argparse.Namespace, settings: Settings) -> int:
    _prepare_instance(settings)
    from orchestration.alerts.commands import alerts

    return alerts(options, settings)


def _ui(options: argparse.Namespace, settings: Settings) -> int:
    _ready(settings)
    from orchestration.transformation.runner import prepare

    prepare()
    dagster = Path(sys.executable).with_name("dagster")
    place = ["-h", options.host, "-p", str(options.port)]
    try:
        return subprocess.call([str(dagster), "dev", "-w", "workspace.yaml", *place], cwd=PROJECT)
    except KeyboardInterrupt:  # how one stops it
        return 0


def _service(options: argparse.Namespace, settings: Settings) -> int:
    _prepare_instance(settings)
    from orchestration.service import units

    for name, text in units(settings, host=options.host, port=options.port).items():
        if options.out:
            Path(options.out).mkdir(parents=True, exist_ok=True)
            Path(options.out, name).write_text(text)
            print(Path(options.out, name))
        else:
            print(f"# {name}\n{text}")
    return 0


def _parse(_: argparse.Namespace, settings: Settings) -> int:
    _prepare_instance(settings)
    from orchestration.transformation.runner import prepare

    prepare()
    from orchestration.definitions import defs

    print(f"{len(list(defs.resolve_all_asset_specs()))} assets, definitions load")
    return 0


def _score(options: argparse.Namespace, settings: Settings) -> int:
    from orchestration.scoring.card import run

    try:
        stack = Stack(options.map, options.crm, options.crm_objects, options.billing)
    except ValueError as error:
        raise BadSettings(str(error)) from error
    return run(
        settings.home / "score",
        size=options.size,
        seed=options.seed,
        stack=stack,
        has_experiments=options.experiments,
        parse=settings.dbt_artifacts,
    )


def _check(options: argparse.Namespace, settings: Settings | None) -> int:
    """Judge the policy, then the landing where there is one; settings that can't be read are a fault of the policy."""
    from rich.console import Console

    from orchestration.checking.display import as_json, show, show_policy
    from orchestration.checking.policy import judge

    console, policy, checked = Console(highlight=False), judge(), None
    landing = options.landing or (settings.landing if settings and not settings.is_demo else None)
    # A faulty policy would read the landing wrong, or not at all, and no night begins with one.
    if settings and policy.is_sound and landing:
        from orchestration.checking.reading import check

        try:
            checked = check(landing, settings=settings)
        except FileNotFoundError as error:
            raise BadSettings(str(error)) from error
    if options.json:
        print(as_json(policy, checked))
    else:
        if checked:
            show(checked, console, by_file=options.files)
        show_policy(policy, console)
        if not checked:
            name_one = "name one, `.venv/bin/touchstone check FOLDER`, or set TOUCHSTONE_LANDING"
            if settings and settings.is_demo and settings.has_extracts:
                name_one += f"; the demo company's is `.venv/bin/touchstone check {_shown(settings.landing)}`"
            remedy = name_one if policy.is_sound else "correct these first"
            console.print(f"No landing was read: {remedy}.", soft_wrap=True)
    return 0 if policy.is_sound and (checked is None or checked.loads_whole) else 1


def _explain(options: argparse.Namespace, settings: Settings) -> int:
    from orchestration.explaining.commands import explain

    return explain(options, settings)


def _sql(options: argparse.Namespace, settings: Settings) -> int:
    from orchestration.querying import sql

    return sql(options, settings)


def _campaign(options: argparse.Namespace, settings: Settings) -> int:
    from orchestration.campaigns.commands import check

    return check(options, settings)


def _utm(options: argparse.Namespace, settings: Settings) -> int:
    from orchestration.campaigns.commands import build_links

    return build_links(options, settings)


COMMANDS = {
    "check": _check,
    "sql": _sql,
    "explain": _explain,
    "campaign": _campaign,
    "utm": _utm,
    "nightly": _nightly,
    "report": _report,
    "checks": _checks,
    "alerts": _alerts,
    "service": _service,
    "ui": _ui,
    "parse": _parse,
    "score": _score,
}


def _ready(settings: Settings, *, has_moved: bool = False) -> Settings:
    """Settings with which a run may begin; without a landing the demo company is simulated first.

    `has_moved` says that the lake's own extracts lie elsewhere. Raises BadSettings.
    """
    from orchestration import preflight

    preflight.require(settings)
    _prepare_instance(settings)
    if not settings.has_extracts:
        from orchestration.demo.__main__ import main as write_demo

        print("No extracts configured (TOUCHSTONE_LANDING is empty): simulating the demo company first.")
        write_demo(["--out", str(settings.home)])
        current.cache_clear()
        settings = current()
    from orchestration.ingestion.origins import claim

    claim(settings, has_moved=has_moved)
    return settings


def _shown(place: str) -> str:
    """A place as it is typed in the folder of the checkout."""
    return os.path.relpath(place, PROJECT) if place.startswith(f"{PROJECT}{os.sep}") else place


def _root(error: BaseException) -> str:
    while error.__cause__ is not None:
        error = error.__cause__
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    whole = argparse.ArgumentParser(prog=".venv/bin/touchstone", description=__doc__, allow_abbrev=False)
    whole.add_argument("--debug", action="store_true", help="show the whole traceback of what breaks")
    commands = whole.add_subparsers(dest="command", required=True, metavar="command")

    def add(name: str, does: str, more: str = "") -> argparse.ArgumentParser:
        description = f"{does[0].upper()}{does[1:]}. {more}".strip()
        return commands.add_parser(name, help=does, description=description, allow_abbrev=False)

    check = add(
        "check",
        "judge seeds, suites, contracts and settings, then say what of a landing would load or be refused",
        "Without a landing it does the former only. Writes nothing. Exits with 0 when the policy has no fault and all "
        "of the landing loads, 1 when not, 2 when the landing is not there.",
    )
    check.add_argument("landing", nargs="?", help="folder or URL of extracts (default: TOUCHSTONE_LANDING)")
    check.add_argument(
        "--files", action="store_true", help="tell each file by itself, not the files of a table at once"
    )
    check.add_argument("--json", action="store_true", help="print one JSON object, for machines")
    add_campaign_options(commands)
    nightly = add(
        "nightly",
        "run the whole nightly job once and print its summary",
        "It begins with a look at the policy, and stops there with all its faults. Exits with 0 when every mart was "
        "published and every alert sent, else with 1; with 2 when the settings can't work.",
    )
    nightly.add_argument("--full-refresh", action="store_true", help="build event tables whole, from all of the lake")
    nightly.add_argument(
        "--landing-moved", action="store_true", help="the lake's own extracts lie in TOUCHSTONE_LANDING from now on"
    )
    nightly.add_argument(
        "--accept-losses", action="store_true", help="go on without the batches that were removed from the lake"
    )
    add_explain_options(
        add(
            "explain",
            "say who and what is in a published number, by which rule, from which record and file",
            "With --since: what entered and left it between two publications that are kept. Reads the publication and "
            "the lake, writes nothing but what --csv asks for. Exits with 2 where nothing of that name was published.",
        )
    )
    query = add(
        "sql",
        "ask the published database one question",
        "Marts go by their bare names. Reads only. Exits with 2 where nothing is published and where "
        "the query can't be asked.",
    )
    query.add_argument("query", help='for example "select * from readme"')
    query.add_argument("--names", action="store_true", help="with names and links, as named.restricted.person_contacts")
    shown = query.add_mutually_exclusive_group()
    shown.add_argument("--csv", action="store_true", help="print CSV")
    shown.add_argument("--json", action="store_true", help="print a JSON array of objects, for machines")
    add("report", "print all that the last night found, with rows, owners and remedies")
    checks = add(
        "checks",
        "list the checks of the last night that warned or failed, by owner, or how one went night by night",
        "Reads what the lake keeps of every night, failed ones included. Exits with 1 where no night was run.",
    )
    checks.add_argument("--owner", help="only those of an owner; a part of the name does")
    checks.add_argument("--failed", action="store_true", help="without those that only warned")
    checks.add_argument("--all", action="store_true", help="also those that passed or had nothing to judge")
    checks.add_argument("--check", metavar="TABLE.CHECK", help="every night of one check; a part of its name does")
    add_alert_options(
        add(
            "alerts",
            "try the alert channels, or say who is told what and what waits to be sent",
            "Channels stand in seeds/alert_routes.csv and TOUCHSTONE_ALERT_URLS; no URL is printed. Exits with 1 where "
            "a channel was not reached, none is set up, or no night was run.",
        )
    )
    ui = add("ui", "start the Dagster UI with its schedules and sensors", "Stop it with Ctrl-C.")
    service = add("service", "print systemd units for the UI and its daemon, or write them into a folder")
    service.add_argument("--out", help="folder to write them into, for example /etc/systemd/system")
    for command in (ui, service):
        command.add_argument("--host", default="127.0.0.1", help="address (default: 127.0.0.1, this machine only)")
        command.add_argument("--port", type=int, default=3000, help="port (default: 3000)")
    add("parse", "parse the dbt project and load the Dagster definitions")
    score = add("score", "run the pipeline on a simulated company and score it against the truth")
    score.add_argument("--size", default="tiny", help="tiny, demo, large or a number of people (default: tiny)")
    score.add_argument("--seed", type=int, default=7, help="another seed is another company (default: 7)")
    score.add_argument(
        "--experiments", action="store_true", help="of a company that holds channels back by lot, and what that shows"
    )
    add_stack_options(score)
    return whole


def _prepare_instance(settings: Settings) -> None:
    """Give Dagster a home, so that run history outlives the process."""
    settings.dagster_home.mkdir(parents=True, exist_ok=True)
    configuration = settings.dagster_home / "dagster.yaml"
    if not configuration.exists():
        configuration.write_text(INSTANCE)
    os.environ["DAGSTER_HOME"] = str(settings.dagster_home)


def _leave(status: int) -> None:
    """End the process once its exit functions ran.

    Tearing a night's modules down takes a second, and DuckDB's binding calls leaked what is alive at its end: forty
    lines beside the prompt.
    """
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    _leave(main())
