-- Grain: one row per living record of a person in MAP or CRM: the class it falls in, of those whose evidence it shows
-- the one with the lowest priority, with its counterpart, the reason and since when.
with

people as (select * from {{ ref('int_reconciled_people') }} where is_living),

pairs as (select * from {{ ref('int_sync_pairs') }} where is_living),

differences as (select * from {{ ref('int_field_differences') }} where is_living),

counted_records as (select * from {{ ref('int_counted_records') }}),

person_records as (select * from {{ ref('int_person_records') }}),

edges as (select * from {{ ref('int_identity_edges') }}),

versions as (select * from {{ ref('people') }} where valid_from <= {{ as_of() }}),

entries as (
    select * from {{ ref('int_stage_entries') }}
    where stage in ('inquiry', 'mql') and entered_at <= {{ as_of() }}
),

obligations as (select * from {{ ref('int_sync_obligations') }}),

delivered as (select * from {{ ref('int_delivered_until') }}),

rules as (select * from {{ ref('sync_rules') }}),

classes as (select * from {{ ref('reconciliation_classes') }}),

-- The records that a living one is made of: itself, and the leads that it was.
members as (
    select
        counted_records.person_record_id,
        people.record_id,
        people.system_role
    from counted_records
    inner join people on counted_records.counted_record_id = people.record_id
    where counted_records.is_counted and counted_records.heir_record_id = counted_records.person_record_id
),

merged as (
    select person_record_id_b as person_record_id, min(evidence_at) as merged_at
    from edges
    where edge_kind = 'merge'
    group by person_record_id_b
),

delivered_types as (
    select distinct system, record_type from person_records
    where is_delivered
),

-- What is gone, and how: nobody knows of what no extract of its kind can hold.
gone as (
    select
        person_records.person_record_id,
        person_records.is_delivered,
        case
            when person_records.is_merged_away then 'was merged into another'
            when person_records.is_deleted then 'was deleted'
            else 'was never delivered'
        end as what_became,
        coalesce(person_records.deleted_at, merged.merged_at) as gone_at
    from person_records
    inner join delivered_types
        on
            person_records.system = delivered_types.system
            and person_records.record_type = delivered_types.record_type
    left join merged on person_records.person_record_id = merged.person_record_id
    where person_records.is_merged_away or person_records.is_deleted or not person_records.is_delivered
),

-- What was linked less than the promise of the sync before its last delivery, and is in none, is in the next one.
dangling as (
    select
        members.record_id,
        gone.person_record_id as counterpart_record_id,
        gone.what_became,
        coalesce(gone.gone_at, links.linked_at) as since_at,
        not gone.is_delivered
        and links.linked_at + interval '{{ var("sync_sla_hours") }}' hour
        > coalesce(delivered.delivered_until, {{ as_of() }}) as is_expected
    from (
        select person_record_id_a as named_id, person_record_id_b as naming_id, evidence_at as linked_at from edges
        where edge_kind = 'sync_id'
        union all
        select person_record_id_b, person_record_id_a, evidence_at from edges
        where edge_kind = 'sync_id'
    ) as links
    inner join members on links.naming_id = members.person_record_id
    inner join gone on links.named_id = gone.person_record_id
    left join delivered
        on
            {{ split_part('links.named_id', ':', 1) }} = delivered.system
            and {{ split_part('links.named_id', ':', 2) }} = delivered.record_type
),

expected as (select distinct record_id from dangling where is_expected),

-- The last error of a record's newest version, since the first version that carries it.
errors as (
    select
        members.record_id,
        min(versions.valid_from) as since_at
    from versions as newest
    inner join versions
        on newest.person_record_id = versions.person_record_id and newest.sync_error = versions.sync_error
    inner join members on newest.person_record_id = members.person_record_id
    where newest.is_newest
    group by members.record_id
),

asked as (
    select
        members.record_id,
        min(entries.entered_at) as asked_at,
        min(case when entries.stage = 'mql' then entries.entered_at end) as qualified_at
    from entries
    inner join members on entries.person_record_id = members.person_record_id
    group by members.record_id
),

