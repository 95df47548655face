"""The queries behind the truth tables; `truth` fills in how the chosen systems spell their records."""

INSTANT = "make_timestamp(({})::bigint * 1000000)"

# A person's records fall apart into components where nothing delivered links them; component 0 is the main one.
RECORDS = """
    create table lead_components as
    select l.lead, l.person, l.kind, case when l.kind = 0 or l.is_double or l.merged_at is not null
        or (l.kind = 1 and p.role_mailbox is null and not p.invalid_email) then 0 else 1 end as component
    from map_leads l join people p using (person);
    create table client_components as
    with newest as (
        select person, arg_max(client, (ts, session)) as client from visits where form >= 0 and is_recorded
            group by person
    )
    select client, person, client_id, first_at, case when linked then 0 else 2 + client % 2 end as component
    from (
        select v.client, v.person, v.client_id, min(v.started_at) as first_at,
            bool_or(coalesce(u.says_user, false)) or bool_or(coalesce(n.client = v.client, false)) as linked
        from visits v
        left join client_users u using (client)
        left join newest n on n.person = v.person
        where v.is_recorded
        group by all
    );
    create table truth_records as
    select map_record(l.lead) as person_record_id, '{map}' as system, '{map_type}' as record_type, l.person,
        c.component, l.kind, l.created_at,
        l.merged_at is not null as is_merged_away, l.deleted_at is not null as is_deleted, l.crm, 'map' as role
    from map_leads l join lead_components c using (lead)
    union all
    select r.record, '{crm}', '{crm_type}', r.person, case when r.kind > 0 then coalesce(c.component, 0)
            when (l.linked_at is null or not {has_links})
                and (p.role_mailbox is not null or p.invalid_email or p.email_changed) then 4 else 0 end,
        r.kind, r.created_at, r.merged_at is not null, r.deleted_at is not null, r.crm, 'crm'
    from crm_leads r
    join people p using (person)
    left join lead_components c on c.person = r.person and c.kind = r.kind
    left join map_leads l on l.person = r.person and l.kind = 0
    where {has_crm_records}
    union all
    select 'salesforce:contact:' || k.id, 'salesforce', 'contact', k.person, 0, 0, k.ts, false, false, null,
        'contact' from contacts k where {has_contacts}
    union all
    select 'web:web_client:' || client_id, 'ga4', 'web_client', person, case when p.known_at is null then 0
        else component end, 0, first_at, false, false, null, 'web'
    from client_components join people p using (person)
"""

