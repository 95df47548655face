-- Grain: one row per activity.
-- Bulk and REST extracts hold the details as JSON, connectors as columns; a column is read first.
-- A table: seven models read it, and each would read the JSON again.
{{ keeps_rows('activity_id') }}

with

source as (
    select * from {{ newest_version(
        source('marketo', 'activities'), kept={'marketo_guid': 'activity_id', 'activity_date': 'activity_at'}
    ) }}
),

renamed as (
    select
        -- ids
        marketo_guid as activity_id,
        lead_id,
        activity_type_id,
        campaign_id as smart_campaign_id,
        program_id,
        primary_attribute_value_id,

        -- strings
        primary_attribute_value,
        attributes,
        coalesce(merge_ids, {{ json_attribute('attributes', 'Merge IDs') }}) as merge_ids,
        coalesce(link, {{ json_attribute('attributes', 'Link') }}) as link,
        coalesce(new_value, {{ json_attribute('attributes', 'New Value') }}) as new_value,
        coalesce(old_value, {{ json_attribute('attributes', 'Old Value') }}) as old_value,
        coalesce(form_fields, {{ json_attribute('attributes', 'Form Fields') }}) as form_fields,
        coalesce(referrer_url, {{ json_attribute('attributes', 'Referrer URL') }}) as referrer_url,
        coalesce(query_parameters, {{ json_attribute('attributes', 'Query Parameters') }}) as query_parameters,
        coalesce(new_status, {{ json_attribute('attributes', 'New Status') }}) as new_status,
        coalesce(old_status, {{ json_attribute('attributes', 'Old Status') }}) as old_status,
        coalesce(reason, {{ json_attribute('attributes', 'Reason') }}) as change_reason,
        coalesce(change_source, {{ json_attribute('attributes', 'Source') }}) as change_source,
        coalesce(score_name, {{ json_attribute('attributes', 'Score Name') }}) as score_name,

        -- booleans
        older_id is not null and older_id_beside_guid is null as is_told_by_number,
        coalesce(success, {{ try_cast(json_attribute('attributes', 'Success'), 'boolean') }}) as is_success,
        coalesce(
            is_bot_activity, {{ try_cast(json_attribute('attributes', 'Is Bot Activity'), 'boolean') }}
        ) as is_bot_activity,

        -- timestamps
        activity_date as activity_at,

        -- where it came from
        _delivered_at as delivered_at,
        _file_order as file_order,
        _source_file as source_file,
        _source_line as source_line,
        _batch_id as batch_id
    from source
)

{{ rows_to_replace('renamed', 'activity_id') }}
