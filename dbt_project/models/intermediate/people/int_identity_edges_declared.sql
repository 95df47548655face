-- Grain: one row per link between two person records that a system itself declares: sync id, conversion, merge; or that
-- a steward decided.
-- Record a is the surviving or primary side. Either record may be missing from the extracts (merge_orphan): the link is
-- kept all the same, so that what the missing record did stays attributable. A merge event is history: a loser that its
-- system delivers alive with a later change was taken out of it again. A merge that a record carries as its state comes
-- apart with the state.
with

records as (select * from {{ ref('int_person_records_united') }}),

-- The last link known to each kind of record, since it was first told: a version that names none says nothing.
sync_links as (
    select *
    from (
        select
            *,
            min(valid_from) over (partition by person_record_id, linked_record_id) as first_told_at,
            row_number() over (
                partition by
                    person_record_id, {{ split_part('linked_record_id', ':', 1) }},
                    {{ split_part('linked_record_id', ':', 2) }}
                order by valid_from desc, linked_record_id asc
            ) as link_position
        from {{ ref('sync_links') }}
    ) as links
    where link_position = 1
),

steward_links as (select * from {{ ref('identity_links') }}),

merge_statements as (select * from {{ ref('record_merges') }}),

alive as (
    select person_record_id, updated_at
    from records
    where not is_deleted or updated_at > deleted_at
),

last_merges as (
    select merged_record_id, max(merged_at) as merged_at
    from merge_statements
    where is_event
    group by merged_record_id
),

undone as (
    select last_merges.merged_record_id
    from last_merges
    inner join alive on last_merges.merged_record_id = alive.person_record_id
    where alive.updated_at > last_merges.merged_at
),

links as (
    select
        'sync_id' as edge_kind, linked_record_id as record_a, person_record_id as record_b,
        system as evidence_system, evidence_record, first_told_at as evidence_at
    from sync_links
    union all
    select
        'conversion', converted_record_id, person_record_id, system, record_type || ' ' || record_id,
        {{ day_start('converted_date') }}
    from records
    where converted_record_id is not null
    union all
    select 'merge', merged_into_record_id, person_record_id, system, record_type || ' ' || record_id, updated_at
    from records
    where merged_into_record_id is not null
    union all
    select
        'merge', merge_statements.surviving_record_id, merge_statements.merged_record_id, merge_statements.system,
        merge_statements.evidence_record, merge_statements.merged_at
    from merge_statements
    left join alive on merge_statements.merged_record_id = alive.person_record_id
    left join undone on merge_statements.merged_record_id = undone.merged_record_id
    where
        case
            when merge_statements.is_event then coalesce(alive.updated_at <= merge_statements.merged_at, true)
            else undone.merged_record_id is null
        end
    union all
    select
        'steward', steward_links.person_record_id_a, steward_links.person_record_id_b, 'steward',
        'decided by ' || steward_links.decided_by, {{ day_start('steward_links.decided_on') }}
    from steward_links
    inner join records as survivors on steward_links.person_record_id_a = survivors.person_record_id
    inner join records as others on steward_links.person_record_id_b = others.person_record_id
)

-- The same merge is often reported twice; its first report is the evidence.
select
    edge_kind,
    record_a,
    record_b,
    min(evidence_system) as evidence_system,
    min(evidence_record) as evidence_record,
    min(evidence_at) as evidence_at
from links
where record_a <> record_b
group by edge_kind, record_a, record_b
