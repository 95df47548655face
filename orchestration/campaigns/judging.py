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


def judge(
    plan: Plan, taxonomy: Taxonomy, *, today: date, whose: str = "", follow: Callable[[str], str] | None = None
) -> Judgement:
    """What is wrong with a plan on a day; `follow`, where given, tells where a link ends, or raises Unreachable.

    `whose` says whose day it is where it is not the calendar's. Where nobody keeps a register of campaigns, a plan
    registers those that it names.
    """
    known = taxonomy.known_names
    if not taxonomy.registered:
        taxonomy.register({row["campaign_name"].lower() for row in plan.rows if row["campaign_name"]})
    rows, unreachable = launch.followed(plan.rows, follow) if follow else (list(plan.rows), [])
    values = [dict(_values(row, today)) for row in rows]
    found: dict[Value, list[Finding]] = defaultdict(list)
    for finding in taxonomy.judge([value for of_row in values for value in of_row]):
        found[finding.value].append(finding)
    faults: list[Fault] = []
    repairs: dict[int, Mapping[str, str]] = {}
    for row, of_row in zip(rows, values, strict=True):
        broken = [finding for value in of_row for finding in found[value]]
        rules = taxonomy.rules_on(_judged_on(row, today))
        faults += [
            _of_value(row, finding, rules[finding.rule], field=of_row[finding.value], taxonomy=taxonomy)
            for finding in broken
        ]
        meant = {(f.value.field, f.value.value): f.suggested_value for f in broken if f.suggested_value}
        changed = _repaired(row, meant)
        if changed:
            repairs[row.line] = changed
    faults += [
        _of_launch(breach, rules[breach.rule])
        for breach in (*unreachable, *launch.breaches(rows, taxonomy, today=today, whose=whose, known=known))
        if breach.rule in (rules := taxonomy.rules_on(_judged_on(breach.row, today)))
    ]
    return Judgement(tuple(sorted(set(faults), key=lambda fault: (fault.line, fault.severity, fault.field))), repairs)


def _judged_on(row: Row, today: date) -> date:
    return day(row["start_date"]) or today


def _values(row: Row, today: date) -> Iterator[tuple[Value, str]]:
    """What the taxonomy judges of a row, each once, with the column where it stands; '' for a UTM that a link lacks."""
    link, judged_on = launch.carries(row), _judged_on(row, today)
    columns = {("landing_host", Link(row[name]).host): name for name in ("landing_page", "redirect_url", "url")}
    columns |= {("url", row[name]): name for name in ("landing_page", "url")}
    given = {(name, row[name]) for name in (*JUDGED, *UTM_FIELDS)} | {(name, link.value(name)) for name in UTM_FIELDS}
    given |= {("utm_parameter", name) for name in link.utm_names} | {("url", row["url"]), ("url", row["landing_page"])}
    # A shortener's host is nobody's landing page: what counts is where its link ends.
    hosts = {row["landing_page"], row["redirect_url"], "" if launch.is_short(row) else row["url"]}
    given |= {("landing_host", Link(url).host) for url in hosts}
    filled = {(name, value) for name, value in given if value}
    if (Link(row["url"]).host or not row["url"]) and (row["url"] or row["landing_page"]):
        filled |= {(name, value) for name, value in launch.planned(row).items() if value or name in NEEDED}
    return (
        (Value(name, value, judged_on), columns.get((name, value), "url" if name == "landing_host" else name))
        for name, value in sorted(filled)
    )


def _repaired(row: Row, meant: Mapping[tuple[str, str], str]) -> dict[str, str]:
    """The cells of a row that differ once each value is what was meant, its link built anew from them."""
    cells = {name: meant.get((name, value), value) for name, value in row.cells.items()}
    # What a shortener's link carries is said where it was shortened, not in the link.
    if row["url"] and Link(row["url"]).host and not launch.is_short(row):
        named = launch.planned(row)
        link = build(row["url"], {name: meant.get((name, named[name]), named[name]) for name in UTM_FIELDS})
        # A link that says the same is left as it was written.
        if Link(link).pairs != Link(row["url"]).pairs:
            cells["url"] = link
    return {name: value for name, value in cells.items() if value != row[name]}


def _of_value(row: Row, finding: Finding, rule: Rule, *, field: str, taxonomy: Taxonomy) -> Fault:
    return Fault(
        row.line,
        field,
        finding.value.value,
        rule.rule,
        rule.severity,
        rule.description + _detail(finding, taxonomy),
        rule.remedy,
        rule.owner,
        finding.suggested_value,
        finding.confidence,
    )


def _detail(finding: Finding, taxonomy: Taxonomy) -> str:
    """What of the value is wrong, where that can be told."""
    value = finding.value
    if value.field == "url" and not Link(value.value).host:
        return f"; {value.value!r} is no link"
    if not finding.broken_part:
        return ""
    held, allowed = taxonomy.wrong_part(value.value, finding.broken_part, on=value.judged_on)
    use = f"; use {', '.join(allowed)}" if allowed else ""
    return f"; {held!r} is no {finding.broken_part}{use}" if held else f"; it lacks its {finding.broken_part}{use}"


def _of_launch(breach: "launch.Breach", rule: Rule) -> Fault:
    wrong = f"{rule.description}; {breach.detail}"
    return Fault(
        breach.row.line, breach.field, breach.value, rule.rule, rule.severity, wrong, rule.remedy, rule.owner
    )  # fmt: skip
