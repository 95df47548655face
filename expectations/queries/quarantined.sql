-- Grain: one row per line that the newest delivery could not read, as the rate counts them.
with

newest as ({% include 'newest_files.sql' %})

select
    rows.source_file,
    rows.source_line,
    rows.column_name,
    rows.reason,
    rows.remedy
from raw_lake.quarantined_rows as rows
inner join newest on rows.batch_id = newest.batch_id and rows.source_file = newest.source_file
where rows.system = '{{ system }}' and rows.object = '{{ object }}'
order by rows.source_file, rows.source_line
