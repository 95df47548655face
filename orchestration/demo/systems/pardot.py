"""Pardot (Account Engagement) as a connector lands it: one CSV a table, times as `2026-03-02 10:00:00 UTC`.

Prospects carry Salesforce's ids (the lead's until it converts, then the contact's), a score, a grade, and fields of
the company's own for the lifecycle stage, the MQL and the web client's id. Pardot keeps no history of fields, and of a
merge only that the loser is gone. Activities have a type by number and the kind of asset by name; visitors carry the
UTMs of their first visit. Opportunities are copies of Salesforce's, without its id.
"""

from orchestration.demo.delivery import Extract
from orchestration.demo.vocabulary import FORM_NAMES, SITE
from orchestration.demo.world import World

SYSTEM = "pardot"
CAMPAIGN_OF_THE_SITE = 64_180
GRADES = ("D", "C-", "C", "C+", "B-", "B", "B+", "A-", "A", "A+")
DEAL_STATUS = "case when stage = 4 then 'Won' when stage = 5 then 'Lost' else 'Open' end"


def extracts(world: World) -> list[Extract]:
    """Pardot's tables; needs those of `facts` and `activities`."""
    places = {
        "epoch": world.clock.epoch, "site": CAMPAIGN_OF_THE_SITE, "url": SITE, "status": DEAL_STATUS,
        "forms": " ".join(f"when {code} then '{name}'" for code, name in enumerate(FORM_NAMES)),
        "grades": "['" + "', '".join(GRADES) + "']",
    }  # fmt: skip
    return [
        Extract(SYSTEM, "prospect", PROSPECT.format(**places), "_at, id", malformed=("id", "updated_at"),
                left_out=("id", "opted_out")),
        Extract(SYSTEM, "visitor_activity", ACTIVITY.format(**places), "_at, id", compressed=True,
                malformed=("id", "created_at")),
        Extract(SYSTEM, "visitor", VISITOR.format(**places), "_at, id"),
        Extract(SYSTEM, "campaign", CAMPAIGN.format(**places), "_at, id", is_prompt=True),
        Extract(SYSTEM, "list", LIST.format(**places), "id", is_prompt=True),
        Extract(SYSTEM, "list_membership", LIST_MEMBERSHIP.format(**places), "_at, id"),
        Extract(SYSTEM, "opportunity", OPPORTUNITY.format(**places), "_at, id"),
        Extract(SYSTEM, "opportunity_prospect", OPPORTUNITY_PROSPECT.format(**places),
                "_at, opportunity_id, prospect_id", is_prompt=True),
    ]  # fmt: skip


PROSPECT = """
    with states as (
        select * from lead_state
        union all by name select lead, coalesce(deleted_at, merged_at) as ts from map_leads
            where coalesce(deleted_at, merged_at) is not null
    ),
    versions as (
        select lead, ts, last_value(score ignore nulls) over w as score, last_value(stage ignore nulls) over w as stage,
            last_value(client_id ignore nulls) over w as client_id, last_value(mql_at ignore nulls) over w as mql_at,
            coalesce(last_value(opts_out ignore nulls) over w, false) as opts_out,
            coalesce(bool_or(links) over w, false) as links,
            coalesce(bool_or(converts) over w, false) as converts,
            coalesce(bool_or(bounces) over w, false) as bounces
        from states
        window w as (partition by lead order by ts, score rows between unbounded preceding and current row)
        qualify row_number() over (partition by lead, day_number(ts) order by ts desc, score desc nulls first) = 1
    )
    select s.ts as _at, s.lead as id, s.ts >= coalesce(i.deleted_at, i.merged_at, 9e18) as _fivetran_deleted,
        synced_at(s.ts) as _fivetran_synced, {site} as campaign_id, i.first_name, i.last_name,
        case when s.ts < x.ts then mistyped(i.email) else i.email end as email, s.bounces as is_email_hard_bounced,
        i.company,
        i.title as job_title, i.phone, i.country, i.state, null as city, null as zip, i.industry, i.employees,
        'http://' || i.domain as website, i.lead_source as source,
        i.told_source as how_did_you_hear_about_us, i.fit + coalesce(s.score, 0) as score,
        {grades}[1 + i.fit * 10 // 51] as grade, s.opts_out as opted_out, null as is_do_not_email,
        null as is_do_not_call, true as is_reviewed, 700000 + a.account as prospect_account_id, null as territory,
        crm_cell(case when s.links and not s.converts then c.id end, i.empty_id) as crm_lead_fid,
        case when s.converts then k.id end as crm_contact_fid,
        case when s.converts then i.account_id end as crm_account_fid,
        case when g.stage_mismatch then null when s.converts then w.owner_id when s.links then o.owner_id end
            as crm_owner_fid,
        case when s.links then utc_time(s.ts) end as crm_last_sync,
        s.stage as lifecycle_stage, utc_time(coalesce(s.mql_at, i.default_mql_at)) as mql_date,
        client_cell(s.client_id, i.empty_id, i.keeps_prefix) as ga_client_id,
        utc_time(i.created_at) as created_at, utc_time(s.ts) as updated_at
    from versions s
    join map_identity i using (lead)
    join accounts a on a.id = i.account_id
    -- A flow that tells no status tells no owner.
    join people g on g.person = i.person
    left join crm_leads c on c.crm = i.crm
    left join contacts k on k.person = i.person and i.kind = 0
    left join corrected_addresses x on x.person = i.person and i.kind = 0
    asof left join (select crm, ts, owner_id from crm_status where owner_id is not null) o
        on o.crm = i.crm and o.ts <= s.ts
    left join (
        select k.person, f.id as owner_id
        from contacts k
        join people e using (person)
        left join (select person, max(owner) as owner from passes group by 1) p on p.person = k.person
        left join deals d on d.deal = e.deal
        join staff f on f.staff = coalesce(p.owner, d.owner)
    ) w on w.person = i.person and i.kind = 0
    where s.ts >= i.created_at and s.ts <= coalesce(i.deleted_at, 9e18) and s.ts <= coalesce(i.merged_at, 9e18)
"""

