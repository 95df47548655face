-- Grain: one row per loaded file of the newest delivery: files loaded within 12 hours of the newest came in one night.
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