TRANSITIONS = """
    create table truth_transitions as
    with entries as (
        select person, 0 as component, 'known' as stage, 0 as number, known_at as ts, 'stamped' as evidence,
            case origin when 3 then 'crm' else 'map' end as source, null as reason from people
            where known_at is not null
        union all select person, 0, 'inquiry', 0, min(ts), 'inferred', 'map', null from (
            select person, inquiry_at as ts from people where inquiry_at is not null
            union all select person, created_at + 1 from map_leads join lead_components using (person, lead, kind)
                where kind > 0 and component = 0) group by person
        union all select l.person, c.component, s.stage, 0, l.created_at + s.later, s.evidence, 'map', null
            from map_leads l join lead_components c using (lead)
            cross join (values ('known', 'stamped', 0), ('inquiry', 'inferred', 1)) s(stage, evidence, later)
                where c.component > 0
        union all select person, 0, 'mql', number, mql_at, 'stamped', 'map', null from passes where mql_at is not null
        union all select person, 0, 'sal', number, touch_at, 'inferred', 'crm', null from crm_passes
            where touch_at is not null
        union all select person, 0, 'sql', number, qualified_at, 'stamped', 'crm', null from crm_passes
            where qualified_at is not null
        union all select person, 0, 'sql', 1, converted_at, 'stamped', 'crm', null from people where buying_group
            and converted_at is not null
        union all select r.person, 0, 'sao', 1, d.accepted_at, 'stamped', 'crm', null from deal_roles r
            join deals d using (deal) where d.accepted_at is not null
        union all select r.person, 0, case when d.is_won then 'won' else 'lost' end, 1, d.closed_at, 'stamped', 'crm',
            case when d.loss_reason >= 0 then ['Price', 'Competitor', 'No Decision',
                'Missing Feature'][d.loss_reason + 1] end from deal_roles r join deals d using (deal)
                where d.closed_at is not null
        union all select p.person, 0, case p.outcome when 2 then 'disqualified' else 'recycled' end, p.number,
            p.outcome_at, 'stamped', 'crm', s.reason
            from crm_passes p join crm_status s on s.crm = p.crm and s.ts = p.outcome_at and s.change = 5
    ),
    -- Everything by which a person gives contact details.
    asked as (
        select l.person, c.component, a.ts, true as is_recoverable from acts a
            join map_leads l using (lead) join lead_components c using (lead) where a.kind = 2
        union all select person, 0, ts, '{map}' = 'marketo' from memberships join primary_leads using (person)
    ),
    -- What ended the way through the funnel, or began it again, just before.
    followed as (
        select *, last_value(what ignore nulls) over (partition by person, component order by ts, rank
            rows between unbounded preceding and 1 preceding) as before
        from (
            select person, component, ts, 0 as rank, 'asked' as what, is_recoverable from asked
            union all select person, component, ts, 1, case when stage in ('recycled', 'disqualified', 'won', 'lost')
                then 'ended' when stage in ('mql', 'sql', 'sao') then 'went on' end, true from entries
        )
    ),
    returned as (
        select person, component, 'inquiry' as stage, 0 as number, ts, 'inferred' as evidence, 'map' as source,
            null as reason, bool_or(is_recoverable) as is_recoverable
        from followed
        where what = 'asked' and before = 'ended'
            and (person, component, ts) not in (select (person, component, ts) from entries where stage = 'inquiry')
        group by all
    ),
    path as (select * from (values ('inquiry', 2), ('mql', 3), ('sal', 4), ('sql', 5), ('sao', 6), ('won',
        7)) t(stage, place)),
    reached as (select e.person, e.component, p.place, min(e.ts) as ts from entries e join path p using (stage)
        group by all),
    -- Never entered while a later stage was: by inference at the instant of the next one.
    skipped as (
        select a.person, a.component, p.stage, 0 as number, min_by(r.ts, r.place) as ts
        from (select distinct person, component from reached) a
        cross join path p
        join reached r on r.person = a.person and r.component = a.component and r.place > p.place
        where p.place < 6 and not exists (from reached h where h.person = a.person and h.component = a.component
            and h.place = p.place)
        group by all
    )
    select *, false as is_skipped, true as is_recoverable from entries
    union all by name
    select *, false as is_skipped from returned
    union all by name
    select *, 'inferred' as evidence, 'map' as source, null as reason, true as is_skipped, true as is_recoverable
    from skipped
"""

TOUCHES = """
    create table truth_touches as
    with web as (
        select v.*, c.component,
            case when channel_name = 'direct' then 'Direct' when not has_utm and gclid is not null then 'Paid Search'
                when channel_name = 'cross_network' and fault = 1 then 'Paid Search'
                else h.ga4_channel end as shown_channel
        from visits v join channels h using (channel) left join client_components c using (client)
    ),
    touches as (
        select person, started_at as ts,
            case when channel_name = 'direct' then 'direct_session' else 'session' end as kind,
            channel_name, shown_channel, governed_campaign as campaign, 'ga4' as system,
            client_id || ':' || started_at as record_id, null as other_id,
            case when not is_recorded then 'not tracked' when known_at is null then 'never known'
                when component <> 0 then 'browser never linked' end as why
        from web
        union all
        select w.person, w.ts, 'form_fill', channel_name, shown_channel, governed_campaign, '{map}',
            {activity_id}::varchar, null, null
        from acts a join web w on a.kind = 2 and a.value >= 0 and w.session = a.ref
        union all
        select l.person, a.ts, 'form_fill', null, null, null, '{map}', {activity_id}::varchar, null,
            case when c.component > 0 then 'duplicate never linked' end
        from acts a join map_leads l on l.lead = a.lead join lead_components c on c.lead = l.lead
        where a.kind = 2 and a.value < 0
        union all
        select l.person, a.ts, 'email_click', 'email', 'Email', c.name, '{map}', {activity_id}::varchar, null, null
        from acts a join map_leads l on l.lead = a.lead join campaigns c on c.campaign_number = a.value
        where a.kind = 11
        union all
        select m.person, m.ts, case m.status when 'Attended' then 'webinar_attendance' else 'campaign_response' end,
            c.channel_name, null, c.name, '{member_system}', {membership}, case when {has_contacts} then m.id end,
            case when not {has_memberships} then 'no extract holds it' end
        from memberships m join campaigns c on c.campaign_number = m.campaign join primary_leads l using (person)
        where m.reached
    )
    select row_number() over (order by ts, person, kind, record_id) as touch, why is null as is_recoverable, *
    from touches
"""

