-- Grain: one row per bill and version.
with

source as (
    select * from {{ every_version(source('billing', 'invoices')) }}
),

renamed as (
    select
        -- ids
        id as invoice_id,
        credit_note_id,
        crm_opportunity_id,
        crm_account_id,
        nullif(credited_invoice_id, id) as credited_invoice_id,

        -- strings
        number as invoice_number,
        customer_name,
        customer_domain,
        kind as invoice_kind,
        status,
        currency as currency_code,

        -- booleans
        coalesce(_is_removed, is_deleted) as is_deleted,

        -- numerics
        amount,

        -- timestamps
        issued_at,
        due_at,
        paid_at,
        voided_at,
        updated_at,

        -- version
        _valid_from as valid_from,
        _valid_to as valid_to,
        _is_newest as is_newest
    from source
)

select * from renamed
