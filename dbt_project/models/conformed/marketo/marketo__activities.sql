-- Grain: one row per activity, also where two exports tell it by different ids: what one leaves out the other says.
{%- set told = [
    'smart_campaign_id', 'program_id', 'primary_attribute_value_id', 'primary_attribute_value', 'merge_ids', 'link',
    'new_value', 'old_value', 'form_fields', 'referrer_url', 'query_parameters', 'new_status', 'old_status',
    'change_reason', 'change_source', 'score_name', 'is_success', 'is_bot_activity',
] %}
with

activities as (select * from {{ ref('stg_marketo__activities') }}),

told_again as (select * from {{ ref('marketo__activities_told_again') }}),

repeats as (
    select
        told_again.activity_id as first_activity_id,
        activities.*
    from activities
    inner join told_again on activities.activity_id = told_again.told_again_id
    where told_again.is_first
)

select
    activities.activity_id,
    activities.lead_id,
    activities.activity_type_id,
    {% for column in told -%}
        coalesce(activities.{{ column }}, repeats.{{ column }}) as {{ column }},
    {% endfor -%}
    activities.activity_at
from activities
left join told_again on activities.activity_id = told_again.told_again_id
-- Types are equal by then; said so, a reader of one type reads no other.
left join repeats
    on
        activities.activity_id = repeats.first_activity_id
        and activities.activity_type_id = repeats.activity_type_id
where told_again.told_again_id is null
