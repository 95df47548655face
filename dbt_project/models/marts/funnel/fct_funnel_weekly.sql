-- Grain: one row per week and stage.
with

reaches as (select * from {{ ref('int_stage_first_reaches') }}),

lifecycle_stages as (select * from {{ ref('lifecycle_stages') }} where stage <> 'anonymous'),

dated as (
    select
        *,
        {{ reporting_week('first_reached_at') }} as week_start_date
    from reaches
    where first_reached_at <= {{ as_of() }}
),

weeks as (select distinct week_start_date from dated),

counted as (
    select
        week_start_date,
        stage,
        count(*) as person_count,
        sum(case when is_skipped then 1 else 0 end) as skipped_person_count,
        sum(case when evidence = 'stamped' then 1 else 0 end) as stamped_person_count
    from dated
    group by week_start_date, stage
)

-- A stage that nobody reached in a week is a zero, not a missing row.
select
    weeks.week_start_date,
    lifecycle_stages.stage,
    lifecycle_stages.stage_order,
    lifecycle_stages.label as stage_label,
    cast(coalesce(counted.person_count, 0) as bigint) as person_count,
    cast(coalesce(counted.skipped_person_count, 0) as bigint) as skipped_person_count,
    cast(coalesce(counted.stamped_person_count, 0) as bigint) as stamped_person_count
from weeks
cross join lifecycle_stages
left join counted
    on
        weeks.week_start_date = counted.week_start_date
        and lifecycle_stages.stage = counted.stage
