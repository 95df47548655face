-- Grain: one row per funnel (person, account), entity that reached the first stage of a pair, and pair of stages.
with

reaches as (select * from {{ ref('int_funnel_reaches') }}),

stage_conversions as (select * from {{ ref('stage_conversions') }}),

paired as (
    select
        starts.funnel,
        starts.entity_id,
        stage_conversions.from_stage,
        stage_conversions.to_stage,
        stage_conversions.within_days,
        {{ month_start(reporting_date('starts.first_reached_at')) }} as cohort_month,
        {{ week_start(reporting_date('starts.first_reached_at')) }} as cohort_week,
        starts.is_skipped or coalesce(ends.is_skipped, false) as is_inferred,
        ends.first_reached_at < starts.first_reached_at as is_negative,
        {{ days_between('starts.first_reached_at', 'ends.first_reached_at') }} as interval_days,
        {{ days_between('starts.first_reached_at', as_of()) }} as observed_days
    from reaches as starts
    inner join stage_conversions on starts.stage = stage_conversions.from_stage
    left join reaches as ends
        on
            starts.funnel = ends.funnel
            and starts.entity_id = ends.entity_id
            and stage_conversions.to_stage = ends.stage
),

-- negative_interval: the second stage before the first is a defect of the records, not a duration.
final as (
    select
        funnel,
        entity_id,
        from_stage,
        to_stage,
        within_days,
        cohort_month,
        cohort_week,
        is_inferred,
        coalesce(is_negative, false) as is_negative,
        case when not is_negative then interval_days end as reached_after_days,
        coalesce(not is_negative and interval_days <= within_days, false) as is_converted,
        observed_days
    from paired
)

select * from final
