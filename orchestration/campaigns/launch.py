"""What rows of a launch plan and their links break as a whole: the rules of the seed taxonomy_rules whose test is
`launch`."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches

from orchestration.campaigns.links import UTM_FIELDS, Link, build
from orchestration.campaigns.plans import Row, day
from orchestration.campaigns.redirects import Unreachable
from orchestration.campaigns.taxonomy import Taxonomy
from orchestration.policy.kinds import currencies

DAY = "write it as 2026-01-31"
AGREED = ("owner", "team", "start_date", "end_date", "budget_amount", "currency_code")
Registered = Mapping[str, object]


@dataclass(frozen=True)
class Breach:
    """A rule that a row breaks: in which field, what stands there, and what of it is wrong."""

    row: Row
    rule: str
    field: str
    value: str
    detail: str


def breaches(
    rows: Sequence[Row], taxonomy: Taxonomy, *, today: date, whose: str = "", known: Collection[str] = ()
) -> Iterator[Breach]:
    """Everything that is wrong with rows as a whole; `known` are campaigns that are no slips of the pen.

    `whose` says whose today it is where it is not the calendar's.
    """
    campaigns = {str(row["campaign_name"]): row for row in taxonomy.rows("campaign_register", on=today)}
    forms = {str(row["form"]): row for row in taxonomy.rows("registered_forms", on=today)}
    for row in rows:
        yield from _dates(row, today, whose)
        yield from _money(row)
        yield from _owner(row, taxonomy.owners)
        yield from _landing_page(row, campaigns.get(row["campaign_name"].lower()))
        yield from _form(row, forms.get(row["form"].lower()) or forms.get(row["form"]))
        if row["url"]:
            yield from _link(row)
            yield from _redirect(row)
    yield from _twice(rows)
    yield from _at_odds(rows, campaigns)
    yield from _alike(rows, taxonomy, today, known)


def followed(rows: Sequence[Row], follow: Callable[[str], str]) -> tuple[list[Row], list[Breach]]:
    """The rows, each with where its link ends as `redirect_url`, and those whose link could not be followed."""
    ended, broken = [], []
    for row in rows:
        end = row["redirect_url"]
        if row["url"] and not end:
            try:
                end = follow(row["url"])
            except Unreachable as error:
                detail = f"this link could not be followed: {error}"
                broken.append(Breach(row, "link_redirect", "url", row["url"], detail))
        ended.append(replace(row, cells={**row.cells, "redirect_url": end}) if end else row)
    return ended, broken


def carries(row: Row) -> Link:
    """The link whose parameters count: where a bare link ends, else the row's own."""
    link = Link(row["url"])
    return Link(row["redirect_url"]) if row["redirect_url"] and link.is_bare else link


def is_short(row: Row) -> bool:
    """Whether the row's link says nothing of where it leads: it is bare, and on another host than the landing page."""
    link, page = Link(row["url"]), Link(row["landing_page"])
    return bool(link.host) and link.is_bare and bool(page.host) and link.host != page.host


def planned(row: Row) -> dict[str, str]:
    """The UTM values of a row: its cells, else what its link carries, else, without a link, its campaign's name."""
    link = carries(row)
    moved = {name.lower(): value for name, value in link.hidden_pairs}
    values = {name: row[name] or link.value(name) or moved.get(name, "") for name in UTM_FIELDS}
    if not row["url"] or (is_short(row) and not row["redirect_url"]):
        values["utm_campaign"] = values["utm_campaign"] or row["campaign_name"]
    return values


def link_of(row: Row) -> Link | None:
    """The link of a row: its own, else the one that its landing page and UTMs make; None where it has neither."""
    if row["url"]:
        return Link(row["url"])
    return Link(build(row["landing_page"], planned(row))) if row["landing_page"] else None


def _dates(row: Row, today: date, whose: str) -> Iterator[Breach]:
    start, end = day(row["start_date"]), day(row["end_date"])
    if row.has("start_date") and start is None:
        detail = "it has none" if not row["start_date"] else DAY
        yield Breach(row, "plan_dates", "start_date", row["start_date"], detail)
    if row["end_date"] and end is None:
        yield Breach(row, "plan_dates", "end_date", row["end_date"], DAY)
    if start and end and end < start:
        yield Breach(row, "plan_dates", "end_date", row["end_date"], f"it begins on {start}")
    if start and start < today:
        yield Breach(row, "plan_past", "start_date", row["start_date"], f"today is {today}{whose}")


def _money(row: Row) -> Iterator[Breach]:
    amount, currency = row["budget_amount"], row["currency_code"]
    if amount and not re.fullmatch(r"[0-9]+([.][0-9]+)?", amount):
        yield Breach(row, "plan_budget", "budget_amount", amount, "write it as 5000.00")
    if currency and currency not in currencies():
        meant = currency.upper() if currency.upper() in currencies() else "EUR or USD"
        yield Breach(row, "plan_currency", "currency_code", currency, f"write it as {meant}")


