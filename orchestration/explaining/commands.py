"""The command `explain`: who and what is in a published number, by which rule, from which record and file."""

import argparse
from collections.abc import Iterable
from pathlib import Path

from orchestration.consoles import console_for_tables
from orchestration.explaining.display import as_json, record_of, show, show_changes, write_csv
from orchestration.explaining.files import Place, Record, find_files
from orchestration.explaining.members import Member, answer, ask, compare, publication_of
from orchestration.explaining.options import FILTERS
from orchestration.explaining.periods import read_period
from orchestration.settings import BadSettings, Settings


def explain(options: argparse.Namespace, settings: Settings) -> int:
    """Print the members of a number; returns 0. Raises BadSettings where the question names nothing that there is."""
    try:
        period = read_period(options.period)
    except ValueError as error:
        raise BadSettings(str(error)) from error
    where = {name: getattr(options, name) for name in FILTERS if getattr(options, name)}
    newest = publication_of(settings, options.until) if options.until else settings.published_database
    question = ask(options.metric, period, where, published=newest)
    told = answer(question, published=newest)
    console, limit = console_for_tables(), options.limit or None
    if options.since:
        before = answer(question, published=publication_of(settings, options.since))
        changes = compare(before, told)
        members = [member for change in changes for member in (change.after or change.before,) if member]
        places = _places(members, settings)
        if options.json:
            print(as_json(question, told, places, changes))
        elif (before.as_of, before.run_id) == (told.as_of, told.run_id):
            which = "newest" if not options.until else "one asked for"
            console.print(
                f"The publication of {before.as_of:%Y-%m-%d} is the {which}; there is nothing to compare it with.",
                markup=False,
            )
        else:
            show_changes(question, before, told, changes, places, console=console)
    else:
        members = list(told.members)
        everyone = options.json or options.csv
        places = _places(members if everyone else members[:limit], settings)
        if options.json:
            print(as_json(question, told, places))
        else:
            show(question, told, places, limit=limit, console=console)
    if options.csv:
        write_csv(members, places, path=Path(options.csv))
        console.print(f"{len(members):,} in {options.csv}", markup=False)
    return 0


def _places(members: Iterable[Member], settings: Settings) -> dict[Record, Place]:
    records = (record_of(member) for member in members)
    return find_files({record for record in records if record}, lake=settings.lake)
