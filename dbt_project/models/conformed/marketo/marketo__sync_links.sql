-- Grain: one row per lead, version and record of the CRM that it synchronises with.
with

leads as (select * from {{ ref('stg_marketo__leads') }})

{% for record_type in ['lead', 'contact'] -%}
    select
        'marketo:lead:' || cast(lead_id as string) as person_record_id,
        'salesforce:{{ record_type }}:' || salesforce_{{ record_type }}_id as linked_record_id,
        'lead ' || cast(lead_id as string) as evidence_record,
        valid_from,
        is_newest
    from leads
    where salesforce_{{ record_type }}_id is not null
    {% if not loop.last %}union all{% endif %}
{% endfor %}
