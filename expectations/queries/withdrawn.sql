-- Grain: one row per snapshot table whose newest whole delivery lacks more records of the one before than is usual.
select
    system,
    object,
    delivery_name,
    1 - max(held_share) as missing_share
from raw_lake.deliveries
where scope is not null
group by system, object, delivery_name, delivery_number
having
    1 - max(held_share) > {{ parameters['threshold.withdrawn_share.warn'] }}
    and delivery_number = (
        select max(newest.delivery_number)
        from raw_lake.deliveries as newest
        where
            newest.scope is not null
            and newest.system = deliveries.system and newest.object = deliveries.object
    )
order by missing_share desc, system, object
