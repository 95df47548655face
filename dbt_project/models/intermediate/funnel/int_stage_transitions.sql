-- Grain: one row per person and stage transition, every pass, skipped stages of the path included.
with

entries as (select * from {{ ref('int_stage_entries_accepted') }}),

reasons as (select * from {{ ref('int_stage_reasons') }}),

lifecycle_stages as (select * from {{ ref('lifecycle_stages') }}),

path as (select * from lifecycle_stages where is_on_path),

firsts as (
    select
        person_id,
        stage,
        stage_order,
        stage_entry_id,
        entered_at
    from (
        select
            *,
            row_number() over (partition by person_id, stage order by entered_at, stage_entry_id) as entry_position
        from entries
        where is_on_path
    ) as ranked
    where entry_position = 1
),

-- A stage that the person never entered is reached with the earliest of the later ones.
never_entered as (
    select
        firsts.stage_entry_id,
        path.stage,
        path.stage_order,
        row_number() over (
            partition by firsts.person_id, path.stage
            order by firsts.entered_at, firsts.stage_order, firsts.stage_entry_id
        ) as later_position
    from firsts
    inner join path on firsts.stage_order > path.stage_order
    left join firsts as own on firsts.person_id = own.person_id and path.stage = own.stage
    where own.stage is null
),

-- A later pass may begin anywhere; what it then leaves out between two stages is skipped again.
left_out as (
    select
        entries.stage_entry_id,
        path.stage,
        path.stage_order
    from entries
    inner join path on entries.stage_order > path.stage_order and entries.reached_order < path.stage_order
    inner join firsts on entries.person_id = firsts.person_id and path.stage = firsts.stage
    where entries.pass_number > 1 and entries.is_on_path
),

steps as (
    select stage_entry_id, stage, stage_order, false as is_skipped from entries
    union all
    select stage_entry_id, stage, stage_order, true from never_entered where later_position = 1
    union all
    select stage_entry_id, stage, stage_order, true from left_out
),

united as (
    select
        steps.stage_entry_id,
        steps.stage,
        steps.stage_order,
        steps.is_skipped,
        entries.person_id,
        entries.pass_number,
        entries.entered_at,
        case when steps.is_skipped then 'inferred' else entries.evidence end as evidence,
        entries.system,
        entries.object,
        entries.source_record_id,
        entries.person_record_id,
        entries.opportunity_id,
        case when not steps.is_skipped then reasons.reason end as reason,
        steps.is_skipped or entries.is_on_path as is_on_path,
        entries.ends_pass and not steps.is_skipped as ends_pass
    from steps
    inner join entries on steps.stage_entry_id = entries.stage_entry_id
    left join reasons on steps.stage_entry_id = reasons.stage_entry_id
),

sequenced as (
    select
        *,
        lag(stage) over person_stages as from_stage,
        lag(stage_order) over person_stages as from_order,
        lag(pass_number) over person_stages as from_pass,
        lag(ends_pass) over person_stages as from_end,
        lead(entered_at) over person_stages as left_at,
        lead(stage) over person_stages as left_to_stage,
        row_number() over (partition by person_id, stage order by entered_at, stage_entry_id) as entry_position
    from united
    window person_stages as (partition by person_id order by entered_at, stage_order, stage_entry_id)
),

final as (
    select
        {{ hash_key(['stage_entry_id', 'stage']) }} as stage_transition_id,
        stage_entry_id,
        person_id,
        stage,
        stage_order,
        pass_number,
        entered_at,
        evidence,
        system,
        object,
        source_record_id,
        person_record_id,
        opportunity_id,
        from_stage,
        entry_position = 1 as is_first,
        is_skipped,
        is_on_path and coalesce(from_order > stage_order and from_pass = pass_number and not from_end, false)
            as is_backward,
        reason,
        left_at,
        left_to_stage,
        left_at is null as is_current
    from sequenced
)

select * from final
