-- Grain: one row per submission.
with

source as (
    select * from {{ newest_version(source('hubspot', 'form_submissions')) }}
),

renamed as (
    select
        -- ids
        conversion_id as form_submission_id,
        form_id,
        contact_id,
        ga_client_id,

        -- strings
        title as form_name,
        coalesce(email, {{ json_named_value('field_values', 'email') }}) as email,
        page_url,
        {{ json_filled_names('field_values') }} as filled_fields,

        -- booleans
        _is_removed as is_deleted,

        -- timestamps
        submitted_at
    from source
)

select * from renamed
