-- Grain: one row per attribution setting, basis and path.
with

paths as (select * from {{ ref('int_attribution_paths') }}),

steps as (select * from {{ ref('int_attribution_path_steps') }}),

journeys as (select * from {{ ref('int_attribution_journeys') }}),

channels as (
    select
        path_number,
        count(distinct channel) as distinct_channel_count,
        max(case when step_position = 1 then channel end) as first_channel,
        max(case when step_position = step_count then channel end) as last_channel
    from (
        select *, count(*) over (partition by path_number) as step_count
        from steps
    ) as counted
    group by path_number
),

-- Whole seconds, so that no order of adding changes the sum.
waits as (
    select
        attribution_setting,
        basis,
        path,
        cast(round({{ seconds_between('first_touch_at', 'conversion_at') }}) as bigint) as wait_seconds
    from journeys
    where is_converted and touch_count > 0
),

wait_measures as (
    select
        attribution_setting,
        basis,
        path,
        sum(wait_seconds) / cast(86400 as double) as total_conversion_days,
        {{ percentile('wait_seconds', 0.5) }} / cast(86400 as double) as median_conversion_days,
        {{ percentile('wait_seconds', 0.9) }} / cast(86400 as double) as p90_conversion_days
    from waits
    group by attribution_setting, basis, path
)

select
    paths.attribution_setting,
    paths.basis,
    paths.path,
    cast(paths.touch_count as bigint) as touch_count,
    cast(coalesce(channels.distinct_channel_count, 0) as bigint) as distinct_channel_count,
    coalesce(channels.first_channel, 'unattributed') as first_channel,
    coalesce(channels.last_channel, 'unattributed') as last_channel,
    cast(paths.conversion_count as bigint) as conversion_count,
    cast(paths.non_conversion_count as bigint) as non_conversion_count,
    cast(paths.amount_usd as decimal(18, 2)) as amount_usd,
    cast(row_number() over (
        partition by paths.attribution_setting, paths.basis
        order by paths.conversion_count desc, paths.amount_usd desc, paths.path asc
    ) as bigint) as conversion_rank,
    cast(row_number() over (
        partition by paths.attribution_setting, paths.basis
        order by paths.non_conversion_count desc, paths.path asc
    ) as bigint) as non_conversion_rank,
    cast(wait_measures.total_conversion_days as double) as total_conversion_days,
    cast(wait_measures.median_conversion_days as double) as median_conversion_days,
    cast(wait_measures.p90_conversion_days as double) as p90_conversion_days
from paths
left join channels on paths.path_number = channels.path_number
left join wait_measures
    on
        paths.attribution_setting = wait_measures.attribution_setting
        and paths.basis = wait_measures.basis
        and paths.path = wait_measures.path
