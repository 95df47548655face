"""What is wrong with a launch plan: each value by the rules of the marts, each row and link as a whole."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from orchestration.campaigns import launch
from orchestration.campaigns.links import NEEDED, UTM_FIELDS, Link, build
from orchestration.campaigns.plans import Plan, Row, day
from orchestration.campaigns.taxonomy import Finding, Rule, Taxonomy, Value

# Cells that the taxonomy judges by themselves.
JUDGED = ("campaign_name", "campaign_type", "channel", "form")


@dataclass(frozen=True, order=True)
class Fault:
    """A rule that a line of a plan breaks in a field, and the repair where one can be told."""

    line: int
    field: str
    value: str
    rule: str
    severity: str
    wrong: str
    remedy: str
    owner: str
    suggested_value: str | None = None
    confidence: float | None = None


@dataclass(frozen=True)
class Judgement:
    """The faults of a plan, and by line the cells that the suggested repairs change."""

    faults: tuple[Fault, ...]
    repairs: Mapping[int, Mapping[str, str]]

    @property
    def may_launch(self) -> bool:
        """Whether no fault is an error."""
        return all(fault.severity != "error" for fault in self.faults)


def judge(plan: Plan, taxonomy: Taxonomy, *, today: date, follow: Callable[[str], str] | None = None) -> Judgement:
    """What is wrong with a plan on a day; `follow`, where given, tells where a link ends, or raises Unreachable.

    Where nobody keeps a register of campaigns, a plan registers those that it names.
    """
    if not taxonomy.registered:
        taxonomy.register({row["campaign_name"].lower() for row in plan.rows if row["campaign_name"]})
    values = [tuple(_values(row, today)) for row in plan.rows]
    found: dict[Value, list[Finding]] = defaultdict(list)
    for finding in taxonomy.judge([value for of_row in values for value in of_row]):
        found[finding.value].append(finding)
    faults: list[Fault] = []
    repairs: dict[int, Mapping[str, str]] = {}
    for row, of_row in zip(plan.rows, values, strict=True):
        broken = [finding for value in of_row for finding in found[value]]
        rules = taxonomy.rules_on(_judged_on(row, today))
        faults += [_of_value(row, finding, rules[finding.rule]) for finding in broken]
        meant = {(f.value.field, f.value.value): f.suggested_value for f in broken if f.suggested_value}
        changed = _repaired(row, meant)
        if changed:
            repairs[row.line] = changed
    faults += [
        _of_launch(breach, rules[breach.rule])
        for breach in launch.breaches(plan.rows, taxonomy, today=today, follow=follow)
        if breach.rule in (rules := taxonomy.rules_on(_judged_on(breach.row, today)))
    ]
    return Judgement(tuple(sorted(set(faults), key=lambda fault: (fault.line, fault.severity, fault.field))), repairs)


def _judged_on(row: Row, today: date) -> date:
    return day(row["start_date"]) or today


def _values(row: Row, today: date) -> Iterator[Value]:
    """What the taxonomy judges of a row, each once; '' where a link lacks a UTM that it needs."""
    link, judged_on = Link(row["url"]), _judged_on(row, today)
    given = {(name, row[name]) for name in (*JUDGED, *UTM_FIELDS)} | {(name, link.value(name)) for name in UTM_FIELDS}
    given |= {("landing_host", link.host), ("landing_host", Link(row["landing_page"]).host)}
    given |= {("url", row["url"]), ("url", row["landing_page"])}
    given |= {("utm_parameter", name) for name in link.utm_names}
    filled = {(name, value) for name, value in given if value}
    if row["url"] or row["landing_page"]:
        filled |= {(name, value) for name, value in launch.planned(row).items() if value or name in NEEDED}
    return (Value(name, value, judged_on) for name, value in sorted(filled))


def _repaired(row: Row, meant: Mapping[tuple[str, str], str]) -> dict[str, str]:
    """The cells of a row that differ once each value is what was meant, its link built anew from them."""
    cells = {name: meant.get((name, value), value) for name, value in row.cells.items()}
    if row["url"] and Link(row["url"]).host:
        named = launch.planned(row)
        link = build(row["url"], {name: meant.get((name, named[name]), named[name]) for name in UTM_FIELDS})
        # A link that says the same is left as it was written.
        if Link(link).pairs != Link(row["url"]).pairs:
            cells["url"] = link
    return {name: value for name, value in cells.items() if value != row[name]}


def _of_value(row: Row, finding: Finding, rule: Rule) -> Fault:
    part = f"; it is wrong from its {finding.broken_part} on" if finding.broken_part else ""
    return Fault(
        row.line,
        finding.value.field,
        finding.value.value,
        rule.rule,
        rule.severity,
        rule.description + part,
        rule.remedy,
        rule.owner,
        finding.suggested_value,
        finding.confidence,
    )


def _of_launch(breach: "launch.Breach", rule: Rule) -> Fault:
    wrong = f"{rule.description}; {breach.detail}"
    return Fault(
        breach.row.line, breach.field, breach.value, rule.rule, rule.severity, wrong, rule.remedy, rule.owner
    )  # fmt: skip
