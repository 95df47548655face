"""Salesforce as Bulk API 2.0 exports it: camel-case CSV, 18-character ids; a few objects as other tools leave them.

Nasties on purpose: Lead has a BOM and CRLF, Account is ISO-8859-1, User UTF-16, CampaignMember came from a report and
has 15-character ids, OpportunityHistory writes the zone as +0000, Task writes the all-zero id for nobody.
"""

import duckdb
import numpy as np

from orchestration.demo.delivery import Extract
from orchestration.demo.stacks import Stack
from orchestration.demo.store import put
from orchestration.demo.streams import salesforce_ids
from orchestration.demo.systems import salesforce_deals, salesforce_work
from orchestration.demo.world import World

SYSTEM = "salesforce"
NOBODY = "000000000000000AAA"
INTEGRATIONS = {
    "marketo": "Marketo Sync", "hubspot": "HubSpot Integration", "pardot": "B2BMA Integration",
    "none": "Website Integration",
}  # fmt: skip


def extracts(con: duckdb.DuckDBPyConnection, world: World) -> list[Extract]:
    """Salesforce's objects, as far as the company uses them."""
    epoch, stack = world.clock.epoch, world.parameters.stack
    for statement in (CRM_SAID.format(clients="" if stack.has_map else CLIENTS), FORGOTTEN, CRM_STATE):
        con.execute(statement)
    integration = con.execute("select id from staff where kind = 2").fetchall()[0][0]
    connector = con.execute("select id from staff where kind = 3").fetchall()[0][0]
    places = {
        "epoch": epoch, "integration": integration, "nobody": NOBODY,
        "integration_name": INTEGRATIONS[stack.map_system],
        "writer": f"case kind when 2 then '{integration}' when 4 then '{connector}' else owner_id end",
    }  # fmt: skip
    users = Extract(
        SYSTEM, "User", salesforce_work.USER.format(**places), '_at, "Id"', encoding="utf-16-le", is_prompt=True
    )
    if not stack.has_people:
        return [*salesforce_deals.extracts(con, world), users]
    count = con.execute("select count(*) from tasks").fetchall()[0][0]
    put(con, "task_ids", {"task": np.arange(1, count + 1), "id": salesforce_ids("00T", np.arange(count))})
    return [
        *_people(con, stack, places),
        *salesforce_deals.extracts(con, world),
        Extract(SYSTEM, "Campaign", CAMPAIGN.format(**places), '_at, "Id"', is_prompt=True),
        Extract(
            SYSTEM, "CampaignMember", _members(stack), '_at, "Id"', null="N/A", malformed=("Id", "LastModifiedDate")
        ),
        Extract(
            SYSTEM, "Task", salesforce_work.TASK.format(**places), '_at, "Id"', malformed=("Id", "LastModifiedDate")
        ),
        Extract(SYSTEM, "Event", salesforce_work.EVENT.format(**places), '_at, "Id"'),
        users,
    ]


def _people(con: duckdb.DuckDBPyConnection, stack: Stack, places: dict[str, str | int]) -> list[Extract]:
    """Leads with their history and the contacts they become, or contacts alone."""
    key, opt_out = ("Id", "LastModifiedDate"), ("Id", "HasOptedOutOfEmail")
    if not stack.has_conversions:
        return [Extract(SYSTEM, "Contact", CONTACT_ALONE, '_at, "Id"', malformed=key, left_out=opt_out)]
    con.execute(OWNER_CHANGES)
    stamp = 'as "MQL_Date__c"'
    leads = (
        LEAD
        if stack.has_map
        else LEAD.replace(stamp, f'{stamp}, client_cell(s.client_id, i.empty_id, i.keeps_prefix) as "GA_Client_ID__c"')
    )
    contacts, history = CONTACT.format(**places), LEAD_HISTORY.format(**places)
    return [
        Extract(SYSTEM, "Lead", leads, '_at, "Id"', newline="\r\n", has_bom=True, malformed=key, left_out=opt_out),
        Extract(SYSTEM, "Contact", contacts, '_at, "Id"', malformed=key, left_out=opt_out),
        Extract(SYSTEM, "LeadHistory", history, '_at, "LeadId", "Field", "NewValue"', compressed=True),
    ]


