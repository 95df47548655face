-- Grain: one row per cell that could not be read and was loaded as null.
with

defects as (select * from {{ ref('stg_lake__cell_defects') }}),

final as (
    select
        cell_defect_id,
        batch_id,
        system,
        object,
        {{ safe_text(mask_emails('source_file')) }} as source_file,
        source_line,
        {{ safe_text(mask_emails('column_name')) }} as column_name,
        {{ masked_shape('value') }} as masked_value,
        {{ safe_text(mask_emails('reason')) }} as reason
    from defects
)

select * from final
