"""Every injected fault as a row: its kind, the record that shows it, and from when on it can be seen."""

# Rows give: fault_kind, system, object, record_id, related_record_id, person, ts, detail.
FAULTS = """
    with found as (
        select 'duplicate_' || case l.kind when 1 then 'exact' else 'fuzzy' end as fault_kind, '{map}' as system,
            '{map_object}' as object, map_record(l.lead) as record_id,
            map_record(f.lead) as related_record_id, l.person, l.created_at as ts, case
                when l.merged_at is not null then 'merged later' end as detail
            from map_leads l join primary_leads f using (person) where l.kind > 0
        union all select 'duplicate_' || case c.kind when 1 then 'exact' else 'fuzzy' end, '{crm}', '{crm_object}',
            c.record, f.record, c.person, c.created_at,
            case when c.merged_at is not null then 'merged later' end from crm_leads c
                join crm_leads f on f.person = c.person and f.kind = 0 where c.kind > 0
        union all select 'missing_field', '{map}', '{map_object}', map_record(lead), null, person, created_at,
            ['title', 'phone', 'industry', 'state', 'company'][blank + 1]
            from people join map_leads using (person) where blank >= 0 and not (blank = 0 and injection)
                and (kind = 0 or blank in (0, 2, 3)) and ({people_type_has_company} or blank not in (2, 4))
                and not (not {has_map} and {has_conversions} and kind = 0 and converted_at is not null)
        -- A converted lead is closed: its contact is asked.
        union all select 'missing_field', '{crm}', 'contact', k.record, null, person, k.ts,
            ['title', 'phone', 'industry', 'state', 'company'][blank + 1]
            from people join contacts k using (person) where not {has_map} and {has_conversions} and blank in (0, 1, 3)
                and not (blank = 0 and injection)
        union all select 'field_drift', '{map}', '{map_object}', map_record(l.lead), c.record, l.person, c.created_at,
            ['title', 'phone', 'country', 'company'][drift + 1]
            from people p join primary_leads l using (person) join crm_leads c on c.person = p.person and c.kind = 0
                -- A contact's company is its account, whatever the lead said that it was.
                where drift >= 0 and not (drift = 3 and {has_conversions} and p.converted_at is not null)
        union all select 'field_drift', '{map}', '{map_object}', map_record(l.lead), c.record, l.person, c.created_at,
            'email'
            from people p join primary_leads l using (person) join crm_leads c on c.person = p.person and c.kind = 0
                where email_changed
        -- No flow but a vendor's sync carries consent.
        union all select 'field_drift', '{map}', '{map_object}', map_record(l.lead), c.record, l.person,
            greatest(c.created_at, p.opt_out_at), 'opt-out'
            from people p join primary_leads l using (person) join crm_leads c on c.person = p.person and c.kind = 0
                where {has_two_systems} and not {has_sync} and p.opt_out_at is not null and p.resubscribed_at is null
        union all select ['utm_case_drift', 'utm_typo', 'hostile_utm'][fault + 1], 'ga4', 'events',
            client_id || ':' || started_at,
            -- What was meant can be told of what is registered.
            case when campaign not in (select campaign_number from campaigns where not is_registered)
                then governed_campaign end, person, started_at,
            case when fault > 0 then 'utm_campaign' else ['utm_campaign', 'utm_medium',
                'utm_source'][utm_variant + 1] end from visits where fault >= 0 and is_recorded
                -- A letter or two away from what no extract names is no misspelling of it.
                and (fault <> 1 or {has_register} or channel_name not in ('partner', 'email'))
        union all select 'utm_missing', 'ga4', 'events', client_id || ':' || started_at, governed_campaign, person,
            started_at, 'click id alone' from visits where not has_utm and shows_click and is_recorded
        union all select 'unregistered_campaign', 'ga4', 'events', c.name, null, null, min(v.started_at),
            c.channel_name
            from visits v join campaigns c on c.campaign_number = v.campaign where v.is_recorded and v.has_utm
                and v.fault < 0 and not c.is_registered and (c.channel_name in ('paid_search', 'display',
                    'cross_network', 'linkedin', 'meta') or {has_register}) group by all
        union all select 'sync_loss', '{map}', '{map_object}', map_record(lead), null, person, greatest(inquiry_at,
            created_at), case when person % 2 = 0
            and {tells_sync_errors} then 'sync error' else 'silent' end
            from people join primary_leads using (person) where sync = 2 and inquiry_at is not null
        union all select 'sync_lag', '{crm}', '{crm_object}', c.record, map_record(l.lead), l.person, c.created_at,
            (c.created_at - p.inquiry_at) // 3600 || ' hours'
            from people p join primary_leads l using (person) join crm_leads c on c.person = p.person and c.kind = 0
                where sync = 1
        union all select 'stage_mismatch', '{map}', '{map_object}', map_record(l.lead), c.record, l.person,
            min(w.ts), 'stays where it was while sales works it'
            from (select person, coalesce(working_at, qualified_at, outcome_at) as ts from crm_passes
                union all select person, converted_at from people where buying_group) w
            join people e using (person) join primary_leads l using (person)
            join crm_leads c on c.person = l.person and c.kind = 0
                where e.stage_mismatch and w.ts is not null group by all
        union all select 'double_linked', '{map}', '{map_object}', map_record(l.lead), c.record, l.person,
            l.linked_at, 'two leads of the MAP share one of the CRM'
            from map_leads l join crm_leads c using (crm) where l.is_double and l.linked_at is not null
        union all select 'linked_to_deleted', '{map}', '{map_object}', map_record(l.lead), c.record, l.person,
            c.deleted_at, 'the CRM lead was deleted'
            from people p join primary_leads l using (person) join crm_leads c on c.crm = l.crm where p.dangling
                and c.deleted_at is not null
        union all select case when assigned_at is null then 'routing_no_owner' else ['routing_no_owner',
            'routing_inactive_owner', 'routing_wrong_territory', 'routing_owner_churn',
            'routing_late_assignment'][routing] end, '{crm}', '{crm_object}', crm_record, owner_id, person,
            case when assigned_at is null then mql_at + 86400 when routing = 4 then assigned_at + 10800
                else assigned_at end, 'pass ' || number
            from crm_passes p where mql_at is not null and routing > 0
                -- Who is somebody's already lacks no owner, and none comes late.
                and not (routing in (1, 5) and exists (from crm_passes e where e.person = p.person
                    and e.number < p.number and e.assigned_at is not null))
        -- What the sync lost has no owner either.
        union all select 'routing_no_owner', '{map}', '{map_object}', map_record(l.lead), null, p.person,
            p.mql_at + 86400, 'pass ' || p.number
            from passes p join primary_leads l using (person)
            where p.mql_at is not null and not exists (from crm_passes c where c.person = p.person)
        union all select 'sla_breach', '{crm}', '{crm_object}', coalesce(c.record, map_record(l.lead)), null,
            p.person, s.due_at, case when p.touch_at is null then 'untouched' else 'late' end
            from passes p join speed s using (person, number) left join crm_leads c on c.person = p.person
                and c.kind = 0 join primary_leads l on l.person = p.person
            where p.mql_at is not null and s.due_at < morning() and p.promptness <> 3
                and (p.touch_at is null or s.work_seconds > {sla_seconds})
        union all select 'negative_interval', '{crm}', '{crm_object}', crm_record, null, person, touch_at,
            'first task dated before the MQL' from crm_passes where promptness = 3 and mql_at is not null
        union all select 'mail_after_opt_out', '{map}', '{log_object}', {activity_id}::varchar, map_record(a.lead),
            m.person, a.ts, 'sent after opt-out'
            from acts a join mailings m on a.kind = 6 and m.mailing = a.ref where m.is_breach
        union all select 'spend_gap', platform, 'stats', campaign_id || ':' || day_text(epoch() + day * 86400), name,
            null, epoch() + day * 86400, clicks || ' clicks, ' || usd_micros / 1000000.0 || ' USD lost'
            from ad_days where is_gap and epoch() + day * 86400 < cut()
        union all select 'currency_gap', '{crm}', 'dated_conversion_rate', ['USD', 'CAD', 'EUR',
            'GBP'][currency + 1] || ':' || day_text(epoch() + ends_day * 86400), null, null,
            epoch() + next_day * 86400,
            'no rate until ' || day_text(epoch() + next_day * 86400) from currency_gaps
                where epoch() + next_day * 86400 < cut() and {has_rates}
        union all select 'bot_traffic', 'ga4', 'events', 'web:web_client:' || client_id, null, null, ts,
            hits - 1 || ' hits' from bots
        union all select case when is_outage then 'tracking_outage' else 'volume_drop' end, 'ga4', 'events',
            day_text(epoch() + day * 86400), null, null, epoch() + day * 86400, null
            from web_days where epoch() + day * 86400 < cut()
        union all select 'volume_spike', '{map}', '{map_object}', day_text(known_at), null, null, min(known_at),
            count(*) || ' leads imported' from people where origin = 2 and known_at is not null
            group by day_text(known_at)
        union all select 'unreadable_cell', '{map}', '{map_object}', map_record(lead), null, person, created_at,
            'numberOfEmployees' from people join primary_leads using (person) where unreadable
                and {in_marketo}
        union all select 'merge_orphan', '{map}', '{log_object}', map_record((l.lead + 900000000)),
            map_record(l.winner), l.person, l.merged_at, 'no lead holds this id'
            from map_leads l join people p using (person) where l.merged_at is not null and p.orphan_merge
                and {in_marketo}
        union all select 'deleted_twice', '{map}', '{log_object}', map_record(lead), null, person, deleted_twice_at,
            null from map_leads where deleted_twice_at is not null and {in_marketo}
        union all select 'role_mailbox', '{map}', '{map_object}', map_record(lead), null, person, created_at,
            role_mailbox from people join map_leads using (person) where role_mailbox is not null and kind < 2
        union all select 'invalid_email', '{map}', '{map_object}', map_record(lead), null, person, created_at, null
            from people join map_leads using (person)
            where invalid_email and free_mail is null and role_mailbox is null and kind < 2
        union all select 'spreadsheet_injection', '{map}', '{map_object}', map_record(lead), null, person, created_at,
            'title' from people join map_leads using (person) where injection
        union all select fault_kind, system, object, record_id, null, null, ts, detail from delivered_faults
        union all select fault_kind, system, object, record_id, related_record_id, person, ts, detail
            from ({of_history})
        union all select fault_kind, system, object, record_id, related_record_id, person, ts, detail
            from ({of_dirt})
    )
    select row_number() over (order by fault_kind, ts, record_id, detail) as fault_id, fault_kind, system, object,
        record_id, related_record_id, 'P' || person as person_id,
        make_timestamp(ts::bigint * 1000000) as occurred_at, detail
    from found
    where ts < case when fault_kind in ('sla_breach', 'routing_no_owner') then morning() else cut() end
"""
