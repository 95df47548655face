-- Grain: one row per lead and change of its owner.
-- The history tracks an owner by id, of 15 characters at times, by name, or by both in a row each; a name that several
-- bear says nobody, and an id comes before a name.
with

lead_history as (
    select * from {{ ref('stg_salesforce__lead_history') }}
    where lower(field_name) in ('owner', 'ownerid')
),

users as (select * from {{ ref('stg_salesforce__users') }} where is_newest),

leads as (select * from {{ ref('stg_salesforce__leads') }} where owner_id is not null),

owner_ids as (
    select user_id from users
    union
    select owner_id from leads
),

spellings as (
    select user_id as spelling, user_id from owner_ids
    union
    select substr(user_id, 1, 15), user_id from owner_ids
    union
    select user_name, min(user_id)
    from users
    where user_name is not null
    group by user_name
    having count(*) = 1
),

resolved as (
    select
        lead_history.lead_id,
        lead_history.changed_at,
        lower(lead_history.field_name) as field,
        {% for side in ['old', 'new'] -%}
            {%- set is_id = matches('lead_history.' ~ side ~ '_value', '^00[5G][0-9A-Za-z]+$') -%}
            coalesce({{ side }}_spellings.user_id, case when {{ is_id }} then lead_history.{{ side }}_value end)
                as {{ side }}_user_id,
            coalesce({{ is_id }}, false) as is_{{ side }}_id{% if not loop.last %},{% endif %}
        {% endfor %}
    from lead_history
    {% for side in ['old', 'new'] -%}
        left join spellings as {{ side }}_spellings
            on lead_history.{{ side }}_value = {{ side }}_spellings.spelling
    {% endfor %}
)

select
    'salesforce:lead:' || lead_id as person_record_id,
    changed_at,
    field,
    {% for side in ['old', 'new'] -%}
        'salesforce:' || coalesce(
            max(case when is_{{ side }}_id then {{ side }}_user_id end), max({{ side }}_user_id)
        ) as {{ side }}_owner_id{% if not loop.last %},{% endif %}
    {% endfor %}
from resolved
group by lead_id, changed_at, field
