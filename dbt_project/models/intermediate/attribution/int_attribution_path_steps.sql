-- Grain: one row per path (of an attribution setting and basis) and step of it: a touch's channel.
with

paths as (
    select * from {{ ref('int_attribution_paths') }}
    where touch_count > 0
),

steps as (
    select
        paths.path_number,
        paths.attribution_setting,
        paths.basis,
        paths.conversion_count,
        paths.non_conversion_count,
        paths.amount_usd,
        listed.item as channel,
        row_number() over (partition by paths.path_number order by listed.item_position) as step_position
    from paths
    cross join {{ listed_rows('paths.path', ' > ') }}
)

select * from steps
