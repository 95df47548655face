-- Grain: one row per stage entry by the run's instant, compared with what other records of the person say.
-- A stream is what one field of a record, or one opportunity, says; several streams of a person report the same event.
{%- set before_a_sync = 'between unbounded preceding and ' ~ (var('sync_sla_hours') | int * 3600 + 1) ~ ' preceding' %}
with

entries as (select * from {{ ref('int_stage_entries') }} where entered_at <= {{ as_of() }}),

lifecycle_stages as (select * from {{ ref('lifecycle_stages') }}),

-- A record that acts exists: known is no later than the first of anything.
described as (
    select
        entries.stage_entry_id,
        entries.person_id,
        entries.stage,
        lifecycle_stages.stage_order,
        lifecycle_stages.is_on_path,
        lifecycle_stages.ends_pass,
        lifecycle_stages.is_repeatable,
        entries.evidence = 'stamped'
        or coalesce(entries.is_change, false)
        or (lifecycle_stages.is_own_act and not coalesce(entries.is_current_value, false)) as counts_anywhere,
        coalesce(entries.is_day_only, false) as is_day_only,
        coalesce(entries.is_day_only and not entries.is_current_value, false) as is_day_start,
        coalesce(entries.is_change, false) as is_change,
        coalesce(entries.is_change and not entries.is_current_value, false) as is_overwritten,
        lifecycle_stages.is_own_act and entries.evidence = 'stamped' and not coalesce(entries.is_current_value, false)
            as is_own_stamp,
        case
            when lifecycle_stages.is_repeatable then entries.entered_at
            else min(entries.entered_at) over (partition by entries.person_id)
        end as entered_at,
        case
            when
                lifecycle_stages.is_repeatable
                or entries.entered_at = min(entries.entered_at) over (partition by entries.person_id)
                then entries.evidence
            else 'inferred'
        end as evidence,
        entries.system,
        entries.object,
        entries.source_record_id,
        entries.person_record_id,
        entries.opportunity_id,
        coalesce(
            entries.opportunity_id,
            {{ hash_key(['entries.system', 'entries.object', 'entries.field', 'entries.person_record_id']) }}
        ) as stream,
        {{ hash_key(['entries.system', 'entries.object', 'entries.field']) }} as told_in
    from entries
    inner join lifecycle_stages on entries.stage = lifecycle_stages.stage
),

timed as (
    select
        *,
        {{ seconds_between("cast('1970-01-01' as timestamp)", 'entered_at') }} as entered_second,
        case when is_day_start then 0 else 1 end as exact_count
    from described
),

-- At one instant an opportunity's word comes before a record's, a stamp before an inference.
compared as (
    select
        *,
        row_number() over (
            partition by person_id, stage, entered_at
            order by
                case when opportunity_id is not null then 1 else 2 end, evidence desc, system asc, object asc,
                source_record_id asc
        ) as tie_position,
        row_number() over (
            partition by person_id, stage
            order by entered_at asc, evidence desc, system asc, object asc, source_record_id asc
        ) as stage_position,
        count(*) over (
            partition by person_id, stage
            order by entered_second range between {{ var('sync_sla_hours') * 3600 }} preceding and current row
        ) - count(*) over (partition by person_id, stage, entered_at) as recent_count,
        count(*) over (
            partition by person_id, stage, stream
            order by entered_second range between {{ var('sync_sla_hours') * 3600 }} preceding and current row
        ) - count(*) over (partition by person_id, stage, stream, entered_at) as own_recent_count,
        sum(exact_count) over (
            partition by person_id, stage
            order by entered_second range between {{ var('sync_sla_hours') * 3600 }} preceding and current row
        ) - sum(exact_count) over (partition by person_id, stage, entered_at) as recent_exact_count,
        sum(exact_count) over (
            partition by person_id, stage order by entered_second range between current row and 86399 following
        ) - sum(exact_count) over (
            partition by person_id, stage, stream order by entered_second range between current row and 86399 following
        ) as later_count_of_day,
        count(case when is_own_stamp then 1 end) over (
            partition by person_id, stage, told_in order by entered_second range {{ before_a_sync }}
        ) - count(case when is_own_stamp then 1 end) over (
            partition by person_id, stage, stream order by entered_second range {{ before_a_sync }}
        ) as earlier_twin_count,
        min(case when opportunity_id is not null then entered_at end) over (
            partition by person_id, stage
        ) as first_opportunity_at
    from timed
),

-- An echo repeats within the sync's time what another stream said. Where opportunities tell of a stage, records only
-- repeat it. A status without a history ends a pass once, and again where its record is known to have had another in
-- between: else its instant only moves with every change of the record. A day alone echoes what tells the time, never
-- the reverse.
judged as (
    select
        *,
        opportunity_id is null
        and (
            tie_position > 1
            or (
                (evidence = 'stamped' or is_change) and own_recent_count = 0
                and case when is_day_start then recent_count else recent_exact_count end > 0
            )
            or (is_day_only and recent_count > own_recent_count)
            or (is_day_start and later_count_of_day > 0)
            or coalesce(first_opportunity_at <= entered_at, false)
            or (ends_pass and evidence = 'inferred' and stage_position > 1 and not is_change)
            or (not is_repeatable and stage_position > 1)
        ) as is_echo
    from compared
),

-- Stamped again is what a record stamps over its own stamp, and what it stamps long after its twin, a duplicate: the
-- person did it twice.
final as (
    select
        stage_entry_id,
        person_id,
        stage,
        stage_order,
        is_on_path,
        ends_pass,
        is_repeatable,
        counts_anywhere,
        entered_at,
        evidence,
        system,
        object,
        source_record_id,
        person_record_id,
        opportunity_id,
        stream,
        is_overwritten or (is_own_stamp and earlier_twin_count > 0) as is_restamped,
        is_echo
    from judged
)

select * from final
