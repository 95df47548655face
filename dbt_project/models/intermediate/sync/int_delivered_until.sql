-- Grain: one row per system and type of its person records: until when its extracts tell of them, at the latest the
-- instant of the night. What nobody delivered since then says nothing: neither that a counterpart is missing nor that a
-- value still differs.
with

ledger as (select * from {{ ref('stg_lake__ledger') }} where load_status <> 'rejected'),

record_types as (
    select distinct system, record_type from {{ ref('int_person_records') }}
    where is_delivered
),

-- A raw table has the name of its records, in the singular or the plural.
delivered as (
    select
        record_types.system,
        record_types.record_type,
        least(max(ledger.modified_at), {{ as_of() }}) as delivered_until
    from record_types
    inner join ledger
        on
            record_types.system = ledger.system
            and ledger.object in (record_types.record_type, record_types.record_type || 's')
    group by record_types.system, record_types.record_type
)

select
    *,
    record_type = 'lead'
    or max(case when record_type = 'lead' then 1 else 0 end) over (partition by system) = 0 as is_made_by_sync
from delivered
