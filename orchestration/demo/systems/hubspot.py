"""HubSpot as MAP, as CRM, or as both: its contacts, owners, forms and mails as its API names them.

Contacts come from the API as JSON lines, histories and mail events as CSV. Pauses that HubSpot has no lifecycle stage
for (disqualified, recycled) are lead statuses, UNQUALIFIED and BAD_TIMING, with the reason in a property of the
company's own. Owners name their teams; the primary one is the territory.
"""

import duckdb

from orchestration.demo.delivery import Extract
from orchestration.demo.naming import COMPANIES_FROM, CONTACTS_FROM, OWNERS_FROM
from orchestration.demo.systems import hubspot_sales
from orchestration.demo.vocabulary import FORM_NAMES, SITE
from orchestration.demo.world import World

SYSTEM = "hubspot"
STAGE = """case {} when 'Known' then 'subscriber' when 'Inquiry' then 'lead' when 'MQL' then 'marketingqualifiedlead'
    when 'SQL' then 'salesqualifiedlead'
    when 'Opportunity' then 'opportunity' when 'Customer' then 'customer' end"""
STATUS = """case {} when 'New' then 'NEW' when 'Assigned' then 'OPEN' when 'Working' then 'IN_PROGRESS'
    when 'Qualified' then 'CONNECTED' when 'Converted' then 'OPEN_DEAL'
    when 'Disqualified' then 'UNQUALIFIED' when 'Recycled' then 'BAD_TIMING'
    when 'Attempting (3x)' then 'ATTEMPTING_3X' end"""


