"""HubSpot's companies, deals and engagements: its own as CRM, or the copies that its sync with Salesforce keeps.

A copy comes minutes after its original and names it (`hs_salesforceopportunityid`, `salesforceaccountid`); sales works
in Salesforce, so there are no engagements beside it. Amounts are in the deal's currency, and in the company's at the
rate of the day of the version, as HubSpot computes it: it has no table of rates to export.
"""

import duckdb

from orchestration.demo.deal_versions import deal_versions
from orchestration.demo.delivery import Extract
from orchestration.demo.dirt import UNKNOWN_STAGE
from orchestration.demo.naming import COMPANIES_FROM, DEALS_FROM, OWNERS_FROM
from orchestration.demo.world import World

SYSTEM = "hubspot"
COPY_LAG = 600
# How far the numbers of records that are merged away lie from their survivors'.
MERGED_FROM = 50_000_000
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
        "merged": MERGED_FROM, "odd": UNKNOWN_STAGE,
    }  # fmt: skip
    versions = deal_versions(f"merged_deals where {str(is_crm).lower()}", lag=lag)
    found = [
        Extract(SYSTEM, "companies", COMPANIES.format(**places), '_at, "id"', has_bom=True),
        Extract(SYSTEM, "company_property_history", COMPANY_HISTORY.format(**places), "_at, company_id", null="Select"),
        Extract(SYSTEM, "deals", DEALS.format(versions=versions, **places), '_at, "hs_object_id"'),
        Extract(SYSTEM, "deal_property_history", DEAL_HISTORY.format(**places), "_at, deal_id, name"),
        Extract(SYSTEM, "deal_contacts", _associations(CONTACTS_OF_DEALS, places), "_at, deal_id, contact_id",
                is_prompt=True),
        Extract(SYSTEM, "deal_companies", _associations(COMPANIES_OF_DEALS, places), "_at, deal_id, company_id",
                is_prompt=True),
        Extract(
            SYSTEM,
            "deal_pipeline_stages",
            f"select {epoch} + 3600 as _at, * from ({stages})",
            "display_order",
            is_prompt=True,
        ),
    ]  # fmt: skip
    return [*found, Extract(SYSTEM, "engagements", ENGAGEMENTS.format(**places), "_at, id")] if is_crm else found


def _associations(pairs: str, places: dict[str, str | int]) -> str:
    return ASSOCIATIONS.format(pairs=pairs.format(**places), **places)


# A company record that was merged away stays as it was: its survivor lists it.
COMPANIES = """
    select v.ts + {lag} as _at, {companies} + a.account as "id", a.name as "property_name",
        a.domain as "property_domain", a.industry as "property_industry",
        a.employees + v.version * (a.employees // 10) as "property_numberofemployees",
        a.revenue || '.00' as "property_annualrevenue", a.country as "property_country", a.state as "property_state",
        {companies} + a.parent as "property_hs_parent_company_id",
        case when not {is_copy} then {owners} + f.staff end as "property_hubspot_owner_id",
        case when {is_copy} then a.id end as "property_salesforceaccountid",
        case when v.ts >= m.ts and not {is_copy} then {companies} + {merged} + a.account end
            as "property_hs_merged_object_ids",
        iso_millis(v.created_at + {lag}) as "property_createdate",
        iso_millis(v.ts + {lag}) as "property_hs_lastmodifieddate", false as "archived"
    from accounts a
    join (
        select account, created_at as ts, 0 as version, created_at from crm_accounts
        union all select account, {epoch} + 86400 * (200 + account % 150) + 30000, 1, created_at from crm_accounts
            where created_at < {epoch} + 86400 * 190
        union all select m.account, m.ts, 0, c.created_at from merged_accounts m join crm_accounts c using (account)
            where not {is_copy}
    ) v using (account)
    join (select region, min(staff) as staff from staff where kind = 0 and left_day is null
        group by 1) f on f.region = a.region
    left join merged_accounts m on m.account = a.account
    where v.ts + {lag} < cut()
    qualify row_number() over (partition by a.account, day_number(v.ts) order by v.ts desc) = 1
    union all
    select m.created_at, {companies} + {merged} + a.account, a.name || ' (new)', null, null, null, null, a.country,
        null, null, null, null, null, iso_millis(m.created_at), iso_millis(m.created_at), false
    from merged_accounts m join accounts a using (account) where not {is_copy}
"""

COMPANY_HISTORY = """
    select created_at + {lag} as _at, {companies} + account as company_id, 'lifecyclestage' as name, 'lead' as value,
        iso_millis(created_at + {lag}) as "timestamp", 'CRM_UI' as source, null as source_id
    from crm_accounts where created_at + {lag} < cut()
"""

