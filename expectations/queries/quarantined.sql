-- Grain: one row per line that could not be read and that neither a later delivery nor a steward settled; the newest
-- file first.
select
    rows.source_file,
    rows.source_line,
    rows.column_name,
    rows.reason,
    rows.remedy
from raw_lake.quarantined_rows as rows
inner join raw_lake.ledger as ledger on rows.batch_id = ledger.batch_id and rows.source_file = ledger.source_file
anti join raw_lake.settled_rows as settled
    on
        rows.batch_id = settled.batch_id
        and rows.source_file = settled.source_file
        and rows.source_line = settled.source_line
where rows.system = '{{ system }}' and rows.object = '{{ object }}'
order by ledger.modified_at desc, rows.source_file, rows.source_line