# Pardot has no word for a delivered mail, nor for a field that changed.
ACTIVITY = """
    select a.ts as _at, 1500000000 + a.n as id, synced_at(a.ts) as _fivetran_synced,
        coalesce(1000 + case when a.kind in (6, 8, 10, 11) then a.value when a.kind = 104 then a.ref
            when a.kind in (1, 2) and v.campaign >= 0
            then v.campaign end, {site}) as campaign_id,
        utc_time(a.ts) as created_at, case when a.kind in (6, 8, 10, 11) then 583000000 + a.ref end as email_id,
        null as email_template_id, null as file_id, case when a.kind = 2 and a.value < 0 then 5 end as form_handler_id,
        case when a.kind = 2 and a.value >= 0 then 20 + a.value end as form_id, null as landing_page_id,
        case when a.kind in (6, 8, 10, 11) then 3000 + a.value end as list_email_id, null as opportunity_id,
        a.lead as prospect_id,
        case a.kind when 1 then 20 when 2 then 4 when 6 then 6 when 8 then 13 when 9 then 12 when 10 then 11
            when 11 then 1 when 16 then 16 else [25, 24, 29][a.value + 1] end as type,
        case when a.kind = 1 then 'Visit' when a.kind = 2 and a.value < 0 then 'Form Handler'
            when a.kind = 2 then 'Form' when a.kind = 11 then 'Email Tracker'
            when a.kind = 104 then case a.value when 2 then 'Event' else 'Webinar' end else 'Email' end as type_name,
        case when a.kind in (1, 2) then 8000000 + a.ref end as visit_id,
        case when a.kind in (1, 2) then 304000000 + v.client end as visitor_id,
        case when a.kind = 1 then v.path when a.kind = 2 then case a.value when -1 then 'Chat' {forms} end
            when a.kind = 104 then p.name
            when a.kind = 11 then '{url}/resources?utm_source=pardot&utm_medium=email&utm_campaign=' || c.name
            else c.name end as details
    from acts a
    left join visits v on a.kind in (1, 2) and v.session = a.ref
    left join campaigns c on a.kind in (6, 8, 10, 11) and c.campaign_number = a.value
    left join campaigns p on a.kind = 104 and p.campaign_number = a.ref
    where a.kind in (1, 2, 6, 8, 9, 10, 11, 16, 104)
    union all by name
    select m.ts as _at, 1900000000 + row_number() over (order by m.ts, m.lead, m.type, m.deal) as id,
        synced_at(m.ts) as _fivetran_synced, {site} as campaign_id, utc_time(m.ts) as created_at,
        3800000 + m.deal as opportunity_id, m.lead as prospect_id, m.type, m.type_name, null as details
    from (
        select l.lead, r.deal, r.ts + 900 as ts, 8 as type, 'New Opportunity' as type_name
            from deal_roles r join primary_leads l using (person) where r.removed_at is null
        union all select l.lead, r.deal, d.closed_at + 900, case when d.is_won then 9 else 10 end,
            case when d.is_won then 'Opportunity Won' else 'Opportunity Lost' end
            from deal_roles r join deals d using (deal) join primary_leads l on l.person = r.person
            where d.closed_at is not null and r.removed_at is null
    ) m where m.ts < cut()
"""

