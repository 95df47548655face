-- Grain: one row per person with a touchpoint: its earliest one, of any kind.
with

touchpoints as (select * from {{ ref('int_touchpoints_united') }} where touchpoint_at <= {{ as_of() }}),

ranked as (
    select
        person_id,
        touchpoint_id,
        touchpoint_at,
        channel,
        campaign_id,
        row_number() over (partition by person_id order by touchpoint_at, touchpoint_id) as touch_position
    from touchpoints
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
