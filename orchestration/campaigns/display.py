"""What a look at a launch plan found, for people at a terminal, for pipes, and for machines."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from orchestration.campaigns.judging import Fault, Judgement
from orchestration.campaigns.plans import Plan

STYLES = {"error": "red", "warning": "yellow"}
COLUMNS = ("line", "severity", "field", "value", "wrong", "meant", "sure", "rule", "owner")
SHOWN = 60  # letters of a value in a table


def as_json(judgements: Mapping[str, tuple[Plan, Judgement, Path | None]]) -> str:
    """All of it as one JSON object: by plan its rows, faults, repairs and the corrected copy."""
    said = {
        name: {
            "rows": len(plan.rows),
            "may_launch": judgement.may_launch,
            "faults": [asdict(fault) for fault in judgement.faults],
            "repairs": {str(line): dict(cells) for line, cells in judgement.repairs.items()},
            "corrected": None if copy is None else str(copy),
        }
        for name, (plan, judgement, copy) in judgements.items()
    }
    return json.dumps({"may_launch": all(plan["may_launch"] for plan in said.values()), "plans": said}, indent=2)


def show(name: str, plan: Plan, judgement: Judgement, copy: Path | None, console: Console) -> None:
    """Print a table of faults, then what to do: plain lines where nobody sits at a terminal."""
    if console.is_terminal and judgement.faults:
        console.print(_table(judgement.faults))
    elif judgement.faults:
        print(*COLUMNS, sep="\t", file=console.file)
        for fault in judgement.faults:
            print(*_cells(fault), sep="\t", file=console.file)
    for remedy in sorted({f"{fault.rule}: {fault.remedy} ({fault.owner})" for fault in judgement.faults}):
        console.print(remedy, markup=False, soft_wrap=True)
    if copy:
        console.print(f"Corrected copy: {copy}", markup=False, soft_wrap=True)
    elif not plan.path:
        for line, cells in judgement.repairs.items():
            console.print(f"{line}: {cells.get('url', '')}", markup=False, soft_wrap=True)
    errors = sum(fault.severity == "error" for fault in judgement.faults)
    counts = {"row": len(plan.rows), "error": errors, "warning": len(judgement.faults) - errors}
    counted = ", ".join(f"{count:,} {thing if count == 1 else thing + 's'}" for thing, count in counts.items())
    console.print(
        f"{escape(name)}: {counted}: "
        + ("it may launch." if judgement.may_launch else "it must not launch like this."),
        style="green" if judgement.may_launch else "red",
        soft_wrap=True,
    )


def _table(faults: tuple[Fault, ...]) -> Table:
    folded = {"value", "wrong", "meant"}
    table = Table(*(Column(name, overflow="fold") if name in folded else name for name in COLUMNS), box=SIMPLE)
    for fault in faults:
        table.add_row(*(escape(cell) for cell in _cells(fault)), style=STYLES[fault.severity])
    return table


def _cells(fault: Fault) -> tuple[str, ...]:
    value = fault.value if len(fault.value) <= SHOWN else fault.value[: SHOWN - 3] + "..."
    sure = "" if fault.confidence is None else f"{fault.confidence:.0%}"
    meant = fault.suggested_value or ""
    return str(fault.line), fault.severity, fault.field, value, fault.wrong, meant, sure, fault.rule, fault.owner
