-- Grain: one row per converted lead.
-- Salesforce gives the day of a conversion alone. What was made by it that day tells the instant, else the version that
-- first says so that day; else nobody knows.
with

leads as (
    select
        lead_id,
        max(converted_contact_id) as contact_id,
        max(converted_opportunity_id) as opportunity_id,
        max(converted_date) as converted_date,
        min(valid_from) as seen_at
    from {{ ref('stg_salesforce__leads') }}
    where converted_date is not null
    group by lead_id
),

contacts as (
    select contact_id, min(created_at) as created_at
    from {{ ref('stg_salesforce__contacts') }}
    group by contact_id
),

opportunities as (
    select opportunity_id, min(created_at) as created_at
    from {{ ref('stg_salesforce__opportunities') }}
    group by opportunity_id
)

select
    leads.lead_id,
    leads.converted_date,
    coalesce(
        {% for instant in ['contacts.created_at', 'opportunities.created_at', 'leads.seen_at'] -%}
            case when {{ reporting_date(instant) }} = leads.converted_date then {{ instant }} end
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    ) as converted_at
from leads
left join contacts on leads.contact_id = contacts.contact_id
left join opportunities on leads.opportunity_id = opportunities.opportunity_id
