"""What systems and their users do to records that were right: moves, merges, resets, rows that never come.

Drawn for the whole horizon, before anything is cut, so that a day's files never depend on where the history ends; who
reads a table here leaves out what lies behind the last day. A merge and what precedes it fall on one day, so that no
history ends between them.
"""

import duckdb
import numpy as np

from orchestration.demo.fault_rates import FaultRates
from orchestration.demo.store import put
from orchestration.demo.streams import stream
from orchestration.demo.world import World

# Table -> what a draw decides on: the table it is made beside, and its key.
SUBJECTS = {"deal_draws": ("deals", "deal"), "person_draws": ("people", "person")}
DRAWS = {
    "deal_draws": ("closing", "moves", "moved_days", "merges", "account_merges"),
    "person_draws": ("clears", "forgotten", "resets", "reset_days", "removes", "connector", "reminds", "automates"),
}


def derive(con: duckdb.DuckDBPyConnection, world: World) -> None:
    """Create the tables of quirks, and give `deal_roles` the instant at which a role was taken away."""
    for table, (subject, key) in SUBJECTS.items():
        count = con.execute(f"select coalesce(max({key}), -1) + 1 from {subject}").fetchall()[0][0]
        draws = {name: stream(world.parameters.seed, f"quirk {name}").random(count) for name in DRAWS[table]}
        put(con, table, {key: np.arange(count), **draws})
    rates = world.parameters.faults
    for statement in (DEALS, ROLES, MEMBERSHIPS, PEOPLE):
        con.execute(_filled(statement, rates))
    _withdraw_rate(con, world)


def _filled(sql: str, rates: FaultRates) -> str:
    for name, value in vars(rates).items():
        sql = sql.replace("{" + name + "}", str(value))
    return sql


# A new account record, or a second entry of an opportunity, lives for two hours of one day.
DEALS = """
    create table lost_closings as
    select deal, closed_at as ts from deals join deal_draws using (deal)
    where is_won and closed_at is not null and closing < {won_without_closing_row};
    create table moved_deals as
    with places as (
        select account, created_at, row_number() over (order by account) as place, count(*) over () as n
        from crm_accounts
    ),
    wanted as (
        select d.deal, d.created_at + (2 + moved_days * 18)::bigint * 86400 as ts, p.place % p.n + 1 as target
        from deals d join deal_draws using (deal) join places p using (account)
        where moves < {deal_moved} and d.deleted_at is null
    )
    select w.deal, p.account, w.ts from wanted w join places p on p.place = w.target and p.created_at < w.ts;
    create table merged_accounts as
    select account, deal, created_at - 900 as created_at, created_at + 7200 as ts
    from deals join deal_draws using (deal)
    where account_merges < {merged_account} and deleted_at is null
        and day_number(created_at - 900) = day_number(created_at + 7200)
        and deal not in (select deal from moved_deals)
    qualify row_number() over (partition by account order by created_at, deal) = 1;
    create table merged_deals as
    select deal, created_at + 600 as created_at, created_at + 7800 as ts from deals join deal_draws using (deal)
    where merges < {merged_deal} and deleted_at is null
        and day_number(created_at) = day_number(created_at + 7800)
"""

# Before the opportunity is accepted, so that whoever had the role reached nothing by it.
ROLES = """
    alter table deal_roles add column removed_at bigint;
    update deal_roles set removed_at = r.removed_at
    from (
        select r.id, r.ts + (d.accepted_at - r.ts) // 2 as removed_at
        from deal_roles r join deals d using (deal) join people p on p.person = r.person
        join person_draws on person_draws.person = r.person
        where not r.is_primary and p.buying_group and not p.is_late and d.accepted_at - r.ts > 1200
            and removes < {role_removed}
    ) r
    where deal_roles.id = r.id
"""

MEMBERSHIPS = """
    create table reset_memberships as
    with reached as (
        select person, campaign, attended_at as ts from seats where attended_at >= 0
        union all select person, campaign, ts from booths
    )
    select person, campaign, max(ts) + (20 + max(reset_days) * 40)::bigint * 86400 as ts
    from reached join person_draws using (person)
    where resets < {membership_reset}
    group by person, campaign
"""

# A stamp can be cleared only where a version held it: on a later day.
PEOPLE = """
    create table cleared_stamps as
    select person, number, mql_at, outcome_at + 600 as ts from passes join person_draws using (person)
    where outcome = 3 and mql_at is not null and outcome_at is not null and clears < {stamp_cleared}
        and day_number(outcome_at + 600) > day_number(mql_at) + 1;
    create table forgetful_people as select person from person_draws where forgotten < {status_without_history};
    create table connector_deletions as select person from person_draws where connector < {deleted_by_connector};
    create table reminded_passes as
    select person, number from passes join person_draws using (person) where reminds < {open_reminder};
    create table automated_passes as
    select person, number from passes join person_draws using (person) where automates < {automated_task}
"""


def _withdraw_rate(con: duckdb.DuckDBPyConnection, world: World) -> None:
    """`withdrawn_rates`: a rate of ten times the value in the export of the month it begins in, and in no later one; of
    the currency and month with most opportunities."""
    con.execute(f"""
        create table withdrawn_rates as
        with months as (
            select distinct d.currency, extract('year' from t) * 12 + extract('month' from t)
                - {world.clock.start.year * 12 + world.clock.start.month} as month, d.deal
            from deals d cross join lateral (select make_timestamp(d.created_at::bigint * 1000000) as t)
            where d.currency > 0 and extract('day' from t) >= 11
        )
        select currency, month, 10 as starts_after_days from months
        where month between 1 and 17
            and (currency, month) not in (select (currency, month) from currency_gaps)
            and (currency, month) not in (select (currency, month + 1) from currency_gaps)
        group by currency, month order by count(*) desc, currency, month limit {world.parameters.faults.withdrawn_rate}
    """)
