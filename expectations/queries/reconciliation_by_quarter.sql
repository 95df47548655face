-- Grain: one row per core count over the newest 13 complete weeks; counts too small to judge are left out.
with

totals as (
    select *
    from marts.fct_reconciliation
    where
        period_type = '13_weeks' and is_complete
        -- An extract may be a week behind.
        and period_end_date >= {{ as_of }} - interval 14 days
    qualify row_number() over (partition by core_count order by period_start_date desc) = 1
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
