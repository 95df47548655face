"""How the chosen systems spell their records: ids in the extracts, `system:type:id` in the truth."""

import duckdb
import numpy as np

from orchestration.demo.stacks import Stack
from orchestration.demo.store import put
from orchestration.demo.streams import salesforce_ids

# HubSpot numbers contacts, companies and deals apart; its contacts beside another MAP are those of the CRM's leads.
CONTACTS_FROM, COMPANIES_FROM, DEALS_FROM, OWNERS_FROM = 5_000_000, 8_000_000_000, 9_000_000_000, 70_000_000


def name(con: duckdb.DuckDBPyConnection, stack: Stack) -> None:
    """Give leads, contacts, deals and accounts a `record`, and leads the `user_id` that the web site knows."""
    if not stack.has_conversions and stack.crm_system == "salesforce":
        _leads_as_contacts(con)
    system, people = stack.crm_system, stack.people_system
    lead = f"'{system}:{stack.crm_type}:' || id"
    deal, account = f"'{system}:' || id", f"'{system}:' || id"
    if system == "hubspot":
        # In one system the CRM's record is the MAP's own.
        number = (
            "(select max(lead) from map_leads m where m.crm = crm_leads.crm)"
            if stack.is_single
            else f"crm + {CONTACTS_FROM}"
        )
        lead = f"'hubspot:contact:' || {number}"
        deal, account = f"'hubspot:' || (deal + {DEALS_FROM})", f"'hubspot:' || (account + {COMPANIES_FROM})"
    names = {"crm_leads": lead, "contacts": "'salesforce:contact:' || id", "deals": deal, "accounts": account}
    for table, record in names.items():
        con.execute(f"alter table {table} add column record varchar; update {table} set record = {record}")
    own, user = f"'{people}:{stack.people_type}:' || lead", f"'{people}:' || lead"
    if not stack.has_map:
        own = "(select record from crm_leads c where c.crm = map_leads.crm)"
        user = f"(select '{system}:' || id from crm_leads c where c.crm = map_leads.crm)"
    con.execute("alter table map_leads add column record varchar; alter table map_leads add column user_id varchar")
    con.execute(f"update map_leads set record = {own}, user_id = {user if stack.has_people else 'null'}")
    known = (
        own.replace("|| lead", "|| number")
        if stack.has_map
        else "(select m.record from map_leads m where m.lead = number)"
    )
    con.execute(f"create macro map_record(number) as {known}")


def _leads_as_contacts(con: duckdb.DuckDBPyConnection) -> None:
    """Without leads, what sales works are contacts from the start; nothing converts."""
    leads = con.sql("select * exclude (id) from crm_leads order by crm").to_arrow_table()
    ids = salesforce_ids("003", leads["crm"].to_numpy())
    con.execute("drop table crm_leads; delete from contacts")
    put(con, "crm_leads", {**{column: leads[column] for column in leads.column_names}, "id": ids})


def number_memberships(con: duckdb.DuckDBPyConnection) -> None:
    """`membership_ids`: the CRM's id of each person's membership in a campaign."""
    pairs = con.sql("""
        select distinct person, campaign from (select person, campaign from seats union all select person, campaign
            from booths) order by 1, 2
    """).to_arrow_table()
    put(
        con,
        "membership_ids",
        {"person": pairs["person"], "campaign": pairs["campaign"], "id": salesforce_ids("00v", np.arange(len(pairs)))},
    )
