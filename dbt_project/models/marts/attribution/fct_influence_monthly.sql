-- Grain: one row per attribution setting, basis, breakdown (all, channel, campaign), its value and month.
{%- set conversion = 'attribution_setting, basis, conversion_id' %}
{%- set member = 'attribution_setting, basis, breakdown, breakdown_value, period_start_date' %}
{%- set breakdowns = [('all', "'all'"), ('channel', 'channel'), ('campaign', 'campaign_id')] %}
with

credits as (select * from {{ ref('fct_attribution_credits_by_setting') }}),

touches as (select * from {{ ref('int_touches_sequenced') }}),

campaigns as (select * from {{ ref('int_campaigns_resolved') }}),

sessions as (select * from {{ ref('fct_sessions') }}),

unidentified as (select * from {{ ref('fct_unidentified_traffic') }}),

one_model as (select min(attribution_model) as attribution_model from credits),

-- Every model deals out every conversion whole: one of them tells which there are, when they count and what they hold.
conversions as (
    select
        credits.attribution_setting,
        credits.basis,
        credits.conversion_id,
        {{ month_start('credits.counted_date') }} as period_start_date,
        sum(credits.credit_usd) as amount_usd
    from credits
    inner join one_model on credits.attribution_model = one_model.attribution_model
    group by
        credits.attribution_setting, credits.basis, credits.conversion_id, {{ month_start('credits.counted_date') }}
),

totals as (
    select
        attribution_setting,
        basis,
        period_start_date,
        count(*) as conversion_count,
        sum(amount_usd) as amount_usd
    from conversions
    group by attribution_setting, basis, period_start_date
),

touched as (
    select
        touches.attribution_setting,
        touches.basis,
        touches.conversion_id,
        touches.touchpoint_at,
        touches.conversion_at,
        {{ or_unknown('touches.channel') }} as channel,
        {{ or_unknown('campaigns.campaign_id') }} as campaign_id
    from touches
    left join campaigns on touches.campaign_id = campaigns.campaign_record_id
),

reached as (
    {% for breakdown, breakdown_value in breakdowns -%}
        select
            {{ conversion }},
            '{{ breakdown }}' as breakdown,
            {{ breakdown_value }} as breakdown_value,
            count(*) as touch_count,
            min(touchpoint_at) as first_touch_at,
            max(conversion_at) as conversion_at
        from touched
        group by {{ conversion }}, {{ breakdown_value }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- Whole seconds, so that no order of adding changes the sum.
influenced as (
    select
        conversions.attribution_setting,
        conversions.basis,
        reached.breakdown,
        reached.breakdown_value,
        conversions.period_start_date,
        count(*) as influenced_count,
        sum(conversions.amount_usd) as influenced_usd,
        sum(reached.touch_count) as touch_count,
        {{ percentile('reached.touch_count', 0.5) }} as median_touch_count,
        {{ percentile(
            'cast(round(' ~ seconds_between('reached.first_touch_at', 'reached.conversion_at') ~ ') as bigint)', 0.5
        ) }} / cast(86400 as double) as median_conversion_days
    from conversions
    inner join reached
        on
            conversions.attribution_setting = reached.attribution_setting
            and conversions.basis = reached.basis
            and conversions.conversion_id = reached.conversion_id
    group by
        conversions.attribution_setting, conversions.basis, reached.breakdown, reached.breakdown_value,
        conversions.period_start_date
),

-- What nobody can tie to a person, who has refused or has no cookie, influences nothing that is seen.
visits as (
    select session_date as visit_date, channel, campaign_id, 1 as visit_count, 0 as hidden_count, 0 as conversion_count
    from sessions
    union all
    select traffic_date, channel, campaign_id, 0, visit_count, conversion_count
    from unidentified
),

seen as (
    {% for breakdown, breakdown_value in breakdowns -%}
        select
            '{{ breakdown }}' as breakdown,
            {{ breakdown_value }} as breakdown_value,
            {{ month_start('visit_date') }} as period_start_date,
            sum(visit_count + hidden_count) as visit_count,
            sum(hidden_count) as hidden_visit_count,
            sum(conversion_count) as hidden_conversion_count
        from visits
        group by {{ breakdown_value }}, {{ month_start('visit_date') }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- Months are those in which anything converted: to a channel that had visits then and influenced nothing it is told so.
members as (
    select {{ member }} from influenced
    union
    select attribution_setting, basis, 'all', 'all', period_start_date from totals
    union
    select
        totals.attribution_setting,
        totals.basis,
        seen.breakdown,
        seen.breakdown_value,
        totals.period_start_date
    from totals
    inner join seen on totals.period_start_date = seen.period_start_date
    where seen.breakdown = 'channel'
),

final as (
    select
        members.*,
        totals.conversion_count,
        totals.amount_usd,
        coalesce(influenced.influenced_count, 0) as influenced_count,
        case
            when totals.amount_usd is not null then coalesce(influenced.influenced_usd, 0)
        end as influenced_usd,
        coalesce(influenced.touch_count, 0) as touch_count,
        influenced.median_touch_count,
        influenced.median_conversion_days,
        coalesce(seen.visit_count, 0) as visit_count,
        coalesce(seen.hidden_visit_count, 0) as hidden_visit_count,
        coalesce(seen.hidden_conversion_count, 0) as hidden_conversion_count
    from members
    inner join totals
        on
            members.attribution_setting = totals.attribution_setting
            and members.basis = totals.basis
            and members.period_start_date = totals.period_start_date
    left join influenced
        on
            members.attribution_setting = influenced.attribution_setting
            and members.basis = influenced.basis
            and members.breakdown = influenced.breakdown
            and members.breakdown_value = influenced.breakdown_value
            and members.period_start_date = influenced.period_start_date
    left join seen
        on
            members.breakdown = seen.breakdown
            and members.breakdown_value = seen.breakdown_value
            and members.period_start_date = seen.period_start_date
)

select
    {{ member }},
    'month' as period_type,
    {{ periods_ago("'month'", 'period_start_date') }} as periods_ago,
    cast(conversion_count as bigint) as conversion_count,
    cast(influenced_count as bigint) as influenced_count,
    cast(influenced_count as double) / conversion_count as influence_coverage,
    cast(amount_usd as decimal(18, 2)) as amount_usd,
    cast(influenced_usd as decimal(18, 2)) as influenced_usd,
    cast(touch_count as bigint) as touch_count,
    cast(median_touch_count as double) as median_touch_count,
    cast(median_conversion_days as double) as median_conversion_days,
    cast(visit_count as bigint) as visit_count,
    cast(hidden_visit_count as bigint) as hidden_visit_count,
    case when visit_count > 0 then cast(hidden_visit_count as double) / visit_count end as hidden_visit_share,
    cast(hidden_conversion_count as bigint) as hidden_conversion_count
from final