def _members(stack: Stack) -> str:
    # Of a list that Marketo holds it tells itself.
    lost = {"has_lost": str(stack.map_system != "marketo").lower()}
    if stack.has_conversions:
        contact, later = "case when k.ts <= m.seen_at then left(k.id, 15) end", "null"
        return CAMPAIGN_MEMBER.format(lead="left(m.lead_id, 15)", contact=contact, lost_contact=later, **lost)
    whole = "left(m.lead_id, 15)"
    return CAMPAIGN_MEMBER.format(lead="null", contact=whole, lost_contact=whole, **lost)


CRM_SAID = """
    create table crm_said as
    with said as (
        select crm, ts, status, reason, owner_id, null::bigint as mql_at, null::boolean as opts_out,
            null::varchar as client_id from crm_status
        union all by name select crm, ts + 20 as ts, owner_id from owner_churn
        union all by name select c.crm, greatest(p.mql_at, c.created_at) + 10 as ts, p.mql_at from passes p
            join crm_leads c on c.person = p.person and c.kind = 0 where p.mql_at is not null
        -- No instant is before the epoch: what is cleared, until the state is told.
        union all by name select c.crm, s.ts, -1 as mql_at from cleared_stamps s
            join crm_leads c on c.person = s.person and c.kind = 0
        union all by name select c.crm, greatest(e.opt_out_at + 600, c.created_at) as ts, true as opts_out
            from people e join crm_leads c using (person) where c.kind = 0 and e.opt_out_at is not null
        union all by name select c.crm, greatest(e.resubscribed_at + 600, c.created_at + 1) as ts, false as opts_out
            from people e join crm_leads c using (person) where c.kind = 0 and e.resubscribed_at is not null
        union all by name select crm, coalesce(deleted_at, merged_at) as ts, null::varchar as status from crm_leads
            where coalesce(deleted_at, merged_at) is not null
        {clients}
    )
    select * from said where ts < cut()
"""

# Statuses that no history tells, each the last change of its day, so that its version tells the instant; and an edit of
# something else, first thing on a later day.
FORGOTTEN = """
    create table forgotten_statuses as
    select s.crm, s.ts, epoch() + (day_number(s.ts) + 15) * 86400 + 60 as edited_at
    from crm_status s join crm_leads c using (crm) join forgetful_people using (person)
    where c.kind = 0 and s.change > 1 and not exists (
        from crm_said o where o.crm = s.crm and o.ts > s.ts and day_number(o.ts) = day_number(s.ts)
    );
    insert into crm_said by name select crm, edited_at as ts from forgotten_statuses where edited_at < cut()
"""

# One version a day of what sales works, as of its last change.
CRM_STATE = """
    create table crm_state as
    with changes as (
        select *, row_number() over (
            partition by crm order by ts, status, owner_id, reason, mql_at, opts_out, client_id
        ) as n
        from crm_said
    )
    select crm, ts, last_value(status ignore nulls) over w as status,
        last_value(reason ignore nulls) over w as reason, last_value(owner_id ignore nulls) over w as owner_id,
        nullif(last_value(mql_at ignore nulls) over w, -1) as mql_at,
        last_value(opts_out ignore nulls) over w as opts_out,
        last_value(client_id ignore nulls) over w as client_id
    from changes
    window w as (partition by crm order by n rows between unbounded preceding and current row)
    qualify row_number() over (partition by crm, day_number(ts) order by n desc) = 1
"""

# Without a MAP the forms of the web site keep the web client's id on the CRM's own record.
CLIENTS = """
        union all by name select l.crm, v.ts + 1 as ts, v.client_id from visits v join map_leads l using (lead)
            where v.form >= 0 and v.is_recorded and v.ts >= l.created_at
        union all by name select l.crm, t.ts + 1 as ts, t.client_id from tablet_signins t
            join map_leads l using (person) where l.kind = 0
"""

