-- Grain: one row per extract file and content seen.
with

ledger as (select * from {{ ref('stg_lake__ledger') }}),

final as (
    select
        load_id,
        batch_id,
        system,
        object,
        {{ safe_text(mask_emails('source_file')) }} as source_file,
        content_hash,
        encoding,
        load_status,
        {{ safe_text(mask_emails('error_message')) }} as error_message,
        byte_count,
        read_row_count,
        loaded_row_count,
        quarantined_row_count,
        cell_defect_count,
        modified_at,
        loaded_at
    from ledger
)

select * from final
