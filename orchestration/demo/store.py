"""The simulation as DuckDB tables, from which extracts and truth are written by SQL.

Instants are epoch seconds; an instant that never comes is null. Rows behind the last day are kept: each writer cuts.
"""

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from orchestration.demo.answers import answers
from orchestration.demo.company import Company
from orchestration.demo.deals import PROBABILITIES, ROLES, STAGES
from orchestration.demo.journeys import NEVER, Journeys
from orchestration.demo.parameters import CHANNELS
from orchestration.demo.streams import choose, fixed_strings, maybe, salesforce_ids, stream, words
from orchestration.demo.vocabulary import (
    COUNTRIES,
    CURRENCIES,
    FIRST_NAMES,
    FREE_MAIL,
    FUNCTIONS,
    INDUSTRIES,
    LAST_NAMES,
    REGIONS,
    ROLE_MAILBOXES,
    SENIORITIES,
    ZONES,
)
from orchestration.demo.world import World, account_names

CHANNEL_COLUMNS = (
    "name", "ga4_channel", "source", "medium", "is_tagged", "click_id", "platform", "inquiry_effect", "win_effect",
)  # fmt: skip
MACROS = """
create macro iso_z(t) as strftime(make_timestamp(t::bigint * 1000000), '%Y-%m-%dT%H:%M:%SZ');
create macro iso_millis(t) as strftime(make_timestamp(t::bigint * 1000000), '%Y-%m-%dT%H:%M:%S.000Z');
create macro iso_offset(t) as strftime(make_timestamp(t::bigint * 1000000), '%Y-%m-%dT%H:%M:%S.000+0000');
create macro plain_time(t) as strftime(make_timestamp(t::bigint * 1000000), '%Y-%m-%d %H:%M:%S');
create macro utc_time(t) as strftime(make_timestamp(t::bigint * 1000000), '%Y-%m-%d %H:%M:%S UTC');
create macro synced_at(t) as strftime(make_timestamp((t::bigint + 3600) * 1000000 + (t::bigint * 7919) % 1000 * 1000),
    '%Y-%m-%d %H:%M:%S.%g UTC');
create macro day_text(t) as strftime(make_timestamp(t::bigint * 1000000), '%Y-%m-%d');
create macro csv_cell(x) as case when contains(x, '"') or contains(x, ',') or contains(x, chr(10)) or contains(x,
    chr(13))
    then '"' || replace(x, '"', '""') || '"' else x end;
"""


def connect(folder: Path, *, threads: int, memory: str) -> duckdb.DuckDBPyConnection:
    """A scratch database in `folder`; spills there when `memory` is used up."""
    con = duckdb.connect(str(folder / "demo.duckdb"))
    con.execute(f"set threads = {threads}; set memory_limit = '{memory}'; set temp_directory = '{folder / 'spill'}'")
    con.execute(
        "set preserve_insertion_order = false; set timezone = 'UTC'"
        if _has_timezone(con)
        else "set preserve_insertion_order = false"
    )
    con.execute(MACROS)
    return con


def _has_timezone(con: duckdb.DuckDBPyConnection) -> bool:
    return bool(con.execute("select 1 from duckdb_settings() where name = 'timezone'").fetchall())


def put(con: duckdb.DuckDBPyConnection, name: str, columns: dict[str, "pa.Array | np.ndarray"]) -> None:
    """Create a table; integer columns hold null where the value is NEVER."""
    # `at` is a reserved word in DuckDB.
    arrays = {"ts" if key == "at" else key: _column(values) for key, values in columns.items()}
    con.register("incoming", pa.table(arrays))
    con.execute(f"create table {name} as select * from incoming")
    con.unregister("incoming")


def _column(values: "pa.Array | np.ndarray") -> pa.Array:
    if isinstance(values, np.ndarray) and values.dtype == np.int64:
        return pa.array(values, mask=values >= NEVER)
    return values if isinstance(values, (pa.Array, pa.ChunkedArray)) else pa.array(values)


