"""HubSpot's companies, deals and engagements: its own as CRM, or the copies that its sync with Salesforce keeps.

A copy comes minutes after its original and names it (`hs_salesforceopportunityid`, `salesforceaccountid`); sales works
in Salesforce, so there are no engagements beside it. Amounts are in the deal's currency, and in the company's at the
rate of the day of the version, as HubSpot computes it: it has no table of rates to export.
"""

import duckdb

from orchestration.demo.delivery import Extract
from orchestration.demo.naming import COMPANIES_FROM, DEALS_FROM, OWNERS_FROM
from orchestration.demo.world import World

SYSTEM = "hubspot"
COPY_LAG = 600
DEAL_STAGES = (
    "appointmentscheduled",
    "qualifiedtobuy",
    "presentationscheduled",
    "contractsent",
    "closedwon",
    "closedlost",
)
PIPELINE = (
    ("appointmentscheduled", "Appointment Scheduled", 0.2), ("qualifiedtobuy", "Qualified To Buy", 0.4),
    ("presentationscheduled", "Presentation Scheduled", 0.6),
    ("decisionmakerboughtin", "Decision Maker Bought-In", 0.8),
    ("contractsent", "Contract Sent", 0.9), ("closedwon", "Closed Won", 1.0), ("closedlost", "Closed Lost", 0.0),
)  # fmt: skip


def extracts(con: duckdb.DuckDBPyConnection, world: World) -> list[Extract]:
    """Companies, deals and what hangs on them; none beside a MAP of another vendor's and a CRM of its own."""
    stack, epoch = world.parameters.stack, world.clock.epoch
    is_crm = stack.crm_system == SYSTEM
    if not is_crm and not stack.has_vendor_sync:
        return []
    stages = " union all ".join(
        f"select '{stage}' as id, 'default' as pipeline_id, '{label}' as label, {order} as display_order, "
        f"{probability} as probability, "
        f"{str(stage == 'closedwon').lower()} as closed_won, {str(stage.startswith('closed')).lower()} as is_closed"
        for order, (stage, label, probability) in enumerate(PIPELINE)
    )
    lag = 0 if is_crm else COPY_LAG
    places = {
        "epoch": epoch, "lag": lag, "names": "['" + "', '".join(DEAL_STAGES) + "']", "is_copy": str(not is_crm).lower(),
        "deals": DEALS_FROM, "companies": COMPANIES_FROM, "owners": OWNERS_FROM,
    }  # fmt: skip
    found = [
        Extract(SYSTEM, "companies", COMPANIES.format(**places), '_at, "id"', has_bom=True),
        Extract(SYSTEM, "company_property_history", COMPANY_HISTORY.format(**places), "_at, company_id", null="Select"),
        Extract(SYSTEM, "deals", DEALS.format(**places), '_at, "hs_object_id"'),
        Extract(SYSTEM, "deal_property_history", DEAL_HISTORY.format(**places), "_at, deal_id, name"),
        Extract(SYSTEM, "deal_contacts", DEAL_CONTACTS.format(**places), "_at, deal_id, contact_id"),
        Extract(SYSTEM, "deal_companies", DEAL_COMPANIES.format(**places), "_at, deal_id"),
        Extract(
            SYSTEM,
            "deal_pipeline_stages",
            f"select {epoch} + 3600 as _at, * from ({stages})",
            "display_order",
            is_prompt=True,
        ),
    ]
    return [*found, Extract(SYSTEM, "engagements", ENGAGEMENTS.format(**places), "_at, id")] if is_crm else found


COMPANIES = """
    select v.ts + {lag} as _at, {companies} + a.account as "id", a.name as "property_name",
        a.domain as "property_domain", a.industry as "property_industry",
        a.employees + v.version * (a.employees // 10) as "property_numberofemployees",
            a.revenue || '.00' as "property_annualrevenue", a.country as "property_country",
            a.state as "property_state",
        {companies} + a.parent as "property_hs_parent_company_id",
        case when not {is_copy} then {owners} + f.staff end as "property_hubspot_owner_id",
        case when {is_copy} then a.id end as "property_salesforceaccountid",
        iso_millis(v.created_at + {lag}) as "property_createdate",
        iso_millis(v.ts + {lag}) as "property_hs_lastmodifieddate", false as "archived"
    from accounts a
    join (select account, created_at as ts, 0 as version, created_at from crm_accounts
        union all select account, {epoch} + 86400 * (200 + account % 150) + 30000, 1, created_at from crm_accounts
            where created_at < {epoch} + 86400 * 190) v using (account)
    join (select region, min(staff) as staff from staff where kind = 0 and left_day is null
        group by 1) f on f.region = a.region
    where v.ts + {lag} < cut()
"""

