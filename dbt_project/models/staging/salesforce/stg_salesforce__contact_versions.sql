-- Grain: one row per contact and version.
with

source as (
    select * from {{ every_version(source('salesforce', 'contact')) }}
),

renamed as (
    select
        -- ids
        id as contact_id,
        owner_id,

        -- booleans
        has_opted_out_of_email as is_unsubscribed,

        -- timestamps
        last_modified_date as updated_at
    from source
)

select * from renamed
