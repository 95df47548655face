"""HubSpot as MAP, as CRM, or as both; objects and properties as its API names them.

Contacts and deals come from the API as JSON lines and CSV, companies with the `property_` prefix of a connector. Pauses
that HubSpot has no lifecycle stage for (disqualified, recycled) are lead statuses: UNQUALIFIED and BAD_TIMING.
"""

import duckdb

from orchestration.demo.delivery import Extract
from orchestration.demo.vocabulary import FORM_NAMES, SITE
from orchestration.demo.world import World

SYSTEM = "hubspot"
STAGE = """case {} when 'Known' then 'subscriber' when 'Inquiry' then 'lead' when 'MQL' then 'marketingqualifiedlead'
    when 'SQL' then 'salesqualifiedlead'
    when 'Opportunity' then 'opportunity' when 'Customer' then 'customer' end"""
STATUS = """case {} when 'New' then 'NEW' when 'Assigned' then 'OPEN' when 'Working' then 'IN_PROGRESS'
    when 'Qualified' then 'CONNECTED' when 'Converted' then 'OPEN_DEAL'
    when 'Disqualified' then 'UNQUALIFIED' when 'Recycled' then 'BAD_TIMING' end"""
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
    """HubSpot's objects for the parts it plays."""
    parameters, epoch = world.parameters, world.clock.epoch
    is_map, is_crm = parameters.map_system == SYSTEM, parameters.crm_system == SYSTEM
    _contacts(con, is_map=is_map, is_crm=is_crm)
    history = PROPERTY_HISTORY.format(stage=STAGE.format("stage"), status=STATUS.format("status"))
    found = [
        Extract(
            SYSTEM,
            "contacts",
            CONTACTS.format(links="h.links" if is_map and not is_crm else "false"),
            "_at, id",
            format="jsonl",
            compressed=True,
        ),
        Extract(
            SYSTEM,
            "contact_property_history",
            history,
            "_at, contact_id, name, value",
            null="N/A",
            malformed=("contact_id", "timestamp"),
        ),
        Extract(SYSTEM, "contact_merge_audit", MERGE_AUDIT, "_at, vid_to_merge"),
        Extract(SYSTEM, "owners", OWNERS.format(epoch=epoch), "_at, id", format="jsonl", is_prompt=True),
    ]
    if is_map:
        form = " ".join(f"when {code} then '{name}'" for code, name in enumerate(FORM_NAMES))
        found += [
            Extract(
                SYSTEM,
                "form_submissions",
                FORM_SUBMISSIONS.format(form=form, site=SITE),
                '_at, "conversionId"',
                format="jsonl",
            ),
            Extract(
                SYSTEM,
                "email_events",
                EMAIL_EVENTS.format(site=SITE),
                "_at, _n",
                compressed=True,
                newline="\r\n",
                malformed=("id", "created"),
            ),
        ]
    if is_crm:
        stages = " union all ".join(
            f"select '{stage}' as id, 'default' as pipeline_id, '{label}' as label, {order} as display_order, "
            f"{probability} as probability, "
            f"{str(stage == 'closedwon').lower()} as closed_won, {str(stage.startswith('closed')).lower()} as is_closed"
            for order, (stage, label, probability) in enumerate(PIPELINE)
        )
        names = "['" + "', '".join(DEAL_STAGES) + "']"
        found += [
            Extract(SYSTEM, "companies", COMPANIES.format(epoch=epoch), '_at, "id"', has_bom=True),
            Extract(SYSTEM, "company_property_history", COMPANY_HISTORY, "_at, company_id", null="Select"),
            Extract(SYSTEM, "deals", DEALS.format(epoch=epoch, names=names), '_at, "hs_object_id"'),
            Extract(SYSTEM, "deal_property_history", DEAL_HISTORY.format(names=names), "_at, deal_id, name"),
            Extract(SYSTEM, "deal_contacts", DEAL_CONTACTS, "_at, deal_id, contact_id"),
            Extract(SYSTEM, "deal_companies", DEAL_COMPANIES, "_at, deal_id"),
            Extract(
                SYSTEM,
                "deal_pipeline_stages",
                f"select {epoch} + 3600 as _at, * from ({stages})",
                "display_order",
                is_prompt=True,
            ),
            Extract(SYSTEM, "engagements", ENGAGEMENTS, "_at, id"),
        ]
    return found


