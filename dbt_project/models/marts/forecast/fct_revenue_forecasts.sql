-- Grain: one row per day that a forecast is made of, quarter and stage that revenue is told from.
{%- set whole = 1000000000000 %}
-- Of a standard normal distribution, 90 of 100 lie within so many deviations.
{%- set deviations = 1.6449 %}
with

chances as (select * from {{ ref('int_forecast_chances') }}),

windows as (select * from {{ ref('int_forecast_windows') }}),

entities as (select * from {{ ref('int_forecast_entities') }}),

targets as (
    select
        cast(warn_value as decimal(18, 2)) as target_usd,
        valid_from,
        valid_to
    from {{ ref('kpi_targets') }}
    where kpi = 'revenue_won'
),

lags as (select * from {{ ref('int_forecast_lags') }}),

thresholds as (select * from {{ ref('check_thresholds') }}),

limits as (
    select
        max(case when threshold = 'forecast_least_wins' then warn end) as least_wins,
        max(case when threshold = 'forecast_late_share' then warn end) as most_late_share
    from thresholds
),

origins as (select distinct origin_date from windows),

stages as (
    select
        stage,
        min(reached_date) as first_date
    from entities
    group by stage
),

-- Where many wins take longer than half of the time that was watched, others take longer than all of it.
watched as (
    select
        lags.origin_date,
        lags.stage,
        cast(sum(case
            when
                2 * lags.lag_days > {{ days_between(
                    'cast(stages.first_date as timestamp)', 'cast(lags.origin_date as timestamp)'
                ) }}
                then lags.won_units
            else 0
        end) as double) / nullif(cast(sum(lags.won_units) as double), 0) as late_share
    from lags
    inner join stages on lags.stage = stages.stage
    group by lags.origin_date, lags.stage
),

-- Whole dollars, so that squares stay exact. What a win of an unknown amount brought nobody knows: it is not nought.
amounts as (
    select
        origins.origin_date,
        entities.stage,
        count(*) as win_count,
        count(entities.won_usd) as priced_count,
        sum(cast(round(entities.won_usd, 0) as decimal(18, 0))) as won_usd,
        sum(
            cast(round(entities.won_usd, 0) as decimal(18, 0)) * cast(round(entities.won_usd, 0) as decimal(18, 0))
        ) as squared_usd
    from entities
    inner join origins on entities.won_date < origins.origin_date
    group by origins.origin_date, entities.stage
),

-- How many reached the stage in the quarter before, a week.
paces as (
    select
        origins.origin_date,
        entities.stage,
        count(*) / 13.0 as weekly_count
    from entities
    inner join origins
        on
            entities.reached_date < origins.origin_date
            and entities.reached_date >= {{ days_after('origins.origin_date', -91) }}
    group by origins.origin_date, entities.stage
),

-- Exact whatever the order of adding: chances are counted in units.
counted as (
    select
        *,
        cast(round(win_chance * {{ whole }}, 0) as decimal(20, 0)) as chance,
        cast(round(win_chance * win_chance * {{ whole }}, 0) as decimal(20, 0)) as square
    from chances
),

expected as (
    select
        origin_date,
        start_date,
        stage,
        sum(case when is_there then entity_count * chance else 0 end) as stock_units,
        sum(case when is_there then entity_count * square else 0 end) as stock_squares,
        sum(case when not is_there then entity_count * chance else 0 end) as later_units,
        sum(case when not is_there then entity_count * square else 0 end) as later_squares,
        sum(case when entity_count is null then chance else 0 end) as weekly_units,
        sum(case when entity_count is null then square else 0 end) as weekly_squares
    from counted
    group by origin_date, start_date, stage
),

-- What was won in the quarter, and by the year before how much of all revenue the stage comes before.
won as (
    select
        windows.origin_date,
        windows.start_date,
        entities.stage,
        sum(case
            when entities.won_date >= windows.start_date and entities.won_date < windows.end_date
                then entities.won_usd
            else 0
        end) as actual_usd,
        sum(case
            when
                entities.won_date >= windows.start_date and entities.won_date < windows.end_date
                and entities.won_usd is null
                then 1
            else 0
        end) as unpriced_count,
        sum(case
            when
                entities.won_date < windows.origin_date
                and entities.won_date >= {{ days_after('windows.origin_date', -365) }}
                then entities.won_usd
            else 0
        end) as former_usd
    from windows
    inner join entities on windows.end_date > entities.won_date
    group by windows.origin_date, windows.start_date, entities.stage
),

