-- Grain: one row per merged contact.
with

source as (
    select * from {{ newest_version(source('hubspot', 'contact_merge_audit')) }}
),

renamed as (
    select
        -- ids
        canonical_vid as surviving_contact_id,
        vid_to_merge as merged_contact_id,

        -- timestamps
        {{ adapter.quote('timestamp') }} as merged_at
    from source
)

select * from renamed
