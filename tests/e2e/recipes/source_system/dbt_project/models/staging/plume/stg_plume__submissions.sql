-- Grain: one row per form sent.
with

source as (
    select * from {{ newest_version(source('plume', 'submissions')) }}
),

renamed as (
    select
        -- ids
        id as submission_id,
        subscriber_id,

        -- strings
        form as form_name,
        url as page_url,

        -- timestamps
        sent as sent_at
    from source
)

select * from renamed
