"""Truth of people and accounts: which records are whose, and what ties them."""

from orchestration.demo.truth.spelling import INSTANT

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
    select map_record(l.lead) as person_record_id, '{people}' as system, '{people_type}' as record_type, l.person,
        c.component, l.kind, l.created_at,
        l.merged_at is not null as is_merged_away, l.deleted_at is not null as is_deleted, l.crm, 'map' as role
    from map_leads l join lead_components c using (lead)
    union all
    select r.record, '{crm}', '{crm_type}', r.person, case when r.kind > 0 then coalesce(c.component, 0)
            when (l.linked_at is null or not {has_sync})
                and (p.role_mailbox is not null or p.invalid_email or p.email_changed) then 4 else 0 end,
        r.kind, r.created_at, r.merged_at is not null, r.deleted_at is not null, r.crm, 'crm'
    from crm_leads r
    join people p using (person)
    left join lead_components c on c.person = r.person and c.kind = r.kind
    left join map_leads l on l.person = r.person and l.kind = 0
    where {has_two_systems}
    union all
    select 'salesforce:contact:' || k.id, 'salesforce', 'contact', k.person, 0, 0, k.ts, false, false, null,
        'contact' from contacts k where {has_conversions}
    union all
    select 'web:web_client:' || client_id, 'ga4', 'web_client', person, case when p.known_at is null then 0
        else component end, 0, first_at, false, false, null, 'web'
    from client_components join people p using (person)
"""

QUERIES = {
    "people": f"""
        select 'P' || p.person as person_id, 'A' || p.account as account_id, k.record as account_record_id,
            coalesce(k.record is not null and p.known_at is not null
                and (converted_at is not null or blank <> 4 or (free_mail is null and not invalid_email)),
                false) as is_account_recoverable,
            ['form', 'event', 'list_import', 'sales'][p.origin + 1] as origin,
            p.country, p.fit, {INSTANT.format("f.first_at")} as first_seen_at,
                {INSTANT.format("coalesce(p.known_at, t.ts)")} as known_at,
                {INSTANT.format("p.inquiry_at")} as inquiry_at,
                {INSTANT.format("p.opt_out_at")} as opted_out_at,
                {INSTANT.format("p.resubscribed_at")} as resubscribed_at,
                p.opt_out_at is not null and p.resubscribed_at is null as is_opted_out
        from people p
        left join (select a.account, a.record from accounts a join crm_accounts using (account)) k using (account)
        join (select person, min(ts) as first_at from (select person, started_at as ts from visits
            union all select person, known_at from people where known_at is not null
            union all select person, ts from typed_leads)
            group by person) f using (person)
        left join typed_leads t using (person)
    """,
    "person_records": f"""
        select r.person_record_id, 'P' || r.person as person_id, 'P' || r.person || case
            when r.component > 0 then '/' || r.component else '' end as recoverable_person_id,
            r.system, r.record_type, r.component = 0 as is_recoverable, ['primary', 'duplicate_exact',
                'duplicate_fuzzy'][r.kind + 1] as record_kind,
            r.is_merged_away, r.is_deleted, {INSTANT.format("r.created_at")} as created_at
        from truth_records r
    """,
    "self_reported_sources": """
        select distinct 'P' || person || case when component > 0 then '/' || component else '' end as person_id,
            p.told_source, p.meant_source
        from truth_records join people p using (person)
        where kind = 0 and record_type <> 'web_client' and p.told_source is not null
    """,
    "accounts": """
        select 'A' || a.account as account_id, a.record as account_record_id, a.name as account_name, a.domain,
            'A' || a.parent as parent_account_id, a.country
        from accounts a join crm_accounts using (account)
    """,
    # Who is deleted or merged away is nobody's counterpart. Only a vendor's sync carries consent. A contact has its
    # account's company.
    "sync_records": """
        with sides as (
            select m.person_record_id as map_record_id, c.person_record_id as crm_record_id, l.is_double,
                m.is_deleted or m.is_merged_away as is_map_gone, c.is_deleted or c.is_merged_away as is_crm_gone,
                case when l.kind = 0 and (p.drift between 0 and 2 or p.email_changed
                    or (p.drift = 3 and not ({has_conversions} and p.converted_at is not null))
                    or (not {has_sync} and p.opt_out_at is not null and p.resubscribed_at is null))
                    then 'linked_field_drift' else 'matched' end as linked_class,
                case when p.sync = 2 and p.person % 2 = 0 and {tells_sync_errors} then 'sync_error'
                    when p.inquiry_at is null then 'excluded_by_sync_rule'
                    when greatest(p.inquiry_at, l.created_at) + 86400 > morning() then 'in_flight'
                    else 'map_only' end as unlinked_class,
                -- A converted lead goes on as its contact.
                case when {has_conversions} and l.kind = 0 and k.id is not null then 'salesforce:contact:' || k.id
                    else c.person_record_id end as crm_counted_id
            from (select * from truth_records where role = 'map' and {has_two_systems}) m
            join map_leads l on l.lead = regexp_extract(m.person_record_id, '[0-9]+$')::bigint
            join people p on p.person = m.person
            left join (select * from truth_records where role = 'crm') c on c.crm = l.crm
            left join contacts k on k.person = m.person
        )
        select map_record_id as record_id, map_record_id, crm_record_id, case
                when crm_record_id is null then unlinked_class
                when is_double then 'double_linked'
                when is_crm_gone then 'linked_to_merged_or_deleted'
                else linked_class
            end as sync_class
        from sides where not is_map_gone
        union all
        select crm_counted_id, map_record_id, crm_record_id,
            case when is_map_gone then 'linked_to_merged_or_deleted' else linked_class end
        from sides where not is_crm_gone and not is_double
        -- The MAP owes what was typed into the CRM from its creation on.
        union all
        select c.record, null, c.record, case when c.created_at + 86400 > morning() then 'in_flight' else 'crm_only' end
        from crm_leads c join typed_leads using (crm)
    """,
}
