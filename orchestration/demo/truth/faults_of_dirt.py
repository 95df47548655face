"""Faults of what stands in records: words for nothing, whole cookies, shared clients."""

# Each gives fault_kind, system, object, record_id, related_record_id, person, ts, detail.
OF_PEOPLE = """
    select 'placeholder_id' as fault_kind, '{map}' as system, '{map_object}' as object, l.record as record_id,
        null as related_record_id, l.person, min(s.ts) as ts, i.empty_id as detail
        from map_identity i join map_leads l using (lead) join lead_state s using (lead)
        where i.empty_id is not null and s.client_id is null group by all
    union all select 'cookie_prefix', '{map}', '{map_object}', l.record, 'web:web_client:' || k.client_id, l.person,
        k.first_at, null
        from (
            select lead, arg_max(client_id, ts) as client_id from lead_state where client_id is not null group by lead
        ) s
        join map_identity i using (lead) join map_leads l using (lead)
        join client_components k on k.client_id = s.client_id and k.component = 0
        where i.keeps_prefix and l.kind = 0
    union all select 'shared_identifier', 'ga4', 'events', 'web:web_client:' || s.client_id, null, null, max(s.ts),
        count(distinct i.email) || ' addresses'
        from tablet_signins s join map_identity i using (person)
        join lead_state t on t.lead = i.lead and t.client_id = s.client_id
        where i.kind = 0
        group by s.client_id having count(distinct lower(trim(i.email))) > 3
    union all select 'implausible_instant', '{map}', '{map_object}', l.record, null, l.person, l.created_at,
        'MQL ' || day_text(i.default_mql_at)
        from map_identity i join map_leads l using (lead) where i.default_mql_at is not null
    union all select 'implausible_instant', '{crm}', '{crm_object}', c.record, null, c.person, c.created_at,
        case when i.shown_created_at = 0 then 'created 1970' else 'MQL ' || day_text(i.default_mql_at) end
        from crm_identity i join crm_leads c using (crm)
        where {has_two_systems} and (i.default_mql_at is not null or i.shown_created_at = 0)
    union all select 'day_stamp', '{crm}', '{crm_object}', i.record, null, i.person, p.mql_at, day_text(p.mql_at)
        from passes p join (select c.record, c.person, i.is_day from crm_identity i join crm_leads c using (crm)
            where i.kind = 0) i using (person)
        where i.is_day and p.mql_at is not null and '{crm}' = 'salesforce'
"""
# A country is unknown of every record of its person; a status holds until the next one.
OF_WORDS = """
    union all select 'unknown_country', '{map}', '{map_object}', l.record, null, l.person, l.created_at, d.bad_country
        from map_leads l join dirt d using (person) join people p using (person)
        where d.bad_country is not null and l.kind = 0 and p.drift <> 2
    union all select 'unknown_status', '{crm}', '{crm_object}', c.record, null, c.person, s.ts, s.status
        from crm_status s join crm_leads c using (crm) where s.status like '%(3x)'
"""
OF_DEALS = """
    union all select 'unknown_stage', '{crm}', 'opportunity', d.record, null, null, o.ts, o.stage_name
        from odd_stages o join deals d using (deal) where d.deleted_at is null
"""
OF_VISITS = """
    union all select 'placeholder_id', 'ga4', 'events', 'web:web_client:' || v.client_id, null, v.person,
        min(v.started_at), v.empty_id from visits v left join client_users u using (client)
        where v.is_recorded and v.empty_id is not null and v.started_at < case when u.says_user then u.ts else 9e18 end
        group by all
    union all select 'excluded_referrer', 'ga4', 'events', w.client_id || ':' || w.started_at, d.host, w.person,
        w.started_at, w.shown_channel from truth_web w join session_dirt d using (session)
        where w.is_recorded and w.pages > 1 and d.host is not null
"""  # A week later whatever came late or wrong is right.
OF_SPEND = """
    union all select 'finer_spend', platform, 'stats', platform || ':' || day_text(epoch() + day * 86400), null, null,
        epoch() + (day + 7) * 86400, printf('%.2f', sum(cost_micros) / 1000000.0)
        from ad_parts where is_finer group by platform, day
    union all select 'spend_read_again', platform, 'stats', platform || ':' || day_text(epoch() + day * 86400), null,
        null, epoch() + (day + 7) * 86400, printf('%.2f', sum(cost_micros) / 1000000.0)
        from ad_parts join reread_days using (day) where platform = 'google_ads' group by platform, day
"""
QUERY = OF_PEOPLE + OF_WORDS + OF_DEALS + OF_VISITS + OF_SPEND
