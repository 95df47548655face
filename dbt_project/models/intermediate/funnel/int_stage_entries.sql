-- Grain: one row per person, stage, instant and source record that says so.
-- Nobody enters a stage before the person's first record, but by the act that made it, or an opportunity's but while it
-- has the role; a deleted record says nothing, and who is deleted in every system enters none.
with

facts as (select * from {{ ref('int_stage_facts') }}),

stage_mappings as (select * from {{ ref('stage_mappings') }}),

records as (select * from {{ ref('int_person_records') }}),

living as (select * from {{ ref('int_people_living') }}),

person_records as (
    select records.*
    from records
    inner join living on records.person_id = living.person_id
    where not coalesce(records.is_deleted, false) or records.is_merged_away
),

lifecycle_stages as (select * from {{ ref('lifecycle_stages') }}),

first_records as (select * from {{ ref('int_people_created') }}),

opportunity_history as (select * from {{ ref('int_opportunity_history') }}),

milestones as (select * from {{ ref('int_opportunity_milestones') }}),

opportunities as (select * from {{ ref('int_opportunities_united') }}),

opportunity_people as (select * from {{ ref('int_opportunity_people') }}),

-- The rule that held at the instant. What went from one value of a stage to another changed nothing.
mapped as (
    select
        facts.system,
        facts.object,
        facts.field,
        facts.person_record_id,
        facts.source_record_id,
        stage_mappings.stage,
        stage_mappings.evidence,
        facts.entered_at,
        facts.is_current_value,
        facts.is_day_only,
        facts.is_change and not exists (
            select 1
            from stage_mappings as rules_before
            where
                facts.system = rules_before.system
                and facts.object = rules_before.object
                and lower(facts.field) = lower(rules_before.field)
                and {{ value_spelling('facts.value_before') }} = {{ value_spelling('rules_before.value') }}
                and stage_mappings.stage = rules_before.stage
        ) as is_change
    from facts
    inner join stage_mappings
        on
            facts.system = stage_mappings.system
            and facts.object = stage_mappings.object
            and lower(facts.field) = lower(stage_mappings.field)
            and (
                stage_mappings.value = '*'
                or {{ value_spelling('facts.value') }} = {{ value_spelling('stage_mappings.value') }}
            )
            and {{ holds_on('stage_mappings', reporting_date('facts.entered_at')) }}
),

dated_stages as (
    select
        person_record_id,
        stage,
        min(entered_at) as first_dated_at
    from mapped
    where not is_current_value
    group by person_record_id, stage
),

-- An act within the time of a sync made the record. Any other instant before it was set by hand, or in an import.
timed as (
    select
        mapped.*,
        person_records.person_id,
        first_records.created_at as first_created_at,
        lifecycle_stages.is_repeatable,
        lifecycle_stages.is_own_act and mapped.evidence = 'inferred' as is_own_act,
        coalesce(
            {{ seconds_between('mapped.entered_at', 'first_records.created_at') }}
            > case
                when lifecycle_stages.is_own_act and mapped.evidence = 'inferred'
                    then {{ var('sync_sla_hours') | int * 3600 }}
                else 0
            end, false
        ) as is_early
    from mapped
    inner join person_records on mapped.person_record_id = person_records.person_record_id
    left join lifecycle_stages on mapped.stage = lifecycle_stages.stage
    left join first_records on person_records.person_id = first_records.person_id
),

placed as (
    select
        person_id,
        person_record_id,
        source_record_id,
        stage,
        case when is_early then first_created_at else entered_at end as entered_at,
        case when is_early then 'inferred' else evidence end as evidence,
        system,
        object,
        field,
        is_current_value,
        is_day_only and not is_early as is_day_only,
        is_change,
        is_repeatable,
        is_own_act,
        entered_at as stated_at
    from timed
),

-- What a version says counts only where nothing says when, or long before anything does: a log that began later.
person_entries as (
    select
        placed.person_id,
        placed.person_record_id,
        cast(null as string) as opportunity_id,
        placed.stage,
        placed.entered_at,
        placed.evidence,
        placed.system,
        placed.object,
        placed.field,
        placed.source_record_id,
        placed.is_current_value,
        placed.is_day_only,
        placed.is_change
    from placed
    left join dated_stages
        on
            placed.person_record_id = dated_stages.person_record_id
            and placed.stage = dated_stages.stage
    where
        not placed.is_current_value
        or dated_stages.person_record_id is null
        or {{ seconds_between('placed.stated_at', 'dated_stages.first_dated_at') }}
        > {{ var('sync_sla_hours') | int * 3600 }}
),