def fill(con: duckdb.DuckDBPyConnection, company: Company) -> None:
    """Every table the writers read."""
    world, journeys, funnel, deals, records = (
        company.world,
        company.journeys,
        company.funnel,
        company.deals,
        company.records,
    )
    _put_world(con, world)
    _put_people(con, company)
    _put_sessions(con, world, journeys)
    put(con, "scores", funnel.scores)
    put(con, "passes", funnel.passes)
    put(con, "mailings", {**journeys.mailings, "mailing": np.arange(len(journeys.mailings["at"]))})
    put(con, "seats", journeys.seats)
    put(con, "booths", journeys.booths)
    put(con, "map_leads", records.map_leads)
    crm = records.crm_leads
    put(con, "crm_leads", {**crm, "id": salesforce_ids("00Q", crm["crm"])})
    contacts = records.contacts
    put(con, "contacts", {**contacts, "id": salesforce_ids("003", contacts["contact"])})
    deal = deals.opportunities
    numbers = np.arange(len(deal["account"]))
    put(
        con,
        "deals",
        {
            **deal,
            "deal": numbers,
            "id": salesforce_ids("006", numbers),
            "currency_code": words(deal["currency"], list(CURRENCIES)),
        },
    )
    put(
        con,
        "deal_stages",
        {"deal": deals.stages["opportunity"], **deals.stages, "stage_name": words(deals.stages["stage"], STAGES)},
    )
    put(
        con,
        "deal_roles",
        {
            "deal": deals.roles["opportunity"],
            **deals.roles,
            "role_name": words(deals.roles["role"], ROLES),
            "id": salesforce_ids("00K", np.arange(len(deals.roles["person"]))),
        },
    )
    put(
        con,
        "stage_names",
        {"stage": np.arange(len(STAGES)), "stage_name": pa.array(STAGES), "probability": np.array(PROBABILITIES)},
    )
    rates = {key: deals.rates[key] for key in ("currency", "month", "rate")}
    put(con, "rates", {**rates, "iso_code": words(rates["currency"], list(CURRENCIES))})


