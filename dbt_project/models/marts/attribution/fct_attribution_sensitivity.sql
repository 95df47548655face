-- Grain: one row per breakdown (channel, campaign), its value, basis, attribution setting and attribution model.
-- A Poisson bootstrap: in each of 100 replicates an opportunity counts as often as its hash says, so that two builds of
-- one input agree.
{%- set poisson = [0.36787944, 0.73575888, 0.91969860, 0.98101184, 0.99634015, 0.99940582, 0.99991676] %}
{%- set line = 'breakdown, breakdown_value, basis, attribution_setting, attribution_model' %}
{%- set comparison = 'breakdown, basis, attribution_setting, attribution_model' %}
with

credits as (
    select * from {{ ref('fct_attribution_credits_by_setting') }}
    where
        opportunity_id is not null
        and counted_date <= {{ reporting_date(as_of()) }}
        and counted_date > {{ days_after(reporting_date(as_of()), -1 * var('attribution_window_days')) }}
),

settings as (select * from {{ ref('int_attribution_settings') }} where is_first),

-- Campaigns are many: their intervals are those of the first setting.
credited as (
    select
        'channel' as breakdown,
        channel as breakdown_value,
        basis,
        attribution_setting,
        attribution_model,
        opportunity_id,
        sum(credit_share) as credit,
        sum(coalesce(credit_usd, 0)) as credit_usd
    from credits
    group by channel, basis, attribution_setting, attribution_model, opportunity_id
    union all
    select
        'campaign',
        campaign_id,
        basis,
        attribution_setting,
        attribution_model,
        opportunity_id,
        sum(credit_share),
        sum(coalesce(credit_usd, 0))
    from credits
    where attribution_setting in (select settings.attribution_setting from settings)
    group by campaign_id, basis, attribution_setting, attribution_model, opportunity_id
),

{{ numbered('replicates', 'replicate', 100) }},

hashed as (
    select
        opportunities.opportunity_id,
        replicates.replicate,
        left({{ hash_key(['opportunities.opportunity_id', 'replicates.replicate']) }}, 8) as hash
    from (select distinct opportunity_id from credits) as opportunities
    cross join replicates
),

weights as (
    select
        opportunity_id,
        replicate,
        case
            {% for share in poisson -%}
                when hash < '{{ "%08x" % (share * 4294967296) | int }}' then {{ loop.index0 }}
            {% endfor -%}
            else {{ poisson | length }}
        end as weight
    from hashed
),

replicated as (
    select
        credited.breakdown,
        credited.breakdown_value,
        credited.basis,
        credited.attribution_setting,
        credited.attribution_model,
        weights.replicate,
        sum(weights.weight * credited.credit) as credit,
        sum(weights.weight * credited.credit_usd) as credit_usd
    from credited
    inner join weights on credited.opportunity_id = weights.opportunity_id
    group by
        credited.breakdown, credited.breakdown_value, credited.basis, credited.attribution_setting,
        credited.attribution_model, weights.replicate
),

-- Nobody budgets for what no touch earned.
ranked_replicates as (
    select
        *,
        case
            when breakdown_value <> 'unattributed'
                then row_number() over (
                    partition by {{ comparison }}, replicate
                    order by
                        case when breakdown_value = 'unattributed' then 2 else 1 end asc, credit_usd desc, credit desc,
                        breakdown_value asc
                )
        end as rank_position
    from replicated
),

intervals as (
    select
        {{ line }},
        {{ percentile('cast(credit as double)', 0.05) }} as credit_low,
        {{ percentile('cast(credit as double)', 0.95) }} as credit_high,
        {{ percentile('cast(credit_usd as double)', 0.05) }} as credit_usd_low,
        {{ percentile('cast(credit_usd as double)', 0.95) }} as credit_usd_high,
        {{ percentile('cast(rank_position as double)', 0.05) }} as rank_low,
        {{ percentile('cast(rank_position as double)', 0.95) }} as rank_high
    from ranked_replicates
    group by {{ line }}
),

sized as (
    select
        *,
        row_number() over (partition by {{ line }} order by credit_usd desc, opportunity_id asc) as size_position
    from credited
),

totals as (
    select
        {{ line }},
        count(*) as opportunity_count,
        sum(credit) as credit,
        sum(credit_usd) as credit_usd,
        max(credit_usd) as largest_credit_usd,
        min(case when size_position = 1 then opportunity_id end) as largest_opportunity_id
    from sized
    group by {{ line }}
),

ranked as (
    select
        *,
        sum(credit_usd) over (partition by {{ comparison }}) as all_credit_usd,
        case
            when breakdown_value <> 'unattributed'
                then row_number() over (
                    partition by {{ comparison }}
                    order by
                        case when breakdown_value = 'unattributed' then 2 else 1 end asc, credit_usd desc, credit desc,
                        breakdown_value asc
                )
        end as rank_position
    from totals
),

-- What a model or a setting gives nothing has no rank there, and holds none.
comparisons as (
    select breakdown, basis, count(*) as comparison_count
    from (select distinct {{ comparison }} from totals) as compared
    group by breakdown, basis
)

select
    ranked.breakdown,
    ranked.breakdown_value,
    ranked.basis,
    ranked.attribution_setting,
    ranked.attribution_model,
    cast(ranked.opportunity_count as bigint) as opportunity_count,
    cast(ranked.credit as decimal(28, 12)) as credit,
    intervals.credit_low,
    intervals.credit_high,
    cast(ranked.credit_usd as decimal(18, 2)) as credit_usd,
    intervals.credit_usd_low,
    intervals.credit_usd_high,
    case
        when ranked.all_credit_usd <> 0
            then cast(ranked.credit_usd as double) / cast(ranked.all_credit_usd as double)
    end as credit_usd_share,
    cast(ranked.rank_position as bigint) as rank_position,
    intervals.rank_low,
    intervals.rank_high,
    coalesce(
        max(intervals.rank_high) over (partition by ranked.breakdown, ranked.breakdown_value, ranked.basis)
        - min(intervals.rank_low) over (partition by ranked.breakdown, ranked.breakdown_value, ranked.basis) <= 2
        and count(*) over (partition by ranked.breakdown, ranked.breakdown_value, ranked.basis)
        = comparisons.comparison_count,
        false
    ) as is_decision_robust,
    ranked.largest_opportunity_id,
    cast(ranked.largest_credit_usd as decimal(18, 2)) as largest_credit_usd,
    case
        when ranked.credit_usd <> 0
            then cast(ranked.largest_credit_usd as double) / cast(ranked.credit_usd as double)
    end as largest_share
from ranked
inner join intervals
    on
        ranked.breakdown = intervals.breakdown
        and ranked.breakdown_value = intervals.breakdown_value
        and ranked.basis = intervals.basis
        and ranked.attribution_setting = intervals.attribution_setting
        and ranked.attribution_model = intervals.attribution_model
inner join comparisons on ranked.breakdown = comparisons.breakdown and ranked.basis = comparisons.basis
