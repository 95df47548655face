-- Grain: one row per attribution setting, basis, attribution model (a game) and channel.
with

path_channels as (select * from {{ ref('int_attribution_path_channels') }}),

players as (select * from {{ ref('int_shapley_players') }}),

coalitions as (select * from {{ ref('int_shapley_coalitions') }}),

-- The game of conversions: each is worth 1 to every coalition that holds its channels, so it is theirs in equal parts.
splits as (
    select
        attribution_setting,
        basis,
        channel,
        channel_count,
        sum(conversion_count) as conversion_count,
        sum(amount_usd) as amount_usd
    from path_channels
    group by attribution_setting, basis, channel, channel_count
),

split_equally as (
    select
        attribution_setting,
        basis,
        'shapley' as attribution_model,
        channel,
        {{ ordered_sum('cast(conversion_count as double) / channel_count', 'channel_count') }} as shapley_value,
        {{ ordered_sum('cast(amount_usd as double) / channel_count', 'channel_count') }} as exact_usd
    from splits
    group by attribution_setting, basis, channel
),

-- The game of conversion rates: what a player adds to a coalition, over every order in which players may come.
weights as (
    {{ shapley_weights(shapley_players()) }}
),

seats as (
    select distinct attribution_setting, basis, player, cast(power(2, player) as bigint) as seat
    from players
),

player_values as (
    select
        coalitions.attribution_setting,
        coalitions.basis,
        seats.player,
        {{ ordered_sum(
            'coalitions.conversion_rate * case when (coalitions.coalition & seats.seat) > 0 then weights.weight_with '
            ~ 'else -1 * weights.weight_without end',
            'coalitions.coalition'
        ) }} as shapley_value
    from coalitions
    inner join seats
        on coalitions.attribution_setting = seats.attribution_setting and coalitions.basis = seats.basis
    inner join weights
        on coalitions.player_count = weights.player_count and coalitions.coalition_size = weights.coalition_size
    group by coalitions.attribution_setting, coalitions.basis, seats.player
),

-- Channels that share a player share its value as journeys hold them.
rated as (
    select
        players.attribution_setting,
        players.basis,
        'shapley_rate' as attribution_model,
        players.channel,
        player_values.shapley_value * players.journey_count / sum(players.journey_count) over (
            partition by players.attribution_setting, players.basis, players.player
        ) as shapley_value,
        cast(null as double) as exact_usd
    from players
    inner join player_values
        on
            players.attribution_setting = player_values.attribution_setting
            and players.basis = player_values.basis
            and players.player = player_values.player
),

united as (
    select * from split_equally
    union all
    select * from rated
),

totals as (
    select
        attribution_setting,
        basis,
        attribution_model,
        {{ ordered_sum('shapley_value', 'channel') }} as shapley_value
    from united
    group by attribution_setting, basis, attribution_model
)

select
    united.attribution_setting,
    united.basis,
    united.attribution_model,
    united.channel,
    united.shapley_value,
    case when totals.shapley_value > 0 then united.shapley_value / totals.shapley_value else 0 end as credit_share,
    united.exact_usd
from united
inner join totals
    on
        united.attribution_setting = totals.attribution_setting
        and united.basis = totals.basis
        and united.attribution_model = totals.attribution_model
