-- Grain: one row per event.
with

source as (
    select * from {{ newest_version(source('hubspot', 'email_events')) }}
),

renamed as (
    select
        -- ids
        -- HubSpot's id repeats; with the instant it is one.
        case when count(*) over (partition by id) > 1 then id || '@' || cast(created as string) else id end
            as email_event_id,
        id as event_id,
        email_campaign_id,
        sent_by_id,

        -- strings
        type as event_type,
        category as bounce_category,
        recipient as email,
        url as link,
        subscription_status,
        subscriptions,

        -- booleans
        filtered_event as is_filtered,

        -- timestamps
        created as occurred_at,
        sent_by_created as sent_at
    from source
)

select * from renamed
