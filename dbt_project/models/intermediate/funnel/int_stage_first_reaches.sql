-- Grain: one row per person and stage reached, skipped stages of the path included.
with

transitions as (select * from {{ ref('int_stage_transitions') }}),

final as (
    select
        person_id,
        stage,
        stage_order,
        entered_at as first_reached_at,
        evidence,
        system,
        is_skipped
    from transitions
    where is_first
)

select * from final
