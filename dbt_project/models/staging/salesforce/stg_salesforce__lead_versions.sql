-- Grain: one row per lead and version.
with

source as (
    select * from {{ every_version(source('salesforce', 'lead')) }}
),

renamed as (
    select
        -- ids
        id as lead_id,
        owner_id,

        -- strings
        status as lead_status,
        disqualified_reason,

        -- booleans
        has_opted_out_of_email as is_unsubscribed,

        -- timestamps
        last_modified_date as updated_at
    from source
)

select * from renamed
