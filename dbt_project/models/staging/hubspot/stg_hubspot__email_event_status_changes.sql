-- Grain: one row per status change, by its e-mail event.
with

source as (
    select * from {{ newest_version(source('hubspot', 'email_event_status_changes')) }}
),

renamed as (
    select
        -- ids
        id as email_event_id,

        -- strings
        subscription_status,
        subscriptions
    from source
)

select * from renamed
