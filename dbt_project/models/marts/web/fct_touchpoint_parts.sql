-- Grain: one row per marketing interaction that a touchpoint is made of.
with

parts as (select * from {{ ref('int_visit_parts') }}),

final as (
    select
        touchpoint_part_id,
        touchpoint_id,
        person_id,
        touched_at,
        touchpoint_kind as part_kind,
        {{ or_unknown('channel') }} as channel,
        {{ mask_emails('source') }} as source,
        {{ mask_emails('medium') }} as medium,
        {{ mask_emails('utm_campaign') }} as utm_campaign,
        system,
        source_record_id
    from parts
)

select * from final
