-- Grain: one row per contact, version and record of the CRM that it synchronises with.
with

contacts as (select * from {{ ref('stg_hubspot__contacts') }})

{% for record_type in ['lead', 'contact'] -%}
    select
        'hubspot:contact:' || cast(contact_id as string) as person_record_id,
        'salesforce:{{ record_type }}:' || salesforce_{{ record_type }}_id as linked_record_id,
        'contact ' || cast(contact_id as string) as evidence_record,
        valid_from,
        is_newest
    from contacts
    where salesforce_{{ record_type }}_id is not null
    {% if not loop.last %}union all{% endif %}
{% endfor %}
