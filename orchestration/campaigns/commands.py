"""The commands `campaign check` and `utm build`."""

import argparse
import csv
import difflib
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path

from orchestration.campaigns import plans
from orchestration.campaigns.display import as_json, show
from orchestration.campaigns.judging import Judgement, judge
from orchestration.campaigns.launch import planned
from orchestration.campaigns.links import UTM_FIELDS, build
from orchestration.campaigns.plans import NoPlan, Plan, Row
from orchestration.campaigns.redirects import WEB, follow
from orchestration.campaigns.taxonomy import Taxonomy, opened
from orchestration.consoles import console_for_tables
from orchestration.contracts import reporting_day
from orchestration.settings import Settings

LINKS = "links"


def check(options: argparse.Namespace, settings: Settings) -> int:
    """Judge plans and links; returns 0 when all may launch, 1 when not, 2 when a file is no plan."""
    urls = [given for given in options.given if given.lower().startswith(WEB)]
    files = [Path(given) for given in options.given if given not in urls]
    try:
        read = {str(path): plans.read(path) for path in files}
    except NoPlan as error:
        print(error, file=sys.stderr)
        return 2
    if urls:
        read[LINKS] = plans.of_links(urls)
    judged: dict[str, tuple[Plan, Judgement, Path | None]] = {}

    # A corrected copy is judged too: what is known of a link is not asked again.
    with_follow = cache(partial(follow, seconds=options.timeout)) if options.follow else None
    today = reporting_day(settings.as_of)

    def judge_plan(plan: Plan) -> Judgement:
        with opened(settings.published_database) as taxonomy:
            return judge(plan, taxonomy, today=today, whose=_whose(settings), follow=with_follow)

    for name, plan in read.items():
        judgement = judge_plan(plan)
        judged[name] = (plan, judgement, _corrected(plan, judgement, judge_plan))
    if options.json:
        print(as_json(judged))
    else:
        for name, (plan, judgement, copy) in judged.items():
            show(name, plan, judgement, copy, console_for_tables())
    return 0 if all(judgement.may_launch for _, judgement, _ in judged.values()) else 1


def build_links(options: argparse.Namespace, settings: Settings) -> int:
    """Build links and judge them; returns 0 and tells them when they may launch, else 1 and why not, 2 for no plan."""
    today = reporting_day(settings.as_of)
    with opened(settings.published_database) as taxonomy:
        try:
            plan = _built(_of_sheet(Path(options.sheet)) if options.sheet else _of_options(options), taxonomy)
        except NoPlan as error:
            print(error, file=sys.stderr)
            return 2
        judgement = judge(plan, taxonomy, today=today, whose=_whose(settings))
    if judgement.faults:
        without_repairs = Judgement(judgement.faults, {})
        show(options.sheet or LINKS, plan, without_repairs, None, console_for_tables(is_error=True))
    if not judgement.may_launch:
        if options.sheet:
            lines = sorted({fault.line for fault in judgement.faults if fault.severity == "error"})
            whole = "No link was written: a sheet is built whole or not at all."
            print(whole, f"Correct {_named(lines)}.", file=sys.stderr)
        return 1
    if options.sheet:
        print(_write_links(Path(options.sheet), plan))
    else:
        print(*(row["url"] for row in plan.rows), sep="\n")
    return 0