def _owner(row: Row, owners: Collection[str]) -> Iterator[Breach]:
    if row["owner"] and row["owner"] not in owners:
        nearest = get_close_matches(row["owner"].lower(), owners, n=1)
        detail = f"did you mean {nearest[0]}?" if nearest else f"they are {', '.join(sorted(owners))}"
        yield Breach(row, "plan_owner", "owner", row["owner"], detail)


def _landing_page(row: Row, registered: Registered | None) -> Iterator[Breach]:
    pages = str((registered or {}).get("landing_pages") or "").split()
    opened = row["redirect_url"] or ("" if is_short(row) else row["url"])
    for name, page in {"landing_page": row["landing_page"], "url": opened}.items():
        if page and pages and Link(page).page not in {Link(known).page for known in pages}:
            yield Breach(row, "plan_landing_page", name, page, f"it names {', '.join(pages)}")


def _form(row: Row, registered: Registered | None) -> Iterator[Breach]:
    asked = {"form_fields": "required_fields", "hidden_fields": "hidden_fields"}
    for name, needed in asked.items():
        given = row[name].replace(",", " ").replace(";", " ").lower().split()
        lacking = [f for f in str((registered or {}).get(needed) or "").split() if f not in given]
        if row.has(name) and lacking:
            yield Breach(row, "plan_form_fields", name, row[name], f"it lacks {', '.join(lacking)}")


def _link(row: Row) -> Iterator[Breach]:
    if is_short(row) and not row["redirect_url"]:
        return  # what it carries is told by where it ends
    link = carries(row)
    for name in link.repeated:
        yield Breach(row, "link_parameter_once", "url", row["url"], f"{name} does")
    for name in UTM_FIELDS:
        # A campaign that the row does not name for the link is the row's own.
        planned = row[name] or (row["campaign_name"] if name == "utm_campaign" else "")
        if planned and planned != link.value(name):
            detail = f"{name} is {link.value(name)!r} there" if link.value(name) else f"it lacks {name}"
            yield Breach(row, "link_as_planned", name, planned, detail)
    # A short link opens what it redirects to.
    opened = Link(row["redirect_url"]) if row["redirect_url"] else link
    if row["landing_page"] and opened.host and opened.page != Link(row["landing_page"]).page:
        yield Breach(row, "link_as_planned", "landing_page", row["landing_page"], f"the link opens {opened.page}")
    hidden = [name for name, _ in link.hidden_pairs if name.lower().startswith("utm_")]
    if hidden:
        yield Breach(row, "link_fragment", "url", row["url"], f"behind it are {', '.join(hidden)}")


def _redirect(row: Row) -> Iterator[Breach]:
    final = row["redirect_url"]
    if is_short(row) and not final:
        yield Breach(row, "link_redirect", "redirect_url", "", f"say in redirect_url where {row['url']} ends")
    lost = Link(row["url"]).lost_in(Link(final)) if final else []
    if lost:
        yield Breach(row, "link_redirect", "url", row["url"], f"{final} lacks {', '.join(lost)}")


def _twice(rows: Sequence[Row]) -> Iterator[Breach]:
    first: dict[tuple[str, ...], Row] = {}
    for row in rows:
        link = link_of(row)
        if link is None:
            continue
        key = (link.page, *(link.value(name).lower() for name in UTM_FIELDS))
        if key in first:
            yield Breach(row, "plan_once", "url", link.url, f"line {first[key].line} is the same")
        first.setdefault(key, row)


def _at_odds(rows: Sequence[Row], campaigns: Mapping[str, Registered]) -> Iterator[Breach]:
    """Cells that say of a campaign something else than the register, else than the first row that says it."""
    said: dict[tuple[str, str], tuple[str, str]] = {
        (name, field): (_comparable(str(campaign[field])), "its register row")
        for name, campaign in campaigns.items()
        for field in AGREED
        if campaign[field] is not None
    }
    of_campaign: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        for field in AGREED:
            if row["campaign_name"] and row[field]:
                of_campaign[row["campaign_name"].lower(), field].append(row)
    for (name, field), group in of_campaign.items():
        meant, by = said.get((name, field), (_comparable(group[0][field]), f"line {group[0].line}"))
        for row in group:
            if _comparable(row[field]) != meant:
                yield Breach(row, "plan_one_campaign", field, row[field], f"{by} says {meant}")


def _alike(rows: Sequence[Row], taxonomy: Taxonomy, today: date, known: Collection[str]) -> Iterator[Breach]:
    """Campaigns that may be one, misspelled: nobody registered both, so the later line may have been a slip."""
    first: dict[str, Row] = {}
    for row in rows:
        first.setdefault(row["campaign_name"].lower(), row)
    pairs = taxonomy.alike([name for name in first if name], on=today)
    for pair in pairs:
        if {*pair} <= {*known}:
            continue
        earlier, later = sorted(pair, key=lambda name: first[name].line)
        for row in rows:
            if row["campaign_name"].lower() == later:
                detail = f"line {first[earlier].line} has {earlier}"
                yield Breach(row, "plan_alike", "campaign_name", row["campaign_name"], detail)


def _comparable(text: str) -> str:
    """Text so that equal amounts are equal: 100 and 100.00."""
    try:
        return f"{Decimal(text).normalize():f}"
    except InvalidOperation:
        return text.strip().lower()
