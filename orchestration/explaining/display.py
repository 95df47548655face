"""An explained number, for people at a terminal, for sheets and for machines."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Column, Table

from orchestration.explaining.files import Place, Record
from orchestration.explaining.members import SKIPPED, Answer, Change, Member, Question, rules

HEADER = ("entity", "entity_id", "account_id", "counted_date", "counted_value", "channel", "segment", "told_by", "file")
ALONE = {"person": "people", "opportunity": "opportunities"}

Places = Mapping[Record, Place]


def record_of(member: Member) -> Record | None:
    """The record that tells of a member, as the lake knows it."""
    if member.system and member.object and member.source_record_id:
        return (member.system, member.object, member.source_record_id)
    return None


def show(question: Question, answer: Answer, places: Places, *, limit: int | None, console: Console) -> None:
    """Print the number, what tells of it, and its members as far as `limit` goes."""
    console.print(f"{_headline(question)}: {amount(answer.total)}", style="bold", markup=False, soft_wrap=True)
    console.print(f"As published of {answer.as_of:%Y-%m-%d %H:%M} UTC, run {answer.run_id}", markup=False)
    if not answer.members:
        console.print("Nothing is counted.")
        return
    told = Table("told by", Column("", justify="right"), box=SIMPLE)
    for rule, value in rules(answer.members):
        told.add_row(rule, amount(value))
    console.print(told)
    shown = answer.members[:limit]
    console.print(_table(shown, places))
    left = len(answer.members) - len(shown)
    if left:
        console.print(f"{left:,} more: `--limit 0` shows them all, `--csv FILE` writes them.", markup=False)


def show_changes(
    question: Question, before: Answer, after: Answer, changes: Sequence[Change], places: Places, *, console: Console
) -> None:
    """Print what made the number of one publication that of a later one."""
    console.print(_headline(question), style="bold", markup=False, soft_wrap=True)
    entered = [change.after for change in changes if change.after and not change.before]
    left = [change.before for change in changes if change.before and not change.after]
    moved = [change.after for change in changes if change.before and change.after]
    difference = after.total - before.total
    added, taken = (sum((member.counted_value for member in members), Decimal(0)) for members in (entered, left))
    for told, value in (
        (f"as published of {before.as_of:%Y-%m-%d %H:%M} UTC", before.total),
        (f"entered: {len(entered):,}", added),
        (f"left: {len(left):,}", -taken),
        (f"counted on another day or with another value: {len(moved):,}", difference - added + taken),
        (f"as published of {after.as_of:%Y-%m-%d %H:%M} UTC", after.total),
    ):
        console.print(f"{amount(value):>20}  {told}", markup=False)
    for title, members in (("Entered", entered), ("Left", left), ("Changed", moved)):
        if members:
            console.print(f"\n{title}", style="bold")
            console.print(_table(members, places))


def as_json(question: Question, answer: Answer, places: Places, changes: Sequence[Change] | None = None) -> str:
    """One JSON object: what was asked, the number, its rules and members, and where two are compared the changes."""
    said = {
        "question": asdict(question),
        "as_of": answer.as_of,
        "run_id": answer.run_id,
        "total": answer.total,
        "rules": dict(rules(answer.members)),
        "members": [{**asdict(member), **_place(member, places)} for member in answer.members],
    }
    if changes is not None:
        said["changes"] = [asdict(change) for change in changes]
    return json.dumps(said, indent=2, default=str)


def write_csv(members: Iterable[Member], places: Places, *, path: Path) -> None:
    """Write members, one a line, with a header."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(_cells(member, places) for member in members)


def amount(value: Decimal) -> str:
    """Whole numbers without decimals, money with two."""
    return f"{value:,.0f}" if value == value.to_integral_value() else f"{value:,.2f}"


def _headline(question: Question) -> str:
    named = question.asked if question.asked == question.metric else f"{question.asked} ({question.metric})"
    filters = "".join(f", {name} {value}" for name, value in question.where.items())
    return f"{named}, {question.period}{filters}"


def _table(members: Sequence[Member], places: Places) -> Table:
    table = Table(
        Column(ALONE[members[0].entity], overflow="fold"),
        "counted on",
        Column("", justify="right"),
        "channel",
        Column("told by", overflow="fold"),
        Column("file", overflow="fold"),
        box=SIMPLE,
    )
    for member in members:
        _, entity_id, _, day, value, channel, _, told, file = _cells(member, places)
        table.add_row(entity_id, day, value, channel, told, file)
    return table


def _cells(member: Member, places: Places) -> tuple[str, ...]:
    told = " ".join(part for part in (member.system, member.object, member.source_record_id, member.field) if part)
    place = _place(member, places)
    file = f"{place['source_file']}, line {place['source_line']}" if place else ""
    if place and place["version_count"] > 1:
        file += f", newest of {place['version_count']} versions"
    return (
        member.entity,
        member.entity_id,
        member.account_id or "",
        f"{member.counted_date}",
        amount(member.counted_value),
        member.channel,
        member.segment,
        _evidence(told, member.evidence),
        file,
    )


def _evidence(told: str, evidence: str) -> str:
    if evidence == "skipped" and told:
        return f"{SKIPPED} {told}"
    return f"{told}, {evidence}" if told else evidence


def _place(member: Member, places: Places) -> dict[str, object]:
    record = record_of(member)
    return asdict(places[record]) if record in places else {}