def _contacts(con: duckdb.DuckDBPyConnection, *, is_map: bool, is_crm: bool) -> None:
    """`hub_identity` and `hub_changes`, by contact: a MAP's contacts are its leads, a mere CRM's those it was given."""
    if is_map:
        con.execute("create view hub_identity as select lead as contact, crm, * exclude (lead, crm) from map_identity")
        changes = "select lead as contact, * exclude (lead) from lead_changes"
    else:
        con.execute("""create view hub_identity as
            select 5000000 + crm as contact, crm, person, kind, created_at, deleted_at, merged_at, employees, domain,
                account_id, first_name, last_name, email, company, title, phone,
                country, state, industry, lead_source, 0 as fit from crm_identity""")
        changes = """
            select 5000000 + crm as contact, ts, status, null::varchar as stage, null::bigint as score,
                null::varchar as client_id, null::bigint as mql_at, false as opts_out, false as links,
                false as converts from crm_status
            union all by name select 5000000 + c.crm as contact, s.ts, s.stage from map_stamps s
                join map_leads l using (lead) join crm_leads c on c.crm = l.crm where s.ts > c.created_at
            union all by name select 5000000 + c.crm as contact, greatest(p.mql_at, c.created_at) + 10 as ts,
                p.mql_at from passes p join crm_leads c on c.person = p.person and c.kind = 0
                where p.mql_at is not null
        """
    owners = (
        ""
        if not is_crm
        else """
        union all by name select h.contact, c.ts, c.owner_id as owner from crm_status c
            join hub_identity h using (crm) where c.owner_id is not null
        union all by name select h.contact, c.ts, c.owner_id as owner from owner_churn c
            join hub_identity h using (crm)
    """
    )
    con.execute(f"""
        create table hub_changes as select *, null::varchar as owner from ({changes}) where false;
        insert into hub_changes by name select * from ({changes} {owners}) where ts < cut()
    """)


CONTACTS = f"""
    with h as (
        select contact, ts,
            last_value({STAGE.format("stage")} ignore nulls) over w as stage,
                last_value({STATUS.format("status")} ignore nulls) over w as status,
                last_value(owner ignore nulls) over w as owner,
            last_value(client_id ignore nulls) over w as client_id, last_value(score ignore nulls) over w as score,
                min(mql_at) over w as mql_at,
            min(case when stage = 'SQL' then ts end) over w as sql_at, min(case
                when stage = 'Inquiry' then ts end) over w as form_at,
            bool_or(opts_out) over w as opts_out, bool_or(links) over w as links, bool_or(converts) over w as converts
        from hub_changes
        window w as (partition by contact order by ts, stage, status, owner, client_id,
            score rows between unbounded preceding and current row)
        qualify row_number() over (partition by contact, day_number(ts) order by ts desc, stage desc nulls first,
            status desc nulls first,
            owner desc nulls first, client_id desc nulls first, score desc nulls first) = 1
    ),
    gone as (select contact, deleted_at as ts from hub_identity where deleted_at is not null),
    merges as (select winner, list(lead order by lead) as ids, max(merged_at) as ts from map_leads
        where merged_at is not null group by winner)
    select h.ts as _at, h.contact as id, i.email, i.first_name as firstname, i.last_name as lastname, i.company,
        i.title as jobtitle, i.phone, i.country, i.state, i.industry,
        h.stage as lifecyclestage, h.status as hs_lead_status, i.fit + coalesce(h.score, 0) as hubspotscore,
            upper(i.lead_source) as hs_analytics_source,
        70000000 + f.staff as hubspot_owner_id, case when '{{links}}' = 'false'
            and a.created_at <= h.ts then 8000000000 + e.account end as associatedcompanyid,
        case when m.ts <= h.ts then array_to_string(m.ids, ';') end as hs_merged_object_ids, coalesce(h.opts_out,
            false) as hs_email_optout,
        case when {{links}} then c.id end as salesforceleadid, case when {{links}}
            and h.converts then k.id end as salesforcecontactid, h.client_id as ga_client_id,
        iso_millis(h.mql_at) as hs_lifecyclestage_marketingqualifiedlead_date,
            iso_millis(h.sql_at) as hs_lifecyclestage_salesqualifiedlead_date,
        iso_millis(h.form_at) as first_conversion_date, iso_millis(i.created_at) as createdate,
            iso_millis(h.ts) as lastmodifieddate, h.ts >= coalesce(i.deleted_at, 9e18) as archived
    from (select * from h union all by name select * from gone) h
    join hub_identity i using (contact)
    join people e using (person)
    left join crm_accounts a using (account)
    left join staff f on f.id = h.owner
    left join merges m on m.winner = h.contact
    left join crm_leads c on c.crm = i.crm
    left join contacts k on k.person = i.person and i.kind = 0
    where h.ts >= i.created_at and h.ts < coalesce(i.merged_at, 9e18) and h.ts <= coalesce(i.deleted_at, 9e18)
    qualify row_number() over (partition by h.contact, day_number(h.ts) order by h.ts desc) = 1
"""