# A browser is a visitor from its first visit, and somebody's from the form by which it said whose.
VISITOR = """
    with firsts as (
        select client, min(started_at) as ts,
            first(case when has_utm then source end order by started_at, session) as source,
            first(case when has_utm then medium end order by started_at, session) as medium,
            first(case when has_utm then campaign_param end order by started_at, session) as campaign
        from visits where is_recorded group by client
    ),
    named as (select v.client, min(v.ts) as ts, arg_min(v.lead, (v.ts, v.session)) as lead from visits v
        where v.is_recorded and v.form >= 0 and v.lead is not null group by v.client)
    select s.ts as _at, 304000000 + f.client as id, synced_at(s.ts) as _fivetran_synced,
        f.campaign as campaign_parameter, null as content_parameter, utc_time(f.ts) as created_at,
        f.medium as medium_parameter, null as page_view_count, s.lead as prospect_id, f.source as source_parameter,
        null as term_parameter, utc_time(s.ts) as updated_at, 'host-' || f.client || '.example' as hostname,
        '203.0.113.' || (1 + f.client % 250) as ip_address
    from firsts f
    join (select client, ts, null as lead from firsts union all select client, ts, lead from named) s using (client)
    qualify row_number() over (partition by f.client, day_number(s.ts) order by s.ts desc, s.lead nulls last) = 1
"""

CAMPAIGN = """
    select greatest(start_day - 20, 0) * 86400 + {epoch} + 36000 as _at, 1000 + campaign_number as id,
        false as _fivetran_deleted,
        synced_at(greatest(start_day - 20, 0) * 86400 + {epoch} + 36000) as _fivetran_synced,
        case channel_name when 'webinar' then 4000 when 'event' then 18000 when 'email' then 600 end as cost, name
    from campaigns where channel_name in ('webinar', 'event', 'email', 'partner') and is_registered
    union all
    select {epoch} + 3600, {site}, false, synced_at({epoch} + 3600), null, 'Website Tracking'
"""

LIST = """
    select {epoch} + 3600 as _at, 111000 + region as id, synced_at({epoch} + 3600) as _fivetran_synced,
        utc_time({epoch} + 3600) as created_at, false as is_crm_visible, true as is_dynamic, true as is_public,
        utc_time({epoch} + 3600) as updated_at, 'Newsletter ' || territory as name, 'Newsletter' as title,
        null as description
    from staff where kind = 1
"""

LIST_MEMBERSHIP = """
    with versions as (
        select lead, created_at as ts, created_at, false as opted_out, person from map_leads where kind = 0
        union all select l.lead, p.opt_out_at, l.created_at, true, p.person from people p
            join primary_leads l using (person) where p.opt_out_at is not null and p.opt_out_at > l.created_at
        union all select l.lead, p.resubscribed_at, l.created_at, false, p.person from people p
            join primary_leads l using (person) where p.resubscribed_at is not null
    )
    select v.ts as _at, 829000000 + v.lead as id, synced_at(v.ts) as _fivetran_synced,
        utc_time(v.created_at) as created_at, 111000 + p.region as list_id, v.opted_out, v.lead as prospect_id,
        utc_time(v.ts) as updated_at
    from versions v join people p using (person)
    qualify row_number() over (partition by v.lead, day_number(v.ts) order by v.ts desc) = 1
"""

OPPORTUNITY = """
    select v.ts + 900 as _at, 3800000 + v.deal as id, synced_at(v.ts + 900) as _fivetran_synced, {site} as campaign_id,
        case when v.stage >= 4 then utc_time({epoch} + v.close_day * 86400) end as closed_at,
        utc_time(d.created_at) as created_at, n.probability, v.stage_name as stage, {status} as status,
        'New Business' as type, utc_time(v.ts + 900) as updated_at, v.amount || '.0' as value,
        a.name || ' - ' || (100 + v.deal) as name
    from deal_stages v join deals d using (deal) join accounts a using (account) join stage_names n using (stage)
    where v.ts + 900 < cut()
    qualify row_number() over (partition by v.deal, day_number(v.ts + 900) order by v.ts desc, v.stage desc) = 1
"""

# Exported whole, on each day on which an opportunity got or lost a prospect.
OPPORTUNITY_PROSPECT = """
    with pairs as (select r.*, l.lead from deal_roles r join primary_leads l using (person)),
    days as (
        select distinct day_number(ts + 900) as day from (select ts from pairs union all select removed_at from pairs)
        where ts + 900 < cut()
    )
    select epoch() + day * 86400 + 86000 as _at, 3800000 + p.deal as opportunity_id, p.lead as prospect_id,
        synced_at(epoch() + day * 86400 + 82800) as _fivetran_synced, utc_time(p.ts + 900) as updated_at
    from days join pairs p on day_number(p.ts + 900) <= day
        and (p.removed_at is null or day_number(p.removed_at + 900) > day)
"""