def _put_world(con: duckdb.DuckDBPyConnection, world: World) -> None:
    accounts, staff, campaigns = world.accounts, world.staff, world.campaigns
    numbers = np.arange(len(accounts["region"]))
    name, domain = account_names(accounts)
    states = [state for country in COUNTRIES for state in country[4]]
    first_state = np.cumsum([0] + [len(country[4]) for country in COUNTRIES])[:-1]
    currency = np.array([list(CURRENCIES).index(country[3]) for country in COUNTRIES])
    put(con, "accounts", {
        "account": numbers, "id": salesforce_ids("001", numbers), "name": name, "domain": domain,
        "region": accounts["region"], "employees": accounts["employees"], "revenue": accounts["revenue"],
        "country": words(accounts["country"], [country[0] for country in COUNTRIES]),
        "state": words(first_state[accounts["country"]] + accounts["state"], states),
        "industry": words(accounts["industry"], INDUSTRIES), "parent": maybe(accounts["parent"]),
        "currency_code": words(currency[accounts["country"]], list(CURRENCIES)),
    })  # fmt: skip
    put(con, "staff", {
        "staff": np.arange(len(staff["region"])), "region": staff["region"], "kind": staff["kind"],
        "left_day": maybe(staff["left_day"]), "zone": words(staff["region"], ZONES),
        "territory": words(staff["region"], [region.upper() for region in REGIONS]),
        "id": salesforce_ids("005", np.arange(len(staff["region"]))),
        "queue_id": salesforce_ids("00G", np.arange(len(staff["region"]))),
        "first_name": words(staff["name"] % len(FIRST_NAMES), FIRST_NAMES),
        "last_name": words(staff["name"] // len(FIRST_NAMES), LAST_NAMES),
    })  # fmt: skip
    con.execute("update staff set id = queue_id where kind = 1; alter table staff drop queue_id")
    columns = campaigns.columns
    put(con, "campaigns", {
        **columns, "campaign_number": np.arange(len(campaigns.names)), "name": pa.array(campaigns.names),
        "channel_name": words(columns["channel"], [channel.name for channel in CHANNELS]),
        "id": salesforce_ids("701", np.arange(len(campaigns.names))),
    })  # fmt: skip
    put(con, "channels", {
        "channel": np.arange(len(CHANNELS)),
        **{key: pa.array([getattr(channel, key) for channel in CHANNELS]) for key in CHANNEL_COLUMNS},
    })  # fmt: skip
    con.execute(f"update channels set source = '{world.parameters.stack.mail_source}' where name = 'email'")


def _put_people(con: duckdb.DuckDBPyConnection, company: Company) -> None:
    people, lives, passes, deals = (
        company.world.people,
        company.journeys.people,
        company.funnel.people,
        company.deals.people,
    )
    put(con, "people_raw", {
        "person": np.arange(len(people["account"])), "account": people["account"],
        "region": people["region"], "fit": people["fit"],
        "first_name": words(people["first_name"], FIRST_NAMES), "last_name": words(people["last_name"], LAST_NAMES),
        "seniority": words(people["seniority"], SENIORITIES), "function": words(people["function"], FUNCTIONS),
        "free_mail": words(people["free_mail"], FREE_MAIL),
        "role_mailbox": words(people["role_mailbox"], ROLE_MAILBOXES),
        "invalid_email": people["invalid_email"], "refuses_cookies": people["refuses_cookies"],
        "phone_number": people["phone"],
        **{key: lives[key] for key in ("known_at", "inquiry_at", "origin", "opt_out_at", "resubscribed_at")},
        **{key: passes[key] for key in ("crm_at", "sync")},
        "converted_at": deals["converted_at"], "deal": maybe(deals["opportunity"]),
        "buying_group": deals["buying_group"], "is_late": deals["is_late"],
        **company.records.people, **answers(company.world, company.journeys),
    })  # fmt: skip
    con.execute("""
        create table people as
        select p.*,
            case when function = 'IT' and seniority = 'Chief Officer' then 'CIO'
                else seniority || ' ' || function end as title,
            '+1 555 ' || (phone_number // 10000) || ' ' || lpad((phone_number % 10000)::varchar, 4, '0') as phone,
            case
                when role_mailbox is not null then role_mailbox || '@' || a.domain
                when free_mail is not null then local || '.' || person || '@' || free_mail
                when invalid_email then local || '@' || replace(a.domain, '.example', ',example')
                else local || '@' || a.domain
            end as email,
            a.name as company, a.country, a.state, a.industry, a.employees, a.domain, a.id as account_id
        from (select *, lower(strip_accents(first_name)) || '.' || lower(strip_accents(last_name)) as local
            from people_raw) p
        join accounts a using (account);
        drop table people_raw
    """)


def _put_sessions(con: duckdb.DuckDBPyConnection, world: World, journeys: Journeys) -> None:
    """Sessions and browsers; a browser's id is a random number and the second of its first visit."""
    sessions = journeys.sessions
    rng = stream(world.parameters.seed, "client ids")
    client = np.unique(sessions["client"])
    order = np.lexsort((sessions["at"], sessions["client"]))
    starts = np.concatenate([[True], sessions["client"][order][1:] != sessions["client"][order][:-1]])
    born = sessions["at"][order][starts]
    digits = np.column_stack(
        [_digits(rng.integers(10**9, 2 * 10**9, len(client)), 10), np.full(len(client), ord(".")), _digits(born, 10)]
    )
    # Of several browsers that one person filled forms in, the MAP keeps only the last: the site's own id covers them.
    filled = np.unique(sessions["client"][sessions["form"] >= 0])
    several = np.bincount(filled // 2, minlength=len(world.people["account"]))[client // 2] > 1
    says_user = several | (rng.random(len(client)) < world.parameters.user_id_share)
    put(con, "clients", {"client": client, "client_id": fixed_strings(digits.astype(np.uint8)), "says_user": says_user})
    rates = world.parameters.faults
    draw, kind = rng.random(len(sessions["at"])), choose(rng, (1.0, 1.0, 1.0), len(sessions["at"]))
    edges = np.cumsum([rates.utm_case_drift, rates.utm_typo, rates.hostile_utm])
    spoiled = np.searchsorted(edges, draw, side="right")
    put(con, "sessions", {
        **sessions, "session": np.arange(len(draw)), "utm_fault": np.where(spoiled < 3, spoiled, -1),
        "utm_variant": kind,
        "no_utm": rng.random(len(draw)) < rates.utm_missing, "lost_draw": rng.random(len(draw)),
        "has_click_id": rng.random(len(draw)) < 0.9, "token": rng.integers(0, 2**59, len(draw)),
    })  # fmt: skip


def _digits(numbers: np.ndarray, width: int) -> np.ndarray:
    """Decimal digits of numbers as ASCII codes, one row each."""
    return (numbers[:, None] // 10 ** np.arange(width - 1, -1, -1)) % 10 + ord("0")
