-- Grain: one row per row that could not be loaded.
with

quarantined as (select * from {{ ref('stg_lake__quarantined_rows') }}),

files as (
    select
        batch_id,
        source_file,
        row_number() over (
            partition by system, object, {{ plain_path('source_file') }} order by modified_at desc, loaded_at desc
        ) > 1 as is_superseded
    from {{ ref('stg_lake__ledger') }}
    where load_status = 'loaded'
),

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
        coalesce(files.is_superseded, false) as is_superseded
    from quarantined
    left join files on quarantined.batch_id = files.batch_id and quarantined.source_file = files.source_file
)

select * from final
