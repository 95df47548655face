-- Grain: one row per file whose newest delivery was rejected.
select
    source_file,
    max_by(error_message, loaded_at) as error_message
from marts.fct_load_ledger
group by source_file
having max_by(load_status, loaded_at) = 'rejected'
order by source_file
