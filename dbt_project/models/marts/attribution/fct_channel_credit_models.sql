-- Grain: one row per attribution setting, basis and attribution model that credits channels from paths.
with

paths as (select * from {{ ref('int_attribution_paths') }}),

orders as (select * from {{ ref('int_markov_orders') }}),

totals as (
    select
        attribution_setting,
        basis,
        sum(conversion_count) as conversion_count,
        sum(conversion_count + non_conversion_count) as journey_count,
        sum(case when touch_count > 0 then conversion_count else 0 end) as touched_conversion_count,
        sum(case when touch_count > 0 then conversion_count + non_conversion_count else 0 end)
            as touched_journey_count
    from paths
    group by attribution_setting, basis
),

models as (
    {% for model, order in {'markov': 1, 'markov_2': 2, 'markov_3': 3}.items() -%}
        select '{{ model }}' as attribution_model, {{ order }} as markov_order
        union all
    {% endfor -%}
    select 'shapley', null
    union all
    select 'shapley_rate', null
)

-- Without a touch there is no chain: then order 1 is worked out, and has nothing to credit.
select
    totals.attribution_setting,
    totals.basis,
    models.attribution_model,
    coalesce(models.markov_order, 1) = 1 or coalesce(orders.is_solved, false) as is_worked_out,
    case
        when models.markov_order > 1 and orders.chain is null then 'no touches'
        else orders.reason_not_solved
    end as reason_not_worked_out,
    cast(totals.journey_count as bigint) as journey_count,
    cast(totals.conversion_count as bigint) as conversion_count,
    cast(totals.touched_journey_count as bigint) as touched_journey_count,
    cast(totals.touched_conversion_count as bigint) as touched_conversion_count,
    cast(orders.state_count as bigint) as state_count,
    cast(orders.transition_count as bigint) as transition_count
from totals
cross join models
left join orders
    on
        totals.attribution_setting = orders.attribution_setting
        and totals.basis = orders.basis
        and models.markov_order = orders.markov_order