LEAD = """
    select s.ts as _at, i.id as "Id", i.first_name as "FirstName", i.last_name as "LastName", i.email as "Email",
        i.company as "Company", i.title as "Title",
        i.phone as "Phone", i.country as "Country", i.state as "State", i.industry as "Industry",
            i.employees as "NumberOfEmployees", 'https://' || i.domain as "Website",
        i.lead_source as "LeadSource", i.told_source as "How_did_you_hear_about_us__c",
        s.status as "Status", 'Warm' as "Rating", s.owner_id as "OwnerId",
        coalesce(s.ts >= i.converted_at and i.kind = 0, false) as "IsConverted",
        case when s.ts >= i.converted_at and i.kind = 0 then day_text(i.converted_at) end as "ConvertedDate",
        crm_cell(case when s.ts >= i.converted_at and i.kind = 0 then k.id end, i.empty_id) as "ConvertedContactId",
        case when s.ts >= i.converted_at and i.kind = 0 then i.account_id end as "ConvertedAccountId",
        case when s.ts >= i.converted_at and i.kind = 0 then d.id end as "ConvertedOpportunityId",
        case when s.ts >= i.merged_at then w.id end as "MasterRecordId", coalesce(s.opts_out,
            false) as "HasOptedOutOfEmail",
        case when s.status in ('Disqualified', 'Recycled') then s.reason end as "Disqualified_Reason__c",
            mql_cell(s.mql_at, i.default_mql_at, i.is_day) as "MQL_Date__c",
        coalesce(s.ts >= coalesce(i.deleted_at, i.merged_at), false) and x.person is null as "IsDeleted",
        coalesce(s.ts >= i.deleted_at, false) and x.person is not null as "_fivetran_deleted",
        iso_millis(i.shown_created_at) as "CreatedDate", iso_millis(s.ts) as "LastModifiedDate"
    from crm_state s
    join crm_identity i using (crm)
    left join contacts k on k.person = i.person
    left join deals d on d.deal = i.deal
    left join crm_leads w on w.crm = i.winner and i.winner >= 0
    left join connector_deletions x on x.person = i.person and i.deleted_at is not null
"""

CONTACT = """
    select v.ts as _at, k.id as "Id", i.account_id as "AccountId", i.email as "Email", i.first_name as "FirstName",
        i.last_name as "LastName", i.title as "Title",
        i.phone as "Phone", i.country as "MailingCountry", i.state as "MailingState", i.lead_source as "LeadSource",
            i.told_source as "How_did_you_hear_about_us__c", f.id as "OwnerId",
        null as "MasterRecordId", coalesce(v.ts >= i.opt_out_at + 600 and v.ts < coalesce(i.resubscribed_at + 600,
            9e18), false) as "HasOptedOutOfEmail", false as "IsDeleted",
        iso_millis(k.ts) as "CreatedDate", iso_millis(v.ts) as "LastModifiedDate"
    from contacts k
    join crm_identity i on i.person = k.person and i.kind = 0
    left join (select person, max(owner) as owner from passes group by 1) p on p.person = k.person
    join people e on e.person = k.person
    left join deals d on d.deal = e.deal
    join staff f on f.staff = coalesce(p.owner, d.owner)
    join (
        select contact, ts from contacts
        union all
        select contact, c.said_at + 600 from contacts join (
            select person, unnest([opt_out_at, resubscribed_at]) as said_at from people
        ) c using (person) where c.said_at + 600 > ts and c.said_at + 600 < cut()
    ) v using (contact)
    qualify row_number() over (partition by k.contact, day_number(v.ts) order by v.ts desc) = 1
"""

# The whole of a person's work with sales on one record, in fields of the company's own.
CONTACT_ALONE = """
    select s.ts as _at, i.id as "Id", a.id as "AccountId", i.email as "Email", i.first_name as "FirstName",
        i.last_name as "LastName", i.title as "Title", i.phone as "Phone", i.country as "MailingCountry",
        i.state as "MailingState", i.lead_source as "LeadSource",
        i.told_source as "How_did_you_hear_about_us__c", s.owner_id as "OwnerId",
        case when s.ts >= i.merged_at then w.id end as "MasterRecordId",
        coalesce(s.opts_out, false) as "HasOptedOutOfEmail", s.status as "Contact_Status__c",
        case when s.status in ('Disqualified', 'Recycled') then s.reason end as "Disqualified_Reason__c",
        mql_cell(s.mql_at, i.default_mql_at, i.is_day) as "MQL_Date__c",
        client_cell(s.client_id, i.empty_id, i.keeps_prefix) as "GA_Client_ID__c",
        coalesce(s.ts >= coalesce(i.deleted_at, i.merged_at), false) and x.person is null as "IsDeleted",
        coalesce(s.ts >= i.deleted_at, false) and x.person is not null as "_fivetran_deleted",
        iso_millis(i.shown_created_at) as "CreatedDate", iso_millis(s.ts) as "LastModifiedDate"
    from crm_state s
    join crm_identity i using (crm)
    join people p using (person)
    join accounts a using (account)
    left join crm_leads w on w.crm = i.winner and i.winner >= 0
    left join connector_deletions x on x.person = i.person and i.deleted_at is not null
"""

