-- Grain: one row per person who counts and has an eligible touchpoint: its earliest one.
with

touchpoints as (select * from {{ ref('int_touchpoints_united') }} where touchpoint_at <= {{ as_of() }}),

eligible_kinds as (select * from {{ ref('touchpoint_kinds') }} where is_eligible),

ranked as (
    select
        touchpoints.person_id,
        touchpoints.touchpoint_id,
        touchpoints.touchpoint_at,
        touchpoints.channel,
        touchpoints.campaign_id,
        row_number() over (
            partition by touchpoints.person_id order by touchpoints.touchpoint_at, touchpoints.touchpoint_id
        ) as touch_position
    from touchpoints
    inner join eligible_kinds on touchpoints.touchpoint_kind = eligible_kinds.touchpoint_kind
),

final as (
    select
        person_id,
        touchpoint_id,
        touchpoint_at as first_touch_at,
        channel,
        campaign_id
    from ranked
    where touch_position = 1
)

select * from final