owed as (
    select
        members.record_id,
        min(case when obligations.sync_status <> 'excluded' then obligations.due_at end) as due_at,
        min(obligations.sync_status) = 'excluded' and max(obligations.sync_status) = 'excluded' as is_excluded
    from obligations
    inner join members on obligations.person_record_id = members.person_record_id
    group by members.record_id
),

other_systems as (select distinct system_role, system from people),

-- Until when all who play a role tell of the records that the sync makes in it.
told as (
    select system_role, delivered_until as told_until from {{ ref('int_role_delivered_until') }}
    where record_kind = 'person'
),

-- A contact is what a lead was converted to, or it is not: leads that were delivered before it was made do not say.
half_told as (
    select
        contacts.record_id,
        contacts.person_id,
        contacts.system
    from people as contacts
    inner join delivered
        on contacts.system = delivered.system and delivered.record_type = 'lead'
    where
        contacts.record_type = 'contact'
        and contacts.created_at + interval '{{ var("sync_sla_hours") }}' hour > delivered.delivered_until
),

half_told_leads as (
    select distinct people.record_id
    from people
    inner join half_told on people.person_id = half_told.person_id and people.system = half_told.system
    where people.record_type = 'lead'
),

-- Who synchronises by no id owes by the rules alone.
ruled as (
    select
        people.record_id,
        case
            when min(coalesce(rules.who_syncs, 'auto')) <> max(coalesce(rules.who_syncs, 'auto')) then 'all'
            else min(coalesce(rules.who_syncs, 'auto'))
        end as who_syncs
    from people
    inner join other_systems on people.system_role <> other_systems.system_role
    left join rules
        on
            people.system = rules.from_system
            and other_systems.system = rules.to_system
            and people.record_type = rules.record_type
    group by people.record_id
),

paired as (
    select distinct crm_record_id as record_id from pairs
    union
    select distinct map_record_id from pairs
),

standing as (
    select
        people.*,
        paired.record_id is not null as is_paired,
        expected.record_id is not null as is_expected,
        half_told_leads.record_id is not null as is_half_told,
        case
            when owed.record_id is not null then owed.is_excluded
            when ruled.who_syncs = 'none' then true
            when people.system_role = 'crm' then false
            when ruled.who_syncs = 'mql' then asked.qualified_at is null
            else asked.asked_at is null
        end as is_excluded,
        case
            when owed.due_at is not null then owed.due_at
            when people.system_role = 'crm' then people.created_at
            when ruled.who_syncs = 'mql' then greatest(asked.qualified_at, people.created_at)
            else greatest(asked.asked_at, people.created_at)
        end as due_at,
        coalesce(told.told_until, {{ as_of() }}) as told_until
    from people
    left join told on people.system_role <> told.system_role
    left join owed on people.record_id = owed.record_id
    left join ruled on people.record_id = ruled.record_id
    left join asked on people.record_id = asked.record_id
    left join paired on people.record_id = paired.record_id
    left join expected on people.record_id = expected.record_id
    left join half_told_leads on people.record_id = half_told_leads.record_id
),

sides as (
    select
        map_record_id as record_id, crm_record_id as counterpart_record_id, linked_at, is_primary, is_declared,
        first_map_record_id as first_record_id
    from pairs
    union all
    select crm_record_id, map_record_id, linked_at, is_primary, is_declared, first_crm_record_id
    from pairs
),

-- A record that is one of a pair is no double of it.
primaries as (select distinct record_id from sides where is_primary),

differing as (
    select map_record_id as record_id, crm_record_id as counterpart_record_id, field, since_at from differences
    union all
    select crm_record_id, map_record_id, field, since_at from differences
),

drifting as (
    select record_id, counterpart_record_id, count(*) as field_count, min(since_at) as since_at
    from differing
    group by record_id, counterpart_record_id
),

