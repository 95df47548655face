-- Grain: one row per entry of a person into a stage, each counted once whoever reports it.
with

entries as (select * from {{ ref('int_stage_entries_in_passes') }}),

-- What a record itself said before in this pass, and how far the person had come.
followed as (
    select
        *,
        max(case when is_on_path and not ends_pass and is_heard then stage_order end) over (
            partition by person_id, pass_number
            order by entered_at, stage_order, stage_entry_id
            rows between unbounded preceding and 1 preceding
        ) as reached_order,
        row_number() over (
            partition by person_id, pass_number, stage, is_heard order by entered_at, stage_entry_id
        ) as entry_position,
        max(case when is_on_path and not ends_pass then stage_order end) over (
            partition by person_id, pass_number, stream
            order by entered_at, stage_order, stage_entry_id
            rows between unbounded preceding and 1 preceding
        ) as own_reached_order,
        lag(stage) over (
            partition by person_id, pass_number, stream order by entered_at, stage_order, stage_entry_id
        ) as own_stage_before,
        sum(case when is_heard then 1 else 0 end) over (
            partition by person_id, stage
            order by entered_at asc, case when is_heard then 1 else 2 end asc, stage_entry_id asc
            rows between unbounded preceding and current row
        ) as heard_number
    from entries
),

-- Of an event that several records tell, the one that is heard may know nothing of what went before: a stamp in a field
-- beside the log. What its echoes know is true of it too.
reported as (
    select
        *,
        max(case when is_own_move then 1 else 0 end) over (partition by person_id, stage, heard_number) = 1 as is_move,
        max(case when is_restamped then 1 else 0 end) over (
            partition by person_id, stage, heard_number
        ) = 1 as is_stamped_again
    from (
        select
            *,
            evidence = 'stamped' and own_reached_order >= stage_order and own_stage_before <> stage as is_own_move
        from followed
        where is_heard or is_echo
    ) as told
),

-- Forward counts from anyone. Back counts what the pass lacks, as a stamp or as the person's own act, and back or forth
-- again what a record stamps that had itself been there or further; a stamp written over an earlier one counts once
-- more. A second record that catches up moves nobody back. An opportunity that began after a record said won or lost is
-- another purchase.
counted as (
    select
        *,
        lag(stage) over (partition by person_id order by entered_at, stage_order, stage_entry_id) as stage_before,
        lag(opportunity_id) over (
            partition by person_id order by entered_at, stage_order, stage_entry_id
        ) as opportunity_before,
        lag(entered_at) over (
            partition by person_id order by entered_at, stage_order, stage_entry_id
        ) as entered_before,
        min(case when opportunity_id is not null then entered_at end) over (
            partition by person_id, opportunity_id
        ) as opportunity_from
    from reported
    where
        is_heard
        and (
            opportunity_id is not null
            or ends_pass
            or stage_order > coalesce(reached_order, 0)
            or (counts_anywhere and entry_position = 1)
            or is_move
            or is_stamped_again
        )
),

final as (
    select
        stage_entry_id,
        person_id,
        stage,
        stage_order,
        is_on_path,
        ends_pass,
        pass_number,
        entered_at,
        evidence,
        system,
        object,
        source_record_id,
        person_record_id,
        opportunity_id,
        reached_order
    from counted
    where
        stage_before is null
        or stage_before <> stage
        or opportunity_before <> opportunity_id
        or is_stamped_again
        or (
            opportunity_before is null
            and {{ seconds_between('entered_before', 'opportunity_from') }} > {{ var('sync_sla_hours') | int * 3600 }}
        )
)

select * from final