PROPERTY_HISTORY = """
    with changes as (
        select contact, ts, 'lifecyclestage' as name, {stage} as value, 'AUTOMATION_PLATFORM' as source
            from hub_changes where stage is not null
        union all select contact, ts, 'hs_lead_status', {status}, 'CRM_UI' from hub_changes where status is not null
    )
    select ts as _at, contact as contact_id, name, value, iso_millis(ts) as "timestamp", source,
        'wf-' || contact % 97 as source_id
    from changes c join hub_identity i using (contact)
    where value is not null and ts < coalesce(i.merged_at, i.deleted_at, 9e18)
    qualify row_number() over (partition by contact, name, ts order by value) = 1
"""

MERGE_AUDIT = """
    select merged_at as _at, winner as canonical_vid, lead as vid_to_merge, iso_millis(merged_at) as "timestamp"
        from map_leads
    where merged_at is not null and lead in (select contact from hub_identity)
"""

OWNERS = """
    select {epoch} + day * 86400 + 20000 as _at, 70000000 + staff as id,
        lower(strip_accents(first_name)) || '.' || staff || '@northwind-metrics.example' as email,
        first_name as "firstName", last_name as "lastName", case kind when 0 then 'PERSON' else 'QUEUE' end as type,
            left_day is not null and day >= left_day as archived,
        iso_millis({epoch}) as "createdAt", iso_millis({epoch} + day * 86400 + 20000) as "updatedAt"
    from staff join (select 0 as day union all select distinct left_day from staff where left_day is not null) on true
    where {epoch} + day * 86400 < cut()
"""

FORM_SUBMISSIONS = """
    select a.ts as _at, a.n::varchar as "conversionId", 'f0f0-' || (20 + a.value) as "formGuid", case a.value
        when -1 then 'Chat' {form} end as title,
        case when a.n % 3 > 0 then a.lead end as "contactId", l.email, '{site}' || coalesce(v.path, '/') || case
            when v.query <> '' then '?' || v.query else '' end as "pageUrl",
        v.client_id as ga_client_id, iso_millis(a.ts) as "submittedAt"
    from acts a
    join map_identity l using (lead)
    left join visits v on v.session = a.ref
    where a.kind = 2
"""

EMAIL_EVENTS = """
    select a.ts as _at, a.n as _n, a.n::varchar as id, case a.kind when 6 then 'SENT' when 7 then 'DELIVERED'
        when 8 then 'BOUNCE' when 10 then 'OPEN' when 11 then 'CLICK' else 'STATUSCHANGE' end as type,
        iso_millis(a.ts) as created, l.email as recipient, 3000 + a.value as "emailCampaignId",
        case a.kind
            when 11 then '{site}/resources?utm_source=marketo&utm_medium=email&utm_campaign=' || c.name end as url,
        case when a.kind in (7, 8, 10, 11) then iso_millis(m.ts) end as "sentByCreated", case when a.kind in (7, 8,
            10, 11) then a.ref::varchar end as "sentById"
    from acts a
    join map_identity l using (lead)
    left join mailings m on a.kind in (7, 8, 10, 11) and m.mailing = a.ref
    left join campaigns c on a.kind = 11 and c.campaign_number = a.value
    where a.kind in (6, 7, 8, 9, 10, 11)
"""

