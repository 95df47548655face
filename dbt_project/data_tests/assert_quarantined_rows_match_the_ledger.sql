-- The ledger's count of quarantined rows of a table is the number of rows that the quarantine lists.
{{ config(meta={
    'owner': 'data_engineering',
    'meaning': 'The ledger counts other quarantined rows than the quarantine lists, so nobody can say what is '
        ~ 'missing.',
    'remedy': 'Restore the table\'s folders of the lake from its backup; else a fault of ingestion: keep the lake and '
        ~ 'report it.',
}) }}
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
