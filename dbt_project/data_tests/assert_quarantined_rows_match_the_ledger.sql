-- The ledger's count of quarantined rows of a table is the number of rows that the quarantine lists.
with

counted as (
    select
        system,
        object,
        sum(quarantined_row_count) as quarantined_row_count
    from {{ ref('fct_load_ledger') }}
    where load_status = 'loaded'
    group by system, object
),

listed as (
    select
        system,
        object,
        count(distinct batch_id || source_file || cast(source_line as string)) as row_count
    from {{ ref('fct_quarantined_rows') }}
    group by system, object
)

select
    counted.system,
    counted.object,
    counted.quarantined_row_count,
    listed.row_count
from counted
left join listed on counted.system = listed.system and counted.object = listed.object
where counted.quarantined_row_count <> coalesce(listed.row_count, 0)
