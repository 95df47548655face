-- Grain: one row per person and stage reached.
with

transitions as (select * from {{ ref('int_stage_transitions') }}),

lifecycle_stages as (select * from {{ ref('lifecycle_stages') }}),

people as (select * from {{ ref('dim_people') }}),

reached as (
    select
        person_id,
        stage,
        stage_order,
        min(entered_at) as first_entered_at,
        max(entered_at) as latest_entered_at,
        count(*) as entry_count,
        sum(case when is_backward then 1 else 0 end) as backward_entry_count,
        count(distinct pass_number) as pass_count,
        max(case when is_first then evidence end) as first_evidence,
        max(case when is_first then system end) as first_system,
        max(case when is_first and is_skipped then 1 else 0 end) = 1 as is_skipped,
        max(case when is_current then 1 else 0 end) = 1 as is_current_stage,
        sum({{ days_between('entered_at', 'coalesce(left_at, ' ~ as_of() ~ ')') }}) as days_in_stage
    from transitions
    group by person_id, stage, stage_order
),

-- Of the path, as each stage of it is entered or inferred below the furthest one.
followed as (
    select
        reached.*,
        lifecycle_stages.label as stage_label,
        lifecycle_stages.is_on_path,
        lag(reached.stage) over person_path as previous_stage,
        lag(reached.first_entered_at) over person_path as previous_entered_at
    from reached
    inner join lifecycle_stages on reached.stage = lifecycle_stages.stage
    window person_path as (
        partition by reached.person_id, lifecycle_stages.is_on_path order by reached.stage_order
    )
),

final as (
    select
        followed.person_id,
        people.account_id,
        people.first_touch_channel as channel,
        people.first_touch_campaign_id as campaign_id,
        followed.stage,
        followed.stage_order,
        followed.stage_label,
        followed.first_entered_at,
        followed.latest_entered_at,
        cast(followed.entry_count as bigint) as entry_count,
        cast(followed.backward_entry_count as bigint) as backward_entry_count,
        cast(followed.pass_count as bigint) as pass_count,
        followed.first_evidence,
        followed.first_system,
        followed.is_skipped,
        followed.is_current_stage,
        cast(followed.days_in_stage as double) as days_in_stage,
        coalesce(case when followed.is_on_path then followed.previous_stage end, 'none') as previous_stage,
        case
            when followed.is_on_path and followed.first_entered_at >= followed.previous_entered_at
                then cast({{ days_between('followed.previous_entered_at', 'followed.first_entered_at') }} as double)
        end as days_from_previous_stage
    from followed
    left join people on followed.person_id = people.person_id
)

select * from final
