-- Every row of a file that was loaded is somewhere.
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
