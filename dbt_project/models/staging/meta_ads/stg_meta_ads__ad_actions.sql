-- Grain: one row per ad, day and action type, its newest version.
with

source as (
    select * from {{ newest_version(source('meta_ads', 'ad_actions')) }}
),

renamed as (
    select
        -- ids
        ad_id,

        -- strings
        action_type,

        -- booleans
        coalesce(_is_removed, false) as is_deleted,

        -- numerics
        {{ adapter.quote('value') }} as action_value,
        click_value,
        view_value,

        -- dates
        {{ adapter.quote('date') }} as action_date
    from source
)

select * from renamed