def _corrected(plan: Plan, judgement: Judgement, judge_plan: Callable[[Plan], Judgement]) -> Path | None:
    """The corrected copy of a plan's file; None where nothing could be corrected.

    The copy is judged before it is written: a line that its repairs would make break another rule stays as it is, but
    for two links that are one once they are right, of which somebody must drop one. Notes say what the copy breaks.
    """
    known = {
        line: {name: value for name, value in cells.items() if name in plan.columns}
        for line, cells in judgement.repairs.items()
    }
    known = {line: cells for line, cells in known.items() if cells}
    if plan.path is None or not known:
        return None
    broken = {(fault.line, fault.rule) for fault in judgement.faults}
    copied = judge_plan(plans.changed(plan, known))
    worse = {
        fault.line
        for fault in copied.faults
        if fault.severity == "error" and fault.rule != "plan_once" and (fault.line, fault.rule) not in broken
    }
    if worse & known.keys():
        known = {line: cells for line, cells in known.items() if line not in worse}
        if not known:
            return None
        copied = judge_plan(plans.changed(plan, known))
    notes: dict[int, list[str]] = defaultdict(list)
    for row in plan.rows:
        cells = known.get(row.line, {})
        notes[row.line] += [f"{name}: {value} instead of {row[name]}" for name, value in cells.items()]
    for fault in copied.faults:
        notes[fault.line].append(f"{fault.field}: {fault.wrong}")
    said = {line: "; ".join(dict.fromkeys(of_line)) for line, of_line in notes.items()}
    return plans.write_corrected(plan, known, said)


def _whose(settings: Settings) -> str:
    return " (the demo company's)" if settings.is_demo and settings.has_extracts else ""


def _named(lines: Sequence[int]) -> str:
    *first, last = map(str, lines)
    return f"lines {', '.join(first)} and {last}" if first else f"line {last}"


def _of_options(options: argparse.Namespace) -> Plan:
    if not options.campaign:
        raise NoPlan("no campaign is named; write --campaign, or --sheet for a plan of several")
    given = {
        "campaign_name": options.campaign, "landing_page": options.page, "utm_source": options.source,
        "utm_medium": options.medium, "utm_term": options.term, "utm_content": options.content,
    }  # fmt: skip
    return Plan((Row(1, {name: value for name, value in given.items() if value}),))


def _of_sheet(path: Path) -> Plan:
    """The rows of a plan, without the links that it already has: they are built anew."""
    plan = plans.read(path)
    rows = (Row(row.line, {**row.cells, **planned(row), "url": ""}) for row in plan.rows)
    return Plan(tuple(rows), path, plan.columns)


def _built(plan: Plan, taxonomy: Taxonomy) -> Plan:
    """The plan with the link of each row; a row whose own names no landing page has one for each of the register's."""
    pages = {
        str(row["campaign_name"]): str(row["landing_pages"] or "").split() for row in taxonomy.rows("campaign_register")
    }
    _refuse_without_page(plan, pages)
    rows = []
    for row in plan.rows:
        own = [row["landing_page"]] if row["landing_page"] else pages[row["campaign_name"].lower()]
        values = planned(row)
        rows += [
            Row(row.line, {**row.cells, **values, "landing_page": page, "url": build(page, values)}) for page in own
        ]
    return Plan(tuple(rows), plan.path, plan.columns)


def _refuse_without_page(plan: Plan, pages: Mapping[str, Sequence[str]]) -> None:
    lacking = [row for row in plan.rows if not row["landing_page"] and not pages.get(row["campaign_name"].lower())]
    if not lacking:
        return
    names = sorted({row["campaign_name"] for row in lacking})
    has = "have" if len(lacking) > 1 else "has"
    said = [f"{_named([row.line for row in lacking])} {has} no landing page"] if plan.path else []
    for name in names:
        if name.lower() in pages:
            said.append(f"{name} is registered without landing_pages")
        elif name:
            nearest = difflib.get_close_matches(name.lower(), pages, n=1, cutoff=0.8)
            said.append(f"{name} is not registered" + (f"; did you mean {nearest[0]}?" if nearest else ""))
    where = "into the plan" if plan.path else "as --page"
    raise NoPlan(
        f"{'. '.join(said)}\nNo link was built. Write the landing page {where}, or register the campaign with its "
        "landing_pages in seeds/campaign_register.csv."
    )


def _write_links(sheet: Path, plan: Plan) -> Path:
    target = sheet.with_name(f"{sheet.stem}.links.csv")
    fields = ("campaign_name", "landing_page", *UTM_FIELDS, "url")
    with target.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([fields, *([row[name] for name in fields] for row in plan.rows)])
    return target