measured as (
    select
        windows.origin_date,
        windows.is_current,
        windows.quarters_ahead,
        windows.start_date,
        stages.stage,
        case
            when coalesce(amounts.priced_count, 0) < limits.least_wins or amounts.won_usd <= 0 then 'too_few'
            when watched.late_share > limits.most_late_share then 'too_young'
            else 'forecast'
        end as forecast_status,
        coalesce(amounts.win_count, 0) as win_count,
        coalesce(amounts.priced_count, 0) as priced_count,
        cast(amounts.won_usd as double) / nullif(amounts.priced_count, 0) as mean_usd,
        cast(amounts.squared_usd as double) / nullif(amounts.priced_count, 0) as mean_square,
        paces.weekly_count,
        won.actual_usd,
        coalesce(won.unpriced_count, 0) as unpriced_count,
        cast(won.former_usd as double) / nullif(cast(all_won.former_usd as double), 0) as covered_share,
        cast(expected.stock_units as double) / {{ whole }} as stock_wins,
        cast(expected.stock_squares as double) / {{ whole }} as stock_squares,
        cast(expected.weekly_units as double) / {{ whole }} as wins_of_one_a_week,
        cast(expected.weekly_squares as double) / {{ whole }} as squares_of_one_a_week,
        case
            when
                windows.is_current
                then coalesce(paces.weekly_count, 0) * cast(expected.weekly_units as double) / {{ whole }}
            else cast(expected.later_units as double) / {{ whole }}
        end as later_wins,
        case
            when
                windows.is_current
                then coalesce(paces.weekly_count, 0) * cast(expected.weekly_squares as double) / {{ whole }}
            else cast(expected.later_squares as double) / {{ whole }}
        end as later_squares
    from windows
    cross join stages
    cross join limits
    left join expected
        on
            windows.origin_date = expected.origin_date
            and windows.start_date = expected.start_date
            and stages.stage = expected.stage
    left join amounts on windows.origin_date = amounts.origin_date and stages.stage = amounts.stage
    left join watched on windows.origin_date = watched.origin_date and stages.stage = watched.stage
    left join paces on windows.origin_date = paces.origin_date and stages.stage = paces.stage
    left join won
        on
            windows.origin_date = won.origin_date
            and windows.start_date = won.start_date
            and stages.stage = won.stage
    left join won as all_won
        on
            windows.origin_date = all_won.origin_date
            and windows.start_date = all_won.start_date
            and all_won.stage = 'opportunity'
),

-- Wins are independent of each other and of their size; how often and how large is known from so many wins alone.
spread as (
    select
        *,
        mean_usd * (stock_wins + later_wins) as expected_usd,
        mean_square / (mean_usd * mean_usd) / priced_count as relative_variance,
        mean_square * (stock_wins + later_wins) - mean_usd * mean_usd * (stock_squares + later_squares) as variance
    from measured
    where forecast_status = 'forecast'
),

interval_of as (
    select
        spread.*,
        {{ deviations }} * sqrt(greatest(
            spread.variance + spread.relative_variance * spread.expected_usd * spread.expected_usd, 0
        )) as reach_usd,
        targets.target_usd,
        cast(targets.target_usd as double) * coalesce(spread.covered_share, 1) as stage_target_usd,
        spread.mean_usd * spread.stock_wins as stock_usd,
        spread.mean_usd * spread.wins_of_one_a_week as usd_of_one_a_week,
        spread.mean_square * spread.stock_wins - spread.mean_usd * spread.mean_usd * spread.stock_squares
            as stock_variance,
        spread.mean_square * spread.wins_of_one_a_week
        - spread.mean_usd * spread.mean_usd * spread.squares_of_one_a_week
            as variance_of_one_a_week
    from spread
    left join targets on {{ holds_on('targets', 'spread.start_date') }}
),

-- How many a week reach the target in 95 of 100 cases: where the lower end of the interval meets it, the larger root of
-- a quadratic in the revenue to plan for.
solved as (
    select
        *,
        1 - {{ deviations * deviations }} * relative_variance as square_term,
        -2 * stage_target_usd
        - {{ deviations * deviations }} * variance_of_one_a_week / nullif(usd_of_one_a_week, 0) as line_term,
        stage_target_usd * stage_target_usd
        - {{ deviations * deviations }} * (
            stock_variance - variance_of_one_a_week * stock_usd / nullif(usd_of_one_a_week, 0)
        ) as rest_term
    from interval_of
)

select
    measured.origin_date,
    measured.start_date as period_start_date,
    'quarter' as period_type,
    {{ periods_ago("'quarter'", 'measured.start_date') }} as periods_ago,
    cast(measured.quarters_ahead as bigint) as quarters_ahead,
    not measured.is_current as is_test,
    measured.stage as forecast_from,
    measured.forecast_status,
    cast(measured.win_count as bigint) as win_count,
    cast(measured.win_count - measured.priced_count as bigint) as unpriced_win_count,
    cast(solved.mean_usd as double) as mean_won_usd,
    cast(solved.covered_share as double) as covered_share,
    cast(solved.stock_usd as double) as stock_usd,
    cast(solved.expected_usd as double) as expected_usd,
    case
        when solved.expected_usd is not null
            then cast(greatest(solved.expected_usd - solved.reach_usd, 0) as double)
    end as low_usd,
    cast(solved.expected_usd + solved.reach_usd as double) as high_usd,
    case when not measured.is_current then cast(coalesce(measured.actual_usd, 0) as decimal(18, 2)) end as actual_usd,
    case
        when not measured.is_current and measured.unpriced_count = 0
            then
                coalesce(measured.actual_usd, 0)
                between greatest(solved.expected_usd - solved.reach_usd, 0) and solved.expected_usd + solved.reach_usd
    end as is_within_interval,
    case when measured.is_current then cast(solved.target_usd as decimal(18, 2)) end as target_usd,
    cast(coalesce(measured.weekly_count, 0) as double) as pace_weekly_count,
    case
        when solved.target_usd is not null and measured.is_current and solved.usd_of_one_a_week > 0
            then greatest((solved.stage_target_usd - solved.stock_usd) / solved.usd_of_one_a_week, 0)
    end as required_weekly_count,
    case
        when
            solved.target_usd is not null and measured.is_current and solved.usd_of_one_a_week > 0
            and solved.square_term > 0
            then greatest((
                (
                    -1 * solved.line_term
                    + sqrt(greatest(
                        solved.line_term * solved.line_term - 4 * solved.square_term * solved.rest_term, 0
                    ))
                ) / (2 * solved.square_term) - solved.stock_usd
            ) / solved.usd_of_one_a_week, 0)
    end as safe_weekly_count
from measured
left join solved
    on
        measured.origin_date = solved.origin_date
        and measured.start_date = solved.start_date
        and measured.stage = solved.stage
