-- Grain: one row per engagement and contact.
with

source as (
    select * from {{ newest_version(source('hubspot', 'engagements')) }}
),

renamed as (
    select
        -- ids
        _row_hash as engagement_contact_id,
        engagement_id,
        contact_id,
        contact_ids,
        hubspot_owner_id as owner_id,

        -- strings
        -- The API has a page of each type, whose rows do not name it; a file of it is called so.
        coalesce(
            type,
            case
                when hs_call_status is not null then 'CALL'
                when hs_meeting_outcome is not null then 'MEETING'
                when hs_task_status is not null then 'TASK'
            end,
            upper(nullif(regexp_extract(lower(_source_file), '(call|meeting|task|email|note)s?[^/]*$', 1), ''))
        ) as engagement_type,
        engagement_source,
        hs_task_subject as subject,
        hs_task_status as task_status,
        hs_call_status as call_status,
        status,
        hs_meeting_outcome as meeting_outcome,

        -- booleans
        _is_removed as is_deleted,

        -- timestamps
        hs_task_completion_date as completed_at,
        {{ adapter.quote('timestamp') }} as engaged_at,
        createdate as created_at
    from source
)

select * from renamed