CORE_COUNTS = """
    create table truth_deals as
    select d.*, s.amount as last_amount, s.close_day, r.rate, g.currency is not null as has_missing_rate
    from deals d
    join (select deal, arg_max(amount, (ts, stage)) as amount, arg_max(close_day, (ts, stage)) as close_day
        from deal_stages group by deal) s using (deal)
    join rate_months m on day_number(d.created_at) >= m.first_day and day_number(d.created_at) < m.next_first_day
    join rates r on r.month = m.month and r.currency = d.currency
    left join currency_gaps g on g.currency = d.currency and day_number(d.created_at) >= g.ends_day
        and day_number(d.created_at) < g.next_day;
    create table truth_counts as
    with weekly as (
        select 'truth' as system, case stage when 'inquiry' then 'inquiries' else stage || 's' end as core_count,
            min(ts) as ts, 1.0 as value
            from truth_transitions where stage in ('inquiry', 'mql', 'sql') and not is_skipped
                group by person, component, stage
        union all
        select '{map}', case stage when 'Inquiry' then 'inquiries' else lower(stage) || 's' end, min(s.ts), 1.0
            from map_stamps s join map_leads l using (lead) where stage in ('Inquiry', 'MQL', 'SQL')
                and l.merged_at is null and l.deleted_at is null group by lead, stage
        union all
        -- Salesforce learns of an inquiry by the lead that comes of it; on one that it already had, only by a response
        -- to a campaign.
        select '{crm}', 'inquiries', case when c.kind > 0 or ('{crm}' = 'salesforce' and p.origin < 2) then c.created_at
                when '{crm}' = 'salesforce' then m.ts else p.inquiry_at end as learnt_at, 1.0
            from crm_leads c join people p using (person)
            left join (select person, min(ts) as ts from memberships where reached group by person) m using (person)
            where c.merged_at is null and c.deleted_at is null and (c.kind > 0 or p.inquiry_at is not null)
                and learnt_at is not null
        union all
        select '{crm}', 'mqls', min(p.mql_at), 1.0 from crm_passes p join crm_leads c using (crm)
            where p.mql_at is not null and c.deleted_at is null group by p.person
        union all
        select '{crm}', 'sqls', min(ts), 1.0 from crm_status where status in ('Qualified', 'Converted') group by crm
        union all
        select unnest(['truth', '{crm}']), 'opportunities', created_at, 1.0 from truth_deals where deleted_at is null
        union all
        select unnest(['truth', '{crm}']), 'pipeline_amount', created_at, last_amount / rate from truth_deals
            where deleted_at is null
        union all
        select unnest(['truth', '{crm}']), 'won_amount', epoch() + close_day * 86400, last_amount / rate
            from truth_deals where is_won and closed_at is not null
    )
    select system, core_count, date_trunc('week', make_timestamp(ts::bigint * 1000000))::date as week_start_date,
        round(sum(value), 2) as value from weekly group by all
"""

