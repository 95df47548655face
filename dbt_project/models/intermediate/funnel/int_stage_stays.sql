-- Grain: one row per stay of a person in a stage, dated in the reporting time zone.
with

transitions as (select * from {{ ref('int_stage_transitions') }}),

lifecycle_stages as (select * from {{ ref('lifecycle_stages') }}),

dated as (
    select
        transitions.stage_transition_id,
        transitions.person_id,
        transitions.stage,
        {{ reporting_date('transitions.entered_at') }} as entered_date,
        {{ reporting_date('transitions.left_at') }} as left_date,
        transitions.left_to_stage,
        case
            when transitions.left_at is null then null
            when left_to.is_holding then 'holding'
            when not left_to.is_on_path then 'lost'
            when stayed_in.ends_pass or left_to.stage = stayed_in.stage then 'reentered'
            when left_to.stage_order > stayed_in.stage_order then 'forward'
            else 'backward'
        end as left_by,
        {{ reporting_date(
            'lag(transitions.left_at) over ('
            ~ 'partition by transitions.person_id, transitions.stage '
            ~ 'order by transitions.entered_at, transitions.left_at nulls last, transitions.stage_transition_id)'
        ) }} as last_left_date
    from transitions
    inner join lifecycle_stages as stayed_in on transitions.stage = stayed_in.stage
    left join lifecycle_stages as left_to on transitions.left_to_stage = left_to.stage
),

-- A person who comes back to a stage in the period in which it left is in the stage once in that period.
final as (
    select
        *,
        last_left_date is null
        or {{ week_start('last_left_date') }} < {{ week_start('entered_date') }} as is_first_in_week,
        last_left_date is null
        or {{ month_start('last_left_date') }} < {{ month_start('entered_date') }} as is_first_in_month
    from dated
)

select * from final
