-- Grain: one row per form, form handler or landing page that was filled in (activity type 4, success).
with

activities as (
    select * from {{ ref('stg_pardot__visitor_activities') }}
    where activity_type_id = 4 and coalesce(form_id, form_handler_id, landing_page_id) is not null
)

select
    cast(activity_id as string) as source_record_id,
    'pardot:prospect:' || cast(prospect_id as string) as person_record_id,
    occurred_at as filled_at,
    coalesce(asset_type, 'Form') || ' ' || cast(coalesce(form_id, form_handler_id, landing_page_id) as string)
        as form_name,
    'pardot:' || cast(campaign_id as string) as campaign_id,
    case when details like 'http%' then details end as tagged_url
from activities
