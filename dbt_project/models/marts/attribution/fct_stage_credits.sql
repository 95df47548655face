-- Grain: one row per stage, attribution model, person who reached it and credited touchpoint.
with

credits as (select * from {{ ref('fct_attribution_credits_by_setting') }}),

settings as (select * from {{ ref('int_attribution_settings') }} where is_first)

select
    credits.basis as stage,
    credits.attribution_model,
    credits.conversion_id as converted_person_id,
    credits.touchpoint_id,
    credits.person_id,
    credits.account_id,
    credits.channel,
    credits.campaign_id,
    credits.touchpoint_at,
    credits.touch_position,
    credits.touch_count,
    credits.credit_share,
    credits.conversion_at,
    credits.conversion_date
from credits
where
    credits.opportunity_id is null
    and credits.attribution_setting in (select settings.attribution_setting from settings)