-- A person is known from its first record on, or from the act that made the record.
known as (
    select
        person_id,
        min(entered_at) as known_at
    from placed
    where not is_repeatable or is_own_act
    group by person_id
),

closings as (
    select
        opportunity_id,
        valid_from,
        is_closed,
        is_won,
        is_inferred,
        lag(is_closed) over (partition by opportunity_id order by valid_from) as was_closed,
        lag(is_won) over (partition by opportunity_id order by valid_from) as was_won
    from opportunity_history
    where stage_name is not null
),

opportunity_stages_entered as (
    select
        milestones.opportunity_id,
        'sao' as stage,
        milestones.accepted_at as entered_at,
        closings.is_inferred
    from milestones
    inner join closings
        on
            milestones.opportunity_id = closings.opportunity_id
            and milestones.accepted_at = closings.valid_from
    union all
    select
        opportunity_id,
        case when is_won then 'won' else 'lost' end,
        valid_from,
        is_inferred
    from closings
    where
        is_closed
        and is_won is not null
        and (not coalesce(was_closed, false) or was_won <> is_won)
),

-- A role that only deliveries tell of was given at some time between two of them: when a record of the person first
-- says what only opportunities bring. What a delivery holds may end a sync before it.
roles_stamped as (
    select
        opportunity_people.opportunity_id,
        opportunity_people.person_id,
        min(person_entries.entered_at) as stamped_at
    from opportunity_people
    inner join person_entries on opportunity_people.person_id = person_entries.person_id
    where
        person_entries.evidence = 'stamped'
        and person_entries.stage in (select entered.stage from opportunity_stages_entered as entered)
        and person_entries.entered_at <= opportunity_people.given_at
        and {{ seconds_between('person_entries.entered_at', 'opportunity_people.given_after_at') }}
        <= {{ var('sync_sla_hours') | int * 3600 }}
    group by opportunity_people.opportunity_id, opportunity_people.person_id
),

roles_of_stages as (
    select
        entered.opportunity_id,
        entered.stage,
        entered.entered_at,
        entered.is_inferred,
        opportunities.system,
        opportunities.source_opportunity_id,
        opportunity_people.person_id,
        opportunity_people.taken_at,
        known.known_at,
        coalesce(roles_stamped.stamped_at, opportunity_people.given_at) as given_at
    from opportunity_stages_entered as entered
    inner join opportunities on entered.opportunity_id = opportunities.opportunity_id
    inner join opportunity_people on entered.opportunity_id = opportunity_people.opportunity_id
    left join known on opportunity_people.person_id = known.person_id
    left join roles_stamped
        on
            opportunity_people.opportunity_id = roles_stamped.opportunity_id
            and opportunity_people.person_id = roles_stamped.person_id
    where not opportunities.is_deleted
),

opportunity_entries as (
    select
        person_id,
        cast(null as string) as person_record_id,
        opportunity_id,
        stage,
        reached_at as entered_at,
        case when is_inferred or known_at > entered_at or given_at > entered_at then 'inferred' else 'stamped' end
            as evidence,
        system,
        'opportunity' as object,
        'stage' as field,
        source_opportunity_id as source_record_id,
        false as is_current_value,
        false as is_day_only,
        false as is_change
    from (
        select
            *,
            greatest(entered_at, coalesce(given_at, entered_at), coalesce(known_at, entered_at)) as reached_at
        from roles_of_stages
    ) as reached
    where taken_at is null or taken_at > reached_at
),

united as (
    select * from person_entries
    union all
    select * from opportunity_entries
),

-- The same record may say the same twice, over two rules or two extracts.
final as (
    select
        {{ hash_key(['person_id', 'stage', 'entered_at', 'system', 'object', 'source_record_id']) }} as stage_entry_id,
        person_id,
        stage,
        entered_at,
        max(evidence) as evidence,
        system,
        object,
        min(field) as field,
        source_record_id,
        min(person_record_id) as person_record_id,
        min(opportunity_id) as opportunity_id,
        min(is_current_value) as is_current_value,
        min(is_day_only) as is_day_only,
        max(is_change) as is_change
    from united
    group by person_id, stage, entered_at, system, object, source_record_id
)

select * from final
