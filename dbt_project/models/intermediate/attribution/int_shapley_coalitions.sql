-- Grain: one row per attribution setting, basis and coalition of players that alone touched some journey.
-- A coalition is the sum of 2 to the power of each of its players.
with

path_channels as (select * from {{ ref('int_attribution_path_channels') }}),

players as (select * from {{ ref('int_shapley_players') }}),

path_players as (
    select distinct
        players.attribution_setting,
        players.basis,
        players.player_count,
        path_channels.path_number,
        path_channels.conversion_count,
        path_channels.non_conversion_count,
        players.player
    from path_channels
    inner join players
        on
            path_channels.attribution_setting = players.attribution_setting
            and path_channels.basis = players.basis
            and path_channels.channel = players.channel
),

path_coalitions as (
    select
        attribution_setting,
        basis,
        player_count,
        path_number,
        conversion_count,
        conversion_count + non_conversion_count as journey_count,
        cast(sum(power(2, player)) as bigint) as coalition,
        count(*) as coalition_size
    from path_players
    group by attribution_setting, basis, player_count, path_number, conversion_count, non_conversion_count
),

{{ within_coalitions('path_coalitions', 'attribution_setting, basis', shapley_players()) }}

select
    attribution_setting,
    basis,
    player_count,
    coalition,
    coalition_size,
    conversion_count,
    journey_count,
    conversion_count / cast(journey_count as double) as conversion_rate
from within_coalitions
