-- Grain: one row per batch, activity told by its GUID, and older id that the same row tells; one with neither for each
-- batch that has rows without both, so that it is not read again.
{{ keeps_rows('activity_number_id') }}

with

source as (
    select * from {{ source('marketo', 'activities') }}
    where {{ unread_batches(source('marketo', 'activities')) or '1 = 1' }}
),

pairs as (
    select distinct
        case when older_id_beside_guid is not null then marketo_guid end as activity_id,
        older_id_beside_guid as activity_number,
        _batch_id as batch_id
    from source
),

final as (
    select
        {{ hash_key(['batch_id', 'activity_id', 'activity_number']) }} as activity_number_id,
        activity_id,
        activity_number,
        batch_id
    from pairs
)

{{ rows_to_replace('final', 'activity_number_id') }}
