-- Grain: one row per file in force of the newest delivery: files loaded within 12 hours of the newest came in one night,
-- and a file delivered again takes the place of what it held before, so that a correction heals the same morning.
select ledger.*
from raw_lake.ledger as ledger
where
    ledger.system = '{{ system }}'
    and ledger.object = '{{ object }}'
    and ledger.status = 'loaded'
    and ledger.loaded_at >= (
        select max(latest.loaded_at) - interval 12 hours
        from raw_lake.ledger as latest
        where latest.system = '{{ system }}' and latest.object = '{{ object }}' and latest.status = 'loaded'
    )
qualify
    row_number() over (
        partition by regexp_replace(ledger.source_file, '@[0-9-]{10}T[0-9:.]{15}Z$', '')
        order by ledger.modified_at desc, ledger.loaded_at desc
    ) = 1