COMPANY_HISTORY = """
    select created_at + {lag} as _at, {companies} + account as company_id, 'lifecyclestage' as name, 'lead' as value,
        iso_millis(created_at + {lag}) as "timestamp", 'CRM_UI' as source, null as source_id
    from crm_accounts where created_at + {lag} < cut()
"""

DEALS = """
    select v.ts + {lag} as _at, {deals} + v.deal as "hs_object_id", a.name || ' - ' || (100 + v.deal) as dealname,
        v.amount || '.00' as amount, d.currency_code as deal_currency_code,
        printf('%.2f', v.amount / r.rate) as amount_in_home_currency,
        {names}[v.stage + 1] as dealstage, 'default' as pipeline, 'newbusiness' as dealtype,
            day_text({epoch} + v.close_day * 86400) as closedate, v.stage = 4 as hs_is_closed_won,
            v.stage >= 4 as hs_is_closed,
        case when v.stage = 5 then ['Price', 'Competitor', 'No Decision',
            'Missing Feature'][d.loss_reason + 1] end as closed_lost_reason,
        case when not {is_copy} then {owners} + d.owner end as hubspot_owner_id,
        case when {is_copy} then d.id end as "hs_salesforceopportunityid",
        iso_millis(d.created_at + {lag}) as createdate,
        iso_millis(v.ts + {lag}) as hs_lastmodifieddate, v.gone as archived
    from (select deal, ts, stage, amount, close_day, false as gone from deal_stages
        union all select deal, deleted_at, 0, amount, day_number(created_at) + 60, true from deals
            where deleted_at is not null) v
    join deals d on d.deal = v.deal
    join accounts a using (account)
    join rate_months m on day_number(v.ts) >= m.first_day and day_number(v.ts) < m.next_first_day
    join rates r on r.month = m.month and r.currency = d.currency
    where v.ts + {lag} < cut()
    qualify row_number() over (partition by v.deal, day_number(v.ts + {lag}) order by v.ts desc, v.stage desc) = 1
"""

DEAL_HISTORY = """
    with steps as (select *, lag(amount) over (partition by deal order by ts) as old_amount from deal_stages)
    select ts + {lag} as _at, {deals} + deal as deal_id, c.name, c.value, iso_millis(ts + {lag}) as "timestamp",
        case when {is_copy} then 'SALESFORCE' else 'CRM_UI' end as source, null as source_id
    from steps s cross join lateral (
        select 'dealstage' as name, {names}[s.stage + 1] as value
        union all select 'amount', s.amount || '.00' where s.old_amount is distinct from s.amount
    ) c
    where ts + {lag} < cut()
"""

DEAL_CONTACTS = """
    select r.ts + {lag} as _at, {deals} + r.deal as deal_id, h.contact as contact_id, case when r.is_primary then 1
        else 3 end as type_id, 'HUBSPOT_DEFINED' as category
    from deal_roles r join hub_identity h on h.person = r.person and h.kind = 0
    where r.ts + {lag} < cut()
"""

DEAL_COMPANIES = """
    select created_at + {lag} as _at, {deals} + deal as deal_id, {companies} + account as company_id, 5 as type_id,
        'HUBSPOT_DEFINED' as category
    from deals where created_at + {lag} < cut()
"""

ENGAGEMENTS = """
    select t.ts as _at, 6000000000 + t.task as id, case t.kind when 0 then 'CALL' when 1 then 'EMAIL'
        else 'TASK' end as type, h.contact as contact_id, {owners} + f.staff as hubspot_owner_id,
        case when t.kind = 2 then 'AUTOMATION_PLATFORM' else 'CRM_UI' end as hs_engagement_source,
            iso_millis(t.ts) as hs_timestamp, iso_millis(t.ts) as hs_createdate
    from tasks t join hub_identity h using (crm) left join staff f on f.id = t.owner_id
"""
