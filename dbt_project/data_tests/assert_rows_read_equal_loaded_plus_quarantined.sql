-- Every row of a file that was loaded is somewhere.
{{ config(meta={
    'owner': 'data_engineering',
    'meaning': 'Rows of a loaded file are neither in the lake nor in quarantine.',
    'remedy': 'Restore the table\'s folders of the lake from its backup; else a fault of ingestion: keep the lake and '
        ~ 'report it.',
}) }}
select
    load_id,
    source_file,
    read_row_count,
    loaded_row_count,
    quarantined_row_count
from {{ ref('fct_load_ledger') }}
where
    load_status = 'loaded'
    and read_row_count <> loaded_row_count + quarantined_row_count
