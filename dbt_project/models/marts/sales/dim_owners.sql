-- Grain: one row per user, queue or owner of a CRM, and one for unknown.
with

owners as (select * from {{ ref('int_sales_owners') }})

select
    owner_id,
    system,
    source_owner_id,
    {{ safe_text(mask_emails('owner_name')) }} as owner_name,
    owner_kind,
    {{ or_unknown('territory') }} as territory,
    case when is_delivered then left_at is null end as is_active,
    left_at,
    is_delivered
from owners
union all
select
    'unknown' as owner_id,
    'unknown' as system,
    cast(null as string) as source_owner_id,
    'Unknown' as owner_name,
    'unknown' as owner_kind,
    'unknown' as territory,
    cast(null as boolean) as is_active,
    cast(null as timestamp) as left_at,
    false as is_delivered