QUERIES = {
    "people": f"""
        select 'P' || p.person as person_id, 'A' || p.account as account_id, k.record as account_record_id,
            coalesce(k.record is not null and p.known_at is not null
                and (converted_at is not null or blank <> 4 or (free_mail is null and not invalid_email)),
                false) as is_account_recoverable,
            ['form', 'event', 'list_import', 'sales'][p.origin + 1] as origin,
            p.country, p.fit, {INSTANT.format("f.first_at")} as first_seen_at,
                {INSTANT.format("p.known_at")} as known_at, {INSTANT.format("p.inquiry_at")} as inquiry_at,
                {INSTANT.format("p.opt_out_at")} as opted_out_at
        from people p
        left join (select a.account, a.record from accounts a join crm_accounts using (account)) k using (account)
        join (select person, min(ts) as first_at from (select person, started_at as ts from visits
            union all select person, known_at from people where known_at is not null)
            group by person) f using (person)
    """,
    "person_records": f"""
        select r.person_record_id, 'P' || r.person as person_id, 'P' || r.person || case
            when r.component > 0 then '/' || r.component else '' end as recoverable_person_id,
            r.system, r.record_type, r.component = 0 as is_recoverable, ['primary', 'duplicate_exact',
                'duplicate_fuzzy'][r.kind + 1] as record_kind,
            r.is_merged_away, r.is_deleted, {INSTANT.format("r.created_at")} as created_at
        from truth_records r
    """,
    "accounts": """
        select 'A' || a.account as account_id, a.record as account_record_id, a.name as account_name, a.domain,
            'A' || a.parent as parent_account_id, a.country
        from accounts a join crm_accounts using (account)
    """,
    "stage_transitions": f"""
        select 'P' || person || case when component > 0 then '/' || component else '' end as recoverable_person_id,
            'P' || person as person_id, stage, number as pass_number,
            {INSTANT.format("ts")} as transition_at, evidence, case source when 'map' then '{{map}}'
                else '{{crm}}' end as evidence_system, is_skipped,
            row_number() over (partition by person, component, stage order by ts, number) = 1 as is_first,
            coalesce(place < lag(place) over (partition by person, component order by ts, place), false)
                as is_backward, reason, is_recoverable
        from truth_transitions left join (values ('known', 1), ('inquiry', 2), ('mql', 3), ('sal', 4), ('sql', 5),
            ('sao', 6)) t(stage, place) using (stage)
    """,
    "touches": f"""
        select 'T' || touch as touch_id, 'P' || person as person_id, 'A' || p.account as account_id,
            {INSTANT.format("ts")} as touch_at, kind as touch_kind, channel_name as true_channel,
            shown_channel as channel, campaign, system as source_system, record_id as source_record_id,
                other_id as alternate_record_id,
                is_recoverable, why as not_recoverable_because
        from truth_touches join people p using (person)
    """,
    "touch_opportunities": """
        select 'T' || t.touch as touch_id, d.record as opportunity_id, t.ts <= d.created_at as is_before_creation
        from truth_touches t join deal_roles r using (person) join deals d on d.deal = r.deal
        where t.ts <= coalesce(d.closed_at, 9e18)
    """,
    "opportunities": f"""
        select d.record as opportunity_id, 'A' || d.account as account_id, 'P' || d.person as primary_person_id,
            {INSTANT.format("d.created_at")} as created_at,
            {INSTANT.format("d.accepted_at")} as accepted_at, {INSTANT.format("d.closed_at")} as closed_at, d.is_won
                and d.closed_at is not null as is_won, d.deleted_at is not null as is_deleted,
            d.currency_code, d.last_amount as amount, case
                when not has_missing_rate then round(d.last_amount / d.rate, 2) end as amount_usd, has_missing_rate
        from truth_deals d
    """,
    "opportunity_people": """
        select d.record as opportunity_id, 'P' || r.person as person_id, r.role_name as role, r.is_primary
            from deal_roles r join deals d using (deal)
    """,
    "mql_passes": f"""
        select 'P' || p.person as person_id, p.number as pass_number, c.record as lead_record_id,
            {INSTANT.format("p.mql_at")} as mql_at, {INSTANT.format("p.assigned_at")} as assigned_at,
            {INSTANT.format("p.touch_at")} as first_touch_at, case
                when p.touch_at is not null then s.work_seconds end as business_seconds,
                {INSTANT.format("s.due_at")} as due_at,
            s.due_at < morning() and coalesce(s.work_seconds > {{sla_seconds}} or p.touch_at is null, false)
                and p.promptness <> 3 as is_sla_breach,
            case when c.record is null then 'no_owner' else ['routed', 'no_owner', 'inactive_owner',
                'wrong_territory', 'owner_churn', 'late_assignment'][p.routing + 1] end as routing, p.engagement, e.fit,
            exists (from deal_roles r where r.person = p.person) as reached_opportunity
        from passes p join speed s using (person, number) join people e using (person) left
            join crm_leads c on c.person = p.person and c.kind = 0
        where p.mql_at is not null
    """,
    "sync_records": """
        select coalesce(m.person_record_id, c.person_record_id) as record_id, m.person_record_id as map_record_id,
            c.person_record_id as crm_record_id,
            case
                when c.person_record_id is null and p.sync = 2 then case when p.person % 2 = 0 then 'sync_error'
                    else 'map_only' end
                when c.person_record_id is null and coalesce(p.inquiry_at, 9e18) = 9e18 then 'excluded_by_sync_rule'
                when c.person_record_id is null then 'in_flight'
                when l.is_double then 'double_linked'
                when c.is_deleted or c.is_merged_away then 'linked_to_merged_or_deleted'
                when m.person_record_id is null then 'crm_only'
                when l.kind = 0 and (p.drift >= 0 or p.email_changed) then 'linked_field_drift'
                else 'matched'
            end as sync_class
        from (select * from truth_records where role = 'map' and {has_crm_records}) m
        join map_leads l on l.lead = regexp_extract(m.person_record_id, '[0-9]+$')::bigint
        join people p on p.person = m.person
        left join (select * from truth_records where role = 'crm') c on c.crm = l.crm
    """,
    "channel_effects": """
        select h.name as true_channel, h.ga4_channel as channel, h.platform, h.inquiry_effect, h.win_effect,
            l.incremental_inquiries, l.incremental_wins, l.incremental_won_usd
        from channels h join lifts l using (channel)
    """,
    "core_counts": "select * from truth_counts",
}