CAMPAIGN = """
    select greatest(start_day - 20, 0) * 86400 + {epoch} + 35000 as _at, c.id as "Id", name as "Name",
        case channel_name when 'webinar' then 'Webinar' when 'event' then 'Trade Show' when 'email' then 'Email'
            when 'partner' then 'Partners' else 'Advertisement' end as "Type",
        'In Progress' as "Status", null as "ParentId", day_text(start_day * 86400 + {epoch}) as "StartDate",
            day_text(end_day * 86400 + {epoch}) as "EndDate",
        case channel_name when 'webinar' then '4000.00' when 'event' then '18000.00' when 'email' then '600.00'
            when 'partner' then '2500.00' else '9000.00' end as "ActualCost",
        case channel_name when 'webinar' then '5000.00' when 'event' then '15000.00' when 'email' then '600.00'
            when 'partner' then '3000.00' else '10000.00' end as "BudgetedCost", 'USD' as "CurrencyIsoCode",
        true as "IsActive", false as "IsDeleted", iso_millis(greatest(start_day - 20,
            0) * 86400 + {epoch} + 35000) as "CreatedDate",
        iso_millis(greatest(start_day - 20, 0) * 86400 + {epoch} + 35000) as "LastModifiedDate"
    from campaigns c where is_registered
"""

# From a report, hence 15 characters.
CAMPAIGN_MEMBER = """
    with members as (
        select m.*, greatest(m.ts + 120, c.created_at + 60) as seen_at,
            greatest(m.joined_at + 120, c.created_at + 60) as entered_at, c.id as lead_id, c.crm
        from memberships_seen m join crm_leads c on c.person = m.person and c.kind = 0
    )
    select m.seen_at as _at, left(m.id, 15) as "Id", left(g.id, 15) as "CampaignId", {lead} as "LeadId",
        {contact} as "ContactId", case m.status when 'Visited Booth' then 'Responded' else m.status end as "Status",
        m.reached as "HasResponded", day_text(m.responded_at) as "FirstRespondedDate",
        iso_millis(m.entered_at) as "CreatedDate", iso_millis(m.seen_at) as "LastModifiedDate", false as "IsDeleted"
    from members m
    join campaigns g on g.campaign_number = m.campaign
    left join contacts k on k.person = m.person
    where m.seen_at < cut()
    qualify row_number() over (partition by m.person, m.campaign, day_number(m.seen_at) order by m.seen_at desc,
        m.reached desc) = 1
    union all by name
    select m.ts as _at, left(m.id, 15) as "Id", left(m.campaign_id, 15) as "CampaignId", {lead} as "LeadId",
        {lost_contact} as "ContactId", 'Sent' as "Status", false as "HasResponded", iso_millis(m.ts) as "CreatedDate",
        iso_millis(m.ts) as "LastModifiedDate", false as "IsDeleted"
    from (
        select l.*, c.id as lead_id from lost_memberships l join crm_leads c on c.person = l.person and c.kind = 0
        where {has_lost} and c.deleted_at is null
    ) m
"""

OWNER_CHANGES = """
    create table lead_changes_tracked as
    select crm, ts, 'Status' as field, lag(status) over (partition by crm order by ts, change) as old_value,
        status as new_value from crm_status
    union all
    select crm, ts, 'Owner', lag(owner_id) over (partition by crm order by ts, owner_id), owner_id from (
        select crm, ts, owner_id from crm_status where owner_id is not null union all select crm, ts, owner_id
            from owner_churn)
"""

LEAD_HISTORY = """
    select t.ts as _at, c.id as "LeadId", t.field as "Field", t.old_value as "OldValue", t.new_value as "NewValue",
        '{integration}' as "CreatedById", iso_millis(t.ts) as "CreatedDate"
    from lead_changes_tracked t join crm_leads c using (crm)
    where t.old_value is not null and t.old_value <> t.new_value
        and not (t.field = 'Status' and (t.crm, t.ts) in (select (crm, ts) from forgotten_statuses))
"""
