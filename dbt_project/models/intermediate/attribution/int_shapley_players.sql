-- Grain: one row per attribution setting, basis and channel: its player in the conversion-rate game, from 0.
-- Coalitions double with every player: where there are more channels than players, the last player is those that the
-- fewest journeys hold.
with

path_channels as (select * from {{ ref('int_attribution_path_channels') }}),

counted as (
    select
        attribution_setting,
        basis,
        channel,
        sum(conversion_count + non_conversion_count) as journey_count
    from path_channels
    group by attribution_setting, basis, channel
),

ranked as (
    select
        *,
        row_number() over (
            partition by attribution_setting, basis order by journey_count desc, channel asc
        ) as channel_rank,
        count(*) over (partition by attribution_setting, basis) as channel_count
    from counted
)

select
    attribution_setting,
    basis,
    channel,
    journey_count,
    least(channel_rank, {{ shapley_players() }}) - 1 as player,
    least(channel_count, {{ shapley_players() }}) as player_count,
    channel_count > {{ shapley_players() }} and channel_rank >= {{ shapley_players() }} as is_pooled
from ranked
