-- Grain: one row per raw table, column and kind of drift.
with

drift as (select * from {{ ref('stg_lake__drift_columns') }}),

final as (
    select
        {{ hash_key(['system', 'object', 'drift_kind', 'column_name']) }} as column_drift_id,
        system,
        object,
        drift_kind,
        {{ safe_text(mask_emails('column_name')) }} as column_name,
        count(distinct source_file) as file_count,
        {{ safe_text(mask_emails('min(source_file)')) }} as first_source_file,
        {{ safe_text(mask_emails('max(source_file)')) }} as last_source_file
    from drift
    group by system, object, drift_kind, column_name
)

select * from final
