-- Grain: one row per owner and version.
with

owners as (select * from {{ ref('stg_hubspot__owners') }})

select
    'hubspot:' || cast(owner_id as string) as owner_id,
    cast(owner_id as string) as source_owner_id,
    nullif(trim(coalesce(first_name, '') || ' ' || coalesce(last_name, '')), '') as owner_name,
    case when upper(owner_type) = 'QUEUE' then 'queue' else 'human' end as owner_kind,
    territory,
    not coalesce(is_archived, false) and not coalesce(is_deleted, false) as is_active,
    valid_from,
    valid_to,
    is_newest
from owners
