-- Grain: one row per row that could not be loaded.
with

quarantined as (select * from {{ ref('stg_lake__quarantined_rows') }}),

settled as (select * from {{ ref('stg_lake__settled_rows') }}),

final as (
    select
        quarantined.quarantined_row_id,
        quarantined.batch_id,
        quarantined.system,
        quarantined.object,
        {{ safe_text(mask_emails('quarantined.source_file')) }} as source_file,
        quarantined.source_line,
        {{ safe_text(mask_emails('quarantined.column_name')) }} as column_name,
        {{ masked_shape('quarantined.value') }} as masked_value,
        {{ safe_text(mask_emails('quarantined.reason')) }} as reason,
        {{ safe_text(mask_emails('quarantined.remedy')) }} as remedy,
        coalesce(settled.status, 'open') as quarantine_status,
        {{ safe_text(mask_emails('settled.settled_by')) }} as settled_by,
        settled.settled_at
    from quarantined
    left join settled
        on
            quarantined.batch_id = settled.batch_id
            and quarantined.source_file = settled.source_file
            and quarantined.source_line = settled.source_line
)

select * from final
