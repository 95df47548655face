{#
  What each member of `dimension`, a column of credits, touchpoints and costs alike, cost and brought, by month: one row
  per attribution setting, attribution model, member and month in which any of it happened. A customer is won by the first
  opportunity that its account wins, of several of one day the first closed.
#}
{% macro attribution_performance(dimension) -%}
{%- set stages = ['mql', 'sql', 'sao'] -%}
with

credits as (select * from {{ ref('fct_attribution_credits_by_setting') }}),

touchpoints as (select * from {{ ref('fct_touchpoints') }} where is_eligible),

costs as (select * from {{ ref('fct_marketing_costs') }}),

opportunities as (select * from {{ ref('fct_opportunities') }} where is_won),

economics as (
    select * from {{ ref('unit_economics') }} as unit_economics
    where deal_kind = 'new_customer' and {{ holds_on('unit_economics', reporting_date(as_of())) }}
),

settings as (select * from {{ ref('attribution_settings') }}),

attribution_models as (select * from {{ ref('attribution_models') }}),

models as (select distinct attribution_model from attribution_models),

first_wins as (
    select
        opportunity_id,
        coalesce(account_id, opportunity_id) as customer_id,
        row_number() over (
            partition by coalesce(account_id, opportunity_id)
            order by
                won_date asc,
                coalesce(closed_at, created_at) asc,
                opportunity_id asc
        ) as win_order
    from opportunities
),

customers as (select opportunity_id, customer_id from first_wins where win_order = 1),

earned as (
    select
        credits.attribution_setting,
        credits.attribution_model,
        credits.{{ dimension }},
        {{ month_start('credits.counted_date') }} as period_start_date,
        {% for stage in stages -%}
            sum(case when credits.basis = '{{ stage }}' then credits.credit_share else 0 end) as {{ stage }}_credit,
        {% endfor -%}
        sum(case when credits.basis = 'pipeline' then credits.credit_share else 0 end) as opportunity_credit,
        sum(case when credits.basis = 'pipeline' then credits.credit_usd end) as pipeline_usd,
        sum(case when credits.basis = 'revenue' then credits.credit_share else 0 end) as won_credit,
        sum(case when credits.basis = 'revenue' then credits.credit_usd end) as won_usd,
        sum(
            case when credits.basis = 'revenue' and customers.customer_id is not null then credits.credit_share else 0 end
        ) as new_customer_credit,
        count(distinct case when credits.basis = 'revenue' then customers.customer_id end) as new_customer_count,
        sum(
            case when credits.basis = 'revenue' and customers.customer_id is not null then credits.credit_usd end
        ) as new_customer_usd
    from credits
    left join customers on credits.opportunity_id = customers.opportunity_id
    group by
        credits.attribution_setting, credits.attribution_model, credits.{{ dimension }},
        {{ month_start('credits.counted_date') }}
),

-- What was won later, in the month of the touch that earned it.
realized as (
    select
        attribution_setting,
        attribution_model,
        {{ dimension }},
        {{ month_start(reporting_date('touchpoint_at')) }} as period_start_date,
        sum(credit_usd) as won_by_touch_usd
    from credits
    where basis = 'revenue' and touchpoint_at is not null
    group by
        attribution_setting, attribution_model, {{ dimension }}, {{ month_start(reporting_date('touchpoint_at')) }}
),

spent as (
    select
        {{ dimension }},
        period_start_date,
        sum(case when cost_source = 'ad_platform' then amount_usd end) as spend_usd,
        sum(case when is_counted then amount_usd end) as cost_usd
    from costs
    group by {{ dimension }}, period_start_date
),

touched as (
    select
        {{ dimension }},
        {{ month_start('touchpoint_date') }} as period_start_date,
        count(*) as touch_count,
        count(distinct person_id) as touched_people_count
    from touchpoints
    group by {{ dimension }}, {{ month_start('touchpoint_date') }}
),

members as (
    select {{ dimension }}, period_start_date from spent
    union
    select {{ dimension }}, period_start_date from touched
    union
    select {{ dimension }}, period_start_date from earned
    union
    select {{ dimension }}, period_start_date from realized
),

united as (
    select
        settings.attribution_setting,
        models.attribution_model,
        members.{{ dimension }},
        members.period_start_date,
        cast(spent.spend_usd as decimal(18, 6)) as spend_usd,
        cast(spent.cost_usd as decimal(18, 6)) as cost_usd,
        cast(coalesce(touched.touch_count, 0) as bigint) as touch_count,
        cast(coalesce(touched.touched_people_count, 0) as bigint) as touched_people_count,
        {% for stage in stages -%}
            cast(coalesce(earned.{{ stage }}_credit, 0) as decimal(28, 12)) as {{ stage }}_credit,
        {% endfor -%}
        cast(coalesce(earned.opportunity_credit, 0) as decimal(28, 12)) as opportunity_credit,
        cast(coalesce(earned.pipeline_usd, 0) as decimal(18, 2)) as pipeline_usd,
        cast(coalesce(earned.won_credit, 0) as decimal(28, 12)) as won_credit,
        cast(coalesce(earned.won_usd, 0) as decimal(18, 2)) as won_usd,
        cast(coalesce(realized.won_by_touch_usd, 0) as decimal(18, 2)) as won_by_touch_usd,
        cast(coalesce(earned.new_customer_credit, 0) as decimal(28, 12)) as new_customer_credit,
        cast(coalesce(earned.new_customer_count, 0) as bigint) as new_customer_count,
        cast(coalesce(earned.new_customer_usd, 0) as decimal(18, 2)) as new_customer_usd
    from members
    cross join settings
    cross join models
    left join spent
        on
            members.{{ dimension }} = spent.{{ dimension }}
            and members.period_start_date = spent.period_start_date
    left join touched
        on
            members.{{ dimension }} = touched.{{ dimension }}
            and members.period_start_date = touched.period_start_date
    {% for part in ['earned', 'realized'] -%}
        left join {{ part }}
            on
                settings.attribution_setting = {{ part }}.attribution_setting
                and models.attribution_model = {{ part }}.attribution_model
                and members.{{ dimension }} = {{ part }}.{{ dimension }}
                and members.period_start_date = {{ part }}.period_start_date
    {% endfor -%}
)

select
    attribution_setting,
    attribution_model,
    {{ dimension }},
    'month' as period_type,
    period_start_date,
    {{ periods_ago("'month'", 'period_start_date') }} as periods_ago,
    spend_usd,
    cost_usd,
    touch_count,
    touched_people_count,
    {% for stage in stages -%}
        {{ stage }}_credit,
    {% endfor -%}
    opportunity_credit,
    pipeline_usd,
    won_credit,
    won_usd,
    won_by_touch_usd,
    new_customer_credit,
    new_customer_count,
    new_customer_usd,
    {% for name, part, whole in [
        ('cost_per_mql_usd', 'cost_usd', 'mql_credit'), ('cost_per_sql_usd', 'cost_usd', 'sql_credit'),
        ('cost_per_opportunity_usd', 'cost_usd', 'opportunity_credit'),
        ('cost_per_won_opportunity_usd', 'cost_usd', 'won_credit'), ('cac_usd', 'cost_usd', 'new_customer_credit'),
        ('simple_roi', 'won_usd', 'cost_usd'), ('realized_roi', 'won_by_touch_usd', 'cost_usd'),
        ('pipeline_roas', 'pipeline_usd', 'spend_usd'), ('won_roas', 'won_usd', 'spend_usd'),
    ] -%}
        case when {{ whole }} > 0 then cast({{ part }} as double) / cast({{ whole }} as double) end as {{ name }},
    {% endfor -%}
    case
        when new_customer_usd > 0 and economics.gross_margin_share > 0
            then
                cast(cost_usd as double) * economics.contract_months
                / (cast(new_customer_usd as double) * economics.gross_margin_share)
    end as payback_months
from united
left join economics on true
{%- endmacro %}