claims as (
    select
        record_id, 'matched' as reconciliation_class, counterpart_record_id, linked_at as since_at,
        case
            when is_declared then 'One record carries the id of the other'
            else 'Both have one address, and no id ties the two systems'
        end as reason
    from sides
    where is_primary
    union all
    select
        record_id, 'linked_field_drift', counterpart_record_id, since_at,
        case when field_count = 1 then 'One compared field differs' else field_count || ' compared fields differ' end
    from drifting
    union all
    select
        sides.record_id,
        case when half_told.record_id is null then 'double_linked' else 'in_flight' end,
        sides.counterpart_record_id,
        sides.linked_at,
        case
            when half_told.record_id is null then 'Shares its counterpart with the older ' || sides.first_record_id
            else 'Leads were delivered before it was made: ' || sides.first_record_id || ' may be what it was'
        end
    from sides
    left join primaries on sides.record_id = primaries.record_id
    left join half_told on sides.record_id = half_told.record_id
    where primaries.record_id is null
    union all
    select
        dangling.record_id,
        case when dangling.is_expected then 'in_flight' else 'linked_to_merged_or_deleted' end,
        dangling.counterpart_record_id,
        dangling.since_at,
        case
            when dangling.is_expected then 'Its counterpart is as young as what was delivered last of such records'
            else 'Its counterpart ' || dangling.what_became
        end
    from dangling
    inner join standing on dangling.record_id = standing.record_id
    where not standing.is_paired
    union all
    select record_id, 'sync_error', null, since_at, 'Its newest version carries an error of the sync'
    from errors
    union all
    select
        record_id,
        case
            when not is_delivered then system_role || '_only'
            when is_excluded then 'excluded_by_sync_rule'
            when is_half_told then 'in_flight'
            when due_at + interval '{{ var("sync_sla_hours") }}' hour > told_until then 'in_flight'
            else system_role || '_only'
        end,
        null,
        case
            when is_excluded or is_half_told or not is_delivered then created_at
            when due_at + interval '{{ var("sync_sla_hours") }}' hour > told_until then due_at
            else due_at + interval '{{ var("sync_sla_hours") }}' hour
        end,
        case
            when not is_delivered then 'What it did was delivered, and the record itself never was'
            when is_excluded and system_role = 'map' then 'Nothing that it did asks for it in the CRM'
            when is_excluded then 'The sync carries no such record to the marketing platform'
            when is_half_told then 'It was delivered before a contact of its person was made, and may be that by now'
            when due_at + interval '{{ var("sync_sla_hours") }}' hour > {{ as_of() }}
                then 'The sync still has time to carry it'
            when due_at + interval '{{ var("sync_sla_hours") }}' hour > told_until
                then 'Nothing of the other system was delivered since the promise of the sync ended'
            else 'It asked for a counterpart, has none, and the promise of the sync is over'
        end
    from standing
    where not is_paired and not is_expected
),

ranked as (
    {{ claims_by_priority('claims', 'classes') }}
),

-- The older record of a double link is told of the younger one.
shared as (
    select record_id, min(younger_record_id) as younger_record_id
    from (
        select crm_record_id as record_id, map_record_id as younger_record_id from pairs
        where map_record_id <> first_map_record_id
        union all
        select first_map_record_id, map_record_id from pairs
        where map_record_id <> first_map_record_id
    ) as doubles
    group by record_id
),

counterparts as (
    select record_id, min(counterpart_record_id) as counterpart_record_id from sides
    where is_primary
    group by record_id
)

select
    people.system_role,
    people.system,
    people.record_type,
    people.record_id,
    people.person_id,
    people.owner_value,
    ranked.reconciliation_class,
    ranked.reason,
    coalesce(ranked.counterpart_record_id, counterparts.counterpart_record_id) as counterpart_record_id,
    counterparts.counterpart_record_id as paired_record_id,
    shared.younger_record_id,
    coalesce(ranked.since_at, people.created_at) as since_at,
    people.created_at
from people
inner join ranked on people.record_id = ranked.record_id and ranked.place = 1
left join counterparts on people.record_id = counterparts.record_id
left join shared on people.record_id = shared.record_id
