-- Grain: one row per core count over the last 13 complete weeks; counts too small to judge are left out.
with

totals as (
    select
        core_count,
        owner,
        sum(map_value) as map_value,
        sum(crm_value) as crm_value,
        sum(mart_value) as mart_value,
        max(fail_variance_rate) as fail_variance_rate,
        max(min_base) as min_base
    from marts.fct_reconciliation
    where is_complete and period_start_date >= {{ as_of }} - interval 98 days
    group by core_count, owner
),

-- The mart unites the systems' records, so it lies between the smaller system and the sum of both.
extremes as (
    select
        *,
        least(coalesce(map_value, crm_value), coalesce(crm_value, map_value)) as smaller_system_value,
        coalesce(map_value, 0) + coalesce(crm_value, 0) as united_value,
        greatest(mart_value, coalesce(map_value, mart_value), coalesce(crm_value, mart_value)) as largest_value,
        least(mart_value, coalesce(map_value, mart_value), coalesce(crm_value, mart_value)) as smallest_value
    from totals
)

select
    core_count,
    owner,
    map_value,
    crm_value,
    mart_value,
    (largest_value - smallest_value)::double / largest_value as variance_rate,
    fail_variance_rate,
    case
        when mart_value < smaller_system_value
            then (smaller_system_value - mart_value)::double / smaller_system_value
        when mart_value > united_value and united_value > 0 then (mart_value - united_value)::double / united_value
        when mart_value > united_value then 1
        else 0
    end as mart_gap_rate
from extremes
where largest_value >= min_base and (map_value is not null or crm_value is not null)
