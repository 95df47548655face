-- Grain: one row per prospect, version and record of the CRM that it synchronises with.
with

prospects as (
    select
        *,
        case when salesforce_record_id like '00Q%' then salesforce_record_id end as named_lead_id,
        case when salesforce_record_id like '003%' then salesforce_record_id end as named_contact_id
    from {{ ref('stg_pardot__prospects') }}
)

{% for record_type in ['lead', 'contact'] -%}
    select
        'pardot:prospect:' || cast(prospect_id as string) as person_record_id,
        'salesforce:{{ record_type }}:' || coalesce(salesforce_{{ record_type }}_id, named_{{ record_type }}_id)
            as linked_record_id,
        'prospect ' || cast(prospect_id as string) as evidence_record,
        valid_from,
        is_newest
    from prospects
    where coalesce(salesforce_{{ record_type }}_id, named_{{ record_type }}_id) is not null
    {% if not loop.last %}union all{% endif %}
{% endfor %}