COMPANIES = """
    select v.ts as _at, 8000000000 + a.account as "id", a.name as "property_name", a.domain as "property_domain",
        a.industry as "property_industry",
        a.employees + v.version * (a.employees // 10) as "property_numberofemployees",
            a.revenue || '.00' as "property_annualrevenue", a.country as "property_country",
            a.state as "property_state",
        8000000000 + a.parent as "property_hs_parent_company_id", 70000000 + f.staff as "property_hubspot_owner_id",
            iso_millis(v.created_at) as "property_createdate",
        iso_millis(v.ts) as "property_hs_lastmodifieddate", false as "archived"
    from accounts a
    join (select account, created_at as ts, 0 as version, created_at from crm_accounts
        union all select account, {epoch} + 86400 * (200 + account % 150) + 30000, 1, created_at from crm_accounts
            where created_at < {epoch} + 86400 * 190) v using (account)
    join (select region, min(staff) as staff from staff where kind = 0 and left_day is null
        group by 1) f on f.region = a.region
    where v.ts < cut()
"""

COMPANY_HISTORY = """
    select created_at as _at, 8000000000 + account as company_id, 'lifecyclestage' as name, 'lead' as value,
        iso_millis(created_at) as "timestamp", 'CRM_UI' as source, null as source_id
    from crm_accounts where created_at < cut()
"""

DEALS = """
    select v.ts as _at, 9000000000 + v.deal as "hs_object_id", a.name || ' - ' || (100 + v.deal) as dealname,
        v.amount || '.00' as amount, d.currency_code as deal_currency_code,
        {names}[v.stage + 1] as dealstage, 'default' as pipeline, 'newbusiness' as dealtype,
            day_text({epoch} + v.close_day * 86400) as closedate, v.stage = 4 as hs_is_closed_won,
            v.stage >= 4 as hs_is_closed,
        70000000 + d.owner as hubspot_owner_id, iso_millis(d.created_at) as createdate,
            iso_millis(v.ts) as hs_lastmodifieddate, v.gone as archived
    from (select deal, ts, stage, amount, close_day, false as gone from deal_stages
        union all select deal, deleted_at, 0, amount, day_number(created_at) + 60, true from deals
            where deleted_at is not null) v
    join deals d on d.deal = v.deal
    join accounts a using (account)
    qualify row_number() over (partition by v.deal, day_number(v.ts) order by v.ts desc, v.stage desc) = 1
"""

DEAL_HISTORY = """
    with steps as (select *, lag(amount) over (partition by deal order by ts) as old_amount from deal_stages)
    select ts as _at, 9000000000 + deal as deal_id, c.name, c.value, iso_millis(ts) as "timestamp",
        'CRM_UI' as source, null as source_id
    from steps s cross join lateral (
        select 'dealstage' as name, {names}[s.stage + 1] as value
        union all select 'amount', s.amount || '.00' where s.old_amount is distinct from s.amount
    ) c
"""

DEAL_CONTACTS = """
    select r.ts as _at, 9000000000 + r.deal as deal_id, h.contact as contact_id, case when r.is_primary then 1
        else 3 end as type_id, 'HUBSPOT_DEFINED' as category
    from deal_roles r join hub_identity h on h.person = r.person and h.kind = 0
"""

DEAL_COMPANIES = """
    select created_at as _at, 9000000000 + deal as deal_id, 8000000000 + account as company_id, 5 as type_id,
        'HUBSPOT_DEFINED' as category from deals
"""

ENGAGEMENTS = """
    select t.ts as _at, 6000000000 + t.task as id, case t.kind when 0 then 'CALL' when 1 then 'EMAIL'
        else 'TASK' end as type, h.contact as contact_id, 70000000 + f.staff as hubspot_owner_id,
        case when t.kind = 2 then 'AUTOMATION_PLATFORM' else 'CRM_UI' end as hs_engagement_source,
            iso_millis(t.ts) as hs_timestamp, iso_millis(t.ts) as hs_createdate
    from tasks t join hub_identity h using (crm) left join staff f on f.id = t.owner_id
"""
