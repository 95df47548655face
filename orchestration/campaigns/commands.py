"""The commands `campaign check` and `utm build`."""

import argparse
import csv
import sys
from collections import defaultdict
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
    with_follow = (lambda url: follow(url, seconds=options.timeout)) if options.follow else None
    for name, plan in read.items():
        with opened(settings.published_database) as taxonomy:
            judgement = judge(plan, taxonomy, today=settings.as_of.date(), follow=with_follow)
        judged[name] = (plan, judgement, _corrected(plan, judgement))
    if options.json:
        print(as_json(judged))
    else:
        for name, (plan, judgement, copy) in judged.items():
            show(name, plan, judgement, copy, console_for_tables())
    return 0 if all(judgement.may_launch for _, judgement, _ in judged.values()) else 1


def build_links(options: argparse.Namespace, settings: Settings) -> int:
    """Build links and judge them; returns 0 and tells them when they may launch, else 1 and why not, 2 for no plan."""
    today = settings.as_of.date()
    with opened(settings.published_database) as taxonomy:
        try:
            plan = _built(_of_sheet(Path(options.sheet)) if options.sheet else _of_options(options), taxonomy)
        except NoPlan as error:
            print(error, file=sys.stderr)
            return 2
        judgement = judge(plan, taxonomy, today=today)
    if judgement.faults:
        without_repairs = Judgement(judgement.faults, {})
        show(options.sheet or LINKS, plan, without_repairs, None, console_for_tables(is_error=True))
    if not judgement.may_launch:
        return 1
    if options.sheet:
        print(_write_links(Path(options.sheet), plan))
    else:
        print(*(row["url"] for row in plan.rows), sep="\n")
    return 0


def _corrected(plan: Plan, judgement: Judgement) -> Path | None:
    """The corrected copy of a plan's file; None where nothing could be corrected."""
    known = {
        line: {name: value for name, value in cells.items() if name in plan.columns}
        for line, cells in judgement.repairs.items()
    }
    if plan.path is None or not any(known.values()):
        return None
    notes: dict[int, list[str]] = defaultdict(list)
    for fault in judgement.faults:
        repair = f"{fault.suggested_value} instead of {fault.value}"
        notes[fault.line].append(f"{fault.field}: {repair if fault.suggested_value else fault.wrong}")
    said = {line: "; ".join(dict.fromkeys(of_line)) for line, of_line in notes.items()}
    return plans.write_corrected(plan, known, said)


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
    rows = []
    for row in plan.rows:
        own = [row["landing_page"]] if row["landing_page"] else pages.get(row["campaign_name"].lower(), [])
        if not own:
            raise NoPlan(
                f"line {row.line} has no landing page; write it into the plan or --page, or register landing_pages of "
                f"{row['campaign_name'] or 'its campaign'} in seeds/campaign_register.csv"
            )
        values = planned(row)
        rows += [
            Row(row.line, {**row.cells, **values, "landing_page": page, "url": build(page, values)}) for page in own
        ]
    return Plan(tuple(rows), plan.path, plan.columns)


def _write_links(sheet: Path, plan: Plan) -> Path:
    target = sheet.with_name(f"{sheet.stem}.links.csv")
    fields = ("campaign_name", "landing_page", *UTM_FIELDS, "url")
    with target.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([fields, *([row[name] for name in fields] for row in plan.rows)])
    return target
