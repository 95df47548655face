-- Grain: one row per link between two person records that a system itself declares: sync id, conversion, merge.
-- Record a is the surviving or primary side. Either record may be missing from the extracts (merge_orphan): the link is
-- kept all the same, so that what the missing record did stays attributable.
with

marketo_leads as (select * from {{ ref('stg_marketo__leads') }}),

marketo_merges as (select * from {{ ref('stg_marketo__activities') }} where activity_type_id = 32),

salesforce_leads as (select * from {{ ref('stg_salesforce__leads') }}),

salesforce_contacts as (select * from {{ ref('stg_salesforce__contacts') }}),

hubspot_contacts as (select * from {{ ref('stg_hubspot__contacts') }}),

hubspot_merges as (select * from {{ ref('stg_hubspot__contact_merges') }}),

links as (
    select
        'sync_id' as edge_kind, 'salesforce:lead:' || salesforce_lead_id as record_a,
        'marketo:lead:' || cast(lead_id as string) as record_b, 'marketo' as evidence_system,
        'lead ' || cast(lead_id as string) as evidence_record, updated_at as evidence_at
    from marketo_leads
    where salesforce_lead_id is not null
    union all
    select
        'sync_id', 'salesforce:contact:' || salesforce_contact_id, 'marketo:lead:' || cast(lead_id as string),
        'marketo', 'lead ' || cast(lead_id as string), updated_at
    from marketo_leads
    where salesforce_contact_id is not null
    union all
    select
        'sync_id', 'salesforce:lead:' || salesforce_lead_id, 'hubspot:contact:' || cast(contact_id as string),
        'hubspot', 'contact ' || cast(contact_id as string), updated_at
    from hubspot_contacts
    where salesforce_lead_id is not null
    union all
    select
        'sync_id', 'salesforce:contact:' || salesforce_contact_id, 'hubspot:contact:' || cast(contact_id as string),
        'hubspot', 'contact ' || cast(contact_id as string), updated_at
    from hubspot_contacts
    where salesforce_contact_id is not null
    union all
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
        'merge', 'marketo:lead:' || cast(marketo_merges.lead_id as string), 'marketo:lead:' || listed.item, 'marketo',
        'activity ' || marketo_merges.activity_id, marketo_merges.activity_at
    from marketo_merges
    cross join {{ id_list_rows('marketo_merges.merge_ids') }}
    where listed.item <> ''
    union all
    select
        'merge', 'hubspot:contact:' || cast(surviving_contact_id as string),
        'hubspot:contact:' || cast(merged_contact_id as string), 'hubspot',
        'merge audit of ' || cast(surviving_contact_id as string), merged_at
    from hubspot_merges
    union all
    select
        'merge', 'hubspot:contact:' || cast(contacts.contact_id as string), 'hubspot:contact:' || listed.item,
        'hubspot', 'contact ' || cast(contacts.contact_id as string), contacts.updated_at
    from hubspot_contacts as contacts
    cross join {{ id_list_rows('contacts.merged_contact_ids') }}
    where listed.item <> ''
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
