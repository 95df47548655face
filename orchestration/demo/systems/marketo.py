"""Marketo as its bulk extract and REST API export it: camel-case headers, literal `null`, attributes as JSON.

Leads and programs follow the bulk lead extract, activities the bulk activity extract.
"""

from orchestration.demo.by_hand import LOST_CAMPAIGN
from orchestration.demo.delivery import Extract
from orchestration.demo.vocabulary import FORM_NAMES, SITE
from orchestration.demo.world import World

SYSTEM = "marketo"
ACTIVITY_TYPES = (
    (1, "Visit Webpage"), (2, "Fill Out Form"), (3, "Click Link"), (6, "Send Email"), (7, "Email Delivered"),
    (8, "Email Bounced"), (9, "Unsubscribe Email"), (10, "Open Email"), (11, "Click Email"), (12, "New Lead"),
    (13, "Change Data Value"), (22, "Change Score"), (32, "Merge Leads"),
    (37, "Delete Lead"), (46, "Interesting Moment"), (104, "Change Status in Progression"),
)  # fmt: skip


def extracts(world: World) -> list[Extract]:
    """Marketo's objects; needs the tables of `facts` and `activities`."""
    first = world.clock.epoch
    types = " union all ".join(f"select {number} as id, '{name}' as name" for number, name in ACTIVITY_TYPES)
    activity_types = f"select {first} as _at, id, name, name || ' activity' as description from ({types})"
    leads, programs = LEADS, PROGRAMS.format(epoch=first)
    if not world.parameters.stack.has_vendor_sync:
        # Without Salesforce its fields do not exist.
        fields = ", ".join(f'"sfdc{name}"' for name in ("LeadId", "ContactId", "AccountId", "SyncError"))
        leads, programs = (
            f"select * exclude ({fields}) from ({leads})",
            f'select * exclude ("sfdcId") from ({programs})',
        )
    return [
        Extract(SYSTEM, "leads", leads, "_at, id", null="null", malformed=("id", "updatedAt"),
                left_out=("id", "unsubscribed")),
        Extract(SYSTEM, "activities", "select ts as _at, * from acts", "n", dressed=ACTIVITIES, null="null",
                compressed=True, malformed=("marketoGUID", "activityDate")),
        Extract(SYSTEM, "activity_types", activity_types, "id", format="jsonl", is_prompt=True),
        Extract(SYSTEM, "programs", programs, "_at, id", format="jsonl", is_prompt=True),
        Extract(SYSTEM, "program_members", PROGRAM_MEMBERS.format(lost=LOST_CAMPAIGN), '_at, "programId", "leadId"',
                null="null", newline="\r\n"),
    ]  # fmt: skip


_CLIENT = "coalesce(client_cell(v.client_id, l.empty_id, l.keeps_prefix), '')"
ACTIVITIES = f"""
    select a._day, a._position,
        (783900000 + a.n)::varchar as "marketoGUID",
        a.lead as "leadId",
        case a.kind when 10 then iso_millis(a.ts) else iso_z(a.ts) end as "activityDate",
        case a.kind when 16 then 13 else a.kind end as "activityTypeId",
        case when a.kind in (13, 22, 104) then 8400 + a.kind end as "campaignId",
        case when a.kind in (6, 7, 8, 10, 11) then 3000 + a.value when a.kind = 104 then 1000 + a.ref
            when a.kind = 2 then 20 + a.value
            when a.kind = 1 then v.first_page + 50 end as "primaryAttributeValueId",
        case
            when a.kind = 1 then v.path
            when a.kind = 2 then case a.value when -1 then 'Chat' {
    " ".join(f"when {code} then '{name}'" for code, name in enumerate(FORM_NAMES))
} end
            when a.kind in (6, 7, 8, 10, 11) then c.name
            when a.kind = 104 then p.name
            when a.kind = 13 then 'Lifecycle Stage'
            when a.kind = 16 then 'Unsubscribed'
            when a.kind = 22 then 'Lead Score'
            when a.kind in (32, 37, 9, 12) then a.lead::varchar
        end as "primaryAttributeValue",
        case a.kind
            when 1 then concat('{{"Webpage ID":', v.first_page + 50, ',"Query Parameters":', to_json(v.query),
                ',"Referrer URL":', to_json(v.referrer), ',"Client IP Address":"203.0.113.7"}}')
            when 2 then concat('{{"Form Fields":', to_json(concat('a:2:{{s:5:"Email";s:', length(l.email), ':"',
                l.email, '";s:11:"GA Client ID";s:', length({_CLIENT}), ':"', {_CLIENT},
                '";}}')),
                ',"Referrer URL":', to_json(coalesce(v.referrer, '')), ',"Query Parameters":',
                    to_json(coalesce(v.query, '')), ',"Webpage ID":', 20 + a.value, '}}')
            when 11 then concat('{{"Link":"', '{SITE}/resources?utm_source=marketo&utm_medium=email&utm_campaign=',
                c.name, '","Platform":"Desktop","Device":"unknown","Is Mobile Device":false}}')
            when 10 then '{{"Platform":"Desktop","Device":"unknown","Is Mobile Device":false}}'
            when 12 then concat('{{"Source Type":"', l.source_type, '","Source Info":"', l.source_type, '"}}')
            when 13 then concat('{{"New Value":"', s.stage, '","Old Value":', coalesce('"' || s.old_stage || '"',
                'null'), ',"Reason":"', s.reason, '","Source":"', s.source, '"}}')
            when 22 then concat('{{"Score Name":"Lead Score","Old Value":', a.ref - a.value, ',"New Value":', a.ref,
                ',"Change Value":"+', a.value, '"}}')
            when 32 then concat('{{"Merge IDs":"[', a.ref, case when l.orphan_merge then ',' || (a.ref + 900000000)
                else '' end, ']","Merged in Sales":true,"Merge Source":"Database"}}')
            when 104 then concat('{{"Program Member ID":', 3240000 + a.n, ',"Acquired By":false,"Old Status":"', case
                when a.value = 1 then 'Registered' else 'Not in Program' end,
                '","New Status":"', case a.value when 0 then 'Registered' when 1 then 'Attended'
                    else 'Visited Booth' end, '","Success":', case when a.value > 0 then 'true' else 'false' end,
                    '}}')
            when 16 then '{{"New Value":"false","Old Value":"true","Reason":"Filled out form","Source":"Flow Action"}}'
            when 9 then '{{"Client IP Address":"203.0.113.9","Campaign ID":8409}}'
            else '{{}}'
        end as "attributes"
    from _extract a
    left join map_stamps s on a.kind = 13 and s.stamp = a.ref
    left join visits v on a.kind in (1, 2) and v.session = a.ref
    left join campaigns c on a.kind in (6, 7, 8, 10, 11) and c.campaign_number = a.value
    left join campaigns p on a.kind = 104 and p.campaign_number = a.ref
    left join map_identity l on a.kind in (2, 12, 32) and l.lead = a.lead
"""


