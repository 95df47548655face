-- Grain: one row per record of the CRM and record of the MAP that the sync linked, now or before either went.
with

edges as (select * from {{ ref('int_identity_edges') }}),

gone as (
    select person_record_id from {{ ref('int_person_records') }}
    where is_deleted or is_merged_away
),

versions as (
    select distinct linked_record_id as crm_record_id, person_record_id as map_record_id
    from {{ ref('sync_links') }}
),

synced as (
    select person_record_id_a as crm_record_id, person_record_id_b as map_record_id
    from edges
    where edge_kind = 'sync_id'
    union
    -- A deletion clears the link, and a merge moves it to the winner.
    select versions.crm_record_id, versions.map_record_id
    from versions
    left join gone as crm_gone on versions.crm_record_id = crm_gone.person_record_id
    left join gone as map_gone on versions.map_record_id = map_gone.person_record_id
    where crm_gone.person_record_id is not null or map_gone.person_record_id is not null
),

-- A lead that became a contact is linked through it too.
final as (
    select crm_record_id, map_record_id
    from synced
    union
    select edges.person_record_id_b, synced.map_record_id
    from edges
    inner join synced on edges.person_record_id_a = synced.crm_record_id
    where edges.edge_kind = 'conversion'
)

select * from final
