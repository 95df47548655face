-- Grain: one row per person and stage reached, skipped stages of the path included.
with

entries as (select * from {{ ref('int_stage_entries') }}),

lifecycle_stages as (select * from {{ ref('lifecycle_stages') }}),

ranked as (
    select
        *,
        row_number() over (
            partition by person_id, stage order by entered_at asc, evidence desc, system asc, source_record_id asc
        ) as entry_position
    from entries
),

reached as (
    select
        ranked.person_id,
        ranked.stage,
        lifecycle_stages.stage_order,
        lifecycle_stages.is_on_path,
        ranked.entered_at as first_reached_at,
        ranked.evidence,
        ranked.system
    from ranked
    inner join lifecycle_stages on ranked.stage = lifecycle_stages.stage
    where ranked.entry_position = 1
),

path as (
    select * from reached
    where is_on_path
),

-- The next stage that the person did reach, for each stage of the path that it did not.
next_reached as (
    select
        path.person_id,
        skipped.stage,
        skipped.stage_order,
        path.first_reached_at,
        path.system,
        row_number() over (
            partition by path.person_id, skipped.stage order by path.stage_order
        ) as distance
    from path
    inner join lifecycle_stages as skipped on skipped.is_on_path and path.stage_order > skipped.stage_order
    left join path as own on path.person_id = own.person_id and skipped.stage = own.stage
    where own.person_id is null
),

final as (
    select
        person_id,
        stage,
        stage_order,
        first_reached_at,
        evidence,
        system,
        false as is_skipped
    from reached
    union all
    select
        person_id,
        stage,
        stage_order,
        first_reached_at,
        'inferred',
        system,
        true
    from next_reached
    where distance = 1
)

select * from final
