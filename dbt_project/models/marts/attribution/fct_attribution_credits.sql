-- Grain: one row per basis, attribution model, opportunity and credited touchpoint.
with

credits as (select * from {{ ref('fct_attribution_credits_by_setting') }}),

settings as (select * from {{ ref('int_attribution_settings') }} where is_first)

select
    basis,
    attribution_model,
    opportunity_id,
    touchpoint_id,
    system,
    person_id,
    account_id,
    channel,
    campaign_id,
    touchpoint_at,
    touch_position,
    touch_count,
    credit_share,
    credit_usd,
    conversion_at,
    conversion_date,
    counted_date
from credits
where
    opportunity_id is not null
    and attribution_setting in (select settings.attribution_setting from settings)
