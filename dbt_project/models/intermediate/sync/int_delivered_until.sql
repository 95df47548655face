-- Grain: one row per system and type of its records (of people, opportunity, invoice): until when its extracts tell of
-- them, at the latest the instant of the night.
-- What nobody delivered since then says nothing: neither that a counterpart is missing nor that a value still differs.
with

ledger as (select * from {{ ref('stg_lake__ledger') }} where load_status <> 'rejected'),

person_types as (
    select distinct system, record_type from {{ ref('int_person_records') }}
    where is_delivered
),

-- A raw table has the name of its records, in the singular or the plural.
told as (
    select
        person_types.system,
        person_types.record_type,
        ledger.modified_at
    from person_types
    inner join ledger
        on
            person_types.system = ledger.system
            and ledger.object in (person_types.record_type, person_types.record_type || 's')
    union all
    select system, 'opportunity', modified_at from ledger
    where object in ('opportunity', 'opportunities', 'deal', 'deals')
    union all
    select system, 'invoice', modified_at from ledger
    where object in ('invoice', 'invoices')
),

delivered as (
    select
        system,
        record_type,
        least(max(modified_at), {{ as_of() }}) as delivered_until
    from told
    group by system, record_type
)

select
    *,
    record_type = 'lead'
    or (
        record_type not in ('opportunity', 'invoice')
        and max(case when record_type = 'lead' then 1 else 0 end) over (partition by system) = 0
    ) as is_made_by_sync
from delivered
