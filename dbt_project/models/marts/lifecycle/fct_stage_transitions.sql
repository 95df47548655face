-- Grain: one row per person and stage transition, every pass.
with

transitions as (select * from {{ ref('int_stage_transitions') }}),

people as (select * from {{ ref('dim_people') }}),

final as (
    select
        transitions.stage_transition_id,
        transitions.person_id,
        people.account_id,
        people.first_touch_channel as channel,
        people.first_touch_campaign_id as campaign_id,
        transitions.stage,
        transitions.stage_order,
        transitions.pass_number,
        transitions.entered_at,
        {{ reporting_date('transitions.entered_at') }} as transition_date,
        transitions.evidence,
        transitions.system,
        transitions.object,
        transitions.source_record_id,
        transitions.person_record_id,
        transitions.opportunity_id,
        coalesce(transitions.from_stage, 'none') as from_stage,
        transitions.is_first,
        transitions.is_skipped,
        transitions.is_backward,
        {{ safe_text(mask_emails('transitions.reason')) }} as reason,
        transitions.left_at,
        coalesce(transitions.left_to_stage, 'none') as left_to_stage,
        cast({{ days_between('transitions.entered_at', 'coalesce(transitions.left_at, ' ~ as_of() ~ ')') }} as double)
            as days_in_stage,
        transitions.is_current
    from transitions
    left join people on transitions.person_id = people.person_id
)

select * from final
