-- Grain: one row per row that could not be loaded.
with

quarantined as (select * from {{ ref('stg_lake__quarantined_rows') }}),

final as (
    select
        quarantined_row_id,
        batch_id,
        system,
        object,
        {{ safe_text(mask_emails('source_file')) }} as source_file,
        source_line,
        {{ safe_text(mask_emails('column_name')) }} as column_name,
        {{ masked_shape('value') }} as masked_value,
        {{ safe_text(mask_emails('reason')) }} as reason,
        {{ safe_text(mask_emails('remedy')) }} as remedy
    from quarantined
)

select * from final
