-- Grain: one row per link between two person records that a system itself declares: sync id, conversion, merge.
-- Record a is the surviving or primary side. Either record may be missing from the extracts (merge_orphan): the link is
-- kept all the same, so that what the missing record did stays attributable. A merge event is history: a loser that its
-- system delivers alive with a later change was taken out of it again. A merge that a record carries as its state comes
-- apart with the state.
with

records as (select * from {{ ref('int_person_records_united') }}),

marketo_leads as (select * from {{ ref('stg_marketo__leads') }}),

marketo_merges as (select * from {{ ref('stg_marketo__activities') }} where activity_type_id = 32),

salesforce_leads as (select * from {{ ref('stg_salesforce__leads') }}),

salesforce_contacts as (select * from {{ ref('stg_salesforce__contacts') }}),

hubspot_contacts as (select * from {{ ref('stg_hubspot__contacts') }}),

hubspot_merges as (select * from {{ ref('stg_hubspot__contact_merges') }}),

alive as (
    select person_record_id, updated_at
    from records
    where not is_deleted or updated_at > deleted_at
),

merge_events as (
    select
        'marketo:lead:' || cast(marketo_merges.lead_id as string) as record_a,
        'marketo:lead:' || listed.item as record_b,
        'marketo' as evidence_system, 'activity ' || marketo_merges.activity_id as evidence_record,
        marketo_merges.activity_at as merged_at
    from marketo_merges
    cross join {{ id_list_rows('marketo_merges.merge_ids') }}
    where listed.item <> ''
    union all
    select
        'hubspot:contact:' || cast(surviving_contact_id as string),
        'hubspot:contact:' || cast(merged_contact_id as string),
        'hubspot', 'merge audit of ' || cast(surviving_contact_id as string), merged_at
    from hubspot_merges
),

hubspot_merge_lists as (
    select contacts.contact_id, contacts.updated_at, 'hubspot:contact:' || listed.item as record_b
    from hubspot_contacts as contacts
    cross join {{ id_list_rows('contacts.merged_contact_ids') }}
    where listed.item <> ''
),

last_merges as (select record_b, max(merged_at) as merged_at from merge_events group by record_b),

undone as (
    select last_merges.record_b
    from last_merges
    inner join alive on last_merges.record_b = alive.person_record_id
    where alive.updated_at > last_merges.merged_at
),

links as (
    {% for system, records_of_system, record_type, id in [
        ('marketo', 'marketo_leads', 'lead', 'lead_id'), ('hubspot', 'hubspot_contacts', 'contact', 'contact_id'),
    ] -%}
        {% for crm_type in ['lead', 'contact'] -%}
            select
                'sync_id' as edge_kind, 'salesforce:{{ crm_type }}:' || salesforce_{{ crm_type }}_id as record_a,
                '{{ system }}:{{ record_type }}:' || cast({{ id }} as string) as record_b,
                '{{ system }}' as evidence_system, '{{ record_type }} ' || cast({{ id }} as string) as evidence_record,
                updated_at as evidence_at
            from {{ records_of_system }}
            where salesforce_{{ crm_type }}_id is not null
            union all
        {% endfor -%}
    {% endfor -%}
    select
        'conversion', 'salesforce:contact:' || converted_contact_id, 'salesforce:lead:' || lead_id, 'salesforce',
        'lead ' || lead_id, cast(converted_date as timestamp)
    from salesforce_leads
    where converted_contact_id is not null
    union all
    select
        'merge', 'salesforce:lead:' || master_record_id, 'salesforce:lead:' || lead_id, 'salesforce',
        'lead ' || lead_id, updated_at
    from salesforce_leads
    where master_record_id is not null
    union all
    select
        'merge', 'salesforce:contact:' || master_record_id, 'salesforce:contact:' || contact_id, 'salesforce',
        'contact ' || contact_id, updated_at
    from salesforce_contacts
    where master_record_id is not null
    union all
    select
        'merge', merge_events.record_a, merge_events.record_b, merge_events.evidence_system,
        merge_events.evidence_record, merge_events.merged_at
    from merge_events
    left join alive on merge_events.record_b = alive.person_record_id
    where coalesce(alive.updated_at <= merge_events.merged_at, true)
    union all
    select
        'merge', 'hubspot:contact:' || cast(lists.contact_id as string), lists.record_b, 'hubspot',
        'contact ' || cast(lists.contact_id as string), lists.updated_at
    from hubspot_merge_lists as lists
    left join undone on lists.record_b = undone.record_b
    where undone.record_b is null
),

final as (
    -- The same merge is often reported twice; its first report is the evidence.
    select
        edge_kind, record_a, record_b, min(evidence_system) as evidence_system, min(evidence_record) as evidence_record,
        min(evidence_at) as evidence_at
    from links
    where record_a <> record_b
    group by edge_kind, record_a, record_b
)

select * from final
