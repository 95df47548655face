-- Grain: one row per line that the newest deliveries could not read.
select
    source_file,
    source_line,
    column_name,
    reason,
    remedy
from raw_lake.quarantined_rows
where system = '{{ system }}' and object = '{{ object }}'
order by batch_id desc, source_file, source_line