LEADS = """
    select s.ts as _at, s.lead as id, i.first_name as "firstName", i.last_name as "lastName",
        case when s.ts < x.ts then mistyped(i.email) else i.email end as "email", s.bounces as "emailInvalid",
        i.company as "company", i.title as "title", i.phone as "phone", i.country as "country", i.state as "state",
            i.industry as "industry",
        case when i.unreadable then 'about ' || i.employees else i.employees::varchar end as "numberOfEmployees",
            'www.' || i.domain as "website",
        i.lead_source as "leadSource", i.told_source as "howDidYouHearAboutUs",
        s.status as "leadStatus", s.stage as "lifecycleStage",
            i.fit + coalesce(s.score, 0) as "leadScore",
        i.fit as "leadScoreDemographics", coalesce(s.score, 0) as "leadScoreBehavior", case when coalesce(s.opts_out,
            false) then 'true' else 'false' end as "unsubscribed",
        crm_cell(case when s.links then c.id end, i.empty_id) as "sfdcLeadId",
        case when s.converts then k.id end as "sfdcContactId", case
            when s.converts then i.account_id end as "sfdcAccountId",
        case when i.sync = 2
            and i.person % 2 = 0 then 'FIELD_CUSTOM_VALIDATION_EXCEPTION: State is required' end as "sfdcSyncError",
        '_mch-northwind-' || i.created_at || '-' || (10000 + s.lead % 89999) as "cookies",
            client_cell(s.client_id, i.empty_id, i.keeps_prefix) as "gaClientId",
            iso_z(coalesce(s.mql_at, i.default_mql_at)) as "mqlDate",
        iso_z(i.created_at) as "createdAt", iso_z(s.ts) as "updatedAt"
    from lead_state s
    join map_identity i using (lead)
    left join crm_leads c on c.crm = i.crm
    left join contacts k on k.person = i.person and i.kind = 0
    left join corrected_addresses x on x.person = i.person and i.kind = 0
    where s.ts >= i.created_at and s.ts < coalesce(i.deleted_at, 9e18) and s.ts < coalesce(i.merged_at, 9e18)
"""

PROGRAMS = """
    select greatest(start_day - 20, 0) * 86400 + {epoch} + 36000 as _at, 1000 + campaign_number as id, name,
        '' as description,
        case channel_name when 'webinar' then 'Event with Webinar' when 'event' then 'Event'
            when 'email' then 'Email' else 'Default' end as type,
        case channel_name when 'webinar' then 'Webinar' when 'event' then 'Tradeshow' when 'email' then 'Email Send'
            else 'Online Advertising' end as channel,
        'locked' as status, 'Default' as workspace, case
            when channel_name <> 'partner' then campaigns.id end as "sfdcId",
        day_text(start_day * 86400 + {epoch}) as "startDate", day_text(end_day * 86400 + {epoch}) as "endDate",
        case channel_name when 'webinar' then 4000 when 'event' then 18000 when 'email' then 600 end as cost,
        case channel_name
            when 'event' then [
                {{'startDate': month_text(start_day, 0), 'cost': 6000, 'note': 'deposit'}},
                {{'startDate': month_text(start_day, 1), 'cost': 12000, 'note': 'booth and travel'}}
            ]
            when 'webinar' then [{{'startDate': month_text(start_day, 0), 'cost': 4000, 'note': 'platform'}}]
            when 'email' then [{{'startDate': month_text(start_day, 0), 'cost': 600, 'note': 'copy'}}]
            else []
        end as costs,
        'https://app-sj01.marketo.example/#PG' || (1000 + campaign_number) || 'A1' as url,
        iso_offset(greatest(start_day - 20, 0) * 86400 + {epoch} + 36000) as "createdAt",
            iso_offset(greatest(start_day - 20, 0) * 86400 + {epoch} + 36000) as "updatedAt"
    from campaigns
    where channel_name in ('webinar', 'event', 'email', 'partner') and is_registered
"""

PROGRAM_MEMBERS = """
    select ts as _at, 1000 + campaign as "programId", lead as "leadId", status as "statusName", case
        when reached then 'true' else 'false' end as "reachedSuccess",
        iso_z(responded_at) as "reachedSuccessDate", 'false' as "acquiredBy",
            iso_z(joined_at) as "membershipDate", iso_z(ts) as "updatedAt"
    from memberships_seen join primary_leads using (person)
    union all
    select ts, 1000 + {lost}, lead, 'Sent', 'false', null, 'false', iso_z(ts), iso_z(ts)
    from lost_memberships join primary_leads using (person)
"""