# An entry that was merged away stays as it was, too.
DEALS = """
    with {versions},
    entries as (
        select *, 0 as number from versions
        union all by name select m.deal, m.created_at as ts, 0 as stage, s.amount, s.close_day, false as gone,
            {merged} as number
            from merged_deals m join deal_stages s using (deal) where s.stage = 0 and not {is_copy}
    )
    select v.ts + {lag} as _at, {deals} + v.number + v.deal as "hs_object_id",
        a.name || ' - ' || (100 + v.deal) as dealname, v.amount || '.00' as amount,
        d.currency_code as deal_currency_code, printf('%.2f', v.amount / r.rate) as amount_in_home_currency,
        {names}[v.stage + 1] as dealstage, 'default' as pipeline, 'newbusiness' as dealtype,
        day_text({epoch} + v.close_day * 86400) as closedate, v.stage = 4 as hs_is_closed_won,
        v.stage >= 4 as hs_is_closed, case when v.stage = 5 then ['Price', 'Competitor', 'No Decision',
            'Missing Feature'][d.loss_reason + 1] end as closed_lost_reason,
        case when not {is_copy} then {owners} + d.owner end as hubspot_owner_id,
        case when {is_copy} then d.id end as "hs_salesforceopportunityid",
        case when v.ts >= m.ts and v.number = 0 and not {is_copy} then {deals} + {merged} + v.deal end
            as hs_merged_object_ids,
        iso_millis(case v.number when 0 then d.created_at else v.ts end + {lag}) as createdate,
        iso_millis(v.ts + {lag}) as hs_lastmodifieddate, v.gone and x.person is null as archived,
        case when v.gone and x.person is not null then iso_millis(v.ts + {lag}) end as "_sdc_deleted_at"
    from entries v
    join deals d on d.deal = v.deal
    join accounts a using (account)
    join rate_months n on day_number(v.ts) >= n.first_day and day_number(v.ts) < n.next_first_day
    join rates r on r.month = n.month and r.currency = d.currency
    left join merged_deals m on m.deal = v.deal
    left join connector_deletions x on x.person = d.person
    where v.ts + {lag} < cut()
"""

DEAL_HISTORY = """
    with steps as (select *, lag(amount) over (partition by deal order by ts) as old_amount from stage_log)
    select ts + {lag} as _at, {deals} + deal as deal_id, c.name, c.value, iso_millis(ts + {lag}) as "timestamp",
        case when {is_copy} then 'SALESFORCE' else 'CRM_UI' end as source, null as source_id
    from steps s cross join lateral (
        select 'dealstage' as name, case s.stage_name when '{odd}' then '84021' else {names}[s.stage + 1] end as value
        union all select 'amount', s.amount || '.00' where s.old_amount is distinct from s.amount
    ) c
    where ts + {lag} < cut() and (deal, ts) not in (select (deal, ts) from lost_closings)
"""

# Associations have no dates. They are exported whole, on each day on which one came or went.
ASSOCIATIONS = """
    with pairs as ({pairs}),
    days as (
        select distinct day_number(ts + {lag}) as day
        from (select since as ts from pairs union all select until from pairs) where ts + {lag} < cut()
    )
    select epoch() + day * 86400 + 86000 as _at, p.* exclude (since, until)
    from days join pairs p on day_number(p.since + {lag}) <= day
        and (p.until is null or day_number(p.until + {lag}) > day)
"""

CONTACTS_OF_DEALS = """
    select {deals} + r.deal as deal_id, h.contact as contact_id, case when r.is_primary then 1 else 3 end as type_id,
        'HUBSPOT_DEFINED' as category, r.ts as since, r.removed_at as until
    from deal_roles r join hub_identity h on h.person = r.person and h.kind = 0
"""

# Of a merged company the connector keeps the old number.
COMPANIES_OF_DEALS = """
    select {deals} + d.deal as deal_id,
        {companies} + d.account + case when x.deal is not null and not {is_copy} then {merged} else 0 end as company_id,
        5 as type_id, 'HUBSPOT_DEFINED' as category, d.created_at as since, m.ts as until
    from deals d left join moved_deals m using (deal) left join merged_accounts x using (deal)
    union all
    select {deals} + deal, {companies} + account, 5, 'HUBSPOT_DEFINED', ts, null from moved_deals
"""

# A call, a mail logged, what the integration writes as a user of its own, a task that stays open, what a workflow does
# in an owner's name, and meetings: one to which nobody comes is delivered again and says so.
ENGAGEMENTS = """
    select v.ts as _at, 6000000000 + t.task as id,
        ['CALL', 'EMAIL', 'TASK', 'TASK', 'TASK', 'MEETING', 'MEETING'][t.kind + 1] as type, h.contact as contact_id,
        {owners} + coalesce(f.staff, g.staff) as hubspot_owner_id,
        case t.kind when 2 then 'INTEGRATION' when 4 then 'AUTOMATION_PLATFORM' else 'CRM_UI' end
            as hs_engagement_source,
        case t.kind when 2 then 'COMPLETED' when 3 then 'NOT_STARTED' when 4 then 'COMPLETED' end as hs_task_status,
        v.outcome as hs_meeting_outcome, iso_millis(v.due_at) as hs_timestamp, iso_millis(t.ts) as hs_createdate
    from tasks t join hub_identity h using (crm) left join staff f on f.id = t.owner_id
    join staff g on g.kind = 2
    join (
        select task, ts, ts + case when kind in (3, 5) then 259200 else 0 end as due_at,
            case kind when 5 then 'SCHEDULED' when 6 then 'COMPLETED' end as outcome
        from tasks
        union all select task, ts + 261000, ts + 259200, 'NO_SHOW' from tasks where kind = 5
    ) v using (task)
    where v.ts < cut()
"""