def extracts(con: duckdb.DuckDBPyConnection, world: World) -> list[Extract]:
    """HubSpot's objects for the parts it plays; beside Salesforce with copies of its accounts and opportunities."""
    stack, epoch = world.parameters.stack, world.clock.epoch
    is_map, is_crm = stack.map_system == SYSTEM, stack.crm_system == SYSTEM
    _contacts(con, is_map=is_map, is_crm=is_crm)
    history = PROPERTY_HISTORY.format(
        is_map=str(is_map).lower(),
        forgotten=WITHOUT_FORGOTTEN if is_crm else "",
        stage=STAGE.format("stage"),
        status=STATUS.format("status"),
        owners=OWNERS_FROM,
    )
    links = "h.links" if stack.has_vendor_sync else "false"
    company = "h.converts" if stack.has_vendor_sync else "a.created_at <= h.ts"
    found = [
        Extract(
            SYSTEM,
            "contacts",
            CONTACTS.format(is_map=is_map, links=links, company=company, owners=OWNERS_FROM, companies=COMPANIES_FROM),
            "_at, id",
            format="jsonl",
            compressed=True,
            left_out=("id", "hs_email_optout"),
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
        Extract(SYSTEM, "owners", OWNERS.format(epoch=epoch, owners=OWNERS_FROM), "_at, id", format="jsonl",
                is_prompt=True),
        *hubspot_sales.extracts(con, world),
    ]  # fmt: skip
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
    return found


def _contacts(con: duckdb.DuckDBPyConnection, *, is_map: bool, is_crm: bool) -> None:
    """`hub_identity`, `hub_changes` and `hub_merges`, by contact: a MAP's contacts are its leads, a mere CRM's those
    that the other system sent it, with the stage they had by then."""
    if is_map:
        con.execute("create view hub_identity as select lead as contact, crm, * exclude (lead, crm) from map_identity")
        con.execute("""
            create view hub_merges as select winner, lead as loser, merged_at from map_leads where merged_at is not null
        """)
        changes = "select lead as contact, * exclude (lead) from lead_changes"
    else:
        con.execute(IDENTITY_OF_CRM.format(first=CONTACTS_FROM))
        con.execute(f"""
            create view hub_merges as
            select {CONTACTS_FROM} + winner as winner, {CONTACTS_FROM} + crm as loser, merged_at from crm_leads
            where merged_at is not null
        """)
        changes = CHANGES_OF_CRM.format(first=CONTACTS_FROM)
    owned = OWNED if is_crm else ""
    con.execute(f"""
        create table hub_said as
        select *, null::varchar as owner, null::varchar as reason from ({changes}) where false;
        insert into hub_said by name select * from ({changes} {owned}) where ts < cut();
        {FORGOTTEN if is_crm else ""};
        create table hub_changes as
        select *, row_number() over (partition by contact order by ts, stage, status, owner, reason, client_id, score,
            mql_at, opts_out, links, converts) as n
        from hub_said
    """)


IDENTITY_OF_CRM = """
    create view hub_identity as
    select {first} + crm as contact, crm, person, kind, created_at, deleted_at, merged_at, employees, domain,
        account_id, first_name, last_name, email, company, title, phone, country, state, industry, lead_source,
        told_source, 0 as fit, empty_id, keeps_prefix, default_mql_at, shown_created_at
    from crm_identity
"""

CHANGES_OF_CRM = """
    select {first} + crm as contact, ts, status, null::varchar as stage, null::bigint as score,
        null::varchar as client_id, null::bigint as mql_at, null::boolean as opts_out, false as links,
        false as converts, false as bounces
        from crm_status
    union all by name select {first} + c.crm as contact, s.ts, -1 as mql_at
        from cleared_stamps s join crm_leads c on c.person = s.person and c.kind = 0
    union all by name select {first} + c.crm as contact, greatest(coalesce(case when c.kind = 0 then p.inquiry_at end,
        c.created_at), c.created_at) as ts, 'Inquiry' as stage
        from crm_leads c join people p using (person) where c.kind > 0 or p.inquiry_at is not null
    union all by name select {first} + c.crm as contact, greatest(p.mql_at, c.created_at) + 10 as ts, p.mql_at,
        'MQL' as stage
        from passes p join crm_leads c on c.person = p.person and c.kind = 0 where p.mql_at is not null
    union all by name select {first} + c.crm as contact, s.ts, s.stage
        from crm_stages s join crm_leads c on c.person = s.person and c.kind = 0
"""

# Statuses that no history tells, each the last change of its day, so that its version tells the instant; and an edit of
# something else, first thing on a later day.
FORGOTTEN = """
    create table forgotten_statuses as
    select s.crm, h.contact, s.ts, epoch() + (day_number(s.ts) + 15) * 86400 + 60 as edited_at
    from crm_status s join hub_identity h using (crm) join forgetful_people using (person)
    where h.kind = 0 and s.change > 1 and not exists (
        from hub_said o where o.contact = h.contact and o.ts > s.ts and day_number(o.ts) = day_number(s.ts)
    );
    insert into hub_said by name select contact, edited_at as ts from forgotten_statuses where edited_at < cut()
"""

OWNED = """
    union all by name select h.contact, c.ts, c.owner_id as owner from crm_status c
        join hub_identity h using (crm) where c.owner_id is not null
    union all by name select h.contact, c.ts, c.owner_id as owner from owner_churn c
        join hub_identity h using (crm)
    union all by name select h.contact, c.ts, c.reason from crm_status c
        join hub_identity h using (crm) where c.reason is not null
"""

# One version a day, as of its last change.
CONTACTS = f"""
    with h as (
        select contact, ts,
            last_value({STAGE.format("stage")} ignore nulls) over w as stage,
            last_value({STATUS.format("status")} ignore nulls) over w as status,
            last_value(owner ignore nulls) over w as owner, last_value(reason ignore nulls) over w as reason,
            last_value(client_id ignore nulls) over w as client_id, last_value(score ignore nulls) over w as score,
            nullif(last_value(mql_at ignore nulls) over w, -1) as mql_at,
            min(case when stage = 'SQL' then ts end) over w as sql_at,
            min(case when stage = 'Inquiry' then ts end) over w as form_at,
            last_value(opts_out ignore nulls) over w as opts_out, bool_or(links) over w as links,
            bool_or(converts) over w as converts, bool_or(bounces) over w as bounces
        from hub_changes
        window w as (partition by contact order by n rows between unbounded preceding and current row)
        qualify row_number() over (partition by contact, day_number(ts) order by n desc) = 1
    ),
    gone as (select contact, deleted_at as ts from hub_identity where deleted_at is not null),
    merges as (select winner, list(loser order by loser) as ids, max(merged_at) as ts from hub_merges group by winner)
    select h.ts as _at, h.contact as id,
        case when {{is_map}} and h.ts < x.ts then mistyped(i.email) else i.email end as email,
        case when h.bounces then 'UNKNOWN_USER' end as hs_email_hard_bounce_reason_enum,
        i.first_name as firstname, i.last_name as lastname, i.company,
        i.title as jobtitle, i.phone, i.country, i.state, i.industry, h.stage as lifecyclestage,
        h.status as hs_lead_status,
        case when h.status in ('UNQUALIFIED', 'BAD_TIMING') then h.reason end as unqualified_reason,
        case when {{is_map}} then i.fit + coalesce(h.score, 0) end as hubspotscore,
        upper(i.lead_source) as hs_analytics_source, i.told_source as how_did_you_hear_about_us,
        {{owners}} + f.staff as hubspot_owner_id,
        case when {{company}} then {{companies}} + e.account end as associatedcompanyid,
        case when m.ts <= h.ts then array_to_string(m.ids, ';') end as hs_merged_object_ids,
        coalesce(h.opts_out, false) as hs_email_optout,
        case when {{links}} then c.id end as salesforceleadid,
        case when {{links}} and h.converts then k.id end as salesforcecontactid,
        client_cell(h.client_id, i.empty_id, i.keeps_prefix) as ga_client_id,
        iso_millis(coalesce(h.mql_at, i.default_mql_at)) as hs_lifecyclestage_marketingqualifiedlead_date,
        iso_millis(h.sql_at) as hs_lifecyclestage_salesqualifiedlead_date,
        iso_millis(h.form_at) as first_conversion_date, iso_millis(i.shown_created_at) as createdate,
        iso_millis(h.ts) as lastmodifieddate, h.ts >= coalesce(i.deleted_at, 9e18) as archived
    from (select * from h union all by name select * from gone) h
    join hub_identity i using (contact)
    join people e using (person)
    left join crm_accounts a using (account)
    left join staff f on f.id = h.owner
    left join merges m on m.winner = h.contact
    left join crm_leads c on c.crm = i.crm
    left join contacts k on k.person = i.person and i.kind = 0
    left join corrected_addresses x on x.person = i.person and i.kind = 0
    where h.ts >= i.created_at and h.ts < coalesce(i.merged_at, 9e18) and h.ts <= coalesce(i.deleted_at, 9e18)
    qualify row_number() over (partition by h.contact, day_number(h.ts) order by h.ts desc) = 1
"""

# What no history tells.
WITHOUT_FORGOTTEN = """
        and not (name in ('lifecyclestage', 'hs_lead_status', 'unqualified_reason')
            and (contact, ts) in (select (contact, ts) from forgotten_statuses))
"""

PROPERTY_HISTORY = """
    with changes as (
        select contact, ts, 'lifecyclestage' as name, {stage} as value, 'AUTOMATION_PLATFORM' as source
            from hub_changes where stage is not null
        union all select contact, ts, 'hs_lead_status', {status}, 'CRM_UI' from hub_changes where status is not null
        union all select contact, ts, 'hs_email_optout', opts_out::varchar, 'EMAIL' from hub_changes
            where opts_out is not null
        union all select h.contact, h.ts, 'hubspotscore', (i.fit + h.score)::varchar, 'CALCULATED'
            from hub_changes h join hub_identity i using (contact) where h.score is not null and {is_map}
        union all select contact, ts, 'unqualified_reason', reason, 'CRM_UI' from hub_changes where reason is not null
        union all select contact, ts, 'hubspot_owner_id', ({owners} + f.staff)::varchar, 'CRM_UI'
            from hub_changes h join staff f on f.id = h.owner
    )
    select ts as _at, contact as contact_id, name, value, iso_millis(ts) as "timestamp", source,
        'wf-' || contact % 97 as source_id
    from changes c join hub_identity i using (contact)
    where value is not null and ts < coalesce(i.merged_at, i.deleted_at, 9e18) {forgotten}
    qualify row_number() over (
        partition by contact, name, ts order by case name when 'hubspotscore' then value::bigint end desc, value
    ) = 1
"""

MERGE_AUDIT = """
    select merged_at as _at, winner as canonical_vid, loser as vid_to_merge, iso_millis(merged_at) as "timestamp"
    from hub_merges
"""

# The list of owners as it stands on the first day and on each on which somebody left: who left is not in it.
OWNERS = """
    select {epoch} + day * 86400 + 20000 as _at, {owners} + staff as id,
        lower(strip_accents(first_name)) || '.' || staff || '@northwind-metrics.example' as email,
        case kind when 0 then first_name when 1 then 'Queue' else 'Integration' end as "firstName",
        case kind when 0 then last_name when 1 then territory else 'User' end as "lastName",
        case kind when 1 then 'QUEUE' else 'PERSON' end as type,
        case when kind < 2 then [{{'id': (880 + region)::varchar, 'name': territory, 'primary': true}}] else [] end
            as teams, false as archived,
        iso_millis({epoch}) as "createdAt", iso_millis({epoch} + day * 86400 + 20000) as "updatedAt"
    from staff join (select 0 as day union all select distinct left_day from staff where left_day is not null) on true
    where {epoch} + day * 86400 < cut() and (left_day is null or day < left_day) and kind < 3
"""

FORM_SUBMISSIONS = """
    select a.ts as _at, a.n::varchar as "conversionId", 'f0f0-' || (20 + a.value) as "formGuid", case a.value
        when -1 then 'Chat' {form} end as title,
        case when a.n % 3 > 0 then a.lead end as "contactId", l.email, '{site}' || coalesce(v.path, '/') || case
            when v.query <> '' then '?' || v.query else '' end as "pageUrl",
        client_cell(case when v.is_recorded then v.client_id end, l.empty_id, l.keeps_prefix) as ga_client_id,
        iso_millis(a.ts) as "submittedAt"
    from acts a
    join map_identity l using (lead)
    left join visits v on v.session = a.ref
    where a.kind = 2
"""

EMAIL_EVENTS = """
    select a.ts as _at, a.n as _n, a.n::varchar as id, case a.kind when 6 then 'SENT' when 7 then 'DELIVERED'
        when 8 then 'BOUNCE' when 10 then 'OPEN' when 11 then 'CLICK' else 'STATUSCHANGE' end as type,
        iso_millis(a.ts) as created,
        case when a.ts < x.ts then mistyped(l.email) else l.email end as recipient,
        case a.kind when 8 then 'UNKNOWN_USER' end as category, 3000 + a.value as "emailCampaignId",
        case a.kind
            when 11 then '{site}/resources?utm_source=hubspot&utm_medium=email&utm_campaign=' || c.name end as url,
        case when a.kind in (7, 8, 10, 11) then iso_millis(m.ts) end as "sentByCreated", case when a.kind in (7, 8,
            10, 11) then a.ref::varchar end as "sentById",
        case a.kind when 9 then 'UNSUBSCRIBED' when 16 then 'SUBSCRIBED' end as "portalSubscriptionStatus"
    from acts a
    join map_identity l using (lead)
    left join mailings m on a.kind in (7, 8, 10, 11) and m.mailing = a.ref
    left join campaigns c on a.kind = 11 and c.campaign_number = a.value
    left join corrected_addresses x on x.person = l.person and l.kind = 0
    where a.kind in (6, 7, 8, 9, 10, 11, 16)
"""
